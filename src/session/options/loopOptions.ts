import { z } from "zod";
import { UsageError } from "../../tensor/errors.ts";
import type { AccumulationPlan } from "../../training/accumulation.ts";
import { type LearningRateScaling, learningRateRules } from "../../training/learningRate.ts";
import { type Monitor, monitoredMetrics } from "../../training/monitor.ts";
import type { TrainingOptions } from "../../training/options.ts";
import { requireBound } from "../bounds.ts";
import type { Accumulation } from "./accumulation.ts";
import type { FieldSpelling } from "./fields.ts";

const whole = z.int().min(1);

/** `0:1,5:4` or `noise-scale`. */
const PLAN = /^(noise-scale|\d+:\d+(,\d+:\d+)*)$/;

/** How long training goes on, when it looks at itself, and how windows and the learning rate follow. */
export const loopShape = {
  steps: whole.optional(),
  evaluateEvery: whole.default(1),
  evaluateSteps: whole.optional(),
  monitor: z.enum(monitoredMetrics).default("loss"),
  patience: whole.optional(),
  minimumDelta: z.number().min(0).default(0),
  stopAccuracy: z.number().positive().max(1).optional(),
  accumulationSchedule: z.string().regex(PLAN).optional(),
  maxAccumulationSteps: whole.default(64),
  accumulationRatio: z.number().positive().default(1),
  accumulationMayShrink: z.boolean().default(false),
  lrScale: z.enum(learningRateRules).default("none"),
  baseBatchSize: whole.optional(),
  noiseScale: z.enum(["on", "off"]).default("on"),
  swaStart: whole.optional(),
  swaPeriod: whole.default(1),
  dropout: z.number().min(0).lt(1).optional(),
  overfitBatches: whole.optional(),
  fastDevRun: z.boolean().default(false),
};

export type LoopField = keyof typeof loopShape;
type Given = Readonly<z.output<z.ZodObject<typeof loopShape>>> & { readonly epochs: number };

type LoopOptions = Pick<
  TrainingOptions,
  | "epochs"
  | "steps"
  | "stopAccuracy"
  | "evaluateEvery"
  | "accumulation"
  | "learningRateScaling"
  | "noiseScale"
  | "averaging"
  | "dropout"
> & { readonly monitor: Monitor };

/** What the loop is told. Throws `UsageError` for options that contradict each other. */
export function loopOptions(given: Given, accumulation: Accumulation): LoopOptions {
  const { steps, epochs, evaluateEvery, evaluateSteps, monitor, patience, minimumDelta, noiseScale, dropout } = given;
  const { swaStart, swaPeriod, stopAccuracy } = given;
  const plan = planOf(given);
  if (plan?.kind === "noise-scale" && noiseScale === "off")
    throw new UsageError(
      "--accumulation-schedule: expected the noise scale to be measured, got --noise-scale off; leave one of the two out",
    );
  return {
    epochs: steps === undefined ? epochs : Number.POSITIVE_INFINITY,
    steps,
    stopAccuracy,
    evaluateEvery: evaluateSteps === undefined ? evaluateEvery : { steps: evaluateSteps },
    monitor: { metric: monitor, minimumDelta, patience },
    accumulation: plan,
    learningRateScaling: scalingOf(given, plan, accumulation),
    noiseScale: noiseScale === "on",
    averaging: swaStart === undefined ? undefined : { start: swaStart, period: swaPeriod },
    dropout,
  };
}

function planOf(given: Given): AccumulationPlan | undefined {
  const { accumulationSchedule: text, maxAccumulationSteps, accumulationRatio, accumulationMayShrink } = given;
  if (text === undefined) return undefined;
  if (text === "noise-scale")
    return {
      kind: "noise-scale",
      maximum: maxAccumulationSteps,
      ratio: accumulationRatio,
      mayShrink: accumulationMayShrink,
    };
  const from = text.split(",").map((part) => part.split(":").map(Number) as [number, number]);
  for (const [epoch, count] of from) {
    requireBound("epochs", "--accumulation-schedule", epoch);
    requireBound("gradientAccumulationSteps", "--accumulation-schedule", count);
  }
  return { kind: "epochs", from };
}

function scalingOf(
  { lrScale, baseBatchSize }: Given,
  plan: AccumulationPlan | undefined,
  { batchSize, effectiveBatchSize }: Accumulation,
): LearningRateScaling | undefined {
  if (lrScale === "none") return undefined;
  const first = plan?.kind === "epochs" ? batchSize * plan.from[0]![1] : effectiveBatchSize;
  if (baseBatchSize === undefined && plan === undefined)
    throw new UsageError(
      "--lr-scale: expected --base-batch-size beside it, got none; give the batch size that the learning rate was meant for",
    );
  return { rule: lrScale, baseBatchSize: baseBatchSize ?? first };
}

const count = { kind: "number", expects: "a whole number of at least 1" } as const;
const oneOf = (names: readonly string[]) => ({ kind: "text", expects: `one of ${names.join(", ")}` }) as const;
const yesOrNo = { kind: "boolean", expects: "true or false" } as const;

// biome-ignore format: a table is read by its columns
export const loopFields: Readonly<Record<LoopField, FieldSpelling>> = {
  steps: { flags: "--steps <n>", ...count, help: "optimizer steps to train (default: --epochs counts)" },
  evaluateEvery: { flags: "--evaluate-every <n>", ...count, help: "epochs between evaluations (default: 1)" },
  evaluateSteps: { flags: "--evaluate-steps <n>", ...count, help: "optimizer steps between evaluations (default: --evaluate-every counts)" },
  monitor: { flags: "--monitor <name>", ...oneOf(monitoredMetrics), help: "what tells the best evaluation: validation loss or accuracy (default: loss)" },
  patience: { flags: "--patience <n>", ...count, help: "stop after so many evaluations without improvement (default: never)" },
  minimumDelta: { flags: "--minimum-delta <x>", kind: "number", expects: "a number of at least 0", help: "what an improvement must exceed (also: --min-delta; default: 0)" },
  stopAccuracy: { flags: "--stop-accuracy <x>", kind: "number", expects: "a number above 0 and at most 1", help: "stop after the first epoch of this training accuracy (default: never)" },
  accumulationSchedule: { flags: "--accumulation-schedule <plan>", kind: "text", expects: "epochs and steps as in 0:1,5:4, or noise-scale", help: "accumulation steps from each epoch on, as 0:1,5:4; or noise-scale, which grows the batch with the measured noise scale (default: the same steps throughout)" },
  maxAccumulationSteps: { flags: "--max-accumulation-steps <n>", ...count, help: "most steps of noise-scale (default: 64)" },
  accumulationRatio: { flags: "--accumulation-ratio <x>", kind: "number", expects: "a number above 0", help: "batch over noise scale that it aims at (default: 1)" },
  accumulationMayShrink: { flags: "--accumulation-may-shrink", ...yesOrNo, help: "let noise-scale lower the batch again" },
  lrScale: { flags: "--lr-scale <rule>", ...oneOf(learningRateRules), help: "scale the learning rate by batch over --base-batch-size: none, sqrt, linear (default: none)" },
  baseBatchSize: { flags: "--base-batch-size <n>", ...count, help: "batch that the learning rate was meant for (default: the first, under --accumulation-schedule; else --lr-scale needs it)" },
  noiseScale: { flags: "--noise-scale <on|off>", ...oneOf(["on", "off"]), help: "measure the gradient noise scale while training, which changes no bit of it (default: on)" },
  swaStart: { flags: "--swa-start <n>", ...count, help: "average the weights after this epoch and later ones (stochastic weight averaging); the average is saved as averaged.safetensors (default: no average)" },
  swaPeriod: { flags: "--swa-period <n>", ...count, help: "epochs between two sets of weights in the average (default: 1)" },
  dropout: { flags: "--dropout <p>", kind: "number", expects: "a number of at least 0 and below 1", help: "probability of dropping, for models that have dropout (default: what an .onnx file says, else none)" },
  overfitBatches: { flags: "--overfit-batches <n>", ...count, help: "train and evaluate on the same so many micro-batches, to see whether the model can learn them at all (default: all of the data)" },
  fastDevRun: { flags: "--fast-dev-run", ...yesOrNo, help: "try two updates, an evaluation, a checkpoint and resuming from it, and leave no run behind" },
};
