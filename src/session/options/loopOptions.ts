import type { z } from "zod";
import { option, UsageError } from "../../tensor/errors.ts";
import { type Monitor, monitoredMetrics } from "../../training/monitor.ts";
import type { TrainingOptions } from "../../training/options.ts";
import { type NumberBound, real, windows } from "./bounds.ts";
import {
  above0,
  above0UpTo1,
  below1,
  count,
  finite,
  from0,
  oneOf,
  optional,
  preset,
  rowsOf,
  type ShapeOf,
  yesOrNo,
  type Zod,
} from "./option.ts";

const aYear: NumberBound = { ...real, most: 31_536_000, why: "a year" };
const ratios: NumberBound = { ...real, why: "batch over noise scale" };
/** How the batch changes: what the words mean stands in `planOf`. */
const batchSchedule = {
  schema: (z: Zod) => z.string().regex(/^(noise-scale|cbs|seesaw|cbs:.+|ramp:.+|\d+:\d+(,\d+:\d+)*)$/s),
  kind: "text",
  expects: "noise-scale, cbs, cbs:FILE, seesaw, ramp:BATCH@EXAMPLES,… or EPOCH:STEPS,…",
} as const;
/** How long training goes on, when it looks at itself, and how windows follow. */
// biome-ignore format: a table is read by its columns
export const loopFields = rowsOf({ heading: "Options:", study: false }, {
  steps: { flags: "--steps <n>", ...optional(count), heading: "Length, evaluation and checkpoint options:", resume: "raise", copy: false, help: `optimizer steps to train (default: ${option("epochs")} counts)` },
  evaluateEvery: { flags: "--evaluate-every <n>", ...preset(count, 1), heading: "Length, evaluation and checkpoint options:", help: "epochs between evaluations (default: 1)" },
  evaluateSteps: { flags: "--evaluate-steps <n>", ...optional(count), heading: "Length, evaluation and checkpoint options:", copy: false, help: `optimizer steps between evaluations (default: ${option("evaluateEvery")} counts)` },
  evaluateExamples: { flags: "--evaluate-examples <n>", ...optional(count), heading: "Length, evaluation and checkpoint options:", copy: false, help: `examples between evaluations, whatever the size of an update (default: ${option("evaluateEvery")} counts)` },
  monitor: { flags: "--monitor <name>", ...preset(oneOf(monitoredMetrics), "loss"), heading: "Length, evaluation and checkpoint options:", help: "what tells the best evaluation: validation loss or accuracy (default: loss)" },
  patience: { flags: "--patience <n>", ...optional(count), heading: "Length, evaluation and checkpoint options:", copy: false, help: "stop after so many evaluations without improvement (default: never)" },
  minimumDelta: { flags: "--minimum-delta <x>", ...preset(from0, 0), heading: "Length, evaluation and checkpoint options:", aliases: ["minDelta"], help: `what an improvement must exceed (also: ${option("minDelta")}; default: 0)` },
  stopAccuracy: { flags: "--stop-accuracy <x>", ...optional(above0UpTo1), heading: "Length, evaluation and checkpoint options:", copy: false, help: "stop after the first epoch of this training accuracy (default: never)" },
  stopLoss: { flags: "--stop-loss <x>", ...optional(finite), heading: "Length, evaluation and checkpoint options:", copy: false, help: "stop after the first evaluation of this validation loss or less (default: never)" },
  stopSeconds: { flags: "--stop-seconds <x>", ...optional({ ...above0, bound: aYear }), heading: "Length, evaluation and checkpoint options:", copy: false, help: "stop after so many seconds of training, evaluations and writing left out (default: never)" },
  // Files have it under its older name: a study is known by the digest of its configurations.
  accumulationSchedule: { flags: "--batch-schedule <plan>", ...optional(batchSchedule), heading: "Batch options:", aliases: ["batchSchedule", "accumulationSchedule"], copy: false, help: "how the batch grows while training: cbs:FILE with measured critical batch sizes, cbs or noise-scale with the noise scale, seesaw where the schedule cuts the rate, ramp:64@20000,128@60000 to 64 after 20,000 examples and so on; or accumulation steps from each epoch on, as 0:1,5:4 (default: it stays)" },
  maxAccumulationSteps: { flags: "--max-accumulation-steps <n>", ...preset({ ...count, bound: windows }, 64), heading: "Batch options:", help: "most accumulation steps of noise-scale, cbs and seesaw (default: 64)" },
  accumulationRatio: { flags: "--accumulation-ratio <x>", ...preset({ ...above0, bound: ratios }, 1), heading: "Batch options:", help: "batch over noise scale, or over critical batch size, that noise-scale and cbs aim at (default: 1)" },
  accumulationMayShrink: { flags: "--accumulation-may-shrink", ...preset(yesOrNo, false), heading: "Batch options:", help: "let noise-scale lower the batch again" },
  noiseScale: { flags: "--noise-scale <on|off>", ...preset(oneOf(["on", "off"]), "on"), heading: "Batch options:", help: "measure the gradient noise scale while training, which on the processor changes no bit of it (default: on)" },
  criticalSharpnessEvery: { flags: "--critical-sharpness-every <n>", ...optional(count), heading: "Batch options:", copy: false, help: "optimizer steps between two measurements of the critical sharpness along the update, in 9 forward passes at most of 1000 examples, which change no bit of the training (default: none)" },
  swaStart: { flags: "--swa-start <n>", ...optional(count), heading: "Weight averaging options:", copy: false, help: "average the weights after this epoch and later ones (stochastic weight averaging); the average is saved as averaged.safetensors (default: no average)" },
  swaPeriod: { flags: "--swa-period <n>", ...preset(count, 1), heading: "Weight averaging options:", copy: false, help: "epochs between two sets of weights in the average (default: 1)" },
  dropout: { flags: "--dropout <p>", ...optional(below1), study: true, help: "probability of dropping, for models that have dropout (default: what an .onnx file says, else none)" },
  overfitBatches: { flags: "--overfit-batches <n>", ...optional(count), help: "train and evaluate on the same so many micro-batches, to see whether the model can learn them at all (default: all of the data)" },
  fastDevRun: { flags: "--fast-dev-run", ...preset(yesOrNo, false), copy: false, help: "try two updates, an evaluation, a checkpoint and resuming from it, and leave no run behind" },
});

export type LoopField = keyof typeof loopFields;
type Given = Readonly<z.output<z.ZodObject<ShapeOf<typeof loopFields>>>> & { readonly epochs: number };

type LoopOptions = Pick<
  TrainingOptions,
  | "epochs"
  | "steps"
  | "stopAccuracy"
  | "stopLoss"
  | "stopSeconds"
  | "evaluateEvery"
  | "noiseScale"
  | "criticalSharpnessEvery"
  | "averaging"
  | "dropout"
> & { readonly monitor: Monitor };

/** What the loop is told. Throws `UsageError` for options that contradict each other. */
export function loopOptions(given: Given): LoopOptions {
  const { steps, epochs, monitor, patience, minimumDelta, noiseScale, dropout } = given;
  const { swaStart, swaPeriod, stopAccuracy, stopLoss, stopSeconds } = given;
  return {
    epochs: steps === undefined ? epochs : Number.POSITIVE_INFINITY,
    steps,
    stopAccuracy,
    stopLoss,
    stopSeconds,
    evaluateEvery: evaluationPeriod(given),
    monitor: { metric: monitor, minimumDelta, patience },
    noiseScale: noiseScale === "on",
    criticalSharpnessEvery: given.criticalSharpnessEvery,
    averaging: swaStart === undefined ? undefined : { start: swaStart, period: swaPeriod },
    dropout,
  };
}

function evaluationPeriod({ evaluateEvery, evaluateSteps: steps, evaluateExamples: examples }: Given) {
  if (steps !== undefined && examples !== undefined)
    throw new UsageError(
      `${option("evaluateExamples")}: expected one way to say when to evaluate, got ${option("evaluateSteps")} too; leave one of them out`,
    );
  if (examples !== undefined) return { examples };
  return steps === undefined ? evaluateEvery : { steps };
}
