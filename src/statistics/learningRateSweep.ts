import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { turningPoint } from "./unimodal.ts";

/** One learning-rate range test: a training whose learning rate rises with every update. */
export interface LearningRateSweep {
  /** Of the data's order, and of the weights where they are drawn. */
  readonly seed: number;
  /** Before any update. */
  readonly initialLoss: number;
  /** Rising; as many as losses. */
  readonly learningRates: readonly number[];
  /** Of the mini-batch after the update with each rate, so that a rate is shown with what it did. */
  readonly losses: readonly number[];
  /** Why it ended: no rates left, the smoothed loss had risen too far, or a loss was no finite number. */
  readonly end: "rates" | "rose" | "not finite";
}

/** What one sweep says. Slopes are in loss per decade, a factor of ten in the learning rate. */
export interface SweepReading {
  readonly seed: number;
  /**
   * `losses` up to the turn, each averaged with its neighbours on both sides, weighted by `decay` to the power of their
   * distance.
   */
  readonly smoothed: readonly number[];
  readonly decay: number;
  /** Where the smoothed loss falls fastest; null where it falls nowhere. */
  readonly steepest: { readonly learningRate: number; readonly slope: number } | null;
  /** The rate of the lowest smoothed loss, and a tenth of it; null where the loss did not rise again after it. */
  readonly minimum: { readonly learningRate: number; readonly tenth: number; readonly loss: number } | null;
  /** The last rate before the loss rose for good; null where the sweep ended without divergence. No stability limit. */
  readonly beforeRise: number | null;
  /** By how much the smoothed loss fell, and the standard error of that from the noise between neighbouring updates. */
  readonly descent: number;
  readonly descentError: number;
  /** Why this sweep suggests nothing; null where it does. */
  readonly problem: SweepProblem | null;
}

/**
 * The loss rises after so many updates, does not fall by more than its noise, or still falls fastest at the largest
 * rates.
 */
export type SweepProblem =
  | { readonly kind: "earlyRise"; readonly updates: number }
  | { readonly kind: "noFall" }
  | { readonly kind: "fallsToTheEnd" };

/** Why a learning rate is suggested, or why none is. */
export type SuggestionReason =
  | { readonly kind: "steepest" }
  | {
      readonly kind: "fewClear";
      readonly clear: number;
      readonly sweeps: number;
      /** Those of the other sweeps, each once. */
      readonly problems: readonly SweepProblem[];
    }
  /** The greatest rate over the least. */
  | { readonly kind: "disagree"; readonly factor: number };

/** The learning rate that range tests suggest, with its spread over seeds, or why they suggest none. */
export interface LearningRateSuggestion {
  /** Median over the sweeps of the steepest descent's rate, with the least and the greatest; null with a reason. */
  readonly suggestion: { readonly value: number; readonly lower: number; readonly upper: number } | null;
  readonly reason: SuggestionReason;
  /** Median over the sweeps that have it. */
  readonly tenthOfMinimum: number | null;
  readonly sweeps: readonly SweepReading[];
}

/** Losses this many times their lowest, or their first, have risen too far, as in fastai's learning-rate finder. */
export const TOO_FAR = 4;

/**
 * Largest weight per update of a neighbouring loss: what fastai smooths its sweeps with (Gugger 2018), a memory of 50
 * updates.
 */
export const SMOOTHING = 0.98;
/** The memory as a share of the losses: 50 updates of a sweep of 100 would flatten the very fall that is looked for. */
const MEMORY = 1 / 20;
const LEAST_MEMORY = 3;

/** Fewer losses before the turn than this show no curve. */
const LEAST_LOSSES = 10;
/** Standard errors by which the loss must have fallen. */
const CLEAR = 3;
/** Sweeps that differ by more than this factor do not agree on a rate. */
const WIDEST = 10;
/** Sweeps without which there is no spread to speak of. */
const LEAST_SWEEPS = 3;

/**
 * The learning rate that range tests over several seeds suggest (Smith 2017, arXiv:1506.01186, §3.3): where the loss
 * falls fastest per decade of the rate. The derivative is with respect to log₁₀ of the rate; with respect to the rate
 * itself, noise at small rates always wins. Nothing is suggested where fewer than three sweeps show a descent beyond
 * their noise, or where they disagree by more than a factor of ten. Throws `UsageError` for fewer than three sweeps.
 */
export function suggestLearningRate(sweeps: readonly LearningRateSweep[]): LearningRateSuggestion {
  requireArguments("suggestLearningRate", { sweeps }, { sweeps: is.listOf("sweeps", is.object) });
  if (sweeps.length < LEAST_SWEEPS)
    throw new UsageError(
      `suggestLearningRate: expected at least ${LEAST_SWEEPS} sweeps, got ${sweeps.length}; one alone does not show its spread`,
    );
  const readings = sweeps.map(readSweep);
  const clear = readings.filter(({ problem }) => problem === null);
  const rates = clear.map(({ steepest }) => steepest!.learningRate);
  const range = { value: median(rates), lower: Math.min(...rates), upper: Math.max(...rates) };
  const disagree = range.upper > WIDEST * range.lower;
  const reason: SuggestionReason =
    clear.length < LEAST_SWEEPS
      ? { kind: "fewClear", clear: clear.length, sweeps: readings.length, problems: problemsOf(readings) }
      : disagree
        ? { kind: "disagree", factor: range.upper / range.lower }
        : { kind: "steepest" };
  return {
    suggestion: clear.length < LEAST_SWEEPS || disagree ? null : range,
    reason,
    tenthOfMinimum: medianOrNull(clear.flatMap(({ minimum }) => minimum?.tenth ?? [])),
    sweeps: readings,
  };
}

function problemsOf(readings: readonly SweepReading[]): SweepProblem[] {
  const problems = readings.flatMap(({ problem }) => problem ?? []);
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/** What one sweep says; its problem is about this sweep alone. */
export function readSweep({ seed, learningRates, losses, end }: LearningRateSweep): SweepReading {
  const turn = losses.length === 0 ? -1 : turningPoint(losses);
  const before = losses.slice(0, turn + 1);
  const decay = Math.min(SMOOTHING, 1 - 1 / Math.max(LEAST_MEMORY, MEMORY * losses.length));
  const { smoothed, weights } = smooth(before, decay);
  const lowest = smoothed.indexOf(Math.min(...smoothed));
  const descent = smoothed.length === 0 ? 0 : smoothed[0]! - smoothed[lowest]!;
  // The two means share losses, which only makes their difference surer than this.
  const descentError = smoothed.length < 2 ? Number.NaN : noise(before) * Math.sqrt(weights[0]! + weights[lowest]!);
  const rose = end !== "rates" || turn < losses.length - 1;
  const at = steepestIndex(smoothed, learningRates);
  return {
    seed,
    smoothed,
    decay,
    steepest: at === null ? null : { learningRate: learningRates[at.index]!, slope: at.slope },
    minimum:
      rose && smoothed.length > 0
        ? { learningRate: learningRates[lowest]!, tenth: learningRates[lowest]! / 10, loss: smoothed[lowest]! }
        : null,
    beforeRise: end === "rates" || turn < 0 ? null : learningRates[turn]!,
    descent,
    descentError,
    problem: problemOf({ turn, descent, descentError, falls: at !== null, goesOn: !rose && fallsFastestAtEnd(before) }),
  };
}

function problemOf(found: {
  readonly turn: number;
  readonly descent: number;
  readonly descentError: number;
  readonly falls: boolean;
  readonly goesOn: boolean;
}): SweepProblem | null {
  const { turn, descent, descentError, falls, goesOn } = found;
  if (turn + 1 < LEAST_LOSSES) return { kind: "earlyRise", updates: turn + 1 };
  if (!falls || descent <= CLEAR * descentError) return { kind: "noFall" };
  return goesOn ? { kind: "fallsToTheEnd" } : null;
}

/**
 * Whether, of the means of ten stretches, the last falls furthest below the one before: smoothed slopes shrink towards
 * an end.
 */
function fallsFastestAtEnd(losses: readonly number[]): boolean {
  const means = Array.from({ length: 10 }, (_, part) => {
    const [from, to] = [part, part + 1].map((at) => Math.floor((at * losses.length) / 10));
    return losses.slice(from, to).reduce((sum, loss) => sum + loss, 0) / (to! - from!);
  });
  const falls = means.slice(1).map((mean, i) => means[i]! - mean);
  return falls.at(-1) === Math.max(...falls);
}

/**
 * The mean of each value and its neighbours on both sides, with weights decay^distance, and the sum of the squares of
 * these weights once they add to 1. The usual mean over earlier values alone lags, and would put everything too far
 * right.
 */
function smooth(values: readonly number[], decay: number): { smoothed: number[]; weights: number[] } {
  const ones = values.map(() => 1);
  const total = decayingSums(values, decay);
  const weight = decayingSums(ones, decay);
  const squares = decayingSums(ones, decay ** 2);
  return {
    smoothed: total.map((sum, i) => sum / weight[i]!),
    weights: squares.map((sum, i) => sum / weight[i]! ** 2),
  };
}

/** Σ_j decay^|i−j| · values[j] for every i. */
function decayingSums(values: readonly number[], decay: number): number[] {
  const oneWay = (list: readonly number[]) => {
    let sum = 0;
    return list.map((value) => {
      sum = decay * sum + value;
      return sum;
    });
  };
  const forward = oneWay(values);
  const backward = oneWay(values.toReversed()).reverse();
  return values.map((value, i) => forward[i]! + backward[i]! - value);
}

/** Standard deviation of one loss, from neighbours, which a slow trend hardly parts. */
function noise(values: readonly number[]): number {
  const squares = values.slice(1).map((value, i) => (value - values[i]!) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (2 * squares.length));
}

/** Central differences with respect to log₁₀ of the rate; null where none is negative. */
function steepestIndex(smoothed: readonly number[], rates: readonly number[]): { index: number; slope: number } | null {
  let steepest: { index: number; slope: number } | null = null;
  for (let i = 1; i < smoothed.length; i++) {
    const next = Math.min(i + 1, smoothed.length - 1);
    const slope = (smoothed[next]! - smoothed[i - 1]!) / Math.log10(rates[next]! / rates[i - 1]!);
    if (slope < (steepest?.slope ?? 0)) steepest = { index: i, slope };
  }
  return steepest;
}

/** Of rates, so the middle of two is their geometric mean. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return Math.sqrt((sorted[Math.floor(middle)] ?? Number.NaN) * (sorted[Math.ceil(middle)] ?? Number.NaN));
}

function medianOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(values);
}
