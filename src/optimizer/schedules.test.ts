import { describe, expect, test } from "vitest";
import { oracleJson } from "../../test/oracle.ts";
import { UsageError } from "../tensor/errors.ts";
import type { EvaluationMetrics, Schedule, ScheduleState } from "./schedule.ts";
import { schedules } from "./schedules.ts";

interface Recorded {
  readonly lr: number[];
  readonly metric?: number[];
}

const oracle = oracleJson<Record<string, Recorded>>("schedules.json");
const learningRate = 0.1;
const unit = "update";

const table: Readonly<Record<string, Schedule>> = {
  step: schedules.step({ learningRate, unit, stepSize: 10, gamma: 0.5 }),
  multistep: schedules["multi-step"]({ learningRate, unit, milestones: [5, 20] }),
  exponential: schedules.exponential({ learningRate, unit, gamma: 0.9 }),
  cosine: schedules.cosine({ learningRate, minimumLearningRate: 0.001 }),
  cosine_warm_restarts: schedules["cosine-warm-restarts"]({ learningRate, cycleSteps: 10, cycleMultiplier: 2 }),
  linear_warmup: schedules.constant({ learningRate, warmupSteps: 8, warmupStartFactor: 0.1 }),
  polynomial: schedules.polynomial({ learningRate, length: 30, power: 2 }),
  one_cycle: schedules["one-cycle"]({ learningRate, maximumLearningRate: 0.5, length: 41 }),
  cyclic_triangular: schedules.cyclic({ learningRate: 0.01, maximumLearningRate: 0.1, cycleSteps: 10 }),
  plateau: schedules["reduce-on-plateau"]({ learningRate, patience: 3, factor: 0.5 }),
  plateau_cooldown: schedules["reduce-on-plateau"]({
    learningRate,
    patience: 1,
    factor: 0.1,
    cooldown: 2,
    minimumLearningRate: 0.001,
  }),
  plateau_abs: schedules["reduce-on-plateau"]({
    learningRate,
    patience: 2,
    threshold: 0.02,
    thresholdMode: "absolute",
  }),
  plateau_max: schedules["reduce-on-plateau"]({ learningRate, patience: 2, metric: "accuracy" }),
};

/** The rate of each update: one update an epoch, one evaluation after each. */
function rates(schedule: Schedule, total: number, metrics: (update: number) => EvaluationMetrics): number[] {
  let state = schedule.initial;
  return Array.from({ length: total }, (_, update) => {
    const rate = schedule.rate({ update, epoch: update, updatesPerEpoch: 1, totalUpdates: total }, state);
    // A state must survive its checkpoint.
    state = JSON.parse(JSON.stringify(schedule.evaluated(state, metrics(update)))) as ScheduleState;
    return rate;
  });
}

interface Moved {
  readonly options: { readonly total_steps?: number };
  readonly lr: number[];
  readonly momentum: number[];
}

const { schedules: moved } = oracleJson<{ schedules: Record<string, Moved> }>("momentum_schedules.json");
const cyclic = { learningRate: 0.01, maximumLearningRate: 0.05, cycleSteps: 12 };
const moving: Readonly<Record<string, Schedule>> = {
  one_cycle: schedules["one-cycle"]({ learningRate: 0.05 }),
  one_cycle_options: schedules["one-cycle"]({
    learningRate: 0.05,
    riseFraction: 0.5,
    baseMomentum: 0.7,
    maximumMomentum: 0.99,
  }),
  cyclic: schedules.cyclic(cyclic),
  cyclic_triangular2: schedules.cyclic({
    ...cyclic,
    cycleMode: "triangular2",
    baseMomentum: 0.5,
    maximumMomentum: 0.95,
  }),
  cyclic_exp_range: schedules.cyclic({ ...cyclic, cycleMode: "exp_range", gamma: 0.98 }),
};

test("every recorded schedule of the momentum is compared", () => {
  expect(Object.keys(moving).sort()).toEqual(Object.keys(moved).sort());
});

test.each(Object.entries(moving))("%s moves rate and momentum as torch does", (name, schedule) => {
  const { lr, momentum } = moved[name]!;
  lr.forEach((rate, update) => {
    const position = { update, epoch: update, updatesPerEpoch: 1, totalUpdates: lr.length };
    expect(schedule.rate(position, null)).toBeCloseTo(rate, 14);
    expect(schedule.momentum!(position)).toBeCloseTo(momentum[update]!, 14);
  });
});

test("momentum stays where it was during a warm-up, and where nobody wants it moved", () => {
  const schedule = schedules["one-cycle"]({ learningRate: 0.05, warmupSteps: 5 });
  const at = (update: number) => schedule.momentum!({ update, epoch: 0, updatesPerEpoch: 9, totalUpdates: 45 });
  expect([0, 4, 5].map(at)).toEqual([0.95, 0.95, 0.95]);
  expect(at(6)).toBeLessThan(0.95);
  expect(schedules["one-cycle"]({ learningRate: 0.05, cycleMomentum: false }).momentum).toBeUndefined();
  expect(schedules.cyclic({ ...cyclic, cycleMomentum: false }).momentum).toBeUndefined();
  expect(schedules.cosine({ learningRate: 0.05 }).momentum).toBeUndefined();
});

test.each([
  [{ baseMomentum: 0.97 }, "one-cycle: expected baseMomentum to be at most maximumMomentum 0.95, got 0.97"],
  [{ maximumMomentum: 1 }, "one-cycle: expected maximumMomentum to be at least 0 and below 1, got 1"],
  [{ baseMomentum: -0.1 }, "one-cycle: expected baseMomentum to be at least 0 and below 1, got -0.1"],
])("momenta %j are refused", (options, message) => {
  expect(() => schedules["one-cycle"]({ learningRate: 0.1, ...options })).toThrow(UsageError);
  expect(() => schedules["one-cycle"]({ learningRate: 0.1, ...options })).toThrow(message);
});

const nothing = { loss: Number.NaN, accuracy: Number.NaN };

const watched = (metric = Number.NaN) => ({ loss: metric, accuracy: metric });

test("every recorded schedule is compared", () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(oracle).sort());
});

test.each(Object.entries(oracle))("%s is torch.optim.lr_scheduler's, to rounding", (name, { lr, metric }) => {
  const ours = rates(table[name]!, lr.length, (update) => watched(metric?.[update]));
  for (const [update, rate] of ours.entries())
    expect([update, rate]).toEqual([update, expect.closeTo(lr[update]!, 14)]);
});

test("each schedule differs from each other one", () => {
  const falling = (update: number) => ({ loss: 1 - update / 100, accuracy: 0.5 });
  const paths = Object.values(table).map((schedule) => rates(schedule, 40, falling).join());
  // With a falling loss the three that watch it are constant alike; the one that watches accuracy is not.
  expect(new Set(paths).size).toBe(paths.length - 2);
});

describe("cyclic, over cycles of 4 updates", () => {
  const options = { learningRate: 1, maximumLearningRate: 3, cycleSteps: 4 };
  test.each([
    ["triangular", {}, [1, 2, 3, 2, 1, 2, 3, 2, 1]],
    ["triangular2", {}, [1, 2, 3, 2, 1, 1.5, 2, 1.5, 1]],
    ["exp_range", { gamma: 0.5 }, [1, 1.5, 1.5, 1.125, 1, 1 + 2 ** -5, 1 + 2 ** -5, 1 + 2 ** -7, 1]],
  ] as const)("%s", (cycleMode, more, expected) => {
    const ours = rates(schedules.cyclic({ ...options, cycleMode, ...more }), 9, () => nothing);
    expect(ours).toEqual(expected);
  });
});

describe("the unit of time", () => {
  const schedule = schedules["multi-step"]({ learningRate: 1, milestones: [1, 3], gamma: 0.5 });
  const at = (update: number, epoch: number) =>
    schedule.rate({ update, epoch, updatesPerEpoch: 10, totalUpdates: 40 }, null);

  test("is the epoch for milestones, however many updates it has", () => {
    expect([at(0, 0), at(9, 0), at(10, 1), at(29, 2), at(30, 3)]).toEqual([1, 1, 0.5, 0.5, 0.25]);
  });

  test("cosine in epochs lasts all epochs of the run, a last one cut short included", () => {
    const cosine = schedules.cosine({ learningRate: 1, unit: "epoch" });
    const rate = (epoch: number) =>
      cosine.rate({ update: epoch * 10, epoch, updatesPerEpoch: 10, totalUpdates: 35 }, null);
    expect([rate(0), rate(2), rate(4)]).toEqual([1, expect.closeTo(0.5, 15), 0]);
  });
});

describe("warm-up", () => {
  test("without a start factor takes equal strides to the full rate, the first one above 0", () => {
    const schedule = schedules.constant({ learningRate: 1, warmupSteps: 3 });
    expect(rates(schedule, 5, () => nothing)).toEqual([0.25, 0.5, 0.75, 1, 1]);
  });

  test("delays a schedule that counts updates, which then has the rest of the run", () => {
    const plain = rates(schedules.cosine({ learningRate: 1 }), 10, () => nothing);
    const warmed = rates(schedules.cosine({ learningRate: 1, warmupSteps: 4 }), 14, () => nothing);
    expect(warmed.slice(4)).toEqual(plain);
    expect(warmed.slice(0, 4)).toEqual([0.2, 0.4, expect.closeTo(0.6, 15), expect.closeTo(0.8, 15)]);
  });

  test("leaves epochs where they are", () => {
    const schedule = schedules.step({ learningRate: 1, stepSize: 1, gamma: 0.5, warmupSteps: 4, warmupStartFactor: 0 });
    const rate = (update: number) =>
      schedule.rate({ update, epoch: Math.floor(update / 3), updatesPerEpoch: 3, totalUpdates: 9 }, null);
    expect([0, 2, 3, 4, 6].map(rate)).toEqual([0, 0.5, 0.375, 0.5, 0.25]);
  });

  test("scales what the plateau left", () => {
    const schedule = schedules["reduce-on-plateau"]({ learningRate: 1, patience: 0, warmupSteps: 3 });
    expect(rates(schedule, 4, () => ({ loss: 1, accuracy: 0 }))).toEqual([
      0.25,
      0.5,
      expect.closeTo(0.075, 15),
      expect.closeTo(0.01, 15),
    ]);
  });

  test("longer than the run never ends, and breaks nothing", () => {
    const schedule = schedules.cosine({ learningRate: 1, warmupSteps: 9 });
    expect(rates(schedule, 3, () => nothing)).toEqual([0.1, 0.2, expect.closeTo(0.3, 15)]);
  });
});

describe("reduce-on-plateau", () => {
  const watch = (losses: readonly number[], options = {}) => {
    const schedule = schedules["reduce-on-plateau"]({ learningRate: 1, patience: 2, factor: 0.5, ...options });
    let state = schedule.initial;
    for (const loss of losses) state = schedule.evaluated(state, { loss, accuracy: Number.NaN });
    return state!;
  };

  test("a loss that is no number is no improvement, first or later", () => {
    expect(watch([Number.NaN, Number.NaN, Number.NaN]).rate).toBe(0.5);
    expect(watch([1, Number.NaN, Number.NaN, Number.NaN])).toEqual({
      rate: 0.5,
      best: 1,
      badEvaluations: 0,
      cooldown: 0,
    });
  });

  test("goes on after a number that is none", () => {
    expect(watch([Number.NaN, 3, 2]).best).toBe(2);
  });

  test("does not cut by less than 1e-8", () => {
    expect(watch([1, 1, 1, 1], { learningRate: 1e-8 }).rate).toBe(1e-8);
  });

  test("never raises a rate that is below the minimum already", () => {
    expect(watch([1, 1, 1, 1], { minimumLearningRate: 2 }).rate).toBe(1);
  });
});

test.each([
  ["step", () => schedules.step({ learningRate, stepSize: 0 }), "step: expected stepSize to be a whole number"],
  ["no milestones", () => schedules["multi-step"]({ learningRate, milestones: [] }), "multi-step: expected milestones"],
  ["falling", () => schedules["multi-step"]({ learningRate, milestones: [9, 3] }), "increasing whole numbers, got 9,3"],
  ["growing", () => schedules.exponential({ learningRate, gamma: 1.1 }), "exponential: expected gamma .* got 1.1"],
  [
    "a minimum above the rate",
    () => schedules.cosine({ learningRate, minimumLearningRate: 1 }),
    "from 0 to the learning rate 0.1, got 1",
  ],
  ["a length of 0", () => schedules.cosine({ learningRate, length: 0 }), "cosine: expected length .* got 0"],
  [
    "power",
    () => schedules.polynomial({ learningRate, power: 0 }),
    "polynomial: expected power to be a number above 0",
  ],
  ["a factor", () => schedules.linear({ learningRate, endFactor: -1 }), "linear: expected endFactor .* got -1"],
  [
    "a top below",
    () => schedules.cyclic({ learningRate, maximumLearningRate: 0.1, cycleSteps: 9 }),
    "above the learning rate 0.1",
  ],
  [
    "a short cycle",
    () => schedules.cyclic({ learningRate, maximumLearningRate: 1, cycleSteps: 1 }),
    "cyclic: expected cycleSteps",
  ],
  [
    "a multiplier",
    () => schedules["cosine-warm-restarts"]({ learningRate, cycleSteps: 2, cycleMultiplier: 1.5 }),
    "got 1.5",
  ],
  ["a fraction", () => schedules["one-cycle"]({ learningRate, riseFraction: 1 }), "one-cycle: expected riseFraction"],
  ["a divisor", () => schedules["one-cycle"]({ learningRate, finalDivisor: 0.5 }), "one-cycle: expected finalDivisor"],
  [
    "a factor of 1",
    () => schedules["reduce-on-plateau"]({ learningRate, factor: 1 }),
    "reduce-on-plateau: expected factor",
  ],
  ["patience", () => schedules["reduce-on-plateau"]({ learningRate, patience: -1 }), "expected patience .* got -1"],
  [
    "warm-up",
    () => schedules.constant({ learningRate, warmupSteps: 0.5 }),
    "constant: expected warmupSteps .* got 0.5",
  ],
  ["start", () => schedules.constant({ learningRate, warmupStartFactor: 2 }), "expected warmupStartFactor .* got 2"],
])("%s out of its domain is refused", (_, make, message) => {
  expect(make).toThrow(UsageError);
  expect(make).toThrow(new RegExp(message));
});
