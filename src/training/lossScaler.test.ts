import { describe, expect, test } from "vitest";
import { arraysOf, checkpointsOf, clouds, eventsOf, regression, tensorsAfter } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import type { Model } from "../model/model.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { toNumbers, zeros } from "../tensor/tensor.ts";
import type { EndEvent } from "./events.ts";
import { createLossScaler } from "./lossScaler.ts";
import type { TrainingOptions } from "./options.ts";
import { newTrainingState } from "./state.ts";

const engine = nativeEngine();
const data = clouds(40);
const model = regression(data);

test("sums come back exactly, and one that is infinite or NaN anywhere is found", async () => {
  const state = newTrainingState(model, sgd());
  const scaler = await createLossScaler(engine, state, 12);
  // 65536 over the largest power of two up to 12.
  expect(scaler.factor.data[0]).toBe(8192);
  const sums = state.sums.map((_, i) => Math.fround(0.1 * i - 0.3));
  state.sums.set(sums.map((x) => x * 8192));
  expect(await scaler.unscale()).toBe(true);
  expect(state.sums).toEqual(sums);
  for (const [i, bad] of [Infinity, -Infinity, NaN].entries()) {
    state.sums.set(sums);
    state.sums[3 * i] = bad;
    expect(await scaler.unscale(), String(bad)).toBe(false);
    expect(scaler.current()).toEqual({ scale: 2 ** (15 - i), cleanSteps: 0 });
    expect(scaler.factor.data[0]).toBe(2 ** (12 - i));
  }
  scaler.release();
});

test("a sum that overflowed in any chunk is found", async () => {
  const state = { ...newTrainingState(model, sgd()), sums: new Float32Array(2 ** 18 + 5).fill(3) };
  const scaler = await createLossScaler(engine, state, 1);
  for (const at of [3, 2 ** 18 + 4]) {
    state.sums[at] = Infinity;
    expect(await scaler.unscale(), String(at)).toBe(false);
    state.sums[at] = 0;
  }
  expect(await scaler.unscale()).toBe(true);
  scaler.release();
});

/** The same clouds `factor` times as wide. */
function widened(factor: number): Dataset {
  return {
    ...data,
    read(indices, batch) {
      data.read(indices, batch);
      const [x] = arraysOf(batch);
      for (let i = 0; i < x.length; i++) x[i]! *= factor;
    },
  };
}

function optionsFor(train: Dataset, learningRate: number): TrainingOptions {
  const rest = { epochs: 2, checkpointEvery: 1, seed: 1, threads: 1, logEvery: 1, window: [4, 4, 2] };
  return { model, train, validation: train, optimizer: sgd(), learningRate, ...rest, precision: "float16" };
}

/** √ of a parameter's square: at 0 the value is 0 and the gradient NaN. */
function withInfiniteGradient(whole: Model): Model {
  return {
    ...whole,
    parameters: [...whole.parameters, { name: "zero", initial: zeros("float32", [1]) }],
    forward(g, io) {
      const { logits, state } = whole.forward(g, io);
      const zero = io.parameters.zero!;
      return { logits: g.add(logits, g.sqrt(g.mul(zero, zero))), state };
    },
  };
}

const endOf = (events: readonly { kind: string }[]) => events.find(({ kind }) => kind === "end") as EndEvent;

describe("training in float16", () => {
  test("stays near float32 while nothing overflows, and counts clean steps", async () => {
    const options = optionsFor(data, 0.1);
    const events = await eventsOf(engine, { ...options, clipNorm: 1 });
    const plain = tensorsAfter(await eventsOf(engine, { ...options, clipNorm: 1, precision: "float32" }));
    for (const [name, value] of Object.entries(tensorsAfter(events))) {
      const expected = toNumbers(plain[name]!);
      const error = Math.max(...toNumbers(value).map((x, i) => Math.abs(x - expected[i]!)));
      expect(error).toBeLessThan(2e-3);
      expect(error).toBeGreaterThan(0);
    }
    expect(endOf(events).skippedSteps).toBe(0);
  });

  test("a window that overflows makes no step, and the next has half the scale", async () => {
    // Gradients of about 65536 · 200 / 8 per example: beyond 65504 until the scale has fallen far enough.
    const wide = widened(200);
    const events = await eventsOf(engine, optionsFor(wide, 1e-6));
    const { skippedSteps, step } = endOf(events);
    expect(skippedSteps).toBeGreaterThan(2);
    expect(skippedSteps! + step).toBe(8);
    const steps = events.filter((event) => event.kind === "step");
    expect(steps.map((record) => record.step)).toEqual(Array.from({ length: step }, (_, i) => i + 1));
    expect(steps.every((record) => Number.isFinite(record.gradientNorm))).toBe(true);
    const { metadata } = decodeSafetensors(checkpointsOf(events).at(-1)!.bytes, "checkpoint");
    expect(JSON.parse(metadata.batchscope!).lossScale).toEqual({ scale: 2 ** (16 - skippedSteps!), cleanSteps: step });
  });

  test("a skipped window leaves every parameter as it was", async () => {
    const one = { ...optionsFor(widened(200), 1e-6), epochs: 1, window: [40] };
    const events = await eventsOf(engine, one);
    expect(endOf(events)).toMatchObject({ skippedSteps: 1, step: 0, examples: 40 });
    const after = tensorsAfter(events);
    for (const { name, initial } of model.parameters) expect(after[name]).toEqual(initial);
  });

  test("gradients that no scale makes finite end training", async () => {
    const options = { ...optionsFor(data, 0.1), epochs: 100, window: [40], model: withInfiniteGradient(model) };
    await expect(eventsOf(engine, options)).rejects.toThrow(
      /^train: expected finite float16 gradients, got infinite ones in epoch 41 after step 0 at every loss scale; lower/,
    );
  });
});
