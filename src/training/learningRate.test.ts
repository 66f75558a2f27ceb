import { describe, expect, test } from "vitest";
import { farthest } from "../../test/optimizerWalk.ts";
import { checkpointsOf, clouds, eventsOf, regression, tensorsAfter } from "../../test/training.ts";
import { adam } from "../optimizer/adam.ts";
import { lars } from "../optimizer/layerWise.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Schedule, SchedulePosition } from "../optimizer/schedule.ts";
import { schedules } from "../optimizer/schedules.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UsageError } from "../tensor/errors.ts";
import { learningRateFactor } from "./learningRate.ts";
import type { TrainingOptions } from "./options.ts";

const data = clouds(23);

// Three steps an epoch: windows of 8, 8 and 7 examples.
const base: TrainingOptions = {
  model: regression(data),
  train: data,
  validation: clouds(10, [5], 3, 2),
  optimizer: sgd(),
  learningRate: 0.1,
  window: [4, 4],
  epochs: 2,
  checkpointEvery: 1,
  seed: 3,
  threads: 1,
  logEvery: 1,
};

const ratesOf = async (change: Partial<TrainingOptions>) =>
  (await eventsOf(nativeEngine(), { ...base, ...change })).flatMap((event) =>
    event.kind === "step" ? [event.learningRate] : [],
  );

/** Writes down where it was asked. */
function spy(): { schedule: Schedule; positions: SchedulePosition[]; losses: number[] } {
  const [positions, losses]: [SchedulePosition[], number[]] = [[], []];
  const schedule: Schedule = {
    name: "spy",
    initial: null,
    rate: (position) => {
      positions.push(position);
      return 0.01;
    },
    evaluated: (state, { loss }) => {
      losses.push(loss);
      return state;
    },
  };
  return { schedule, positions, losses };
}

describe("a schedule", () => {
  test("is asked once per update, never per micro-batch, and told every evaluation", async () => {
    const { schedule, positions, losses } = spy();
    const events = await eventsOf(nativeEngine(), { ...base, schedule });
    expect(positions).toEqual(
      [0, 1, 2, 3, 4, 5].map((update) => ({
        update,
        epoch: Math.floor(update / 3),
        updatesPerEpoch: 3,
        totalUpdates: 6,
      })),
    );
    expect(losses).toEqual(events.flatMap((event) => (event.kind === "epoch" ? [event.validationLoss] : [])));
  });

  test("does not move on a step that the loss scale skips", async () => {
    const { schedule, positions } = spy();
    // One infinite input: the first window of the run makes no step.
    let reads = 0;
    const read: typeof data.read = (indices, batch, draw) => {
      data.read(indices, batch, draw);
      const x = batch.x!.data as Float32Array;
      if (reads++ === 0) x.set(x.map((value) => value * 1e4));
    };
    const options = { ...base, schedule, precision: "float16", train: { ...data, read } } as const;
    const events = await eventsOf(nativeEngine(), options);
    expect(events.at(-1)).toMatchObject({ kind: "end", skippedSteps: 1, step: 5 });
    expect(positions.map(({ update }) => update)).toEqual([0, 1, 2, 3, 4]);
  });

  test("keeps its length in examples where windows change", async () => {
    const { schedule, positions } = spy();
    await eventsOf(nativeEngine(), {
      ...base,
      schedule,
      accumulation: {
        kind: "epochs",
        from: [
          [0, 2],
          [1, 6],
        ],
      },
    });
    expect(positions.map(({ update, totalUpdates }) => [update, totalUpdates])).toEqual([
      [0, 6],
      [1, 6],
      [2, 6],
      [3, 6],
    ]);
  });

  test("knows the steps of a run that steps end", async () => {
    const { schedule, positions } = spy();
    const events = await eventsOf(nativeEngine(), { ...base, schedule, epochs: Number.POSITIVE_INFINITY, steps: 4 });
    expect(positions.map(({ update, epoch, totalUpdates }) => [update, epoch, totalUpdates])).toEqual([
      [0, 0, 4],
      [1, 0, 4],
      [2, 0, 4],
      [3, 1, 4],
    ]);
    expect(events.filter((event) => event.kind === "evaluation")).toMatchObject([{ step: 4, epoch: 2 }]);
    expect(checkpointsOf(events).map(({ step }) => step)).toEqual([3, 4]);
  });

  test("moves the momentum of an optimizer that has one, and is recorded", async () => {
    const schedule = schedules["one-cycle"]({ learningRate: 0.1, baseMomentum: 0.3, maximumMomentum: 0.6 });
    const momentaOf = async (optimizer: Optimizer) =>
      (await eventsOf(nativeEngine(), { ...base, optimizer, schedule })).flatMap((event) =>
        event.kind === "step" ? [event.momentum] : [],
      );
    const expected = [0, 1, 2, 3, 4, 5].map((update) =>
      schedule.momentum!({ update, epoch: Math.floor(update / 3), updatesPerEpoch: 3, totalUpdates: 6 }),
    );
    expect(await momentaOf(sgd({ momentum: 0.9 }))).toEqual(expected);
    expect(await momentaOf(adam())).toEqual(expected);
    expect(await momentaOf(sgd())).toEqual(Array(6).fill(undefined));
  });

  test("of a constant momentum trains as an optimizer made with it", async () => {
    const trained = async (optimizer: Optimizer, momentum?: () => number) => {
      const schedule: Schedule = { ...spy().schedule, ...(momentum && { momentum }) };
      const events = await eventsOf(nativeEngine(), { ...base, optimizer, schedule });
      return tensorsAfter(events)["output.weight"]!.data as Float32Array;
    };
    const moved = await trained(lars({ momentum: 0.9 }), () => 0.5);
    const made = await trained(lars({ momentum: 0.5 }));
    expect(farthest([[...moved]], [[...made]])).toBeLessThan(1e-6);
    expect(farthest([[...moved]], [[...(await trained(lars({ momentum: 0.9 })))]])).toBeGreaterThan(1e-5);
  });

  test("gives the rate of each step's record", async () => {
    const linear = schedules.linear({ learningRate: 0.6 });
    expect((await ratesOf({ schedule: linear })).map((rate) => Number(rate.toFixed(6)))).toEqual([
      0.6, 0.5, 0.4, 0.3, 0.2, 0.1,
    ]);
  });
});

describe("the factor for another batch size", () => {
  test.each([
    ["none", 32, 1],
    ["linear", 32, 4],
    ["linear", 4, 0.5],
    ["sqrt", 32, 2],
    ["sqrt", 8, 1],
  ] as const)("%s from 8 to %i examples", (rule, examples, expected) => {
    expect(learningRateFactor({ rule, baseBatchSize: 8 }, examples)).toBe(expected);
  });

  test("of a measured exponent is a power, which must be finite", () => {
    expect(learningRateFactor({ rule: "power", baseBatchSize: 8, exponent: 0.5 }, 32)).toBe(2);
    expect(() => learningRateFactor({ rule: "power", baseBatchSize: 8 }, 32)).toThrow(UsageError);
    expect(() => learningRateFactor({ rule: "power", baseBatchSize: 8 }, 32)).toThrow(
      /finite exponent for power, got NaN/,
    );
  });

  test("belongs to the full window, also where the data end cuts one short, and to each window that it changes to", async () => {
    const learningRateScaling = { rule: "linear", baseBatchSize: 8 } as const;
    expect(await ratesOf({ learningRateScaling, window: [4], epochs: 1 })).toEqual(Array(6).fill(0.05));
    expect(
      await ratesOf({
        learningRateScaling,
        accumulation: {
          kind: "epochs",
          from: [
            [0, 2],
            [1, 4],
          ],
        },
      }),
    ).toEqual([0.1, 0.1, 0.1, 0.2, 0.2]);
  });

  test("is refused without a base", () => {
    expect(() => learningRateFactor({ rule: "sqrt", baseBatchSize: 0 }, 8)).toThrow(UsageError);
    expect(() => learningRateFactor({ rule: "sqrt", baseBatchSize: 0 }, 8)).toThrow(/got 0; use `baseBatchSize`/);
  });
});
