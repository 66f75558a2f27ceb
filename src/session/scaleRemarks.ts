import type { Optimizer } from "../optimizer/optimizer.ts";
import { assumesNoise, missedPremise, type ScaleRule } from "../optimizer/scaleRules.ts";
import { batchRegime, type Measured } from "../statistics/batchRegime.ts";
import type { RunRemark } from "../store/findings.ts";
import type { ScaledUpdates } from "../store/scaledUpdates.ts";
import type { MetricRecord, StepRecord } from "../store/schema.ts";
import { firstSteps, stepsAfter } from "../training/accumulation.ts";
import type { EndEvent } from "../training/events.ts";
import type { TrainingOptions } from "../training/options.ts";
import { seesawExponent } from "../training/seesaw.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { readMeasured } from "./options/scaleOptions.ts";

/** Every constant of the updates as the rule makes it, and what the rule takes for granted that is not so. */
export function scalingRemarks({ optimizer }: TrainConfiguration, scaled: ScaledUpdates | null): RunRemark[] {
  if (scaled === null) return [];
  const rule = scaled.rule as ScaleRule;
  const premise = missedPremise(rule, optimizer);
  return [
    { kind: "scaledUpdates", ...scaled },
    ...(premise === null ? [] : [{ kind: "missedPremise", rule, premise, optimizer } as const]),
  ];
}

type NoisyStep = Pick<StepRecord, "noiseScale" | "noiseScaleLow" | "noiseScaleHigh">;

/** Where the noise scale comes from. */
type From = Pick<Extract<RunRemark, { kind: "batchRegime" }>, "source" | "watched" | "plainOf">;

/** Which part of the gradient rules with the larger of the two batches; nothing where no rule is used. */
function regimeRemarks(scaled: ScaledUpdates | null, noise: Measured | null, from: From): RunRemark[] {
  if (scaled === null || scaled.rule === "none") return [];
  const { rule, batchSize, baseBatchSize } = scaled;
  const larger = Math.max(batchSize, baseBatchSize ?? batchSize);
  const assumed = assumesNoise(rule as ScaleRule);
  const known = noise !== null && noise.value > 0 ? batchRegime(larger, noise) : { regime: null, ratio: null };
  return [{ kind: "batchRegime", rule, assumed, batchSize: larger, ...from, ...known }];
}

/** By the noise scale that the configuration gives; where it gives none, that nothing is known. */
export function regimeAsked(
  { baseNoiseScale, noiseScale }: TrainConfiguration,
  scaled: ScaledUpdates | null,
): RunRemark[] {
  const noise = baseNoiseScale === undefined ? null : readMeasured(baseNoiseScale);
  return regimeRemarks(scaled, noise, { source: "given", watched: noiseScale === "on", plainOf: null });
}

/** By what the run measured itself, which is the noise scale of a step along the gradient. */
export function regimeMeasured(
  scaled: ScaledUpdates | null,
  noise: Measured,
  { name, preconditioner }: Pick<Optimizer, "name" | "preconditioner">,
): RunRemark[] {
  const plainOf = preconditioner === undefined ? null : name;
  return regimeRemarks(scaled, noise, { source: "training", watched: true, plainOf });
}

/** The noise scale that the record of a step carries; null where it carries none. */
export function noiseOf({ noiseScale, noiseScaleLow, noiseScaleHigh }: NoisyStep): Measured | null {
  if (noiseScale === undefined || noiseScaleLow === undefined || noiseScaleHigh === undefined) return null;
  const measured = { value: noiseScale, lower: noiseScaleLow, upper: noiseScaleHigh };
  // Nothing is known of one that may be anything.
  return Object.values(measured).some(Number.isNaN) || (noiseScaleLow <= 0 && noiseScaleHigh === Infinity)
    ? null
    : measured;
}

/** The last noise scale that was recorded. */
export function lastNoise(records: readonly MetricRecord[]): Measured | null {
  const last = records.findLast((one) => one.kind === "step" && noiseOf(one) !== null);
  return last?.kind === "step" ? noiseOf(last) : null;
}

/** Examples of the first update, of windows of one size of micro-batch. */
function firstBatch({ accumulation, window }: TrainingOptions): number {
  return window[0]! * firstSteps(accumulation, window.length);
}

/** The largest window that the plan of a run can come to, in micro-batches. */
export function mostSteps({ accumulation: plan, window, train }: TrainingOptions): number {
  if (plan === undefined) return window.length;
  const planned = "from" in plan ? Math.max(window.length, ...plan.from.map(([, steps]) => steps)) : plan.maximum;
  const most = "maximum" in plan ? Math.min(planned, plan.maximum ?? planned) : planned;
  return Math.max(window.length, Math.min(most, Math.ceil(train.size / window[0]!)));
}

/** How the batch will grow, as far as that is known before training begins. */
export function batchScheduleRemarks(options: TrainingOptions): RunRemark[] {
  const { accumulation: plan, window, learningRateScaling } = options;
  const [microBatch, first] = [window[0]!, firstBatch(options)];
  if (plan?.kind === "seesaw") {
    const largest = microBatch * mostSteps(options);
    return [{ kind: "seesaw", exponent: seesawExponent(learningRateScaling), first, largest }];
  }
  if (plan?.kind !== "examples") return [];
  const most = mostSteps(options);
  const sizes = plan.from.map(
    ([at]) => [at, microBatch * Math.min(most, stepsAfter(plan, at, window.length))] as const,
  );
  const from = sizes.filter(([at, size], i) => at > 0 && size !== (sizes[i - 1]?.[1] ?? first));
  return [{ kind: "plannedBatches", first, from }];
}

/** At the end: what the changing batch came to in updates. Nothing of a run that is to go on. */
export function savedRemarks({ reason, step, constantBatchUpdates }: EndEvent, options: TrainingOptions): RunRemark[] {
  if (constantBatchUpdates === undefined || reason === "interrupted") return [];
  return [{ kind: "updatesSaved", updates: step, constantBatchUpdates, batchSize: firstBatch(options) }];
}
