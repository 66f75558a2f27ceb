import type { SearchNote, TrialEnd } from "../store/findings.ts";
import { option, UnsupportedError, UsageError } from "../tensor/errors.ts";
import { notesEnglish } from "../text/en/notes.ts";
import { said } from "../text/words.ts";
import type { ExampleTime, MicroBatchTimes } from "./microBatchTimes.ts";

/** What became of one size, tried in a process of its own. */
export type TrialOutcome =
  | { readonly kind: "fits"; readonly peakBytes: number }
  /**
   * It would have needed more memory than it may: measured, killed or crashed, as `end` says. `peakBytes` may be NaN.
   */
  | { readonly kind: "memory"; readonly peakBytes: number; readonly end: TrialEnd }
  /** Something else went wrong. */
  | { readonly kind: "failed"; readonly end: TrialEnd };

export interface Trial {
  readonly microBatch: number;
  readonly purpose: "search" | "verification";
  readonly outcome: TrialOutcome;
}

export interface MicroBatchSearch {
  /** The largest micro-batch that was found to fit and then fitted once more; null where not even one example does. */
  readonly largest: number | null;
  /** The smallest that did not fit, where any did not. */
  readonly smallestFailure: number | null;
  /** In the order in which they were made. */
  readonly trials: readonly Trial[];
  /** What a reader should know. */
  readonly notes: readonly SearchNote[];
}

/**
 * Sizes that differ by less than this share of themselves are not told apart: memory itself varies by about as much.
 */
const RESOLUTION = 1 / 32;

/**
 * The largest micro-batch up to `maximum` that fits: doubled until one does not, then halved between the two to within
 * a thirty-second, and the size that comes out tried once more, for longer; where it then fails, smaller ones are. No
 * size is returned that was not run twice. Throws `UsageError` for a maximum below 1, and `UnsupportedError` with the
 * reason where one example alone fails for another reason than memory.
 */
export async function findMicroBatch(
  attempt: (microBatch: number, purpose: Trial["purpose"]) => Promise<TrialOutcome>,
  maximum: number,
): Promise<MicroBatchSearch> {
  if (!Number.isInteger(maximum) || maximum < 1)
    throw new UsageError(
      `findMicroBatch: expected a maximum of at least 1, got ${maximum}; change ${option("maximum")}`,
    );
  const trials: Trial[] = [];
  const fits = async (microBatch: number, purpose: Trial["purpose"] = "search") => {
    const outcome = await attempt(microBatch, purpose);
    trials.push({ microBatch, purpose, outcome });
    if (outcome.kind === "failed" && microBatch === 1)
      throw new UnsupportedError(
        `findMicroBatch: expected one example to be trained on, got: ${said(outcome.end, notesEnglish.trial)}; try train first`,
      );
    return outcome.kind === "fits";
  };
  const bracket = await grow(fits, maximum);
  await halve(fits, bracket);
  const largest = await verify(fits, trials);
  const failed = trials.filter(({ outcome }) => outcome.kind !== "fits").map(({ microBatch }) => microBatch);
  return {
    largest,
    smallestFailure: failed.length === 0 ? null : Math.min(...failed),
    trials,
    notes: notesOf(trials, largest, maximum),
  };
}

type Fits = (microBatch: number, purpose?: Trial["purpose"]) => Promise<boolean>;

/** 1, 2, 4, …, and the maximum: the last that fits (0: none) and the first that does not (Infinity: all fit). */
async function grow(fits: Fits, maximum: number): Promise<[low: number, high: number]> {
  let low = 0;
  for (let next = 1; low < maximum; next = Math.min(2 * next, maximum)) {
    if (!(await fits(next))) return [low, next];
    low = next;
  }
  return [low, Number.POSITIVE_INFINITY];
}

async function halve(fits: Fits, [low, high]: [number, number]): Promise<void> {
  if (low === 0 || high === Number.POSITIVE_INFINITY) return;
  while (high - low > Math.max(1, Math.floor(low * RESOLUTION))) {
    const middle = Math.floor((low + high) / 2);
    if (await fits(middle)) low = middle;
    else high = middle;
  }
}

/**
 * Down from the largest that fits in steps that double until one fits in a longer trial too, and was then run twice.
 */
async function verify(fits: Fits, trials: readonly Trial[]): Promise<number | null> {
  const found = new Set(trials.filter(({ outcome }) => outcome.kind === "fits").map(({ microBatch }) => microBatch));
  let share = RESOLUTION;
  for (let size = Math.max(0, ...found); size >= 1; size -= Math.max(1, Math.floor(share * size)), share *= 2) {
    if (!(await fits(size, "verification"))) continue;
    if (found.has(size) || (await fits(size, "verification"))) return size;
  }
  return null;
}

/** The fastest of the sizes that were timed. */
export interface Fastest {
  readonly microBatch: number;
  readonly secondsPerExample: ExampleTime;
  /** Those whose quartiles reach as far down as its own upper one: the machine does not tell them apart. */
  readonly asFast: readonly number[];
}

/** The size of the least median, the smaller of equals; null of no times. */
export function fastestOf(times: MicroBatchTimes["times"]): Fastest | null {
  const [best, ...others] = times.toSorted(
    (a, b) => a.secondsPerExample.median - b.secondsPerExample.median || a.microBatch - b.microBatch,
  );
  if (!best) return null;
  const near = others.filter(({ secondsPerExample }) => secondsPerExample.lower <= best.secondsPerExample.upper);
  return { ...best, asFast: near.map(({ microBatch }) => microBatch).toSorted((a, b) => a - b) };
}

/** The sizes that fit, each once, up to the verified one. */
export function sizesThatFit({ trials, largest }: MicroBatchSearch): number[] {
  const sizes = trials.filter(({ outcome }) => outcome.kind === "fits").map(({ microBatch }) => microBatch);
  return [...new Set(sizes)].filter((size) => size <= (largest ?? 0)).toSorted((a, b) => a - b);
}

function notesOf(trials: readonly Trial[], largest: number | null, maximum: number): SearchNote[] {
  const fitted = new Set(trials.filter(({ outcome }) => outcome.kind === "fits").map(({ microBatch }) => microBatch));
  const unsteady = trials.filter(
    ({ microBatch, purpose, outcome }) =>
      purpose === "verification" && outcome.kind !== "fits" && fitted.has(microBatch),
  );
  const odd = trials.find(({ outcome }) => outcome.kind === "failed");
  return [
    ...unsteady.map(({ microBatch }) => ({ kind: "unsteady", microBatch }) as const),
    ...(odd?.outcome.kind === "failed"
      ? [{ kind: "failed", microBatch: odd.microBatch, end: odd.outcome.end } as const]
      : []),
    ...(largest === maximum ? [{ kind: "maximum", maximum } as const] : []),
  ];
}
