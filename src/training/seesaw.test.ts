import { describe, expect, test } from "vitest";
import { clouds, eventsOf, regression } from "../../test/training.ts";
import { adamW } from "../optimizer/adam.ts";
import type { Schedule } from "../optimizer/schedule.ts";
import { schedules } from "../optimizer/schedules.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UsageError } from "../tensor/errors.ts";
import type { LearningRateScaling } from "./learningRate.ts";
import type { TrainingOptions } from "./options.ts";
import { descentOf, requireDescent, seesawExponent, seesawSteps } from "./seesaw.ts";

const learningRate = 0.1;
const course = (schedule: Schedule) => ({ schedule, totalUpdates: 100, updatesPerEpoch: 10 });

test.each([
  // Adam: the batch goes with the inverse of the rate of the schedule.
  [1, 4, 0.5, 4],
  [0.5, 4, 0.5, 8],
  [0.25, 4, 0.5, 16],
  [0.1, 1, 0.5, 10],
  [0.3, 1, 0.5, 3],
  [0.7, 1, 0.5, 1],
  // SGD: with its square root.
  [0.25, 4, 1, 8],
  [0.0625, 1, 1, 4],
  [0.25, 4, 0.25, 64],
  [0.25, 4, 0.25, 20, 20],
  [0, 4, 0.5, 64],
  // A maximum below what training begins with is none.
  [0.5, 4, 0.5, 4, 3],
])(
  "at a share of %s of the rate, %s micro-batches become by the exponent %s %s",
  (share, first, exponent, steps, most = 64) => {
    expect(seesawSteps(first, share, exponent, most)).toBe(steps);
  },
);

test.each([
  [{ rule: "sqrt", baseBatchSize: 4 }, 0.5],
  [{ rule: "linear", baseBatchSize: 4 }, 1],
  [{ rule: "power", baseBatchSize: 4, exponent: 0.62 }, 0.62],
] as const)("the exponent of %o is %s", (scaling, expected) => expect(seesawExponent(scaling)).toBe(expected));

test.each<[LearningRateScaling | undefined, RegExp]>([
  [undefined, /with an exponent above 0 for seesaw, got none/],
  [{ rule: "none", baseBatchSize: 4 }, /got none/],
  [{ rule: "power", baseBatchSize: 4, exponent: -0.2 }, /got -0.2/],
])("%o gives no exponent", (scaling, message) => {
  expect(() => seesawExponent(scaling)).toThrow(UsageError);
  expect(() => seesawExponent(scaling)).toThrow(message);
});

test.each([
  ["cosine", {}, { peak: 0.1, from: 0 }],
  ["linear", { warmupSteps: 8 }, { peak: 0.1, from: 8 }],
  ["step", { stepSize: 3, warmupSteps: 4 }, { peak: 0.1, from: 4 }],
  ["one-cycle", {}, { peak: 0.1, from: 29 }],
  ["reduce-on-plateau", { warmupSteps: 5 }, { peak: 0.1, from: 5 }],
] as const)("the descent of %s %o begins at %o", (name, options, expected) => {
  const schedule = schedules[name]({ learningRate, ...options } as never);
  expect(descentOf(course(schedule))).toEqual(expected);
  expect(() => requireDescent(course(schedule))).not.toThrow();
});

test("a run of more updates than are looked at has its descent to a ten-thousandth of the run", () => {
  const schedule = schedules.cosine({ learningRate, warmupSteps: 250_000 });
  const { peak, from } = descentOf({ schedule, totalUpdates: 1_000_000, updatesPerEpoch: 1000 });
  expect(peak).toBeCloseTo(0.1, 9);
  expect(Math.abs(from - 250_000)).toBeLessThan(100);
});

test.each([
  ["constant", {}, /expected a learning rate that falls for seesaw, which does nothing without, got .* constant/],
  ["constant", { warmupSteps: 20 }, /which does nothing without/],
  ["linear", { startFactor: 0.1, endFactor: 1 }, /which does nothing without/],
  ["step", { stepSize: 11 }, /which does nothing without/],
  ["cyclic", { maximumLearningRate: 1, cycleSteps: 20 }, /got the schedule cyclic, which rises again/],
  ["cosine-warm-restarts", { cycleSteps: 30 }, /cosine-warm-restarts, which rises again/],
] as const)("%s %o is refused", (name, options, message) => {
  const schedule = schedules[name]({ learningRate, ...options } as never);
  expect(() => requireDescent(course(schedule))).toThrow(UsageError);
  expect(() => requireDescent(course(schedule))).toThrow(message);
});

describe("a training by seesaw", () => {
  const data = clouds(240);
  const base: TrainingOptions = {
    model: regression(data),
    train: data,
    validation: clouds(10, [5], 3, 2),
    optimizer: adamW(),
    learningRate,
    schedule: schedules.cosine({ learningRate }),
    learningRateScaling: { rule: "sqrt", baseBatchSize: 4 },
    window: [2, 2],
    accumulation: { kind: "seesaw", maximum: 16 },
    epochs: 4,
    checkpointEvery: 9,
    seed: 3,
    threads: 1,
    logEvery: 1,
  };
  /** The cosine after the examples of the steps before. */
  const shareAt = (examples: number) => (1 + Math.cos((Math.PI * Math.floor(examples / 4)) / 240)) / 2;

  test.each([
    ["Adam", adamW(), { rule: "sqrt", baseBatchSize: 4 }, 0.5],
    ["SGD", sgd(), { rule: "linear", baseBatchSize: 4 }, 1],
    ["a measured exponent", adamW(), { rule: "power", baseBatchSize: 4, exponent: 0.7 }, 0.7],
  ] as const)("keeps rate over batch^ε that of the schedule, for %s", async (_, optimizer, learningRateScaling, ε) => {
    const events = await eventsOf(nativeEngine(), { ...base, optimizer, learningRateScaling });
    const steps = events.filter((event) => event.kind === "step");
    let [before, batch] = [0, 4];
    const changes = new Map(events.flatMap((e) => (e.kind === "accumulation" ? [[e.step, e.effectiveBatchSize]] : [])));
    for (const { step, examples, learningRate: rate } of steps) {
      batch = changes.get(step - 1) ?? batch;
      const share = shareAt(before);
      expect(batch).toBe(2 * Math.min(16, Math.max(2, Math.round(2 * share ** (-1 / (2 * ε))))));
      expect(Math.abs(rate / batch ** ε / ((learningRate * share) / 4 ** ε) - 1)).toBeLessThan(1e-12);
      before = examples;
    }
    expect(before).toBe(960);
    expect(batch).toBe(32);
    const end = events.at(-1)!;
    expect(end).toMatchObject({ kind: "end", examples: 960, step: steps.length, constantBatchUpdates: 240 });
    expect(steps.length).toBeLessThan(ε === 1 ? 200 : 160);
  });

  test("does as the schedule says while it warms up", async () => {
    const schedule = schedules.cosine({ learningRate, warmupSteps: 50 });
    const events = await eventsOf(nativeEngine(), { ...base, schedule });
    const first = events.find((event) => event.kind === "accumulation");
    expect(first?.step).toBeGreaterThan(50);
    const rates = events.flatMap((event) => (event.kind === "step" ? [event.learningRate] : []));
    expect(rates.slice(0, 50)).toEqual(
      Array.from({ length: 50 }, (_, t) => expect.closeTo((learningRate * (1 + t)) / 51, 12)),
    );
  });

  test("grows at once where a plateau cuts the rate", async () => {
    const schedule = schedules["reduce-on-plateau"]({
      learningRate,
      factor: 0.25,
      patience: 0,
      threshold: 1,
      cooldown: 9,
    });
    const events = await eventsOf(nativeEngine(), { ...base, schedule, epochs: 3 });
    const changes = events.filter((event) => event.kind === "accumulation");
    expect(changes).toMatchObject([{ step: 120, epoch: 3, accumulationSteps: 8 }]);
    const rates = events.flatMap((event) => (event.kind === "step" ? [event.learningRate] : []));
    expect([rates[119], rates[120]]).toEqual([learningRate, expect.closeTo(learningRate / 2, 12)]);
  });

  test.each<[string, Partial<TrainingOptions>, RegExp]>([
    ["a constant rate", { schedule: undefined }, /expected a schedule of the learning rate for seesaw, got none/],
    ["no rule of the rate", { learningRateScaling: undefined }, /expected a rule of the learning rate/],
  ])("is refused with %s", async (_, change, message) => {
    await expect(eventsOf(nativeEngine(), { ...base, ...change })).rejects.toThrow(message);
  });
});
