import { type Dataset, select } from "../data/dataset.ts";
import { chooseSplit } from "../data/openOptions.ts";
import { adamW } from "../optimizer/adam.ts";
import { optimizers } from "../optimizer/optimizers.ts";
import type { Engine } from "../runtime/engine.ts";
import { has, type Rule } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { shown } from "../tensor/shown.ts";
import type { TrainingOptions } from "./options.ts";

/**
 * What `train` is told: a model and data, and what is to differ from the defaults, which are those of the command line.
 */
export interface TrainOptions
  extends Pick<TrainingOptions, "model" | "train">,
    Partial<Omit<TrainingOptions, "model" | "train">> {
  /** Examples of a micro-batch, where no `window` is given. Default 4. */
  readonly batchSize?: number | undefined;
  /** Micro-batches of an update, where no `window` is given. Default 1. */
  readonly accumulationSteps?: number | undefined;
}

const number = (expects: string, is: (value: number) => boolean): Rule => ({
  expects,
  is: (value) => typeof value === "number" && is(value),
  remedy: "change it or leave it out",
});
const whole = (least: number) =>
  number(
    `a whole number of at least ${least}`,
    (x) => x >= least && (Number.isInteger(x) || x === Number.POSITIVE_INFINITY),
  );
const from0 = number("a number of at least 0", (x) => x >= 0 && Number.isFinite(x));
const yesOrNo: Rule = { expects: "true or false", is: (x) => typeof x === "boolean", remedy: "write one of them" };
const object = (expects: string): Rule => ({ expects, is: (x) => has(x), remedy: "write { … } or leave it out" });
const period: Rule = {
  expects: "a number of epochs, or { steps }",
  is: (x) => (typeof x === "number" && x > 0) || has(x),
  remedy: "change it or leave it out",
};
const data: Rule = {
  expects: "a data set",
  is: (x) => has(x, "read"),
  remedy: "pass one, as datasetFromArrays or the train and validation of openData give it",
};

const rules: { readonly [Key in keyof Required<TrainOptions>]: Rule } = {
  model: { expects: "a model", is: (x) => has(x, "forward"), remedy: 'pass await openModel("mlp", data)' },
  train: data,
  validation: data,
  loss: { expects: "a loss", is: (x) => has(x, "build"), remedy: 'pass one, as createLoss("mse")' },
  optimizer: { expects: "an optimizer", is: (x) => has(x, "update"), remedy: "pass one, as adamW()" },
  learningRate: from0,
  schedule: {
    expects: "a schedule",
    is: (x) => has(x, "rate"),
    remedy: "pass one, as schedules.cosine({ learningRate })",
  },
  learningRateScaling: object("{ rule, baseBatchSize }"),
  window: { expects: "sizes of micro-batches", is: Array.isArray, remedy: "pass an array, as [16, 16]" },
  batchSize: whole(1),
  accumulationSteps: whole(1),
  accumulation: object("{ kind, … }"),
  epochs: whole(0),
  steps: whole(0),
  stopAccuracy: number("a number from 0 to 1", (x) => x >= 0 && x <= 1),
  stopLoss: number("a number", Number.isFinite),
  stopSeconds: number("a number above 0", (x) => x > 0),
  checkpointEvery: period,
  checkpointIsDue: { expects: "a function", is: (x) => typeof x === "function", remedy: "pass one or leave it out" },
  evaluateEvery: { ...period, expects: "a number of epochs, { steps } or { examples }" },
  monitor: object("{ metric, patience }"),
  clipNorm: from0,
  averaging: object("{ start, period }"),
  gradientCheckpointing: yesOrNo,
  precision: {
    expects: "float32 or float16",
    is: (x) => x === "float32" || x === "float16",
    remedy: "choose one of them",
  },
  noiseScale: yesOrNo,
  criticalSharpnessEvery: whole(1),
  shuffle: yesOrNo,
  augmentation: yesOrNo,
  dropout: number("a number of at least 0 and below 1", (x) => x >= 0 && x < 1),
  seed: number("a whole number from 0 to 4294967295", (x) => Number.isInteger(x) && x >= 0 && x <= 0xffffffff),
  threads: whole(1),
  logEvery: whole(1),
  optimizerFrom: object("{ bytes, file }"),
  checks: yesOrNo,
  from: object("{ bytes, file }"),
};

const keys: KeysOf<TrainOptions> = {
  ...(Object.fromEntries(Object.keys(rules).map((key) => [key, true])) as KeysOf<TrainOptions>),
  learningRateScaling: { rule: true, baseBatchSize: true, exponent: true },
  accumulation: { kind: true, from: true, ratio: true, maximum: true, mayShrink: true, aim: true },
  checkpointEvery: { steps: true },
  evaluateEvery: { steps: true, examples: true },
  monitor: { metric: true, minimumDelta: true, patience: true },
  averaging: { start: true, period: true },
  optimizerFrom: { bytes: true, file: true },
  from: { bytes: true, file: true },
};

/** What `openData` gives beside the data, which may be spread into the options. */
const ofOpenedData = { notes: true, description: true, subsets: true } as const;

/**
 * All that training needs: the options given, and for the others the defaults of the command line. Throws `UsageError`
 * for an engine, a model or data that are none, for unknown options, and for values of another kind.
 */
export function trainingOptions(engine: Engine, given: TrainOptions): TrainingOptions {
  if (!has(engine, "load"))
    throw new UsageError(`train: expected an engine first, got ${shown(engine)}; pass await openEngine()`);
  requireKnown("train", given ?? {}, { ...keys, ...ofOpenedData });
  for (const name of ["model", "train"] as const) requireRule(name, given?.[name]);
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && Object.hasOwn(rules, name)) requireRule(name as keyof TrainOptions, value);
  const { batchSize = 4, accumulationSteps = 1, optimizer = adamW(), ...options } = given;
  const split = options.validation ? null : splitOf(options.train);
  return {
    ...options,
    ...(split ?? { validation: options.validation! }),
    optimizer,
    learningRate: options.learningRate ?? usualRate(optimizer.name),
    window: windowOf(given) ?? Array<number>(accumulationSteps).fill(batchSize),
    epochs: options.epochs ?? (options.steps === undefined ? 30 : Number.POSITIVE_INFINITY),
    checkpointEvery: options.checkpointEvery ?? 5,
    seed: options.seed ?? 0,
    threads: options.threads ?? 1,
    logEvery: options.logEvery ?? 1,
  };
}

function requireRule(name: keyof TrainOptions, value: unknown): void {
  const { expects, is, remedy } = rules[name];
  if (!is(value)) throw new UsageError(`train: expected ${expects} as ${name}, got ${shown(value)}; ${remedy}`);
}

function windowOf({ window, batchSize, accumulationSteps }: TrainOptions): readonly number[] | undefined {
  if (window !== undefined && (batchSize ?? accumulationSteps) !== undefined)
    throw new UsageError("train: expected window or batchSize and accumulationSteps, got both; keep one of them");
  return window;
}

/** Throws `UsageError` for an optimizer of the caller's own. */
function usualRate(optimizer: string): number {
  if (Object.hasOwn(optimizers, optimizer)) return optimizers[optimizer as keyof typeof optimizers].learningRate;
  throw new UsageError(`train: expected a learningRate for the optimizer ${optimizer}, got none; pass one`);
}

/** A fifth to validate, as of data in one part on the command line. */
function splitOf(data: Dataset): Pick<TrainingOptions, "train" | "validation"> {
  const { split } = chooseSplit({ size: data.size, labels: data.labels, groups: null }, {});
  return { train: select(data, split.train), validation: select(data, split.validation) };
}
