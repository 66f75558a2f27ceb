import { expect, test } from "vitest";
import { clouds, regression } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { tryMicroBatch } from "./microBatchTrial.ts";

/** The same data, and which examples were read. */
function recorded(data: Dataset): { data: Dataset; read: Set<number> } {
  const read = new Set<number>();
  return {
    read,
    data: {
      ...data,
      async read(indices, batch, draw) {
        for (const index of indices) read.add(index);
        await data.read(indices, batch, draw);
      },
    },
  };
}

test("a trial evaluates on as many examples as one pass of an evaluation takes, and trains on what its updates need", async () => {
  const train = recorded(clouds(100));
  const validation = recorded(clouds(400));
  const options = {
    model: regression(train.data),
    train: train.data,
    validation: validation.data,
    optimizer: sgd(),
    learningRate: 0.01,
    window: [8, 8],
    epochs: 3,
    checkpointEvery: 1,
    seed: 0,
    threads: 1,
    logEvery: 1,
  };
  const peaks: number[] = [];
  const trial = await tryMicroBatch(nativeEngine(), options, 2, (bytes) => peaks.push(bytes));
  expect(validation.read).toEqual(new Set(Array(250).keys()));
  // Two updates of 16, and the 4 that the whole data leave at the end.
  expect(train.read).toEqual(new Set(Array(36).keys()));
  expect(peaks).toEqual([trial.peakBytes]);
  const { lower, median, upper, runs } = trial.secondsPerExample;
  expect(runs).toBeGreaterThanOrEqual(7);
  expect(lower).toBeGreaterThan(0);
  expect(median).toBeGreaterThanOrEqual(lower);
  expect(upper).toBeGreaterThanOrEqual(median);
});
