import { expect, test } from "vitest";
import { clouds, eventsOf, regression, tensorsAfter } from "../../test/training.ts";
import { createLoss, type Loss } from "../model/loss.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { type Tensor, toNumbers } from "../tensor/tensor.ts";
import type { TrainingOptions } from "./options.ts";

const engine = nativeEngine();
const data = clouds(40);

function options(loss: Loss, window: readonly number[], change: Partial<TrainingOptions> = {}): TrainingOptions {
  return {
    model: regression(data),
    train: data,
    validation: data,
    loss,
    optimizer: sgd({ momentum: 0.9 }),
    learningRate: 0.1,
    window,
    epochs: 2,
    checkpointEvery: 2,
    seed: 3,
    threads: 1,
    logEvery: 1,
    ...change,
  };
}

function parametersOf(tensors: Record<string, Tensor>): number[] {
  return Object.entries(tensors).flatMap(([, tensor]) => toNumbers(tensor));
}

test.each([
  createLoss("cross_entropy", { classWeights: [0.2, 1, 5], labelSmoothing: 0.1 }),
  createLoss("cross_entropy", { ignoreIndex: 1 }),
  createLoss("focal", { focalAlpha: [0.1, 1, 2], focalNormalizer: "positives" }),
  createLoss("focal"),
])("$name $options trains alike in micro-batches and in one, clipped and at the ragged end", async (loss) => {
  const [accumulated, whole] = await Promise.all(
    [[4, 4, 3], [11]].map((window) => eventsOf(engine, options(loss, window, { clipNorm: 0.3 }))),
  );
  const [a, b] = [parametersOf(tensorsAfter(accumulated!)), parametersOf(tensorsAfter(whole!))];
  const start = parametersOf(Object.fromEntries(regression(data).parameters.map((one) => [one.name, one.initial])));
  expect(b.slice(0, start.length)).not.toEqual(start);
  a.forEach((value, i) => {
    expect(value).toBeCloseTo(b[i]!, 5);
  });
  const losses = [accumulated!, whole!].map((events) =>
    events.flatMap((event) => (event.kind === "epoch" ? [event.trainLoss, event.trainAccuracy!, event.examples] : [])),
  );
  losses[0]!.forEach((value, i) => {
    expect(value).toBeCloseTo(losses[1]![i]!, 5);
  });
});

test("a window in which nothing counts makes no step, and its examples are counted all the same", async () => {
  // Labels go round, so that each third window of one example holds what is ignored.
  const loss = createLoss("cross_entropy", { ignoreIndex: 2 });
  const events = await eventsOf(engine, options(loss, [1], { epochs: 1, shuffle: false }));
  const [end] = events.filter((event) => event.kind === "end");
  expect(end).toMatchObject({ step: 27, examples: 40, reason: "finished" });
  const [epoch] = events.filter((event) => event.kind === "epoch");
  expect(Number.isFinite(epoch!.trainLoss)).toBe(true);
  expect(parametersOf(tensorsAfter(events)).every(Number.isFinite)).toBe(true);
});

test("focal loss steps where a window holds no positive", async () => {
  const loss = createLoss("focal", { focalNormalizer: "positives" });
  const events = await eventsOf(engine, options(loss, [1], { epochs: 1, shuffle: false }));
  expect(events.filter((event) => event.kind === "end")).toMatchObject([{ step: 40, reason: "finished" }]);
});
