import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { operatorOf, rotated } from "../../test/matrices.ts";
import { random } from "../tensor/random.ts";
import type { Spectrum } from "./certified.ts";
import { preconditioned, restricted, type SymmetricOperator } from "./operator.ts";
import { eigenvaluesOf } from "./spectrum.ts";

const exact = (matrix: Matrix) =>
  new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).realEigenvalues.slice().sort((a, b) => a - b);

function requireHonest({ largest, smallest, enclosure, negative, positive }: Spectrum, values: readonly number[]) {
  for (const { lower, upper } of [...largest, ...smallest])
    expect(values.some((value) => value >= lower && value <= upper)).toBe(true);
  expect(enclosure.lower).toBeLessThanOrEqual(values[0]!);
  expect(enclosure.upper).toBeGreaterThanOrEqual(values.at(-1)!);
  expect(negative).toBeLessThanOrEqual(values.filter((value) => value < 0).length);
  expect(positive).toBeLessThanOrEqual(values.filter((value) => value > 0).length);
}

const spectra: readonly [string, readonly number[]][] = [
  ["both signs, spread evenly", Array.from({ length: 80 }, (_, i) => i / 20 - 1)],
  ["fast decay and a bulk at 0", Array.from({ length: 90 }, (_, i) => (i < 6 ? 10 / 2 ** i : 1e-4 * Math.cos(i)))],
  ["repeated ends", [-3, -3, ...Array.from({ length: 60 }, (_, i) => i / 60), 5, 5, 5]],
  ["low rank", [...Array<number>(70).fill(0), 1, 2, -1]],
];

describe.each(spectra)("%s", (_, values) => {
  const matrix = rotated(values, 1);
  const known = exact(matrix);

  test.each([
    ["whole", { products: known.length }],
    ["Lanczos", { dense: 0, products: 60 }],
    ["Lanczos that restarts", { dense: 0, products: 80, vectors: 14 }],
    ["Lanczos that is cut short", { dense: 0, products: 20 }],
  ])("%s: every interval holds an eigenvalue", async (name, options) => {
    const spectrum = await eigenvaluesOf(operatorOf(matrix), options);
    requireHonest(spectrum, known);
    if (name === "whole") {
      expect(spectrum.complete).toHaveLength(known.length);
      // Eigenvalues that are 0 to rounding have no sign.
      expect(spectrum.negative).toBe(known.filter((value) => value < -1e-9).length);
      expect(spectrum.positive).toBe(known.filter((value) => value > 1e-9).length);
    }
    expect(spectrum.products).toBeLessThanOrEqual(options.products);
    if (name === "Lanczos that is cut short") return;
    const tolerance = 2e-4 * Math.max(...known.map(Math.abs));
    expect(Math.abs(spectrum.largest[0]!.value - known.at(-1)!)).toBeLessThan(tolerance);
    expect(Math.abs(spectrum.smallest[0]!.value - known[0]!)).toBeLessThan(tolerance);
  });
});

test("of the largest alone nothing is certified at the other end", async () => {
  const matrix = rotated(
    Array.from({ length: 80 }, (_, i) => (i === 79 ? 40 : Math.sin(i))),
    2,
  );
  const search = { dense: 0, products: 60, count: 1 };
  const both = await eigenvaluesOf(operatorOf(matrix), search);
  const one = await eigenvaluesOf(operatorOf(matrix), { ...search, until: "largest" });
  expect([one.largest.length, one.smallest, both.smallest.length]).toEqual([1, [], 1]);
  expect(one.largest[0]!.value).toBeCloseTo(both.largest[0]!.value, 3);
  expect(one.products).toBeLessThan(both.products);
});

test("the rounding of products widens the intervals so that they still hold an eigenvalue", async () => {
  const matrix = rotated(
    Array.from({ length: 70 }, (_, i) => 1 / (1 + i)),
    2,
  );
  const { normal } = random(3);
  const error = 1e-3;
  const noisy: SymmetricOperator = {
    size: 70,
    async apply(v) {
      const product = await operatorOf(matrix).apply(v);
      const noise = product.map(() => normal());
      const length = Math.hypot(...noise) / Math.hypot(...v);
      return product.map((x, i) => x + (error * noise[i]!) / length);
    },
    rounding: async () => error,
  };
  for (const options of [{}, { dense: 0, products: 40 }]) {
    const { largest, smallest } = await eigenvaluesOf(noisy, options);
    for (const { value, lower, upper } of [...largest, ...smallest]) {
      expect(exact(matrix).some((one) => one >= lower && one <= upper)).toBe(true);
      expect(upper - value).toBeGreaterThanOrEqual(error);
    }
  }
});

test("a block and a rescaled matrix are what the dense ones are", async () => {
  const matrix = rotated([3, 1, -2, 0.5, 4, -1], 4);
  const ranges = [
    { offset: 1, length: 2 },
    { offset: 4, length: 1 },
  ];
  const rows = [1, 2, 4];
  const block = await eigenvaluesOf(restricted(operatorOf(matrix), ranges));
  const expected = exact(matrix.selection(rows, rows));
  [...block.complete!].forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12);
  });
  const diagonal = Float64Array.of(1, 4, 0.25, 9, 1, 2);
  const root = Matrix.diagonal([...diagonal].map(Math.sqrt));
  const scaled = await eigenvaluesOf(preconditioned(operatorOf(matrix), diagonal));
  const dense = exact(root.mmul(matrix).mmul(root));
  [...scaled.complete!].forEach((value, i) => {
    expect(value).toBeCloseTo(dense[i]!, 12);
  });
});

test.each([
  [{ count: 0 }, "expected a whole number of at least 1 as count, got 0"],
  [{ dense: 0, products: 8 }, "expected at least 12 products for 3 eigenvalues at each end, got 8"],
])("%j is refused", async (options, message) => {
  await expect(eigenvaluesOf(operatorOf(rotated([1, 2, 3], 1)), options)).rejects.toThrow(message);
});

test("the same start gives the same bits, and a spent budget ends with what there is", async () => {
  const matrix = rotated(spectra[0]![1], 5);
  const options = { dense: 0, products: 40 };
  const [one, other] = [
    await eigenvaluesOf(operatorOf(matrix), options),
    await eigenvaluesOf(operatorOf(matrix), options),
  ];
  expect(one.largest).toEqual(other.largest);
  let products = 0;
  const cut = await eigenvaluesOf(operatorOf(matrix), { ...options, isOver: () => ++products >= 7 });
  // One at each end is certified.
  expect([cut.products, cut.largest.length, cut.smallest.length]).toEqual([7 + 2, 1, 1]);
  requireHonest(cut, exact(matrix));
});
