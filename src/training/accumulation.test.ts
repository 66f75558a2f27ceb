import { describe, expect, test } from "vitest";
import { checkpointsOf, clouds, eventsOf, regression } from "../../test/training.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UsageError } from "../tensor/errors.ts";
import { type AccumulationPlan, checkPlan, stepsByNoise } from "./accumulation.ts";
import type { TrainingOptions } from "./options.ts";

const plan = { kind: "noise-scale", maximum: 32 } as const;
const scale = (value: number, lower = 0.9 * value, upper = 1.1 * value) => ({ value, lower, upper });
const now = { steps: 7, microBatch: 8, noiseScale: scale(100), settled: 20 };

describe("the number of micro-batches by the noise scale", () => {
  test.each([
    ["is the noise scale over the micro-batch, rounded up", {}, {}, 13],
    ["aims at a share of it", { ratio: 0.8 }, {}, 10],
    ["is bounded", { maximum: 11 }, {}, 11],
    ["doubles at most", {}, { noiseScale: scale(1000) }, 14],
    ["waits until the noise scale has settled", {}, { settled: 19 }, 7],
    ["stays for less than a quarter more", {}, { steps: 11 }, 11],
    ["stays where the interval reaches down to it", {}, { noiseScale: scale(100, 56) }, 7],
    ["grows where the interval does not", {}, { noiseScale: scale(100, 57, Number.POSITIVE_INFINITY) }, 13],
    ["grows by a quarter", {}, { steps: 10 }, 13],
    ["never shrinks by itself", {}, { steps: 24 }, 24],
    ["shrinks where it may", { mayShrink: true }, { steps: 24 }, 13],
    ["halves at most", { mayShrink: true }, { steps: 32 }, 16],
    ["does not shrink by less than two fifths", { mayShrink: true }, { steps: 20 }, 20],
    [
      "does not shrink where the interval reaches up to it",
      { mayShrink: true },
      { steps: 24, noiseScale: scale(100, 50, 190) },
      24,
    ],
    [
      "stays where the noise scale is not resolved",
      {},
      { noiseScale: scale(Number.NaN, 90, Number.POSITIVE_INFINITY) },
      7,
    ],
    ["grows where noise is all there is", {}, { noiseScale: scale(Number.POSITIVE_INFINITY) }, 14],
    ["is never below one", { mayShrink: true }, { steps: 2, noiseScale: scale(0) }, 1],
  ])("%s", (_, change, state, expected) => {
    expect(stepsByNoise({ ...plan, ...change }, { ...now, ...state })).toBe(expected);
  });
});

test.each<[string, AccumulationPlan, readonly number[], RegExp]>([
  ["unequal micro-batches", plan, [4, 4, 2], /expected micro-batches of one size, got 4, 4, 2/],
  ["no steps", { ...plan, maximum: 0 }, [4], /expected at least 1 accumulation step, got 0/],
  ["epochs that start late", { kind: "epochs", from: [[1, 2]] }, [4], /expected rising epochs from 0 on, got 1/],
  [
    "epochs that fall",
    {
      kind: "epochs",
      from: [
        [0, 2],
        [0, 3],
      ],
    },
    [4],
    /expected rising epochs from 0 on, got 0, 0/,
  ],
])("%s are refused", (_, given, window, message) => {
  expect(() => checkPlan(given, window)).toThrow(UsageError);
  expect(() => checkPlan(given, window)).toThrow(message);
});

describe("windows that follow a plan by epochs", () => {
  const data = clouds(23);
  const base: TrainingOptions = {
    model: regression(data),
    train: data,
    validation: clouds(10, [5], 3, 2),
    optimizer: sgd(),
    learningRate: 0.1,
    window: [4, 4],
    accumulation: {
      kind: "epochs",
      from: [
        [0, 1],
        [2, 3],
      ],
    },
    epochs: 3,
    checkpointEvery: 1,
    seed: 3,
    threads: 1,
    logEvery: 1,
  };

  test("have their number of micro-batches in each epoch, every example once, and say when they change", async () => {
    const events = await eventsOf(nativeEngine(), base);
    const steps = events.filter((event) => event.kind === "step");
    expect(steps.map(({ epoch, microBatches }) => [epoch, microBatches])).toEqual([
      ...Array<number[]>(6).fill([1, 1]),
      ...Array<number[]>(6).fill([2, 1]),
      [3, 3],
      [3, 3],
    ]);
    expect(steps.at(-1)).toMatchObject({ examples: 69, step: 14 });
    expect(events.filter((event) => event.kind === "accumulation")).toMatchObject([
      { step: 12, epoch: 3, examples: 46, accumulationSteps: 3, effectiveBatchSize: 12, noiseScale: Number.NaN },
    ]);
  });

  test("train as separate runs of those windows do", async () => {
    const first = await eventsOf(nativeEngine(), { ...base, accumulation: undefined, window: [4], epochs: 2 });
    const planned = await eventsOf(nativeEngine(), base);
    const values = (events: typeof planned, i: number) => checkpointsOf(events)[i]!.bytes.slice(-400);
    expect(values(planned, 1)).toEqual(values(first, 1));
  });

  test("must fit into an epoch", async () => {
    const accumulation = {
      kind: "epochs",
      from: [
        [0, 1],
        [1, 9],
      ],
    } as const;
    await expect(eventsOf(nativeEngine(), { ...base, accumulation })).rejects.toThrow(
      /expected at most the 6 micro-batches of an epoch \(23 examples\) per step, got 9/,
    );
  });
});
