import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { batchAdequacy } from "./batchAdequacy.ts";
import { gramOfRows } from "./gramOfRows.ts";

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);
const spread = [2, 1, 0.5, 0.3, 0.1];

function drawRows(counts: readonly number[], signal: number, normal: () => number): number[][] {
  return counts.map((count) => spread.map((s) => signal + (s / Math.sqrt(count)) * normal()));
}
const gramOf = (rows: readonly (readonly number[])[], counts: readonly number[]) =>
  gramOfRows(
    rows.map((row) => Float64Array.from(row)),
    counts,
  );

test("one example per row gives the papers' sums over vectors", () => {
  const n = 20;
  const counts = Array<number>(n).fill(1);
  const rows = drawRows(counts, 0.4, random(1).normal);
  const mean = spread.map((_, d) => sum(rows.map((row) => row[d]!)) / n);
  const squared = dot(mean, mean);
  const deviation = rows.map((row) => row.map((x, d) => x - mean[d]!));
  const along = rows.map((row) => dot(row, mean));
  const across = rows.map((row, i) => row.map((x, d) => x - (along[i]! / squared) * mean[d]!));
  const result = batchAdequacy(gramOf(rows, counts));
  expect(result.examples).toBe(n);
  expect(result.norm).toBeCloseTo(Math.sqrt(sum(deviation.map((v) => dot(v, v))) / (n - 1) / n / squared), 10);
  expect(result.innerProduct).toBeCloseTo(
    Math.sqrt(sum(along.map((a) => (a - squared) ** 2)) / (n - 1) / n) / squared,
    10,
  );
  expect(result.orthogonality).toBeCloseTo(Math.sqrt(sum(across.map((v) => dot(v, v))) / (n - 1) / n / squared), 10);
  expect(result.norm ** 2).toBeCloseTo(result.innerProduct ** 2 + result.orthogonality ** 2, 10);
});

test("rows of several examples estimate the same numbers", () => {
  const { normal } = random(2);
  const average = (counts: readonly number[]) => {
    const draws = Array.from({ length: 400 }, () => batchAdequacy(gramOf(drawRows(counts, 0.8, normal), counts)));
    return (["norm", "innerProduct", "orthogonality"] as const).map((key) => sum(draws.map((draw) => draw[key])) / 400);
  };
  const single = average(Array<number>(120).fill(1));
  const ragged = average([...Array<number>(14).fill(8), 6, 2]);
  single.forEach((value, i) => {
    expect(ragged[i]! / value).toBeGreaterThan(0.95);
    expect(ragged[i]! / value).toBeLessThan(1.05);
  });
});

test("without a gradient the norm test is about one, and without rows that differ it is zero", () => {
  const { normal } = random(3);
  const counts = Array<number>(64).fill(4);
  const draws = Array.from(
    { length: 300 },
    () => batchAdequacy(gramOf(drawRows(counts, 0, normal), counts)).norm ** -2,
  );
  expect(sum(draws) / 300).toBeGreaterThan(0.9);
  expect(sum(draws) / 300).toBeLessThan(1.1);
  const same = batchAdequacy(
    gramOf(
      counts.map(() => [3, 4]),
      counts,
    ),
  );
  expect(same.norm).toBeCloseTo(0, 6);
  expect(batchAdequacy(gramOf([[1, 2]], [4])).norm).toBeNaN();
  expect(batchAdequacy(gramOf([[0], [0]], [4, 4])).norm).toBeNaN();
});
