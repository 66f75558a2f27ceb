import { describe, expect, test } from "vitest";
import { counting } from "../../test/countingEngine.ts";
import { walk } from "../../test/optimizerWalk.ts";
import type { Model } from "../model/model.ts";
import { adagrad } from "../optimizer/adagrad.ts";
import { adamW } from "../optimizer/adam.ts";
import { withGroups } from "../optimizer/groups.ts";
import { lamb, lars } from "../optimizer/layerWise.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { DivergedError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { sizeOf, zeros } from "../tensor/tensor.ts";
import { viewOf } from "./flat.ts";
import { piecesOf } from "./pieces.ts";
import { newTrainingState, type TrainingState } from "./state.ts";
import { createUpdater } from "./update.ts";

const shapes = { "one.weight": [3, 7], "one.bias": [3], "two.weight": [2, 3], "norm.weight": [2], "norm.bias": [2] };
const model: Model = {
  name: "small",
  inputs: [],
  parameters: Object.entries(shapes).map(([name, shape]) => ({ name, initial: zeros("float32", shape) })),
  state: [],
  forward: () => {
    throw new Error("not run");
  },
};
const names = Object.keys(shapes);

function filled(optimizer: Optimizer): TrainingState {
  const state = newTrainingState(model, optimizer);
  const generator = random(5);
  for (const entry of state.layout.entries)
    for (const flat of [state.parameters, state.sums])
      viewOf(flat, entry).data.set(Array.from({ length: sizeOf(entry.shape) }, () => generator.normal()) as never);
  return state;
}

/** Each parameter after `steps` steps with the same sums, of weight 4. */
async function trained(optimizer: Optimizer, steps = 2, clipNorm?: number): Promise<Record<string, number[]>> {
  const state = filled(optimizer);
  const updater = await createUpdater(nativeEngine(), optimizer, state);
  for (let step = 1; step <= steps; step++)
    await updater.step(
      { weight: 4, learningRate: 0.1, step, clipNorm },
      clipNorm ? await updater.gradientNorm(4) : NaN,
    );
  updater.release();
  return Object.fromEntries(state.layout.entries.map((entry) => [entry.name, numbers(state.parameters, entry)]));
}

function numbers(flat: Float32Array, entry: TrainingState["layout"]["entries"][number]): number[] {
  return Array.from(viewOf(flat, entry).data as Float32Array);
}

/** The same with each parameter walked alone, its gradient times `factor`. */
async function alone(optimizer: Optimizer, factor: number, rate: (name: string) => number, steps = 2) {
  const state = filled(optimizer);
  const paths = state.layout.entries.map(async (entry) => {
    const gradient = numbers(state.sums, entry).map((sum) => (sum / 4) * factor);
    const decays = optimizer.groupOf?.(entry).decays ?? true;
    const start = numbers(state.parameters, entry);
    const gradients = Array(steps).fill(gradient);
    const path = await walk(nativeEngine(), "float32", optimizer, {
      start,
      gradients,
      rate: () => rate(entry.name),
      decays,
    });
    return [entry.name, path.at(-1)!] as const;
  });
  return Object.fromEntries(await Promise.all(paths));
}

function expectSame(ours: Record<string, number[]>, expected: Record<string, number[]>): void {
  for (const [name, values] of Object.entries(expected))
    expect([name, ours[name]]).toEqual([name, values.map((value) => expect.closeTo(value, 6))]);
}

const norm = (state: TrainingState) => Math.hypot(...state.sums) / 4;

describe("a layer-wise optimizer", () => {
  test("takes the norms of each parameter alone, whatever lies beside it", async () => {
    const optimizer = lars({ trustCoefficient: 0.5, weightDecay: 0.1 });
    expectSame(await trained(optimizer), await alone(optimizer, 1, () => 0.1));
  });

  test("of groups without decay leaves these at the plain step", async () => {
    const optimizer = withGroups(lars({ trustCoefficient: 0.5 }), model.parameters, { decayWeightsOnly: true });
    expectSame(await trained(optimizer), await alone(optimizer, 1, () => 0.1));
  });

  test("is bound once a parameter, and compiled once a size and group", async () => {
    const optimizer = withGroups(lars(), model.parameters, { decayWeightsOnly: true });
    const engine = counting(nativeEngine());
    const updater = await createUpdater(engine, optimizer, filled(optimizer));
    updater.release();
    // 21, 3, 6 and twice 2 elements; and one graph for the norm of all.
    expect(engine.loads()).toBe(5);
  });
});

describe("LAMB clips the global norm by itself", () => {
  const factor = 1 / norm(filled(lamb()));

  test.each([
    ["to 1", lamb({ weightDecay: 0.1 }), undefined, factor],
    ["to another bound", lamb({ largestNorm: 0.1 }), undefined, 0.1 * factor],
    ["not where it is shorter", lamb({ largestNorm: 100 }), undefined, 1],
    ["not at all with an infinite bound", lamb({ largestNorm: Number.POSITIVE_INFINITY }), undefined, 1],
    ["after the caller's bound, where that leaves more", lamb({ largestNorm: 0.5 }), 0.7, 0.5 * factor],
    ["and not again where that leaves less", lamb({ largestNorm: 0.5 }), 0.2, 0.2 * factor],
  ])("%s", async (_, optimizer, clipNorm, expected) => {
    expectSame(await trained(optimizer, 2, clipNorm), await alone(optimizer, expected, () => 0.1));
  });

  test("which the first moment shows, scaled exactly", async () => {
    const state = filled(lamb());
    const updater = await createUpdater(nativeEngine(), lamb(), state);
    await updater.step({ weight: 4, learningRate: 0.1, step: 1, clipNorm: undefined }, Number.NaN);
    updater.release();
    expect(Math.hypot(...state.moments.mean!)).toBeCloseTo(0.1, 6);
  });

  test("and an infinite norm stops training instead of freezing it", async () => {
    const state = filled(lamb());
    state.sums[0] = Number.POSITIVE_INFINITY;
    const updater = await createUpdater(nativeEngine(), lamb(), state);
    const step = updater.step({ weight: 4, learningRate: 0.1, step: 1, clipNorm: undefined }, Number.NaN);
    await expect(step).rejects.toThrow(DivergedError);
    updater.release();
  });
});

describe("groups", () => {
  const rules = { decayWeightsOnly: true, parameterRates: { "one.*": 0.5, "*.bias": 3, "norm.weight": 0 } };
  const rates: Record<string, number> = { "one.weight": 0.05, "one.bias": 0.3, "two.weight": 0.1, "norm.bias": 0.3 };

  test("have their own rate and decay, the last pattern that fits counting", async () => {
    const optimizer = withGroups(adamW({ weightDecay: 0.5 }), model.parameters, rules);
    const expected = await alone(optimizer, 1, (name) => rates[name] ?? 0);
    expectSame(await trained(optimizer), expected);
    const plain = await trained(adamW({ weightDecay: 0.5 }));
    for (const name of names.filter((name) => name !== "two.weight")) expect(plain[name]).not.toEqual(expected[name]);
    expect(plain["two.weight"]).toEqual(expected["two.weight"]);
  });

  test("frozen ones keep state and parameters", async () => {
    const optimizer = withGroups(sgd({ momentum: 0.9 }), model.parameters, {
      parameterRates: { "*": 0, "two.*": 1 },
    });
    const state = filled(optimizer);
    const before = state.parameters.slice();
    const updater = await createUpdater(nativeEngine(), optimizer, state);
    await updater.step({ weight: 4, learningRate: 0.1, step: 1, clipNorm: undefined }, Number.NaN);
    updater.release();
    for (const entry of state.layout.entries) {
      const moved = entry.name === "two.weight";
      expect(numbers(state.parameters, entry).join() !== numbers(before, entry).join()).toBe(moved);
      expect(numbers(state.moments.momentum!, entry).some((value) => value !== 0)).toBe(moved);
    }
  });

  test("cut the arrays only where they change", () => {
    const pieces = (optimizer: Optimizer, size: number) =>
      piecesOf(newTrainingState(model, optimizer).layout, optimizer, size).map(({ start, end }) => [start, end]);
    const biases = withGroups(sgd(), model.parameters, { decayWeightsOnly: true });
    expect(pieces(sgd(), 1000)).toEqual([[0, 96]]);
    expect(pieces(sgd(), 40)).toEqual([
      [0, 40],
      [40, 80],
      [80, 96],
    ]);
    expect(pieces(biases, 1000)).toEqual([
      [0, 32],
      [32, 48],
      [48, 64],
      [64, 96],
    ]);
    expect(pieces(biases, 20)).toEqual([
      [0, 20],
      [20, 32],
      [32, 48],
      [48, 64],
      [64, 84],
      [84, 96],
    ]);
    expect(pieces(lars(), 4)).toEqual([
      [0, 21],
      [32, 35],
      [48, 54],
      [64, 66],
      [80, 82],
    ]);
  });

  test("without rules the optimizer is what it was", () => {
    const optimizer = sgd();
    expect(withGroups(optimizer, model.parameters, {})).toBe(optimizer);
  });

  test.each([
    [
      { "three.*": 1 },
      'parameter rate: expected a pattern that fits a parameter, got "three.*"; the parameters are one.weight, one',
    ],
    [{ "one.bia": 1 }, 'got "one.bia"'],
    [{ "one?weight": 1 }, 'got "one?weight"'],
    [{ "*": -1 }, "parameter rate: expected * to be at least 0, got -1"],
  ])("refuse %j", (parameterRates, message) => {
    const make = () => withGroups(sgd(), model.parameters, { parameterRates });
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });
});

test("a state that starts elsewhere than at 0 does so in training", async () => {
  const optimizer = adagrad({ initialAccumulator: 0.3 });
  expectSame(await trained(optimizer), await alone(optimizer, 1, () => 0.1));
});
