import { join } from "node:path";
import { z } from "zod";
import { DataError, NotFoundError } from "../tensor/errors.ts";
import { isRegularFile } from "./file.ts";
import { decodeJson } from "./json.ts";
import { linesOf, wholeLines } from "./wholeLines.ts";

/**
 * What the training loop of another program wrote of itself: `steps.jsonl`, a JSON object a line, as
 * docs/foreign-runs.md describes it and integrations/pytorch/batchscope.py writes it.
 */

/** The first line of each process that trained: a loop that is started again appends another. */
export interface ForeignHeader {
  readonly kind: "run";
  readonly schemaVersion: number;
  readonly framework?: string | undefined;
  readonly startedAt?: string | undefined;
  /** Tells processes apart. */
  readonly process?: string | undefined;
  /** What counts are of. */
  readonly unit: "examples" | "tokens";
  /** Numbers that are trained. */
  readonly parameters?: number | undefined;
  readonly optimizer?: (Readonly<Record<string, unknown>> & { readonly name: string }) | null | undefined;
  /** Share of the parameters that norms of single examples cover. */
  readonly exampleNormShare?: number | undefined;
}

/** Of one optimizer step with K micro-batches; g_k is the mean gradient of micro-batch k, before clipping. */
export interface ForeignStep {
  readonly kind: "step";
  readonly step: number;
  /** Since the process began. */
  readonly seconds: number;
  /** [K] examples or tokens of each micro-batch. */
  readonly counts: readonly number[];
  /** [K] ‖g_k‖². */
  readonly squaredNorms: readonly number[];
  /** ‖ḡ‖² of the step's mean gradient. */
  readonly squaredNorm: number;
  /** Weighted mean over the micro-batches. */
  readonly loss?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly groups?: Readonly<Record<string, { squaredNorms: readonly number[]; squaredNorm: number }>> | undefined;
  /** Of each micro-batch: the squared norm of each example's own gradient, of the parameters that are covered. */
  readonly exampleSquaredNorms?: readonly (readonly number[])[] | undefined;
  /** ‖ḡ‖² of the parameters that norms of examples cover. */
  readonly coveredSquaredNorm?: number | undefined;
  /** [K][K] inner products of the micro-batch gradients. */
  readonly gram?: readonly (readonly number[])[] | undefined;
  /** Of the projections that `gram` is of; exact without. */
  readonly gramDimensions?: number | undefined;
}

/** Of held-out data. */
export interface ForeignEvaluation {
  readonly kind: "evaluation";
  readonly step: number;
  readonly seconds: number;
  readonly validationLoss: number;
  readonly validationAccuracy?: number | undefined;
}

export interface ForeignEnd {
  readonly kind: "end";
  readonly step: number;
  readonly seconds: number;
}

export type ForeignLine = ForeignHeader | ForeignStep | ForeignEvaluation | ForeignEnd;

/** Up to where a file was read. */
export interface ForeignPlace {
  readonly bytes: number;
  readonly lines: number;
}

/** What `schemaVersion` this reads. */
export const FOREIGN_VERSION = 1;

/** The file in the folder of a run. */
export const FOREIGN_STEPS = "steps.jsonl";

/**
 * Hands each line after `from` to `take`, in order, and gives the place where reading ended. A last line without its
 * end is one that is being written, or was when the loop was killed: it stays for the next reading. Throws `DataError`
 * with file and line for a damaged one, `NotFoundError` where there is no file.
 */
export function readForeignSteps(folder: string, take: (line: ForeignLine) => void, from?: ForeignPlace): ForeignPlace {
  const path = join(folder, FOREIGN_STEPS);
  if (!isRegularFile(path))
    throw new NotFoundError(
      `${folder}: expected a folder with ${FOREIGN_STEPS}, got none there; name the folder that watch() was given`,
    );
  let place = from ?? { bytes: 0, lines: 0 };
  for (const { bytes, number, start } of wholeLines(path, place)) {
    const texts = linesOf(bytes, path, number);
    texts.forEach((text, i) => {
      if (text.trim() !== "") take(decoded(text, `${path}:${number + i}`));
    });
    place = { bytes: start + bytes.length, lines: number - 1 + texts.length };
  }
  return place;
}

const header = z.looseObject({
  kind: z.literal("run"),
  schemaVersion: z.int().positive(),
  unit: z.enum(["examples", "tokens"]),
  optimizer: z.looseObject({ name: z.string() }).nullish(),
});

function decoded(text: string, place: string): ForeignLine {
  const line = objectOf(text, place);
  switch (line.kind) {
    case "run":
      return headerOf(line, place);
    case "step":
      return stepOf(line, place);
    case "evaluation":
      requireNumbers(line, ["step", "seconds", "validationLoss"], place);
      return line as unknown as ForeignEvaluation;
    case "end":
      requireNumbers(line, ["step", "seconds"], place);
      return line as unknown as ForeignEnd;
    default:
      throw new DataError(
        `${place}: expected a line of kind run, step, evaluation or end, got ${shown(line.kind)}; delete the line`,
      );
  }
}

function objectOf(text: string, place: string): Record<string, unknown> {
  let line: unknown;
  try {
    // Only what holds a word for a number that JSON lacks takes the slower way.
    line = /"-?(NaN|Infinity)"/.test(text) ? decodeJson(text) : JSON.parse(text);
  } catch {
    line = null;
  }
  if (typeof line !== "object" || line === null || Array.isArray(line))
    throw new DataError(`${place}: expected a JSON object, got ${JSON.stringify(text.slice(0, 60))}; delete the line`);
  return line as Record<string, unknown>;
}

function headerOf(line: Record<string, unknown>, place: string): ForeignHeader {
  const { schemaVersion } = line;
  if (typeof schemaVersion === "number" && schemaVersion > FOREIGN_VERSION)
    throw new DataError(
      `${place}: expected schemaVersion ${FOREIGN_VERSION}, got ${schemaVersion}; install a newer batchscope`,
    );
  const read = header.safeParse(line);
  if (read.success) return read.data as unknown as ForeignHeader;
  const [issue] = read.error.issues;
  throw new DataError(
    `${place}: expected the first line of a loop, got ${issue!.path.join(".")}: ${issue!.message}; see docs/foreign-runs.md`,
  );
}

/** Plain code: there may be a million of them. */
function stepOf(line: Record<string, unknown>, place: string): ForeignStep {
  requireNumbers(line, ["step", "seconds", "squaredNorm"], place);
  const { counts, squaredNorms } = line;
  if (!isNumbers(counts) || counts.length === 0 || !counts.every((count) => count > 0))
    throw new DataError(`${place}: expected positive numbers in "counts", got ${shown(counts)}; delete the line`);
  if (!isNumbers(squaredNorms) || squaredNorms.length !== counts.length)
    throw new DataError(
      `${place}: expected ${counts.length} numbers in "squaredNorms", got ${shown(squaredNorms)}; delete the line`,
    );
  return line as unknown as ForeignStep;
}

function requireNumbers(line: Record<string, unknown>, names: readonly string[], place: string): void {
  for (const name of names)
    if (typeof line[name] !== "number")
      throw new DataError(`${place}: expected a number in "${name}", got ${shown(line[name])}; delete the line`);
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((each) => typeof each === "number");

const shown = (value: unknown) => (JSON.stringify(value) ?? "nothing").slice(0, 60);
