import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { ascending, medianOf, quantile } from "./comparison/sample.ts";
import { nonnegativeFit } from "./nonnegativeFit.ts";
import type { Interval } from "./types.ts";

/** Times of updates with one effective batch B, cut into micro-batches of m. */
export interface StepTimes {
  readonly batchSize: number;
  readonly microBatch: number;
  /** Of single updates, in seconds; at least one, positive. */
  readonly seconds: readonly number[];
}

export interface UndisturbedMedian {
  readonly seconds: number;
  /** Share of the times that were left out as disturbed, 0–1. */
  readonly disturbed: number;
}

/**
 * The median of the times that nothing disturbed. Another program can only make an update slower, so that the fast half
 * says how much times scatter by themselves: what lies above the median by more than three standard deviations of it,
 * (median − lower quartile)/0.6745, and by more than a tenth, is left out.
 */
export function undisturbedMedian(seconds: readonly number[]): UndisturbedMedian {
  const sorted = ascending(seconds);
  const [quartile, median] = [quantile(sorted, 0.25), quantile(sorted, 0.5)];
  // The lower quartile of a normal distribution lies 0.6745 standard deviations below its median.
  const limit = median + Math.max(0.1 * median, (3 * (median - quartile)) / 0.6745);
  const kept = sorted.filter((time) => time <= limit);
  return { seconds: medianOf(kept), disturbed: 1 - kept.length / sorted.length };
}

/** time(B, m) = perUpdate + perMicroBatch·⌈B/m⌉ + perExample·B, in seconds. */
export interface StepCost {
  readonly perUpdate: Interval;
  /** Null where every update had one micro-batch: then it is part of `perUpdate`. */
  readonly perMicroBatch: Interval | null;
  readonly perExample: Interval;
  readonly points: readonly {
    readonly batchSize: number;
    readonly microBatch: number;
    readonly seconds: number;
    /** Share of its times that were disturbed. */
    readonly disturbed: number;
    /** Measured over fitted, minus 1. */
    readonly residual: number;
  }[];
  /** Standard deviation of the relative errors. */
  readonly deviation: number;
  /** What was measured; the model says nothing outside. */
  readonly range: { readonly batchSize: readonly [number, number]; readonly microBatch: readonly [number, number] };
}

/**
 * Fits the cost of an update to the undisturbed medians of at least three different (B, m): robust least squares of
 * relative errors with nonnegative costs (`nonnegativeFit`), intervals by Student's t. Throws `UsageError` for fewer,
 * and for times that are not positive numbers.
 */
export function fitStepCost(measured: readonly StepTimes[]): StepCost {
  requireArguments("fitStepCost", { measured }, { measured: is.listOf("measurements", is.object) });
  assertUsable(measured);
  const medians = measured.map(({ seconds }) => undisturbedMedian(seconds));
  const oneMicroBatch = measured.every(({ batchSize, microBatch }) => microBatch >= batchSize);
  const rows = measured.map((at) => rowOf(at, oneMicroBatch));
  const fit = nonnegativeFit(
    rows,
    medians.map(({ seconds }) => seconds),
  );
  const rangeOf = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
  return {
    perUpdate: fit.coefficients[0]!,
    perMicroBatch: oneMicroBatch ? null : fit.coefficients[2]!,
    perExample: fit.coefficients[1]!,
    points: measured.map(({ batchSize, microBatch }, i) => ({
      batchSize,
      microBatch,
      ...medians[i]!,
      residual: fit.residuals[i]!,
    })),
    deviation: fit.deviation,
    range: {
      batchSize: rangeOf(measured.map(({ batchSize }) => batchSize)),
      microBatch: rangeOf(measured.map(({ microBatch }) => microBatch)),
    },
  };
}

/**
 * Seconds of an update of B examples in micro-batches of m by the fitted costs. Throws `UsageError` outside the range
 * that was measured: caches, threads and memory make costs change where nobody looked.
 */
export function secondsOfStep(cost: StepCost, batchSize: number, microBatch: number): number {
  requireArguments(
    "secondsOfStep",
    { cost, batchSize, microBatch },
    { cost: is.object, batchSize: is.above0, microBatch: is.above0 },
  );
  const inside = (value: number, [low, high]: readonly [number, number]) => value >= low && value <= high;
  const { range } = cost;
  if (!inside(batchSize, range.batchSize) || !inside(microBatch, range.microBatch))
    throw new UsageError(
      `secondsOfStep: expected a batch from ${range.batchSize.join(" to ")} in micro-batches from ${range.microBatch.join(" to ")}, got ${batchSize} in ${microBatch}; measure there`,
    );
  const pieces = cost.perMicroBatch ? Math.ceil(batchSize / microBatch) : 0;
  return cost.perUpdate.value + (cost.perMicroBatch?.value ?? 0) * pieces + cost.perExample.value * batchSize;
}

/** The constant and the examples first: where columns cannot be told apart, the micro-batches are left out. */
function rowOf({ batchSize, microBatch }: Omit<StepTimes, "seconds">, oneMicroBatch: boolean): number[] {
  return oneMicroBatch ? [1, batchSize] : [1, batchSize, Math.ceil(batchSize / microBatch)];
}

function assertUsable(measured: readonly StepTimes[]): void {
  const places = new Set(measured.map(({ batchSize, microBatch }) => `${batchSize} ${microBatch}`));
  const wrong =
    places.size < 3
      ? `at least 3 different batch sizes, got ${places.size}; measure more`
      : measured.every(
            ({ seconds }) => seconds.length > 0 && seconds.every((time) => time > 0 && Number.isFinite(time)),
          )
        ? null
        : "positive times of every batch size, got others; leave out what was not measured";
  if (wrong) throw new UsageError(`fitStepCost: expected ${wrong}`);
}

/** bytes(m) = fixed + perExample·m. */
export interface PeakMemory {
  readonly fixed: Interval;
  readonly perExample: Interval;
  readonly residuals: readonly number[];
}

/**
 * Fits peak memory to micro-batches of at least two sizes, with nonnegative coefficients. Parameters, gradients and
 * optimizer state are in `fixed`, activations in `perExample`. Throws `UsageError` for fewer sizes or bytes that are
 * not positive.
 */
export function fitPeakMemory(
  measured: readonly { readonly microBatch: number; readonly bytes: number }[],
): PeakMemory {
  requireArguments("fitPeakMemory", { measured }, { measured: is.listOf("measurements", is.object) });
  const sizes = new Set(measured.map(({ microBatch }) => microBatch));
  if (sizes.size < 2 || !measured.every(({ bytes }) => bytes > 0 && Number.isFinite(bytes)))
    throw new UsageError(
      `fitPeakMemory: expected positive bytes of at least 2 micro-batch sizes, got ${sizes.size}; measure more`,
    );
  const fit = nonnegativeFit(
    measured.map(({ microBatch }) => [1, microBatch]),
    measured.map(({ bytes }) => bytes),
  );
  return { fixed: fit.coefficients[0]!, perExample: fit.coefficients[1]!, residuals: fit.residuals };
}
