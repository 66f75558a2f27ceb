import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { normalizeArguments } from "../cli/arguments.ts";
import { booleanFlags, declareNegations } from "../cli/programs/booleans.ts";
import { declareTrainOptions } from "../cli/programs/flags.ts";
import { optimizers } from "../optimizer/optimizers.ts";
import { schedules } from "../optimizer/schedules.ts";
import { NotFoundError, UsageError } from "../tensor/errors.ts";
import { formatCommand } from "./command.ts";
import { resolveConfiguration } from "./configuration.ts";
import { optimizersWith } from "./options/optimizerOptions.ts";
import { trainAliases, trainFields } from "./options/options.ts";
import { trainConfiguration } from "./options/schema.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "batchscope-configuration-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What `train` would be told by this command line, environment and file. */
function train(line: string, environment: Record<string, string> = {}, yaml?: string) {
  const file = join(folder, "config.yaml");
  if (yaml !== undefined) writeFileSync(file, yaml);
  const argv = line.split(" ").filter((word) => word !== "");
  const command = new Command("train").exitOverride().allowExcessArguments(false);
  declareTrainOptions(command);
  const booleans = booleanFlags(command);
  declareNegations(command);
  command.parse(normalizeArguments(yaml === undefined ? argv : [...argv, "-c", file], booleans), { from: "user" });
  return resolveConfiguration(command.opts(), environment);
}

/** The message of the usage error, with the file's folder left out. */
function refusal(line: string, environment: Record<string, string> = {}, yaml?: string): string {
  try {
    train(line, environment, yaml);
  } catch (error) {
    if (error instanceof UsageError) return error.message.replaceAll(`${folder}/`, "");
    throw error;
  }
  throw new Error(`expected a UsageError for ${line}`);
}

const defaults = {
  model: "mlp",
  data: "mnist",
  batchSize: 4,
  enableAutoGradientAccumulation: false,
  epochs: 30,
  checkpointEvery: 5,
  tensorboard: false,
  gradientCheckpointing: false,
  logEvery: 1,
  precision: "float32",
  seed: 0,
  threads: 1,
  device: "cpu",
  dir: "batchscope",
  description: "",
  tags: [],
  progress: "auto",
  json: false,
  schedule: "constant",
  decayWeightsOnly: false,
  parameterRates: [],
  useStatisticalFeatures: false,
  disableParallel: false,
  evaluateEvery: 1,
  monitor: "loss",
  minimumDelta: 0,
  maxAccumulationSteps: 64,
  accumulationRatio: 1,
  accumulationMayShrink: false,
  lrScale: "none",
  noiseScale: "on",
  swaPeriod: 1,
  fastDevRun: false,
  fields: false,
};

test("every default is written out, for each optimizer its own", () => {
  const adam = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false };
  expect(train("--model mlp --data mnist")).toEqual({ ...defaults, ...adam, optimizer: "adamw", weightDecay: 0.01 });
  expect(train("--model mlp --data mnist --optimizer adam")).toEqual({
    ...defaults,
    ...adam,
    optimizer: "adam",
    weightDecay: 0,
  });
  expect(train("--model mlp --data mnist --optimizer sgd")).toEqual({
    ...defaults,
    optimizer: "sgd",
    learningRate: 0.01,
    weightDecay: 0,
    momentum: 0,
    dampening: 0,
    nesterov: false,
  });
});

test("a written configuration reads back as itself", () => {
  for (const optimizer of Object.keys(optimizers)) {
    const resolved = train(`--model mlp --data mnist --optimizer ${optimizer} --batch-size 8`);
    expect(trainConfiguration.parse(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  }
});

test("a configuration written as a command line reads back as itself", () => {
  const resolved = train(
    "--model mlp --data mnist --learning-rate 1e-7 --tag x --tag y --json --optimizer sgd --schedule multi-step --milestones 5,20 --parameter-rate fc.weight=0.1 --decay-weights-only",
  );
  const words = formatCommand("train", resolved).split(" ").slice(2);
  expect(train(words.filter((word) => word !== "''" && word !== "--description").join(" "))).toEqual(resolved);
});

test("the accumulation guide's spellings are read", () => {
  expect(
    train("--model DualGAFNet --data DualGAF --batch_size 4 --gradient_accumulation_steps 2 --train_epochs 10"),
  ).toMatchObject({ model: "DualGAFNet", data: "DualGAF", batchSize: 4, gradientAccumulationSteps: 2, epochs: 10 });
  const automatic = "--model m --data d --batch_size=4 --enable_auto_gradient_accumulation --des no_accumulation";
  expect(train(automatic)).toMatchObject({ enableAutoGradientAccumulation: true, description: "no_accumulation" });
  expect(train("--model m --data d --enable_auto_gradient_accumulation False --json true")).toMatchObject({
    enableAutoGradientAccumulation: false,
    json: true,
  });
});

test("a flag goes before the environment, that before the file, that before the default", () => {
  const base = "--model m --data d";
  const environment = { BATCHSCOPE_EPOCHS: "7", BATCHSCOPE_SEED: "7", BATCHSCOPE_DIR: "", BATCHSCOPE_LANG: "zh" };
  const yaml = "epochs: 6\nseed: 6\nbatch_size: 6\ntags: [a, b]\n";
  expect(train(`${base} --epochs 8`, environment, yaml)).toMatchObject({
    epochs: 8,
    seed: 7,
    batchSize: 6,
    tags: ["a", "b"],
    dir: "batchscope",
    threads: 1,
  });
  expect(train(`${base} --tag x --tag y`, {}, yaml).tags).toEqual(["x", "y"]);
  expect(train(base, { BATCHSCOPE_TAGS: "x, y", BATCHSCOPE_JSON: "1" })).toMatchObject({
    tags: ["x", "y"],
    json: true,
  });
  expect(train(base, { BATCHSCOPE_LEARNING_RATE: "1e-3" }).learningRate).toBe(0.001);
  // By any name of the option.
  for (const name of ["BATCHSCOPE_SCALE_RULE", "BATCHSCOPE_LR_SCALE"])
    expect(train(base, { [name]: "sqrt" }).lrScale).toBe("sqrt");
});

test("the file may be named by the environment", () => {
  writeFileSync(join(folder, "named.yaml"), "model: m\ndata: d\nlearning-rate: 1e-4\n");
  expect(resolveConfiguration({}, { BATCHSCOPE_CONFIG: join(folder, "named.yaml") }).learningRate).toBe(1e-4);
});

test("a stronger source replaces what contradicts it in a weaker one", () => {
  const accumulated = train("--model m --data d --target-batch-size 16", {}, "gradientAccumulationSteps: 2\n");
  expect(accumulated).toMatchObject({ targetBatchSize: 16 });
  expect(accumulated.gradientAccumulationSteps).toBeUndefined();
  const sgd = train("--model m --data d --optimizer sgd", {}, "optimizer: adamw\nbeta1: 0.8\nlearningRate: 0.5\n");
  expect(sgd).toMatchObject({ optimizer: "sgd", momentum: 0, learningRate: 0.5 });
});

test("a schedule has its own options, a stronger one without a weaker one's", () => {
  const given = train("--model m --data d --schedule multi-step --milestones 5,20 --warmup-steps 3");
  expect(given).toMatchObject({ schedule: "multi-step", milestones: "5,20", warmupSteps: 3 });
  const yaml = "schedule: multi-step\nmilestones: [5, 20]\nwarmup_steps: 3\n";
  expect(train("--model m --data d", {}, yaml)).toEqual(given);
  const cosine = train("--model m --data d --schedule cosine", {}, yaml);
  expect(cosine).toMatchObject({ schedule: "cosine", warmupSteps: 3 });
  expect(cosine.milestones).toBeUndefined();
  const cyclic = train("--model m --data d --schedule cyclic --cycle-steps 10 --max-learning-rate 1");
  expect(cyclic).toMatchObject({ maximumLearningRate: 1 });
});

describe("refused", () => {
  const base = "--model m --data d";
  const scheduleNames = Object.keys(schedules).join(", ");
  test.each<[string, Record<string, string>, string | undefined, string]>([
    ["--data d", {}, undefined, "`model`: expected the name of a model or an .onnx file, got nothing; pass `model`"],
    [
      `${base} --batch_size 0`,
      {},
      undefined,
      "`batchSize`: expected a whole number of at least 1, got 0; change it or leave it out",
    ],
    [
      `${base} --batch_size 1.5`,
      {},
      undefined,
      "`batchSize`: expected a whole number of at least 1, got 1.5; change it or leave it out",
    ],
    [
      `${base} --batch_size four`,
      {},
      undefined,
      '`batchSize`: expected a whole number of at least 1, got "four"; change it or leave it out',
    ],
    [
      `${base} --seed 0x10`,
      {},
      undefined,
      '`seed`: expected a whole number from 0 to 4294967295, got "0x10"; change it or leave it out',
    ],
    [
      `${base} --learning-rate -1`,
      {},
      undefined,
      "`learningRate`: expected a number above 0, got -1; change it or leave it out",
    ],
    [
      `${base} --schedule cosin`,
      {},
      undefined,
      `\`schedule\`: expected one of ${scheduleNames}, got "cosin"; did you mean "cosine"?`,
    ],
    [
      `${base} --schedule cosine --gamma 0.5`,
      {},
      undefined,
      "`gamma`: expected an option of the schedule cosine, got one of step, multi-step, exponential, cyclic; leave it out",
    ],
    [
      base,
      {},
      "minimum-learning-rate: 0.1\n",
      "config.yaml:1:24 minimum-learning-rate: expected an option of the schedule constant, got one of polynomial, cosine, cosine-warm-restarts, reduce-on-plateau; leave it out",
    ],
    [
      `${base} --schedule step`,
      {},
      undefined,
      "`stepSize`: expected a whole number of at least 1 for the schedule step, got nothing; pass `stepSize`",
    ],
    [
      `${base} --schedule multi-step --milestones 5,x`,
      {},
      undefined,
      '`milestones`: expected whole numbers with commas between them, got "5,x"; change it or leave it out',
    ],
    [
      `${base} --parameter-rate head`,
      {},
      undefined,
      '`parameterRate`: expected a list of texts like "head.*=0.1", got ["head"]; change it or leave it out',
    ],
    [
      `${base} --optimizer adamm`,
      {},
      undefined,
      `\`optimizer\`: expected one of ${Object.keys(optimizers).join(", ")}, got "adamm"; did you mean "adam"?`,
    ],
    [
      `${base} --momentum 0.9`,
      {},
      undefined,
      "`momentum`: expected an option of the optimizer adamw, got one of sgd, rmsprop, lars; leave it out",
    ],
    [
      `${base} --optimizer sgd --beta1 0.9`,
      {},
      undefined,
      `\`beta1\`: expected an option of the optimizer sgd, got one of ${optimizersWith("beta1").join(", ")}; leave it out`,
    ],
    [
      `${base} --epochs 1 --train_epochs 2`,
      {},
      undefined,
      "`trainEpochs`: expected one spelling, got `epochs` too; keep one of them",
    ],
    [
      base,
      { BATCHSCOPE_EPOCHS: "many" },
      undefined,
      'BATCHSCOPE_EPOCHS: expected a whole number of at least 1, got "many"; change it or leave it out',
    ],
    [
      base,
      { BATCHSCOPE_EPOCHS: "1", BATCHSCOPE_TRAIN_EPOCHS: "1" },
      undefined,
      "BATCHSCOPE_TRAIN_EPOCHS: expected one spelling of epochs, got BATCHSCOPE_EPOCHS too; keep one of them",
    ],
    [
      base,
      { BATCHSCOPE_SCALE_RULE: "cube" },
      undefined,
      'BATCHSCOPE_SCALE_RULE: expected one of none, sqrt, linear, sde, half-life, power-lines, measured, got "cube"; change it or leave it out',
    ],
    [
      base,
      {},
      "epochs: 3\noptimizer: sgd\nmomentm: 1\n",
      'config.yaml:3:1 momentm: expected a known option, got "momentm"; did you mean "momentum"?',
    ],
    [
      base,
      {},
      "# ours\nbatch_size: 'x'\n",
      'config.yaml:2:13 batch_size: expected a whole number of at least 1, got "x"; change it or leave it out',
    ],
    [base, {}, "json: maybe\n", 'config.yaml:1:7 json: expected true or false, got "maybe"; change it or leave it out'],
    [
      base,
      {},
      "tags: [a, 1]\n",
      'config.yaml:1:7 tags: expected a list of texts, got ["a",1]; change it or leave it out',
    ],
    [
      base,
      {},
      "batch_size: 1\nbatchSize: 2\n",
      "config.yaml:2:1: expected one spelling of batch_size, got batchSize too; keep one of them",
    ],
    [
      base,
      {},
      "- epochs\n",
      'config.yaml:1:1: expected keys and values, lines like "epochs: 10", got a list; correct the file',
    ],
  ])("%s %j %j", (line, environment, yaml, message) => {
    expect(refusal(line, environment, yaml)).toBe(message);
  });

  test("a file that is not YAML, with the place", () => {
    expect(refusal(base, {}, "epochs: [1\nseed: 2\n")).toMatch(
      /^config\.yaml:2:1: expected YAML, got .*; correct the file$/,
    );
    expect(refusal(base, {}, "epochs: 1\nepochs: 2\n")).toMatch(
      /^config\.yaml:2:1: expected each key once, got "epochs" twice; correct the file$/,
    );
  });

  test("a file that is not there", () => {
    expect(() => train(`${base} -c ${folder}/none.yaml`)).toThrow(NotFoundError);
    expect(() => train(`${base} -c ${folder}/none.yaml`)).toThrow(
      /^`config`: expected a YAML file, got .*none\.yaml \(nothing is there/,
    );
  });
});

test("the flag of a field is the field's name", () => {
  for (const [field, { flags }] of Object.entries(trainFields)) {
    const key = new Command().option(flags).options[0]!.attributeName();
    expect(trainAliases[key] ?? key).toBe(field);
  }
});

describe("--set", () => {
  const environment = {
    BATCHSCOPE_EPOCHS: "2",
    BATCHSCOPE_SEED: "2",
    BATCHSCOPE_MODEL: "mlp",
    BATCHSCOPE_DATA: "mnist",
  };

  test("goes before the environment and behind flags, in any spelling; of two the later holds", () => {
    const set = ["batch_size=3", "epochs=3", "weight-decay=0.5", "checkpointEvery=3", "checkpoint_every=4"];
    expect(resolveConfiguration({ set, batchSize: "9" }, environment)).toMatchObject({
      batchSize: 9,
      epochs: 3,
      seed: 2,
      weightDecay: 0.5,
      checkpointEvery: 4,
    });
  });

  test.each([
    ["epochs", '`set`: expected key=value, got "epochs"; write for example `set` epochs=10'],
    ["epoch=3", '`set` epoch: expected a known option, got "epoch"; did you mean "epochs"?'],
    ["epochs=none", '`set` epochs: expected a whole number of at least 1, got "none"; change it or leave it out'],
    ["=3", '`set`: expected key=value, got "=3"; write for example `set` epochs=10'],
  ])("%s is refused", (assignment, message) => {
    expect(() => resolveConfiguration({ set: [assignment] }, environment)).toThrow(new UsageError(message));
  });
});
