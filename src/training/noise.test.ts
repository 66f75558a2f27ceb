import { describe, expect, test } from "vitest";
import { oracle } from "../../test/oracle.ts";
import { slowBatch, weightsOf } from "../../test/slowRegression.ts";
import { clouds, eventsOf, regression, tensorsAfter } from "../../test/training.ts";
import { createSampler } from "../data/sampler.ts";
import { mlp } from "../model/mlp.ts";
import { resnet } from "../model/resnet.ts";
import { adamW } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { gradientGraph } from "./graphs.ts";
import { examplesEvery } from "./noiseMemory.ts";
import { streams, type TrainingOptions } from "./options.ts";

const engine = nativeEngine();
const data = clouds(40);

const base: TrainingOptions = {
  model: regression(data),
  train: data,
  validation: clouds(10, [5], 3, 2),
  optimizer: sgd(),
  learningRate: 1e-9,
  window: [4, 4, 4],
  epochs: 1,
  checkpointEvery: 1,
  noiseScale: true,
  seed: 3,
  threads: 1,
  logEvery: 1,
};

/** A model so large that the norms of its examples are cheap. */
const pictures = clouds(40, [784]);
const wide = { model: mlp({ shape: [784], classes: 3 }, random(5)), train: pictures, validation: pictures };

const stepsOf = async (options: TrainingOptions) =>
  (await eventsOf(engine, options)).filter((event) => event.kind === "step");
const squared = (values: readonly number[]) => values.reduce((sum, value) => sum + value ** 2, 0);
const first = ({ train, window, seed }: TrainingOptions) =>
  [...createSampler({ size: train.size, window, random: random(seed, streams.sampling) }).epoch()][0]!;

/** tr Σ and |G|² of the whole data set as a population, from single examples. */
function truth() {
  const weights = weightsOf(base.model);
  const one = Array.from({ length: data.size }, (_, i) => slowBatch(weights, data, [i]).gradient);
  const all = slowBatch(weights, data, [...one.keys()]).gradient;
  const mean = one.reduce((sum, gradient) => sum + squared([...gradient]), 0) / data.size;
  const trace = ((mean - squared([...all])) * data.size) / (data.size - 1);
  return { trace, squaredNorm: squared([...all]) - trace / data.size };
}

describe("of a window of several micro-batches", () => {
  test("one step gives the moments of its first micro-batch and all of it", async () => {
    const [step] = await stepsOf(base);
    const window = first(base);
    const weights = weightsOf(base.model);
    const norm = (indices: readonly number[]) => squared([...slowBatch(weights, data, indices).gradient]);
    const [small, big] = [norm([...window[0]!]), norm(window.flatMap((batch) => [...batch]))];
    const trace = (small - big) / (1 / 4 - 1 / 12);
    expect(step!.traceCovariance! / trace).toBeCloseTo(1, 4);
    expect(step!.squaredGradientNorm! / ((12 * big - 4 * small) / 8)).toBeCloseTo(1, 4);
    expect(step!.microBatches).toBe(3);
  });

  test("of a model whose examples cost little, one step of five gives the moments of all its examples", async () => {
    const options = { ...base, ...wide, steps: 6, epochs: 9 };
    expect(examplesEvery(options)).toBe(5);
    const [steps, whole] = [await stepsOf(options), await stepsOf({ ...options, window: [12] })];
    for (const key of ["traceCovariance", "squaredGradientNorm"] as const)
      expect(steps[0]![key]! / whole[0]![key]!).toBeCloseTo(1, 3);
    const values = steps.map((step) => step.traceCovariance);
    expect(new Set(values.slice(0, 5)).size).toBe(1);
    expect(values[5]).not.toBe(values[4]);
  });

  test("many steps give the noise scale of the data", async () => {
    const { trace, squaredNorm } = truth();
    const steps = await stepsOf({ ...base, epochs: 150 });
    const last = steps.at(-1)!;
    expect(Math.abs(last.traceCovariance! / trace - 1)).toBeLessThan(0.15);
    expect(last.noiseScaleLow!).toBeLessThan(trace / squaredNorm);
    expect(last.noiseScaleHigh!).toBeGreaterThan(trace / squaredNorm);
    expect(Math.abs(last.noiseScale! / (trace / squaredNorm) - 1)).toBeLessThan(0.15);
  });
});

describe("of a window of one micro-batch", () => {
  test("now and then a step shows the moments of its examples", async () => {
    const options = { ...base, window: [8], epochs: 7 };
    const every = examplesEvery(options);
    expect(every).toBeGreaterThan(4);
    expect(every).toBeLessThan(32);
    const steps = await stepsOf(options);
    const indices = [...first(options)[0]!];
    const weights = weightsOf(base.model);
    const norms = indices.map((i) => squared([...slowBatch(weights, data, [i]).gradient]));
    const all = squared([...slowBatch(weights, data, indices).gradient]);
    const mean = norms.reduce((a, b) => a + b, 0) / 8;
    expect(steps[0]!.traceCovariance! / (((mean - all) * 8) / 7)).toBeCloseTo(1, 4);
    expect(steps[0]!.squaredGradientNorm! / ((8 * all - mean) / 7)).toBeCloseTo(1, 3);
    const values = steps.map((step) => step.traceCovariance);
    expect(new Set(values.slice(0, every)).size).toBe(1);
    expect(values[every]).not.toBe(values[every - 1]);
  });

  test("of examples that the data end cuts down shows nothing", async () => {
    // Of two windows an epoch the second is cut: it is never looked at.
    const few = clouds(12);
    const options = { ...base, train: few, window: [8], epochs: 20 };
    const values = (await stepsOf(options)).map((step) => step.traceCovariance);
    const every = examplesEvery(options);
    const shown = values.flatMap((value, step) => (value === values[step - 1] ? [] : [step]));
    expect(shown).toEqual(Array.from({ length: 40 }, (_, i) => i).filter((i) => i % every === 0 && i % 2 === 0));
  });

  test("of one example shows nothing", async () => {
    const [step] = await stepsOf({ ...base, window: [1], steps: 2 });
    expect(step).toMatchObject({ traceCovariance: Number.NaN, noiseScale: Number.NaN });
  });

  test("of a model that mixes examples shows nothing, and says why", async () => {
    const images = clouds(16, [3, 8, 8], 2);
    const model = resnet({ shape: [3, 8, 8], classes: 2 }, random(1), "20");
    const events = await eventsOf(engine, { ...base, model, train: images, validation: images, window: [8] });
    expect(events.at(-1)).toMatchObject({ kind: "end", unwatched: expect.stringContaining("BatchNormalization") });
    expect(events.find((event) => event.kind === "step")).toMatchObject({ noiseScale: Number.NaN });
  });
});

describe("watching changes no bit of the training", () => {
  const deep = { ...base, model: mlp({ shape: [5], classes: 3 }, random(5)), optimizer: adamW(), learningRate: 0.01 };
  test.each<[string, Partial<TrainingOptions>]>([
    ["windows of three", {}],
    ["windows of three of one example", { window: [1, 1, 1] }],
    ["windows of three, by examples", { ...wide, epochs: 3 }],
    ["windows of three, by examples in float16", { ...wide, epochs: 3, precision: "float16" }],
    ["windows of one", { window: [7], epochs: 6 }],
    ["float16", { precision: "float16", epochs: 2 }],
    ["float16 in windows of one", { precision: "float16", window: [4], epochs: 2 }],
    ["less memory", { gradientCheckpointing: true }],
    ["less memory in windows of one", { gradientCheckpointing: true, window: [4] }],
  ])("%s", async (_, change) => {
    const watched = await eventsOf(engine, { ...deep, ...change });
    const plain = await eventsOf(engine, { ...deep, ...change, noiseScale: false });
    expect(tensorsAfter(watched)).toEqual(tensorsAfter(plain));
    const steps = watched.filter((event) => event.kind === "step");
    expect(steps.at(-1)!.traceCovariance).toBeGreaterThan(0);
  });
});

test("less memory is still less memory where examples are watched", () => {
  const { model, x } = oracle("tiny_gpt");
  const count = (gradientCheckpointing: boolean) =>
    gradientGraph(model, x.shape[0]!, { accumulate: false, gradientCheckpointing, squaredNorms: x.shape[0]! }).nodes
      .length;
  expect(count(true)).toBeGreaterThan(1.1 * count(false));
});
