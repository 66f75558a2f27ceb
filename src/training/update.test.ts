import { describe, expect, test } from "vitest";
import { counting } from "../../test/countingEngine.ts";
import type { Model } from "../model/model.ts";
import { adam } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, zeros } from "../tensor/tensor.ts";
import { newTrainingState, type TrainingState } from "./state.ts";
import { createUpdater } from "./update.ts";

/** Two parameters that need three chunks of 2^18, of two lengths; the gap between them is padding. */
const sizes = [2 ** 18 + 5, 2 ** 18 + 100];
const model: Model = {
  name: "wide",
  inputs: [],
  parameters: sizes.map((size, i) => ({ name: `p${i}`, initial: zeros("float32", [size]) })),
  state: [],
  forward: () => {
    throw new Error("not run");
  },
};

function filled(optimizer: Parameters<typeof newTrainingState>[1]): TrainingState {
  const state = newTrainingState(model, optimizer);
  const generator = random(4);
  for (const { offset, shape } of state.layout.entries)
    for (let i = offset; i < offset + shape[0]!; i++) {
      state.parameters[i] = generator.uniform();
      state.sums[i] = generator.uniform() - 0.5;
    }
  return state;
}

test("the norm is that of the mean gradient over all chunks", async () => {
  const state = filled(sgd());
  const updater = await createUpdater(nativeEngine(), sgd(), state);
  const squares = state.sums.reduce((sum, value) => sum + (value / 12) ** 2, 0);
  expect((await updater.gradientNorm(12)) / Math.sqrt(squares)).toBeCloseTo(1, 5);
  updater.release();
});

describe.each([
  ["without clipping", undefined],
  ["with clipping to half the norm", 0.5],
  ["with a bound above the norm", 2],
])("momentum over three chunks, %s", (_, bound) => {
  test("is the plain loop, element by element", async () => {
    const optimizer = sgd({ momentum: 0.9 });
    const state = filled(optimizer);
    const weight = 12;
    const [parameters, momentum] = [Float64Array.from(state.parameters), new Float64Array(state.layout.length)];
    const norm = Math.sqrt(state.sums.reduce((sum, value) => sum + value ** 2, 0)) / weight;
    const clipNorm = bound === undefined ? undefined : bound * norm;
    const factor = Math.min(1, bound ?? 1) / weight;
    const updater = await createUpdater(nativeEngine(), optimizer, state);
    for (const [i, learningRate] of [0.1, 0.2].entries()) {
      await updater.step({ weight, learningRate, step: i + 1, clipNorm }, await updater.gradientNorm(weight));
      parameters.forEach((value, at) => {
        momentum[at] = 0.9 * momentum[at]! + factor * state.sums[at]!;
        parameters[at] = value - learningRate * momentum[at]!;
      });
    }
    updater.release();
    const worst = parameters.reduce((most, value, i) => Math.max(most, Math.abs(value - state.parameters[i]!)), 0);
    expect(worst).toBeLessThan(1e-6);
  });
});

test("a zero gradient is not clipped to a number that is none", async () => {
  const state = newTrainingState(model, sgd());
  state.parameters.fill(1);
  const updater = await createUpdater(nativeEngine(), sgd(), state);
  await updater.step({ weight: 3, learningRate: 1, step: 1, clipNorm: 1 }, await updater.gradientNorm(3));
  updater.release();
  expect(state.parameters.every((value) => value === 1)).toBe(true);
});

test("a tiny gradient is clipped as by torch.nn.utils.clip_grad_norm_: by c/(norm + 1e-6)", async () => {
  const state = newTrainingState(model, sgd());
  state.sums[0] = 1e-5;
  const updater = await createUpdater(nativeEngine(), sgd(), state);
  await updater.step({ weight: 1, learningRate: 1, step: 1, clipNorm: 5e-6 }, await updater.gradientNorm(1));
  updater.release();
  expect(state.parameters[0]! / ((-1e-5 * 5e-6) / 1.1e-5)).toBeCloseTo(1, 5);
});

test("no step compiles anything: two graphs for each chunk length serve all", async () => {
  const engine = counting(nativeEngine());
  const state = filled(adam());
  const updater = await createUpdater(engine, adam(), state);
  const loads = engine.loads();
  expect(loads).toBe(4);
  for (const step of [1, 2, 3]) {
    const norm = await updater.gradientNorm(step);
    await updater.step({ weight: step, learningRate: 1 / step, step, clipNorm: step }, norm);
  }
  updater.release();
  expect(engine.loads()).toBe(loads);
});

test("what lies between two parameters stays 0", async () => {
  const state = filled(adam({ weightDecay: 0.1 }));
  const updater = await createUpdater(nativeEngine(), adam({ weightDecay: 0.1 }), state);
  await updater.step({ weight: 1, learningRate: 1, step: 1, clipNorm: undefined }, 1);
  updater.release();
  const [first, second] = state.layout.entries;
  const gap = state.parameters.subarray(first!.offset + sizes[0]!, second!.offset);
  expect(gap.length).toBe(11);
  expect(gap).toEqual(fromNumbers("float32", [11], Array(11).fill(0)).data);
});
