import { describe, expect, test } from "vitest";
import { operatorOf, rotated } from "../../test/matrices.ts";
import { random } from "../tensor/random.ts";
import { spectralDensity } from "./density.ts";
import { diagonalOf } from "./diagonal.ts";
import type { SymmetricOperator } from "./operator.ts";
import { traceOf } from "./trace.ts";

/** Diagonal matrices are as good as any, as the test vectors have no direction. */
const diagonalMatrix = (values: readonly number[]): SymmetricOperator => ({
  size: values.length,
  apply: async (v) => v.map((x, i) => x * values[i]!),
});
const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);

const decays: readonly [string, readonly number[]][] = [
  ["geometric decay", Array.from({ length: 300 }, (_, i) => 0.8 ** i)],
  ["power decay", Array.from({ length: 300 }, (_, i) => (1 + i) ** -2)],
  [
    "a few large ones above a bulk of both signs",
    Array.from({ length: 300 }, (_, i) => (i < 8 ? 10 - i : 0.01 * Math.sin(i))),
  ],
];

/** Mean of vᵀHv over random signs. */
async function hutchinson(operator: SymmetricOperator, products: number, seed: number): Promise<number> {
  return (await diagonalOf(operator, { products, seed, parts: [[{ offset: 0, length: operator.size }]] })).sums[0]!
    .value;
}

describe.each(decays)("%s", (_, values) => {
  test("60 products: an error of at most a third of Hutchinson's", async () => {
    const matrix = rotated(values, 1);
    const [ours, his]: [number[], number[]] = [[], []];
    for (let seed = 1; seed <= 12; seed++) {
      ours.push((await traceOf(operatorOf(matrix), { seed })).value - sum(values));
      his.push((await hutchinson(operatorOf(matrix), 60, seed)) - sum(values));
    }
    const [own, other] = [ours, his].map((errors) => Math.sqrt(sum(errors.map((x) => x * x))));
    expect(own!).toBeLessThan(other! / 3);
  });
});

const spectra: readonly [string, (i: number) => number][] = [
  ["flat", (i) => 1 + Math.sin(i)],
  ["exponential decay", (i) => 0.9 ** i],
  ["power law", (i) => 1 / (1 + i)],
  ["spikes above a bulk", (i) => (i < 8 ? 10 - i : 0.01 * Math.sin(i))],
  ["both signs", (i) => (i % 2 === 0 ? 1 : -1) / Math.sqrt(1 + i)],
];

test.each(spectra)("%s: the interval holds the trace about as often as it says", async (_, at) => {
  const values = Array.from({ length: 100 }, (_, i) => at(i));
  let held = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const { lower, upper } = await traceOf(diagonalMatrix(values), { seed, products: 30 });
    if (lower <= sum(values) && sum(values) <= upper) held++;
  }
  // At 95 % it is fewer than 180 once in 700 times, and all 200 once in 30,000.
  expect(held).toBeGreaterThanOrEqual(180);
  expect(held).toBeLessThan(200);
});

test("an estimate that is cut short rests on the products that there were", async () => {
  const values = Array.from({ length: 150 }, (_, i) => 0.9 ** i);
  const cut = await traceOf(diagonalMatrix(values), { isOver: () => true });
  expect(cut.products).toBe(4);
  expect(cut.lower).toBeLessThan(sum(values));
  expect(cut.upper).toBeGreaterThan(sum(values));
});

test("small and low-rank matrices are exact", async () => {
  const values = [3, -1, 2];
  expect(await traceOf(operatorOf(rotated(values, 2)))).toMatchObject({
    value: expect.closeTo(4, 12),
    lower: expect.closeTo(4, 11),
    upper: expect.closeTo(4, 11),
    error: 0,
    products: 3,
  });
  const low = Array.from({ length: 200 }, (_, i) => (i < 5 ? i + 1 : 0));
  const { value, lower, upper } = await traceOf(diagonalMatrix(low));
  expect(value).toBeCloseTo(15, 8);
  expect(upper - lower).toBeLessThan(1e-6);
  expect((await traceOf(diagonalMatrix(Array<number>(200).fill(0)))).value).toBeCloseTo(0, 100);
});

test("too few products are refused", async () => {
  await expect(traceOf(diagonalMatrix([1]), { products: 3 })).rejects.toThrow("expected at least 4 products, got 3");
  await expect(diagonalOf(diagonalMatrix([1]), { products: 1 })).rejects.toThrow("expected at least 2 products, got 1");
});

test("the diagonal and its sums lie in their intervals about as often as they say", async () => {
  const { normal } = random(5);
  const matrix = rotated(
    Array.from({ length: 120 }, () => normal()),
    3,
  );
  const part = [
    { offset: 0, length: 30 },
    { offset: 60, length: 10 },
  ];
  const found = await diagonalOf(operatorOf(matrix), { products: 80, parts: [part] });
  const held = matrix.diagonal().filter((x, i) => x >= found.lower[i]! && x <= found.upper[i]!).length;
  expect(held).toBeGreaterThanOrEqual(106);
  const truth = sum(matrix.diagonal().filter((_, i) => i < 30 || (i >= 60 && i < 70)));
  expect(found.sums[0]!.lower).toBeLessThan(truth);
  expect(found.sums[0]!.upper).toBeGreaterThan(truth);
  expect(sum([...found.value.filter((_, i) => i < 30 || (i >= 60 && i < 70))])).toBeCloseTo(found.sums[0]!.value, 10);
});

test("the density has area 1, the right share below 0 and the bulk where it is", async () => {
  const values = Array.from({ length: 400 }, (_, i) => (i < 100 ? -1 - i / 1000 : i < 390 ? 0.001 * (i % 7) : 5));
  const density = await spectralDensity(diagonalMatrix(values), { repetitions: 8 });
  const step = density.at[1]! - density.at[0]!;
  expect(sum([...density.value]) * step).toBeCloseTo(1, 2);
  expect(density.negativeShare.lower).toBeLessThan(0.25);
  expect(density.negativeShare.upper).toBeGreaterThan(0.25);
  expect(density.negativeShare.upper - density.negativeShare.lower).toBeLessThan(0.1);
  const peak = density.at[density.value.indexOf(Math.max(...density.value))]!;
  expect(Math.abs(peak)).toBeLessThan(2 * density.width);
});
