import type { EvaluationMetrics } from "../optimizer/schedule.ts";

export const monitoredMetrics = ["loss", "accuracy"] as const;
export type MonitoredMetric = (typeof monitoredMetrics)[number];

/** Which evaluation is the best, and how long training waits for a better one. */
export interface Monitor {
  /** Of the validation data: the loss is to fall, the accuracy to rise. */
  readonly metric: MonitoredMetric;
  /**
   * What an evaluation must be better by to count as an improvement, in the metric's unit. Default 0: better at all.
   */
  readonly minimumDelta?: number | undefined;
  /** Evaluations in a row without improvement after which training stops. Default: it never does. */
  readonly patience?: number | undefined;
}

/** What a monitor remembers; survives JSON. */
export interface MonitorState {
  /** The best value and where it was found; null before the first that is a number. */
  readonly best: { readonly value: number; readonly epoch: number; readonly step: number } | null;
  /** The value to improve on. It lags behind the best by less than `minimumDelta`. */
  readonly reference: number | null;
  /** Evaluations in a row without improvement. */
  readonly badEvaluations: number;
}

export const newMonitor: MonitorState = { best: null, reference: null, badEvaluations: 0 };

/**
 * The state after an evaluation, as `EarlyStopping` of Keras and Lightning count: a metric that is no number improves
 * nothing, and small steps add up, since the reference moves only with an improvement.
 */
export function monitored(
  state: MonitorState,
  { metric, minimumDelta = 0 }: Monitor,
  metrics: EvaluationMetrics,
  place: { readonly epoch: number; readonly step: number },
): MonitorState {
  const value = metrics[metric];
  const gain = (than: number) => (metric === "loss" ? than - value : value - than);
  const better = (than: number | null, by: number) => (than === null ? !Number.isNaN(value) : gain(than) > by);
  const improved = better(state.reference, minimumDelta);
  return {
    best: better(state.best?.value ?? null, 0) ? { value, epoch: place.epoch, step: place.step } : state.best,
    reference: improved ? value : state.reference,
    badEvaluations: improved ? 0 : state.badEvaluations + 1,
  };
}

/** Whether training should stop. */
export function outOfPatience({ badEvaluations }: MonitorState, { patience }: Monitor): boolean {
  return patience !== undefined && badEvaluations >= patience;
}
