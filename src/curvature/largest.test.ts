import { expect, test } from "vitest";
import { operatorOf, rotated } from "../../test/matrices.ts";
import { largestEigenvalue } from "./largest.ts";

const spectra: readonly [string, readonly number[]][] = [
  ["both signs, the negative end larger", Array.from({ length: 90 }, (_, i) => i / 30 - 2)],
  ["fast decay", Array.from({ length: 90 }, (_, i) => 10 / 1.5 ** i)],
  ["repeated at the top", [...Array.from({ length: 60 }, (_, i) => i / 60), 5, 5, 5]],
  ["low rank", [...Array<number>(70).fill(0), 1, 2, -1]],
];

test.each(spectra)("%s: the interval holds the largest eigenvalue", async (_, values) => {
  const matrix = rotated(values, 1);
  const largest = Math.max(...values);
  let told = 0;
  const found = await largestEigenvalue(
    {
      size: values.length,
      async addProduct(vector, into) {
        const product = await operatorOf(matrix).apply(Float64Array.from(vector));
        for (let i = 0; i < into.length; i++) into[i]! += product[i]!;
      },
    },
    { tolerance: 1e-3, progress: (products) => (told = products) },
  );
  const rounding = 1e-5 * largest;
  expect(found.lower - rounding).toBeLessThan(largest);
  expect(found.upper + rounding).toBeGreaterThan(largest);
  expect(found.residual).toBeLessThan(0.01 * Math.max(...values.map(Math.abs)));
  expect(Math.abs(found.value - largest)).toBeLessThan(1e-3 * largest);
  expect(told).toBe(found.products);
});

test("a single step is refused", async () => {
  const operator = { size: 3, addProduct: async () => {} };
  await expect(largestEigenvalue(operator, { steps: 1 })).rejects.toThrow("expected at least 2 steps, got 1");
});
