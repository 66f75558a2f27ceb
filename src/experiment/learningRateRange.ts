import type { Schedule } from "../optimizer/schedule.ts";
import type { Engine } from "../runtime/engine.ts";
import { type LearningRateSweep, SMOOTHING, TOO_FAR } from "../statistics/learningRateSweep.ts";
import { is, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { DivergedError, option, UsageError } from "../tensor/errors.ts";
import type { TrainingOptions } from "../training/options.ts";
import { train } from "../training/train.ts";

export const sweepKinds = ["exponential", "linear"] as const;
export type SweepKind = (typeof sweepKinds)[number];

/**
 * `count` learning rates from `from` to `to`, both included, with equal ratios or equal differences. Throws
 * `UsageError` unless 0 < from < to and there are at least two.
 */
export function learningRateGrid(kind: SweepKind, from: number, to: number, count: number): number[] {
  if (!(from > 0) || !(to > from) || !Number.isFinite(to))
    throw new UsageError(
      `learning rates: expected 0 < from < to, got ${from} and ${to}; change ${option("from")} or ${option("to")}`,
    );
  if (!Number.isInteger(count) || count < 2)
    throw new UsageError(`learning rates: expected at least 2, got ${count}; raise ${option("rates")}`);
  return Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    return kind === "linear" ? from + share * (to - from) : from * (to / from) ** share;
  });
}

export interface SweepOptions {
  /** What is trained: a copy of the model's weights, with the schedule, evaluations and checkpoints replaced. */
  readonly training: TrainingOptions;
  readonly learningRates: readonly number[];
  /** Told after every update, with the rates tried so far. */
  readonly onUpdate?: ((tried: number) => void) | undefined;
}

/**
 * One learning-rate range test (Smith 2017, arXiv:1506.01186, §3.3): every update has the next learning rate, and the
 * loss of the window after it is that rate's. Ends before the last rate where the loss, smoothed by an exponential mean
 * corrected for its start, exceeds four times its lowest (for a lowest below 0, rises by three times its size), or
 * where it is no finite number. Nothing of the model passed in changes. Throws what `train` throws, `DivergedError`
 * only where the very first loss is not finite.
 */
export async function sweepLearningRates(
  engine: Engine,
  options: SweepOptions,
  signal?: AbortSignal,
): Promise<LearningRateSweep> {
  requireArguments("sweepLearningRates", { engine }, { engine: is.engine });
  requireOptions("sweepLearningRates", options, {
    training: is.object,
    learningRates: is.list,
    onUpdate: is.optional(is.function),
  });
  const { training, learningRates, onUpdate } = options;
  const rises = watchRise();
  const { losses, end } = await lossesOver(engine, { training, learningRates, isEnough: rises, onUpdate }, signal);
  const [initialLoss = Number.NaN, ...after] = losses;
  return {
    seed: training.seed,
    initialLoss,
    learningRates: learningRates.slice(0, after.length),
    losses: after,
    end: end === "enough" ? "rose" : end,
  };
}

export interface LossesOptions extends SweepOptions {
  /** Told every loss; true ends the training. */
  readonly isEnough: (loss: number) => boolean;
}

/**
 * The loss before the first update and after the update with each rate. Throws what `train` throws, `DivergedError`
 * only where the very first loss is not finite.
 */
export async function lossesOver(
  engine: Engine,
  { training, learningRates, isEnough, onUpdate }: LossesOptions,
  signal?: AbortSignal,
): Promise<{ readonly losses: readonly number[]; readonly end: "rates" | "enough" | "not finite" }> {
  const losses: number[] = [];
  try {
    for await (const event of train(engine, sweeping(training, learningRates), signal)) {
      if (event.kind !== "step") continue;
      losses.push(event.loss);
      onUpdate?.(losses.length - 1);
      if (isEnough(event.loss)) return { losses, end: "enough" };
      if (losses.length > learningRates.length) break;
    }
  } catch (error) {
    if (!(error instanceof DivergedError) || losses.length === 0) throw error;
    return { losses, end: "not finite" };
  }
  return { losses, end: "rates" };
}

function sweeping(training: TrainingOptions, learningRates: readonly number[]): TrainingOptions {
  const never = { steps: Number.POSITIVE_INFINITY };
  return {
    ...training,
    schedule: sweepSchedule(learningRates),
    learningRateScaling: undefined,
    accumulation: undefined,
    averaging: undefined,
    monitor: undefined,
    from: undefined,
    noiseScale: false,
    epochs: Number.POSITIVE_INFINITY,
    // One update more than there are losses to see, so that no evaluation is made at the end.
    steps: learningRates.length + 2,
    evaluateEvery: never,
    checkpointEvery: never,
    checkpointIsDue: undefined,
    logEvery: 1,
  };
}

function sweepSchedule(rates: readonly number[]): Schedule {
  return {
    name: "range test",
    initial: null,
    rate: ({ update }) => rates[Math.min(update, rates.length - 1)]!,
    evaluated: (state) => state,
  };
}

/** True once the smoothed loss is far above its lowest. */
function watchRise(): (loss: number) => boolean {
  let [sum, weight, best] = [0, 0, Number.POSITIVE_INFINITY];
  return (loss) => {
    sum = SMOOTHING * sum + (1 - SMOOTHING) * loss;
    weight = SMOOTHING * weight + (1 - SMOOTHING);
    best = Math.min(best, sum / weight);
    return sum / weight > best + (TOO_FAR - 1) * Math.abs(best);
  };
}
