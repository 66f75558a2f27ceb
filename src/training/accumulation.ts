import type { NoiseScale } from "../statistics/types.ts";
import { option, UsageError } from "../tensor/errors.ts";

/** How the number of micro-batches of a window changes while training. */
export type AccumulationPlan =
  | AccumulationByEpoch
  | AccumulationByExamples
  | AccumulationByNoise
  | AccumulationBySchedule;

/** From each epoch on (epochs completed, so 0 is the first) so many micro-batches; starts with epoch 0. */
export interface AccumulationByEpoch {
  readonly kind: "epochs";
  readonly from: readonly (readonly [epoch: number, steps: number])[];
}

/**
 * Once so many examples were seen, so many micro-batches, from the next window on; before the first entry the window
 * is as training begins with it.
 */
export interface AccumulationByExamples {
  readonly kind: "examples";
  readonly from: readonly (readonly [examples: number, steps: number])[];
  /** Cuts what is larger, as an epoch then does too. Default: nothing does, and more than an epoch has is refused. */
  readonly maximum?: number | undefined;
}

/** Grows the batch where the schedule cuts the learning rate, in place of a part of the cut: see `seesawSteps`. */
export interface AccumulationBySchedule {
  readonly kind: "seesaw";
  readonly maximum: number;
}

/**
 * The effective batch follows the noise scale: ⌈ratio · noise scale / micro-batch⌉ micro-batches, never more than
 * `maximum`. Training at the noise scale itself takes about twice the updates and twice the examples of either extreme
 * (McCandlish et al. 2018, arXiv:1812.06162, eq. 2.11 with B = B_noise); the noise scale grows while the loss falls.
 */
export interface AccumulationByNoise {
  readonly kind: "noise-scale";
  /** Effective batch over noise scale. Default 1. */
  readonly ratio?: number | undefined;
  readonly maximum: number;
  /** Default false: the window only grows. */
  readonly mayShrink?: boolean | undefined;
  /** What it follows: the noise scale, or the lower end of its interval. Default "value". */
  readonly aim?: "value" | "lower" | undefined;
}

/** Steps that the noise scale is measured before it first changes a window, and between two changes. */
const SETTLING_STEPS = 20;
/** A change must be worth it: the noise scale is known to some ten percent only. */
const LEAST_GROWTH = 1.25;
const MOST_SHRINKAGE = 0.6;

/** Throws `UsageError` for a plan that makes no sense. */
export function checkPlan(plan: AccumulationPlan, window: readonly number[]): void {
  if (window.some((size) => size !== window[0]))
    throw new UsageError(
      `${option("accumulationSchedule")}: expected micro-batches of one size, got ${window.join(", ")}; give ${option("gradientAccumulationSteps")} instead of ${option("targetBatchSize")}`,
    );
  const steps = "from" in plan ? plan.from.map(([, count]) => count) : [plan.maximum];
  const bad = steps.find((count) => !Number.isInteger(count) || count < 1);
  if (bad !== undefined)
    throw new UsageError(
      `${option("accumulationSchedule")}: expected at least 1 accumulation step, got ${bad}; raise it`,
    );
  if (plan.kind === "examples") requireRising(plan.from.map(([examples]) => examples));
  if (plan.kind !== "epochs") return;
  const epochs = plan.from.map(([epoch]) => epoch);
  if (epochs[0] !== 0 || epochs.some((epoch, i) => i > 0 && !(epoch > epochs[i - 1]!)))
    throw new UsageError(
      `${option("accumulationSchedule")}: expected rising epochs from 0 on, got ${epochs.join(", ")}; write 0:1,5:4`,
    );
}

function requireRising(examples: readonly number[]): void {
  if (examples.some((at, i) => !(at > (examples[i - 1] ?? -1))))
    throw new UsageError(
      `${option("accumulationSchedule")}: expected rising numbers of examples, got ${examples.join(", ")}; sort them, and name each once`,
    );
}

/** The plan that is cut, where it may be, to what an epoch has. */
export function withinEpoch<Plan extends AccumulationPlan | undefined>(plan: Plan, microBatches: number): Plan {
  if (plan === undefined || !("maximum" in plan) || plan.maximum === undefined) return plan;
  return { ...plan, maximum: Math.min(plan.maximum, microBatches) };
}

/** The micro-batches of the windows that training begins with, where it is told `steps`. */
export function firstSteps(plan: AccumulationPlan | undefined, steps: number): number {
  if (plan?.kind === "epochs") return stepsInEpoch(plan, 0);
  return plan?.kind === "examples" ? stepsAfter(plan, 0, steps) : steps;
}

/** Micro-batches of a window once `examples` were seen; `steps` before the first entry. */
export function stepsAfter(plan: AccumulationByExamples, examples: number, steps: number): number {
  const { from, maximum = Number.POSITIVE_INFINITY } = plan;
  return Math.min(from.findLast(([start]) => start <= examples)?.[1] ?? steps, maximum);
}

/** Micro-batches of a window in the epoch that follows `epoch` completed ones. */
export function stepsInEpoch({ from }: AccumulationByEpoch, epoch: number): number {
  return from.findLast(([start]) => start <= epoch)![1];
}

/** Where training stands when it asks for the next window. */
interface Measured {
  readonly steps: number;
  /** Examples of a micro-batch. */
  readonly microBatch: number;
  /** In examples, with its interval. */
  readonly noiseScale: Pick<NoiseScale, "value" | "lower" | "upper">;
  /** Optimizer steps in which it was measured since the window last changed. */
  readonly settled: number;
}

/**
 * Micro-batches of the next window. It changes only by a good quarter upwards (or by two fifths downwards), only once
 * the noise scale was measured in `settled` steps since the last change, and only where its whole interval lies beyond
 * the present window, and by a factor of two at most: a window that only grows would otherwise climb to the highest of
 * all errors. A noise scale that is not resolved (NaN) changes nothing.
 */
export function stepsByNoise(plan: AccumulationByNoise, now: Measured): number {
  const { ratio = 1, maximum, mayShrink = false, aim: followed = "value" } = plan;
  const { steps, microBatch, noiseScale, settled } = now;
  const { value, lower, upper } = noiseScale;
  if (Number.isNaN(value) || settled < SETTLING_STEPS) return steps;
  const aim = (examples: number) => Math.max(1, Math.min(maximum, Math.ceil((examples * ratio) / microBatch)));
  const wanted = aim(followed === "lower" ? lower : value);
  if (wanted >= steps * LEAST_GROWTH) return aim(lower) > steps ? Math.min(wanted, 2 * steps) : steps;
  const shrinks = mayShrink && wanted <= steps * MOST_SHRINKAGE && aim(upper) < steps;
  return shrinks ? Math.max(wanted, Math.ceil(steps / 2)) : steps;
}
