import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { noiseRatio } from "./noiseRatio.ts";
import { noiseScale } from "./noiseScale.ts";

const width = 12;
const mean = (rows: readonly Float64Array[]) =>
  Float64Array.from({ length: width }, (_, d) => rows.reduce((sum, row) => sum + row[d]!, 0) / rows.length);
const square = (row: Float64Array) => row.reduce((sum, x) => sum + x * x, 0);
const distance = (a: Float64Array, b: Float64Array) => square(a.map((x, d) => x - b[d]!));
const examplesFrom = (seed: number, size: number, signal: number) => {
  const { normal } = random(seed);
  return Array.from({ length: size }, () => Float64Array.from({ length: width }, () => signal + normal()));
};
/** Means of `count` consecutive examples. */
const batches = (examples: readonly Float64Array[], count: number) =>
  Array.from({ length: examples.length / count }, (_, k) => mean(examples.slice(k * count, (k + 1) * count)));
const gramOf = (rows: readonly Float64Array[], count: number) =>
  gramOfRows(rows, Array<number>(rows.length).fill(count));

test("the plug-in ratio agrees with NumPy", () => {
  const path = new URL("../../test/fixtures/oracle/gradient_statistics.json", import.meta.url);
  const oracle = JSON.parse(readFileSync(path, "utf8"));
  const rows = oracle.gradients.map((row: number[]) => Float64Array.from(row));
  const ratio = noiseRatio(gramOf(rows, oracle.batch_size), oracle.dataset_size);
  expect(ratio.batchSize).toBe(oracle.batch_size);
  expect(Math.abs(ratio.plugIn / oracle.gns_plug_in - 1)).toBeLessThan(1e-10);
  // The rows hold all 96 examples, so that |G_D|² is ‖ḡ‖² and S²(1/B − 1/N) is the mean squared deviation.
  expect(Math.abs(ratio.finitePopulation / oracle.gns_plug_in - 1)).toBeLessThan(1e-10);
});

test("the plug-in ratio agrees with loops over the vectors when counts differ", () => {
  const rows = examplesFrom(1, 4, 0.5);
  const counts = [8, 8, 8, 3];
  const center = Float64Array.from(
    { length: width },
    (_, d) => rows.reduce((sum, row, k) => sum + counts[k]! * row[d]!, 0) / 27,
  );
  const expected = rows.reduce((sum, row) => sum + distance(row, center), 0) / 4 / square(center);
  expect(noiseRatio(gramOfRows(rows, counts), null).plugIn).toBeCloseTo(expected, 12);
});

test("the finite-population ratio is what drawing batches of the data set without replacement gives", () => {
  const examples = examplesFrom(2, 96, 0.4);
  const center = mean(examples);
  const { permutation } = random(3);
  const draws = Array.from({ length: 4000 }, () => {
    const order = permutation(96);
    const batch = mean(Array.from({ length: 24 }, (_, i) => examples[order[i]!]!));
    return distance(batch, center) / square(center);
  });
  const average = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const error = Math.sqrt(draws.reduce((sum, x) => sum + (x - average) ** 2, 0)) / draws.length;
  // From single examples S² and |G_D|² are exact; they are then moved to batches of 24 by hand.
  const single = noiseRatio(gramOf(examples, 1), 96).finitePopulation;
  const at24 = (single * (1 / 24 - 1 / 96)) / (1 - 1 / 96);
  expect(Math.abs(average - at24)).toBeLessThan(4 * error);
  // Without the correction it would be a third larger, which this test sees.
  expect(4 * error).toBeLessThan(at24 / 10);
});

test("the population ratio is the noise scale over the batch size, and needs a resolved one", () => {
  const clear = gramOf(batches(examplesFrom(4, 400, 0.5), 8), 8);
  expect(noiseScale(clear).resolved).toBe(true);
  expect(noiseRatio(clear, null).population).toBeCloseTo(noiseScale(clear).value / 8, 12);
  const hidden = gramOf(batches(examplesFrom(6, 80, 0.1), 8), 8);
  expect(noiseScale(hidden).value).toBeGreaterThan(0);
  expect(noiseScale(hidden).resolved).toBe(false);
  expect(noiseRatio(hidden, null).population).toBeNaN();
});

test("the finite-population ratio needs N and a gradient", () => {
  const rows = batches(examplesFrom(6, 64, 0.5), 8);
  expect(noiseRatio(gramOf(rows, 8), null).finitePopulation).toBeNaN();
  // Of a population without end it is that of fresh data.
  const endless = noiseRatio(gramOf(rows, 8), 1e15);
  expect(noiseScale(gramOf(rows, 8)).resolved).toBe(true);
  expect(endless.finitePopulation).toBeCloseTo(endless.population, 9);
  const center = mean(rows);
  const opposed = rows.map((row) => row.map((x, d) => x - center[d]!));
  expect(noiseRatio(gramOf(opposed, 8), 1e9).finitePopulation).toBeNaN();
});
