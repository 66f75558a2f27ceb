import { expect, test } from "vitest";
import { slowBatch, weightsOf } from "../../test/slowRegression.ts";
import { clouds, eventsOf, regression } from "../../test/training.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import type { StepRecord } from "../store/schema.ts";

test("of a step of plain gradient descent it is 2 over the rate at which the loss is back", async () => {
  const data = clouds(200);
  const model = regression(data);
  const options = { model, train: data, validation: data, optimizer: sgd(), learningRate: 2, epochs: 1 };
  const run = { window: [200], shuffle: false, checkpointEvery: 1, seed: 1, threads: 1, logEvery: 1 };
  const events = await eventsOf(nativeEngine(), { ...options, ...run, criticalSharpnessEvery: 1 });
  const record = events.find((event): event is StepRecord => event.kind === "step")!;
  // A slower second way: the rate at which the loss of all examples is back, by halving, in float64.
  const every = Array.from({ length: 200 }, (_, i) => i);
  const weights = weightsOf(model);
  const { loss, gradient } = slowBatch(weights, data, every);
  const moved = (rate: number) => weights.map((w, i) => w - rate * gradient[i]!);
  const after = (rate: number) => slowBatch(moved(rate), data, every).loss - loss;
  let [low, high] = [1e-6, 1e4];
  for (let i = 0; i < 100; i++) {
    const middle = Math.sqrt(low * high);
    if (after(middle) < 0) low = middle;
    else high = middle;
  }
  expect(record.criticalSharpness! / (2 / low)).toBeGreaterThan(0.98);
  expect(record.criticalSharpness! / (2 / low)).toBeLessThan(1.02);
});
