import { medianOf } from "../../statistics/comparison/sample.ts";
import type { MetricRecord } from "../../store/schema.ts";

/** How long the updates of a run took, evaluations left out. */
export interface UpdateTimes {
  /** The median of undisturbed updates. NaN where fewer than two are known. */
  readonly secondsPerUpdate: number;
  readonly updates: number;
  /** What training takes where nothing disturbs it: the median for every update. */
  readonly seconds: number;
  /** Examples of an update over its time. */
  readonly examplesPerSecond: number;
  /** The share of the time that passed in updates which took more than half as long again as the fast ones. */
  readonly disturbed: number;
}

/** Updates at the beginning in which code and memory become warm. */
const WARM_UP = 2;
/** Above so many times what the fast updates take, something else was going on. */
const DISTURBED = 1.5;

/**
 * From the times at which updates were recorded: each took what passed since the one before it. What comes after an
 * evaluation or an epoch is left out, as their files are written in that time. The fast ones are those at the lower
 * quartile; where `logEvery` left updates out, several count as one.
 */
export function updateTimes(metrics: readonly MetricRecord[]): UpdateTimes {
  const all: { seconds: number; updates: number; examples: number }[] = [];
  let before: MetricRecord | undefined;
  for (const record of metrics) {
    const { seconds, step, examples } = record;
    if (record.kind === "step" && before?.kind === "step" && step > before.step)
      all.push({
        seconds: seconds - before.seconds,
        updates: step - before.step,
        examples: examples - before.examples,
      });
    before = record;
  }
  const updates = metrics.findLast(({ kind }) => kind === "step")?.step ?? 0;
  const warm = all.length > 3 * WARM_UP ? all.slice(WARM_UP) : all;
  const rates = warm.map(({ seconds, examples }) => seconds / examples).toSorted((a, b) => a - b);
  const limit = DISTURBED * (rates[Math.floor(rates.length / 4)] ?? Number.NaN);
  const calm = warm.filter(({ seconds, examples }) => seconds / examples <= limit);
  const total = warm.reduce((sum, { seconds }) => sum + seconds, 0);
  const secondsPerUpdate = medianOf(calm.map(({ seconds, updates: count }) => seconds / count));
  return {
    secondsPerUpdate,
    updates,
    seconds: secondsPerUpdate * updates,
    examplesPerSecond: 1 / medianOf(calm.map(({ seconds, examples }) => seconds / examples)),
    disturbed: 1 - calm.reduce((sum, { seconds }) => sum + seconds, 0) / total,
  };
}
