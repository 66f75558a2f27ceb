import { join } from "node:path";
import { z } from "zod";
import type { Interval } from "../statistics/types.ts";
import { DataError } from "../tensor/errors.ts";
import { readDocument, writeAtomically } from "./document.ts";
import { encodeJson } from "./json.ts";
import { count, matrix, number, numbers, record, text } from "./records.ts";
import { SCHEMA_VERSION } from "./schema.ts";
import { interval } from "./statisticRecords.ts";

/** `landscape.json`: what was measured of the loss at checkpoints of a run. */
export interface LandscapeFile {
  readonly schemaVersion: number;
  /** In order of steps, one a step. */
  readonly places: readonly LandscapePlace[];
}

/** Of one checkpoint; null where it was not measured. */
export interface LandscapePlace {
  readonly epoch: number;
  readonly step: number;
  /** Over so many training examples, drawn from `seed`. */
  readonly examples: number;
  readonly seed: number;
  readonly loss: number;
  readonly gradientNorm: number | null;
  /** Ends of the spectrum of the Hessian, and its trace. */
  readonly largest: Interval | null;
  readonly smallest: Interval | null;
  readonly trace: Interval | null;
  /** As `criticalPoint` judges. */
  readonly verdict: string | null;
  readonly asam: number | null;
  readonly criticalSharpness: number | null;
  /** One of each kind at most. */
  readonly slices: readonly KeptSlice[];
}

/** A slice of the loss as `drawSlice` gives it. */
export interface KeptSlice {
  readonly kind: "line" | "plane" | "path" | "between";
  readonly training: KeptGrid;
  readonly validation: KeptGrid | null;
  readonly path: {
    readonly points: readonly (readonly [number, number])[];
    readonly explained: readonly number[];
  } | null;
}

interface KeptGrid {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly losses: readonly (readonly number[])[];
}

const grid = record<KeptGrid>({ x: numbers, y: numbers, losses: matrix });

const landscapeFile = record<LandscapeFile>({
  schemaVersion: count,
  places: z.array(
    record<LandscapePlace>({
      ...{ epoch: count, step: count, examples: count, seed: count, loss: number },
      ...{ gradientNorm: number.nullable(), largest: interval.nullable(), smallest: interval.nullable() },
      ...{ trace: interval.nullable(), verdict: text.nullable(), asam: number.nullable() },
      criticalSharpness: number.nullable(),
      slices: z.array(
        record<KeptSlice>({
          kind: z.enum(["line", "plane", "path", "between"]),
          training: grid,
          validation: grid.nullable(),
          path: record<NonNullable<KeptSlice["path"]>>({
            points: z.array(z.tuple([number, number])),
            explained: numbers,
          }).nullable(),
        }),
      ),
    }),
  ),
});

type Run = { readonly path: string };

const fileOf = (run: Run) => join(run.path, "landscape.json");

/** None where nothing was measured. Throws `DataError` naming a damaged file. */
export function readLandscape(run: Run): readonly LandscapePlace[] {
  return readDocument(fileOf(run), landscapeFile)?.places ?? [];
}

/** The same, and none of a damaged file, as all of it can be measured anew. */
export function landscapeIn(run: Run): readonly LandscapePlace[] {
  try {
    return readLandscape(run);
  } catch (error) {
    if (error instanceof DataError) return [];
    throw error;
  }
}

/**
 * Adds places to those that the run has. Of one step what was measured before over the same examples stays where it was
 * not measured now.
 */
export function keepLandscape(run: Run, places: readonly LandscapePlace[]): void {
  const all = new Map(landscapeIn(run).map((place) => [place.step, place]));
  for (const place of places) {
    const before = all.get(place.step);
    const isSame = before?.examples === place.examples && before.seed === place.seed && before.epoch === place.epoch;
    all.set(place.step, isSame ? joined(before, place) : place);
  }
  const sorted = [...all.values()].sort((a, b) => a.step - b.step);
  writeAtomically(fileOf(run), encodeJson({ schemaVersion: SCHEMA_VERSION, places: sorted }));
}

function joined(before: LandscapePlace, now: LandscapePlace): LandscapePlace {
  const measured = Object.fromEntries(Object.entries(now).filter(([, value]) => value !== null));
  const kinds = new Set(now.slices.map(({ kind }) => kind));
  return { ...before, ...measured, slices: [...before.slices.filter(({ kind }) => !kinds.has(kind)), ...now.slices] };
}
