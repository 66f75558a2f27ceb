import { automaticSteps } from "../../store/updateSize.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { requireBound, windows } from "./bounds.ts";

export interface Accumulation {
  /** Examples of one micro-batch. */
  readonly batchSize: number;
  /** Micro-batches of one update. */
  readonly steps: number;
  /** Examples of the last micro-batch where it is smaller than `batchSize`, else 0. */
  readonly remainder: number;
  /** Examples of one update: the sum of `window`. */
  readonly effectiveBatchSize: number;
  /** Sizes of the micro-batches of one update, as a sampler takes them: [4, 4, 2]. */
  readonly window: readonly number[];
  /** Where the numbers come from, in words. */
  readonly why: string;
}

/** The options that say how many micro-batches make one update. */
export interface AccumulationFlags {
  readonly batchSize: number;
  readonly gradientAccumulationSteps?: number | undefined;
  readonly enableAutoGradientAccumulation?: boolean | undefined;
  readonly targetBatchSize?: number | undefined;
}

/**
 * How many micro-batches make one update. Asked for outright, or by the accumulation guide's table (4 below batch size
 * 4, 2 below 8, else 1), or derived from a target: ⌈target / batchSize⌉ with a smaller last micro-batch, so that every
 * full update sees exactly `targetBatchSize` examples. Throws `UsageError` when more than one of the three is asked
 * for, or for a target below the batch size.
 */
export function resolveAccumulation(flags: AccumulationFlags): Accumulation {
  const { batchSize, gradientAccumulationSteps: steps, targetBatchSize: target } = flags;
  const auto = flags.enableAutoGradientAccumulation ?? false;
  refuseConflicts(steps, auto, target);
  if (target !== undefined) return forTarget(batchSize, target);
  if (auto) return equal(batchSize, automaticSteps(batchSize), automaticReason(batchSize));
  if (steps === undefined) return equal(batchSize, 1, "no accumulation by default");
  return equal(batchSize, steps, `${option("gradientAccumulationSteps")} ${steps}`);
}

/** Throws `UsageError` for a target that no epoch has. */
export function requireTarget(target: number | undefined, examples: number): void {
  if (target !== undefined && target > examples)
    throw new UsageError(
      `${option("targetBatchSize")}: expected at most the ${examples} examples of an epoch, got ${target}; lower it`,
    );
}

function refuseConflicts(steps: number | undefined, auto: boolean, target: number | undefined) {
  const asked = [
    ...(steps === undefined ? [] : [`${option("gradientAccumulationSteps")} ${steps}`]),
    ...(auto ? [option("enableAutoGradientAccumulation")] : []),
    ...(target === undefined ? [] : [`${option("targetBatchSize")} ${target}`]),
  ];
  if (asked.length > 1)
    throw new UsageError(
      `accumulation: expected one way to set the steps, got ${asked.join(" and ")}; keep one of them`,
    );
}

function equal(batchSize: number, steps: number, why: string): Accumulation {
  const window = Array<number>(steps).fill(batchSize);
  return { batchSize, steps, remainder: 0, effectiveBatchSize: batchSize * steps, window, why };
}

function forTarget(batchSize: number, target: number): Accumulation {
  if (target < batchSize)
    throw new UsageError(
      `${option("targetBatchSize")}: expected at least the batch size ${batchSize}, got ${target}; lower ${option("batchSize")} to ${target}`,
    );
  requireBound(windows, `${option("targetBatchSize")} over ${option("batchSize")}`, Math.ceil(target / batchSize));
  const full = equal(batchSize, Math.floor(target / batchSize), `${option("targetBatchSize")} ${target}`);
  const remainder = target % batchSize;
  if (remainder === 0) return full;
  const window = [...full.window, remainder];
  return { ...full, steps: window.length, remainder, effectiveBatchSize: target, window };
}

function automaticReason(batchSize: number): string {
  const rule = `automatic: batch size ${batchSize} gets ${automaticSteps(batchSize)}`;
  // The guide's own goal is 8–16 examples per update, which its table misses for a batch size of 1.
  return batchSize === 1
    ? `${rule}, short of the 8 examples the rule aims at; ${option("targetBatchSize")} 8 reaches them`
    : rule;
}
