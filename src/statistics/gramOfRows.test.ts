import { expect, test } from "vitest";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";

// Lengths on both sides of the block border, odd and even numbers of rows.
test.each([
  [1, 5],
  [2, 1023],
  [3, 1024],
  [4, 1025],
  [7, 3000],
])("%d rows of %d numbers equal a plain sum of products", (count, length) => {
  const { normal } = random(count);
  const rows = Array.from({ length: count }, () => Float64Array.from({ length }, normal));
  const { products } = gramOfRows(rows, Array<number>(count).fill(1));
  rows.forEach((a, k) => {
    rows.forEach((b, l) => {
      const expected = a.reduce((sum, x, i) => sum + x * b[i]!, 0);
      expect(products[k * count + l]).toBeCloseTo(expected, 9);
      expect(products[k * count + l]).toBe(products[l * count + k]);
    });
  });
});

test("float32 rows are summed in float64", () => {
  // In float32, 2^24 + 1 + 1 + … stays 2^24.
  const row = new Float32Array(1001).fill(1);
  row[0] = 4096;
  expect(gramOfRows([row, row], [8, 8]).products[1]).toBe(2 ** 24 + 1000);
});

test("rows that cannot be compared and counts that count nothing are refused", () => {
  const rows = [new Float32Array(3), new Float32Array(4)];
  expect(() => gramOfRows(rows, [1, 1])).toThrow(ShapeError);
  expect(() => gramOfRows(rows, [1, 1])).toThrow(/^gramOfRows: expected rows of 3 numbers, got 4 in row 1; /);
  const equal = [new Float32Array(3), new Float32Array(3)];
  for (const counts of [[1], [1, 0], [1, -2], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]]) {
    expect(() => gramOfRows(equal, counts)).toThrow(UsageError);
    expect(() => gramOfRows(equal, counts)).toThrow(/^gramOfRows: expected 2 positive counts, got \[1.*\]; /);
  }
});
