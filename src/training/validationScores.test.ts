import { expect, test } from "vitest";
import { clouds, eventsOf, regression } from "../../test/training.ts";
import { type Dataset, newBatch } from "../data/dataset.ts";
import { createLoss, type Loss } from "../model/loss.ts";
import { adamW } from "../optimizer/adam.ts";
import { nativeEngine } from "../runtime/native.ts";
import { classificationScores } from "../statistics/classification.ts";
import { fromNumbers, type Tensor } from "../tensor/tensor.ts";
import { noTotals, type PassResult } from "./microBatch.ts";
import type { TrainingOptions } from "./options.ts";
import { gatherPredictions, inNumbers } from "./validationScores.ts";

const engine = nativeEngine();
const data = clouds(40);
const plain = createLoss("cross_entropy");

/** What a pass gives for these labels. */
function batch(labels: Tensor, predictions: Tensor, scores?: Tensor): PassResult {
  return { ...noTotals, batch: { y: labels }, predictions, scores };
}
const classes = (...values: number[]) => fromNumbers("int64", [values.length], values);
const numbers = (...values: number[]) => fromNumbers("float32", [values.length], values);

test("labels and predictions of all batches are counted, those that are ignored are not", () => {
  const gatherer = gatherPredictions(data, createLoss("cross_entropy", { ignoreIndex: 2 }));
  gatherer.add(batch(classes(0, 1, 2), classes(0, 0, 2)));
  gatherer.add(batch(classes(1, 0), classes(1, 2)));
  expect(gatherer.scores().classification?.confusion).toEqual([
    [1, 0, 1],
    [1, 1, 0],
    [0, 0, 0],
  ]);
});

test("a prediction of a class that the data do not know has its own column", () => {
  const gatherer = gatherPredictions(data, plain);
  gatherer.add(batch(classes(0, 2), classes(4, 2)));
  const { confusion } = gatherer.scores().classification!;
  expect(confusion.map((row) => row.length)).toEqual([5, 5, 5, 5, 5]);
  expect([confusion[0]![4], confusion[2]![2]]).toEqual([1, 1]);
});

test("of two classes the ranking is told too", () => {
  const gatherer = gatherPredictions(clouds(4, [5], 2), plain);
  gatherer.add(batch(classes(0, 0, 1, 1), classes(0, 1, 0, 1), numbers(0.1, 0.4, 0.35, 0.8)));
  expect(gatherer.scores().ranking).toEqual({ rocAuc: 0.75, averagePrecision: expect.closeTo(5 / 6, 6) });
});

test("a vocabulary has no matrix, and without labels there is nothing to say", () => {
  const gatherer = gatherPredictions({ ...data, classes: 50_257 }, plain);
  gatherer.add(batch(classes(0), classes(0)));
  expect(gatherer.scores()).toEqual({});
  expect(gatherPredictions(data, plain).scores()).toEqual({});
});

/** Texts: one class at each of T positions. */
const text: Dataset = { ...data, target: { name: "y", type: "int64", shape: [7] }, labels: new Int32Array(0) };
const sums = { ...noTotals, loss: 8 * Math.log(5), weight: 8 };

test.each<[string, Dataset, Loss, object | undefined]>([
  ["texts", text, plain, { perplexity: expect.closeTo(5, 12) }],
  ["padded texts", text, createLoss("cross_entropy", { ignoreIndex: 0 }), { perplexity: expect.closeTo(5, 12) }],
  // exp of a smoothed loss is the perplexity of no distribution.
  ["texts under label smoothing", text, createLoss("cross_entropy", { labelSmoothing: 0.1 }), undefined],
  ["one class each", data, plain, undefined],
])("%s have these numbers beside the loss", (_, dataset, loss, expected) => {
  expect(inNumbers({}, dataset, loss, sums)).toEqual(expected);
});

function options(loss: Loss, dataset: Dataset): TrainingOptions {
  return {
    model: regression(dataset),
    train: dataset,
    validation: dataset,
    loss,
    optimizer: adamW(),
    learningRate: 0.05,
    window: [4, 4],
    epochs: 2,
    checkpointEvery: 9,
    seed: 0,
    threads: 1,
    logEvery: 1,
  };
}

test("an epoch's scores come before its record, and agree with it under class weights", async () => {
  const events = await eventsOf(engine, options(createLoss("cross_entropy", { classWeights: [0.1, 1, 8] }), data));
  const told = events.filter((event) => event.kind === "scores" || event.kind === "epoch");
  expect(told.map(({ kind, epoch }) => [kind, epoch])).toEqual([
    ["scores", 1],
    ["epoch", 1],
    ["scores", 2],
    ["epoch", 2],
  ]);
  const [, , scored, record] = told;
  if (scored?.kind !== "scores" || record?.kind !== "epoch") throw new Error("expected scores and a record");
  const { classification } = scored.scores;
  expect(scored.at).toBe("epoch");
  expect(classification).toEqual(classificationScores(classification!.confusion));
  expect(classification!.classes.map(({ support }) => support)).toEqual([14, 13, 13]);
  expect(record.validationAccuracy).toBeCloseTo(classification!.accuracy.value, 6);
  expect(record.validationScores).toEqual({
    macroF1: classification!.macroF1,
    balancedAccuracy: classification!.balancedAccuracy,
  });
});

test("numbers have no accuracy anywhere, but R² and errors", async () => {
  const target = { name: "y", type: "float32", shape: [1] } as const;
  const points: Dataset = {
    ...data,
    classes: 1,
    target,
    labels: new Int32Array(0),
    async read(indices, into) {
      const labels = newBatch(data, indices.length);
      await data.read(indices, labels);
      (into.x!.data as Float32Array).set(labels.x!.data as Float32Array);
      // A line through the inputs: all of the variance can be explained.
      const x = labels.x!.data as Float32Array;
      (into.y!.data as Float32Array).set(Array.from(indices, (_, i) => 2 * x[5 * i]! - x[5 * i + 1]!));
    },
  };
  const events = await eventsOf(engine, { ...options(createLoss("mse"), points), epochs: 60 });
  const records = events.filter((event) => event.kind === "epoch");
  const last = records.at(-1)!;
  expect(records.some((record) => "trainAccuracy" in record || "validationAccuracy" in record)).toBe(false);
  expect(events.every((event) => event.kind !== "progress" || event.accuracy === undefined)).toBe(true);
  expect(last.validationScores!.rSquared).toBeGreaterThan(0.99);
  expect(last.validationScores!.rmse! ** 2).toBeCloseTo(last.validationLoss, 5);
});
