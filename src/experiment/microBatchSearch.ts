import type { SearchNote, TrialEnd } from "../store/findings.ts";
import { option, UnsupportedError, UsageError } from "../tensor/errors.ts";
import { notesEnglish } from "../text/en/notes.ts";
import { said } from "../text/words.ts";

/** Median and quartiles, in seconds per example. */
export interface ExampleTime {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  /** Micro-batches that were timed. */
  readonly runs: number;
}

/** What became of one size, tried in a process of its own. */
export type TrialOutcome =
  | { readonly kind: "fits"; readonly peakBytes: number; readonly secondsPerExample: ExampleTime }
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
  /** The smallest of those that are as fast per example as the fastest, up to its upper quartile. */
  readonly fastest: { readonly microBatch: number; readonly secondsPerExample: ExampleTime } | null;
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
 * a thirty-second, and the size that comes out tried once more; where it then fails, the next smaller one that fitted.
 * No size is returned that was not run twice. Throws `UsageError` for a maximum below 1, and `UnsupportedError` with
 * the reason where one example alone fails for another reason than memory.
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
    fastest: fastestOf(trials, largest),
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

async function verify(fits: Fits, trials: readonly Trial[]): Promise<number | null> {
  const candidates = trials.filter(({ outcome }) => outcome.kind === "fits").map(({ microBatch }) => microBatch);
  for (const candidate of candidates.toSorted((a, b) => b - a))
    if (await fits(candidate, "verification")) return candidate;
  return null;
}

/** Of sizes up to the verified one; of each the trial that was made last. */
function fastestOf(trials: readonly Trial[], largest: number | null): MicroBatchSearch["fastest"] {
  const times = new Map<number, ExampleTime>();
  for (const { microBatch, outcome } of trials)
    if (outcome.kind === "fits" && microBatch <= (largest ?? 0)) times.set(microBatch, outcome.secondsPerExample);
  const sorted = [...times].toSorted(([a], [b]) => a - b);
  if (sorted.length === 0) return null;
  const best = sorted.reduce((least, one) => (one[1].median < least[1].median ? one : least))[1];
  const [microBatch, secondsPerExample] = sorted.find(([, { median }]) => median <= best.upper)!;
  return { microBatch, secondsPerExample };
}

function notesOf(trials: readonly Trial[], largest: number | null, maximum: number): SearchNote[] {
  const unsteady = trials.filter(({ purpose, outcome }) => purpose === "verification" && outcome.kind !== "fits");
  const odd = trials.find(({ outcome }) => outcome.kind === "failed");
  return [
    ...unsteady.map(({ microBatch }) => ({ kind: "unsteady", microBatch }) as const),
    ...(odd?.outcome.kind === "failed"
      ? [{ kind: "failed", microBatch: odd.microBatch, end: odd.outcome.end } as const]
      : []),
    ...(largest === maximum ? [{ kind: "maximum", maximum } as const] : []),
  ];
}
