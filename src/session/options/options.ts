import { z } from "zod";
import { lossNames } from "../../model/loss.ts";
import { lossPresetNames } from "../../model/losses/presets.ts";
import type { OptimizerName } from "../../optimizer/optimizers.ts";
import { devices } from "../../runtime/engine.ts";
import { progressModes } from "../progressModes.ts";
import { loopShape } from "./loopOptions.ts";
import { optimizerShapes } from "./optimizerOptions.ts";
import { readerShape } from "./readerOptions.ts";
import { scheduleShape } from "./scheduleOptions.ts";
import { sequenceShape } from "./sequenceOptions.ts";
import { swapShape } from "./swapOptions.ts";

const whole = z.int().min(1);
const positive = z.number().positive();
const fraction = z.number().min(0).lt(1);

/** As on the command line: "0.5,1,2"; a file may write a number or a list of them. */
const numberList = z.union([z.string().min(1), z.number(), z.array(z.number()).min(1)]).transform(String);

// None has a default: `resolveLoss` must tell what was asked for from what a preset says.
const loss = {
  loss: z.enum(lossNames).optional(),
  lossPreset: z.enum(lossPresetNames).optional(),
  classWeights: numberList.optional(),
  labelSmoothing: fraction.optional(),
  ignoreIndex: z.int().optional(),
  focalGamma: z.number().min(0).optional(),
  focalAlpha: numberList.optional(),
  focalNormalizer: z.enum(["all", "positives"]).optional(),
  positiveWeight: numberList.optional(),
  huberDelta: positive.optional(),
  smoothL1Beta: z.number().min(0).optional(),
};

const common = {
  ...scheduleShape,
  ...loopShape,
  ...swapShape,
  ...loss,
  ...sequenceShape,
  ...readerShape,
  augment: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).transform(String)]).optional(),
  model: z.string().min(1),
  data: z.string().min(1),
  subset: z.string().min(1).optional(),
  initFrom: z.string().min(1).optional(),
  batchSize: whole.default(4),
  // No default: `resolveAccumulation` must tell "asked for 1" from "not asked".
  gradientAccumulationSteps: whole.optional(),
  enableAutoGradientAccumulation: z.boolean().default(false),
  targetBatchSize: whole.optional(),
  epochs: whole.default(30),
  checkpointEvery: whole.default(5),
  checkpointSteps: whole.optional(),
  checkpointMinutes: positive.optional(),
  keepCheckpoints: whole.optional(),
  tensorboard: z.boolean().default(false),
  limitExamples: whole.optional(),
  clipNorm: positive.optional(),
  gradientCheckpointing: z.boolean().default(false),
  precision: z.enum(["float32", "float16"]).default("float32"),
  seed: z.int().min(0).max(0xffffffff).default(0),
  threads: whole.default(1),
  disableParallel: z.boolean().default(false),
  device: z.enum(devices).default("cpu"),
  dir: z.string().min(1).default("batchscope"),
  name: z.string().min(1).optional(),
  description: z.string().default(""),
  tags: z.array(z.string().min(1)).default([]),
  progress: z.enum(progressModes).default("auto"),
  json: z.boolean().default(false),
};

/** The schema of one optimizer's runs. */
function schemaOf<Name extends OptimizerName>(name: Name) {
  return z.strictObject({ ...common, ...optimizerShapes[name], optimizer: z.literal(name) });
}

/**
 * Everything that `train` is told. Keys that no optimizer has, or not the chosen one, are refused; what is left out gets
 * its default, so that the result, written out and read again, gives the same run.
 */
export const trainConfiguration = z.preprocess(
  (given) => (isRecord(given) ? { optimizer: "adamw", ...given } : given),
  z.discriminatedUnion("optimizer", [
    schemaOf("sgd"),
    schemaOf("adam"),
    schemaOf("adamw"),
    schemaOf("adagrad"),
    schemaOf("rmsprop"),
    schemaOf("radam"),
    schemaOf("nadam"),
    schemaOf("adadelta"),
    schemaOf("lars"),
    schemaOf("lamb"),
    schemaOf("lion"),
  ]),
);

export type TrainConfiguration = z.output<typeof trainConfiguration>;

type KeyOfAny<T> = T extends unknown ? keyof T : never;
export type TrainField = KeyOfAny<TrainConfiguration>;

/** The optimizers that have a field which not all have. */
export function optimizersWith(field: string): OptimizerName[] {
  return (Object.keys(optimizerShapes) as OptimizerName[]).filter((name) =>
    Object.hasOwn(optimizerShapes[name], field),
  );
}

/** The fields that belong to single optimizers: choosing another makes them void. */
export const optimizerOwnFields: readonly string[] = [
  ...new Set(Object.values(optimizerShapes).flatMap((shape) => Object.keys(shape))),
].filter((field) => Object.values(optimizerShapes).some((shape) => !(field in shape)));

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
