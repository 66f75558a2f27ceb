import { describe, expect, test } from "vitest";
import { checkpointsOf, clouds, eventsOf, regression } from "../../test/training.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UsageError } from "../tensor/errors.ts";
import { type AccumulationPlan, checkPlan, firstSteps, stepsAfter, stepsByNoise, withinEpoch } from "./accumulation.ts";
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
    ["aims at the lower end where told to", { aim: "lower" as const }, { noiseScale: scale(300, 81) }, 11],
    ["stays where the lower end is too near", { aim: "lower" as const }, { noiseScale: scale(300, 64) }, 7],
    ["stays where nothing but noise is known", { aim: "lower" as const }, { noiseScale: scale(300, 0, Number.NaN) }, 7],
    ["is never below one", { mayShrink: true }, { steps: 2, noiseScale: scale(0) }, 1],
  ])("%s", (_, change, state, expected) => {
    expect(stepsByNoise({ ...plan, ...change }, { ...now, ...state })).toBe(expected);
  });
});

test.each([
  [0, 2],
  [99, 2],
  [100, 3],
  [500, 5],
  [900, 6],
])("a plan by examples has after %s of them %s micro-batches", (examples, expected) => {
  const from = [
    [100, 3],
    [500, 5],
    [800, 9],
  ] as const;
  expect(stepsAfter({ kind: "examples", from, maximum: 6 }, examples, 2)).toBe(expected);
});

test.each<[AccumulationPlan | undefined, number]>([
  [undefined, 2],
  [plan, 2],
  [{ kind: "seesaw", maximum: 9 }, 2],
  [{ kind: "epochs", from: [[0, 3]] }, 3],
  [{ kind: "examples", from: [[0, 4]] }, 4],
  [{ kind: "examples", from: [[1, 4]] }, 2],
  [{ kind: "examples", from: [[0, 40]], maximum: 5 }, 5],
])("with the plan %o the first windows have %s micro-batches", (given, expected) => {
  expect(firstSteps(given, 2)).toBe(expected);
});

test("a plan is cut to an epoch where it has a maximum", () => {
  expect(withinEpoch({ kind: "seesaw", maximum: 64 }, 30)).toEqual({ kind: "seesaw", maximum: 30 });
  const whole = { kind: "examples", from: [[9, 99]] } as const;
  expect(withinEpoch(whole, 30)).toBe(whole);
});

test.each<[string, AccumulationPlan, readonly number[], RegExp]>([
  ["unequal micro-batches", plan, [4, 4, 2], /expected micro-batches of one size, got 4, 4, 2/],
  [
    "examples that fall",
    {
      kind: "examples",
      from: [
        [9, 2],
        [9, 3],
      ],
    },
    [4],
    /expected rising numbers of examples, got 9, 9/,
  ],
  ["no steps by examples", { kind: "examples", from: [[9, 0]] }, [4], /expected at least 1 accumulation step, got 0/],
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

describe("windows that follow a plan by examples", () => {
  const data = clouds(23);
  const base: TrainingOptions = {
    model: regression(data),
    train: data,
    validation: clouds(10, [5], 3, 2),
    optimizer: sgd(),
    learningRate: 0.1,
    window: [4],
    accumulation: {
      kind: "examples",
      from: [
        [10, 2],
        [46, 3],
      ],
    },
    epochs: 3,
    checkpointEvery: 1,
    seed: 3,
    threads: 1,
    logEvery: 1,
  };

  test("grow with the first window after the examples, every example once an epoch", async () => {
    const events = await eventsOf(nativeEngine(), base);
    const steps = events.filter((event) => event.kind === "step");
    expect(steps.map(({ examples, microBatches }) => [examples, microBatches])).toEqual([
      ...[
        [4, 1],
        [8, 1],
        [12, 1],
        [20, 2],
        [23, 1],
      ],
      ...[
        [31, 2],
        [39, 2],
        [46, 2],
      ],
      ...[
        [58, 3],
        [69, 3],
      ],
    ]);
    expect(events.filter((event) => event.kind === "accumulation")).toMatchObject([
      { step: 3, examples: 12, accumulationSteps: 2, effectiveBatchSize: 8, noiseScale: Number.NaN },
      { step: 8, examples: 46, accumulationSteps: 3, effectiveBatchSize: 12 },
    ]);
    // Of four examples each, an epoch has six updates.
    expect(events.at(-1)).toMatchObject({ step: 10, examples: 69, constantBatchUpdates: 18 });
  });

  test("count the updates of a constant batch inside an epoch too, and of no constant batch at all", async () => {
    const inside = await eventsOf(nativeEngine(), { ...base, epochs: Number.POSITIVE_INFINITY, steps: 6 });
    expect(inside.at(-1)).toMatchObject({ step: 6, examples: 31, constantBatchUpdates: 8 });
    const constant = await eventsOf(nativeEngine(), { ...base, accumulation: undefined });
    expect(constant.at(-1)).not.toHaveProperty("constantBatchUpdates");
  });

  test("have no more micro-batches than an epoch, where they may be cut", async () => {
    const accumulation = { kind: "examples", from: [[10, 99]], maximum: 64 } as const;
    const events = await eventsOf(nativeEngine(), { ...base, accumulation });
    expect(events.filter((event) => event.kind === "accumulation")).toMatchObject([{ accumulationSteps: 6 }]);
  });
});
