import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { clouds } from "../../test/training.ts";
import { newBatch } from "../data/dataset.ts";
import { linear, relu, sequential } from "../model/layers.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { gradientSignalToNoise, sumCoordinates } from "../statistics/signalToNoise.ts";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { gradientGraph, gradientName } from "../training/graphs.ts";
import { coordinateStride } from "../training/rowGraphs.ts";
import { modelTensors, newTrainingState } from "../training/state.ts";
import { coordinateMeter, signalOf } from "./coordinates.ts";
import { type GramMeter, type GramOptions, gramMeter } from "./gram.ts";

const native = nativeEngine();
const input = { name: "x", type: "float32", shape: [40] } as const;
const layers = [linear("hidden", 40, 300, random(1)), relu, linear("output", 300, 3, random(1))];
const model = sequential("wide", input, layers);
const data = clouds(2000, [40]);

/** The moments of the same coordinates, one mini-batch after the other in float64. */
async function slowly({ groups, batchSize, indices }: GramOptions) {
  const graph = gradientGraph(model, batchSize, { accumulate: false, mode: "evaluation" });
  const state = newTrainingState(model, sgd());
  const feeds = Array.from({ length: groups }, (_, k) => {
    const batch = newBatch(data, batchSize);
    data.read(indices.subarray(k * batchSize, (k + 1) * batchSize), batch);
    return { ...modelTensors(state), ...batch };
  });
  const rows = await evaluateOn(openReference(native))(graph, feeds);
  return new Map(
    model.parameters.map(({ name, initial }, parameter) => {
      const stride = coordinateStride(initial.shape);
      const chosen = rows.map((row) => toNumbers(row[gradientName(name)]!).filter((_, i) => i % stride === 0));
      const mean = chosen[0]!.map((_, i) => chosen.reduce((sum, row) => sum + row[i]! / batchSize, 0) / groups);
      const spread = mean.map(
        (m, i) => chosen.reduce((sum, row) => sum + (row[i]! / batchSize - m) ** 2, 0) / (groups - 1),
      );
      const variance = Float64Array.from(spread, (s) => batchSize * s);
      return [parameter, sumCoordinates({ mean: Float64Array.from(mean), variance })];
    }),
  );
}

// 12,000 + 900 numbers in matrices; a row of 7 examples takes 145 kB to form and 53 kB to keep.
test.each<[GramMeter["way"], string, Partial<GramOptions>, number]>([
  ["one pass", "that spares the rows", { groups: 20, batchSize: 1 }, 1],
  ["one pass", "that forms rows", { groups: 10, batchSize: 60 }, 1],
  ["blocks of rows", "", { groups: 60, memoryBudget: 6_000_000 }, 1],
  ["blocks of rows", "in passes", { groups: 60, memoryBudget: 2_000_000 }, 3],
  ["blocks of rows", "of which sketches are kept", { groups: 60, memoryBudget: 2_000_000, products: "sketch" }, 1],
  ["batch by batch", "", { groups: 4, batchSize: 500, memoryBudget: 500_000 }, 1],
])("%s %s sees the coordinates that a slower calculation sees", async (way, _, change, passes) => {
  const { groups = 60, batchSize = 7 } = change;
  const indices = random(9)
    .permutation(data.size)
    .subarray(0, groups * batchSize);
  const fixed = { groups, batchSize, indices, mode: "evaluation", threads: 1, memoryBudget: 2 ** 30 } as const;
  const options = { ...fixed, ...change, coordinates: true };
  const meter = await gramMeter(native, model, newTrainingState(model, sgd()), data, options);
  expect([meter.way, meter.passes]).toEqual([way, passes]);
  const { coordinates } = await meter.measure();
  const slow = await slowly(options);
  for (const [parameter, expected] of slow) {
    const found = coordinates.get(parameter)!;
    expect(found.coordinates).toBe(expected.coordinates);
    expect(found.varying).toBe(expected.varying);
    expect(found.ratios / expected.ratios).toBeCloseTo(1, 3);
  }
  expect(slow.get(0)!.coordinates).toBe(Math.ceil(12_000 / 7));
  expect(await meter.measure()).toMatchObject({ coordinates });
  meter.release();
});

test("a model's ratio is that of its coordinates, those of large parameters standing for more", () => {
  const about = { rows: 10, examples: 100 };
  const whole = new Map(
    model.parameters.map(({ initial }, parameter) => {
      const coordinates = Math.ceil(initial.shape.reduce((a, b) => a * b, 1) / coordinateStride(initial.shape));
      return [parameter, { coordinates, varying: coordinates, ratios: (parameter + 1) * coordinates }];
    }),
  );
  const [hidden, hiddenBias, output, outputBias] = [12_000, 300, 900, 3];
  const numbers = hidden + hiddenBias + output + outputBias;
  const ratio = (hidden + 2 * hiddenBias + 3 * output + 4 * outputBias) / numbers;
  const found = signalOf(model, whole, about)!;
  expect(found.plugIn).toBeCloseTo(ratio, 10);
  expect(found).toMatchObject({ silent: 0, coordinates: Math.ceil(12_000 / 7) + 300 + 900 + 3 });
  const output_ = signalOf(model, whole, about, (parameter) => parameter > 1)!;
  const sums = { coordinates: 903, varying: 903, ratios: 3 * 900 + 4 * 3 };
  expect(output_).toEqual({ ...gradientSignalToNoise(sums, about), coordinates: 903 });
  expect(signalOf(model, new Map([[0, whole.get(0)!]]), about)).toBeNull();
});

test("rows are divided by their own weights, and a coordinate that never varies is silent", () => {
  const range = { parameter: 3, from: 0, to: 3 };
  const meter = coordinateMeter(model, [range], { groups: 3, batchSize: 4 });
  meter.addRow(0, 3, Float32Array.of(2, 0.75, 0), 2);
  meter.addRow(1, 3, Float32Array.of(8, 1.5, 0), 4);
  meter.addRow(2, 3, Float32Array.of(3, 0.375, 0), 1);
  // Means 1, 2, 3 of the first coordinate: mean 2, and variance 4 · 1 of one example.
  expect(meter.sums().get(3)).toEqual({ coordinates: 3, varying: 1, ratios: 1 });
});

test.each([
  [[64, 64], 1],
  [[784, 256], 51],
  [[50_257, 768], 9427],
  [[10, 4096], 11],
  [[], 1],
])("coordinates of %j are %i apart", (shape, stride) => {
  expect(coordinateStride(shape)).toBe(stride);
});
