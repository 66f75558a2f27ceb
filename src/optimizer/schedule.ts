import { requireOption } from "./options.ts";

/** Where a run stands when it asks for a learning rate: always before an optimizer step, never inside a window. */
export interface SchedulePosition {
  /** Optimizer steps made before this one. A step that loss scaling skipped is none. */
  readonly update: number;
  /** Epochs completed: 0 during the first. */
  readonly epoch: number;
  readonly updatesPerEpoch: number;
  /** Optimizer steps of the whole run. */
  readonly totalUpdates: number;
}

/** Means over the validation data after an epoch; NaN for one that the task does not have. */
export interface EvaluationMetrics {
  readonly loss: number;
  readonly accuracy: number;
}

/** What a schedule that watches evaluations remembers; survives JSON, so that a resumed run goes on exactly. */
export interface PlateauState {
  /** The learning rate without its warm-up. */
  readonly rate: number;
  /** Best metric so far, null before the first that is a number. */
  readonly best: number | null;
  /** Evaluations since the best, or since the last cut. */
  readonly badEvaluations: number;
  /** Evaluations during which nothing is counted as bad. */
  readonly cooldown: number;
}

/** null for every schedule that is a function of the position alone. */
export type ScheduleState = PlateauState | null;

/**
 * A learning rate that changes. The caller keeps the state (and puts it into its checkpoints): `initial` at first, then
 * whatever `evaluated` returns after each evaluation. Nothing else is remembered, so resuming needs the position and
 * the state only.
 */
export interface Schedule {
  readonly name: string;
  readonly initial: ScheduleState;
  /** The learning rate of the next optimizer step. */
  rate(position: SchedulePosition, state: ScheduleState): number;
  /** The momentum of the next optimizer step (see `Optimizer.momentum`), where the schedule moves it. */
  momentum?(position: SchedulePosition): number;
  /** The state after an evaluation; the same one where the schedule watches none. */
  evaluated(state: ScheduleState, metrics: EvaluationMetrics): ScheduleState;
}

/** Whether a schedule moves with optimizer steps, or once an epoch. */
export type ScheduleUnit = "update" | "epoch";

/** Linear warm-up in front of any schedule. */
export interface WarmupOptions {
  /** Optimizer steps W of the warm-up. Default 0: none. */
  readonly warmupSteps?: number | undefined;
  /**
   * Share s of the rate in the first step; the t-th has s + (1−s)·t/W. Default 1/(W+1): equal strides, and no step at
   * rate 0.
   */
  readonly warmupStartFactor?: number | undefined;
}

export interface ScheduleOptions extends WarmupOptions {
  /** The rate that the optimizer was given: where most schedules start. */
  readonly learningRate: number;
}

/** Options of a schedule that is a function of the position. */
export interface CurveOptions extends ScheduleOptions {
  /** What its lengths count. */
  readonly unit?: ScheduleUnit | undefined;
}

/** The learning rate, or the momentum, after `time` units of a schedule that is to last `total` of them. */
export type Curve = (time: number, total: number) => number;

/**
 * A schedule from its curve, and that of the momentum where it moves. Counted in updates, the curve begins when the
 * warm-up ends and has what is left of the run, as `SequentialLR` does; counted in epochs it keeps its epochs, and the
 * warm-up only scales the first updates.
 */
export function curveSchedule(
  name: string,
  unit: ScheduleUnit,
  options: ScheduleOptions,
  curve: Curve,
  momentum?: Curve,
): Schedule {
  const warmup = warmupOf(name, options);
  const { warmupSteps: skipped = 0 } = options;
  const place = ({ update, epoch, updatesPerEpoch, totalUpdates }: SchedulePosition): [time: number, total: number] =>
    unit === "update"
      ? [Math.max(0, update - skipped), Math.max(1, totalUpdates - skipped)]
      : [epoch, Math.ceil(totalUpdates / updatesPerEpoch)];
  return {
    name,
    initial: null,
    rate: (position) => warmup(position.update) * curve(...place(position)),
    ...(momentum && { momentum: (position: SchedulePosition) => momentum(...place(position)) }),
    evaluated: (state) => state,
  };
}

/** The factor of the rate in each update: rises linearly to 1, which it is from update W on. */
export function warmupOf(name: string, options: WarmupOptions): (update: number) => number {
  const { warmupSteps = 0, warmupStartFactor = 1 / (warmupSteps + 1) } = options;
  requireOption(name, "warmupSteps", warmupSteps, isCount(warmupSteps) || warmupSteps === 0, "a whole number");
  const inside = warmupStartFactor >= 0 && warmupStartFactor <= 1;
  requireOption(name, "warmupStartFactor", warmupStartFactor, inside, "a number from 0 to 1");
  return (update) => (update >= warmupSteps ? 1 : warmupStartFactor + ((1 - warmupStartFactor) * update) / warmupSteps);
}

/** The share of the way that is done, from 0 to 1, where the schedule then stays. */
export function progress(time: number, length: number): number {
  return time >= length ? 1 : time / length;
}

export function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

export function isRate(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}
