import type { CosineSummary } from "./cosine.ts";
import type { GradientMoments } from "./noiseScale.ts";
import type { Pictures } from "./pictures.ts";
import type { Gram, NoiseRatio, Shapes } from "./types.ts";

/** Of what a row of the table of statistics is made: a function, and the shape of its value in a file. */

export type ShapeName = keyof Shapes;

/** What a statistic is worked out from: the rows, and what several statistics share. */
export interface Basis {
  readonly gram: Gram;
  /** N, or null. */
  readonly datasetSize: number | null;
  readonly ratio: NoiseRatio;
  readonly moments: GradientMoments;
  readonly dimension: number;
  readonly cosines: CosineSummary;
  readonly pictures: Pictures;
}

export type Presence = "always" | "nullable" | "optional";

export interface Statistic<Shape extends ShapeName = ShapeName, When extends Presence = Presence> {
  readonly shape: Shape;
  readonly presence: When;
  readonly of: (basis: Basis) => Shapes[Shape] | (When extends "nullable" ? null : never) | Absent<When>;
}

type Absent<When extends Presence> = When extends "optional" ? undefined : never;

export function always<const Shape extends ShapeName>(
  shape: Shape,
  of: Statistic<Shape, "always">["of"],
): Statistic<Shape, "always"> {
  return { shape, presence: "always", of };
}

/** Null where the rows cannot have it. */
export function nullable<const Shape extends ShapeName>(
  shape: Shape,
  of: Statistic<Shape, "nullable">["of"],
): Statistic<Shape, "nullable"> {
  return { shape, presence: "nullable", of };
}

/**
 * Absent where it is undefined: so is every statistic that was added after version 0.1.0, whose files are still read.
 */
export function optional<const Shape extends ShapeName>(
  shape: Shape,
  of: Statistic<Shape, "optional">["of"],
): Statistic<Shape, "optional"> {
  return { shape, presence: "optional", of };
}

/** What the sentences of a statistic may name beside its value. */
export interface Facts {
  readonly rows: number;
  readonly batchSize: number;
  readonly datasetSize: number | null;
}

type Evidence = Readonly<Record<string, ShapeName>>;

export type Values<Of extends Evidence> = { readonly [Name in keyof Of]: Shapes[Of[Name]] };

/** A finding that says no more than the value of one statistic. */
export interface Statement<Kind extends string = string, Of extends Evidence = Evidence> {
  readonly kind: Kind;
  readonly evidence: Of;
}

/** Null where there is nothing to say. */
type EvidenceOf<Shape extends ShapeName, Of extends Evidence> = (
  value: Shapes[Shape],
  facts: Facts,
) => Values<Of> | null;

export interface Stated<
  Shape extends ShapeName = ShapeName,
  Kind extends string = string,
  Of extends Evidence = Evidence,
> {
  readonly statement: Statement<Kind, Of>;
  readonly evidenceOf: EvidenceOf<Shape, Of>;
}

/**
 * A statistic that the reading of an analysis states in a sentence of its own, whose words stand in `text/` under
 * `kind`. A judgement, with a threshold or with what to try, is one of `advice/` instead.
 */
export function stated<
  Shape extends ShapeName,
  When extends Presence,
  const Kind extends string,
  const Of extends Evidence,
>(
  statistic: Statistic<Shape, When>,
  statement: Statement<Kind, Of>,
  evidenceOf: EvidenceOf<Shape, Of>,
): Statistic<Shape, When> & Stated<Shape, Kind, Of> {
  return { ...statistic, statement, evidenceOf };
}
