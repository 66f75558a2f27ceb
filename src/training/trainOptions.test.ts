import { describe, expect, test } from "vitest";
import { datasetFromArrays } from "../data/datasetFromArrays.ts";
import { buildModel } from "../model/zoo.ts";
import { adamW } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import { openEngine } from "../runtime/open.ts";
import { trainConfiguration } from "../session/options/schema.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { train } from "./train.ts";
import { type TrainOptions, trainingOptions } from "./trainOptions.ts";

const engine = await openEngine();
const data = datasetFromArrays(
  Array.from({ length: 20 }, (_, i) => [i % 2, i / 20]),
  Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? "even" : "odd")),
);
const model = buildModel("linear", { shape: [2], classes: 2 }, random(0));

test("a model and data are enough: the rest is as on the command line", () => {
  const { train: part, validation, optimizer, ...options } = trainingOptions(engine, { model, train: data });
  const usual = trainConfiguration.parse({ model: "linear", data: "iris" });
  expect(optimizer.name).toBe(usual.optimizer);
  expect(options).toEqual({
    model,
    learningRate: usual.learningRate,
    window: [usual.batchSize],
    epochs: usual.epochs,
    checkpointEvery: usual.checkpointEvery,
    seed: usual.seed,
    threads: usual.threads,
    logEvery: usual.logEvery,
  });
  expect([part.size, validation.size]).toEqual([16, 4]);
});

test.each<[string, Partial<TrainOptions>, object]>([
  ["steps end training", { steps: 3 }, { epochs: Number.POSITIVE_INFINITY, steps: 3 }],
  ["the rate is the optimizer's", { optimizer: sgd() }, { learningRate: 0.01 }],
  ["batches", { batchSize: 2, accumulationSteps: 3 }, { window: [2, 2, 2] }],
  [
    "what is given stays",
    { validation: data, window: [3, 1], learningRate: 0.5 },
    { validation: data, window: [3, 1] },
  ],
])("%s", (_, given, expected) => {
  expect(trainingOptions(engine, { model, train: data, ...given })).toMatchObject(expected);
});

test("it trains", async () => {
  const kinds: string[] = [];
  for await (const { kind } of train(engine, { model, train: data, epochs: 1 })) kinds.push(kind);
  expect(kinds).toEqual(expect.arrayContaining(["step", "epoch", "checkpoint", "end"]));
});

describe("what cannot be meant is said in words, not by a TypeError", () => {
  const all = { model, train: data };
  test.each<[string, unknown, unknown, string]>([
    ["no engine", undefined, all, "train: expected an engine first, got undefined; pass await openEngine()"],
    ["a promise", Promise.resolve(engine), all, "train: expected an engine first, got a promise (await it); pass"],
    ["the options alone", all, undefined, "train: expected an engine first, got an object; pass await openEngine()"],
    ["no options", engine, undefined, "train: expected a model as model, got undefined; pass"],
    ["empty options", engine, {}, 'train: expected a model as model, got undefined; pass await openModel("mlp", data)'],
    ["a name", engine, { ...all, model: "mlp" }, 'train: expected a model as model, got "mlp"; pass await openModel('],
    [
      "no data",
      engine,
      { model },
      "train: expected a data set as train, got undefined; pass one, as datasetFromArrays",
    ],
    [
      "opened data",
      engine,
      { model, train: { train: data, validation: data } },
      "train: expected a data set as train, got an obj",
    ],
    [
      "a function",
      engine,
      { ...all, optimizer: adamW },
      "train: expected an optimizer as optimizer, got a function (call it)",
    ],
    [
      "a text",
      engine,
      { ...all, learningRate: "0.1" },
      'train: expected a number of at least 0 as learningRate, got "0.1"',
    ],
    [
      "no number",
      engine,
      { ...all, learningRate: Number.NaN },
      "train: expected a number of at least 0 as learningRate, got NaN",
    ],
    [
      "half an epoch",
      engine,
      { ...all, epochs: 0.5 },
      "train: expected a whole number of at least 0 as epochs, got 0.5",
    ],
    [
      "a number",
      engine,
      { ...all, window: 16 },
      "train: expected sizes of micro-batches as window, got 16; pass an array",
    ],
    [
      "an unknown key",
      engine,
      { ...all, epoch: 3 },
      'train: expected a known option, got "epoch"; did you mean "epochs"?',
    ],
    [
      "one inside",
      engine,
      { ...all, monitor: { patiense: 3 } },
      'train: monitor: expected a known option, got "patiense"; did',
    ],
    [
      "both",
      engine,
      { ...all, window: [4], batchSize: 4 },
      "train: expected window or batchSize and accumulationSteps, got both",
    ],
    [
      "an optimizer of one's own",
      engine,
      { ...all, optimizer: { ...sgd(), name: "mine" } },
      "train: expected a learningRate for the",
    ],
  ])("%s", async (_, first, options, message) => {
    const ended = train(first as typeof engine, options as TrainOptions).next();
    await expect(ended).rejects.toThrow(UsageError);
    await expect(train(first as typeof engine, options as TrainOptions).next()).rejects.toThrow(message);
  });
});
