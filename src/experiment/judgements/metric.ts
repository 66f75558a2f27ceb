import type { Dataset } from "../../data/dataset.ts";
import type { TrialValue } from "../../statistics/comparison/comparison.ts";
import { type JudgeMetric, judgeMetrics } from "../../store/studies/study.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import type { TrialResult } from "../studies/trialResult.ts";

/** Throws `UsageError` for what is no metric. */
export function parseMetric(text: string): JudgeMetric {
  const found = judgeMetrics.find((metric) => metric === text);
  if (found) return found;
  throw new UsageError(
    `${option("metric")}: expected one of ${judgeMetrics.join(", ")}, got ${JSON.stringify(text)}${didYouMean(text, judgeMetrics) || "; choose one of them"}`,
  );
}

/** Whether it is measured on validation examples, of which some can be set aside. */
export const isOfValidation = (metric: JudgeMetric) => metric === "validation-loss" || metric === "validation-accuracy";

export const smallerIsBetter = (metric: JudgeMetric) => metric !== "validation-accuracy";

/** Throws `UsageError` where trainings on these data do not measure it. */
export function requireMeasured(metric: JudgeMetric, { name, target }: Dataset): void {
  if (metric === "validation-accuracy" && target.type === "float32")
    throw new UsageError(
      `${option("metric")}: expected a metric that trainings on ${name} have, got ${metric}, though the target is a number; choose validation-loss`,
    );
}

/** What a trial came to where its training ended; null where it diverged. Of `train-loss`: the mean of all updates. */
export function measuredBy(
  metric: JudgeMetric,
  {
    whole,
    finalLoss,
    finalAccuracy,
    meanLoss,
    times,
  }: Pick<TrialResult, "whole" | "finalLoss" | "finalAccuracy" | "meanLoss" | "times">,
): TrialValue {
  const value = {
    "validation-loss": finalLoss,
    "validation-accuracy": finalAccuracy,
    "train-loss": meanLoss,
    seconds: times.seconds,
  }[metric];
  return whole && value !== null && Number.isFinite(value) ? value : null;
}
