import type { DifferenceInterval } from "../statistics/comparison/comparison.ts";
import type { JudgeMetric } from "../store/studies/study.ts";
import { percent, significant } from "./format.ts";

/** A value or a difference of a metric in its unit: shares in per cent, times in seconds. */
export function metricValue(metric: JudgeMetric, value: number): string {
  if (metric === "validation-accuracy") return percent(value);
  return metric === "seconds" ? `${significant(value)} s` : significant(value);
}

/** "−0.031 [−0.05, −0.012]"; what nothing bounds is −∞ or ∞, what is no number –. */
export function signedDifference(metric: JudgeMetric, { value, lower, upper }: DifferenceInterval): string {
  const end = (bound: number | null, open: string) => (bound === null ? open : metricValue(metric, bound));
  return `${value === null ? "–" : metricValue(metric, value)} [${end(lower, "−∞")}, ${end(upper, "∞")}]`;
}

/** The size of a difference that has a value, with its interval the smaller end first: "0.031 [0.012, 0.05]". */
export function differenceSize(metric: JudgeMetric, { value, lower, upper }: DifferenceInterval): string {
  const sign = value! < 0 ? -1 : 1;
  const ends = [lower, upper].map((end) => (end === null ? Number.POSITIVE_INFINITY : sign * end));
  const [small, large] = ends.toSorted((a, b) => a - b);
  const shown = (end: number) => (Number.isFinite(end) ? metricValue(metric, end) : "∞");
  return `${metricValue(metric, Math.abs(value!))} [${shown(small!)}, ${shown(large!)}]`;
}
