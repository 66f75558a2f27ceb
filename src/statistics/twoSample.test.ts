import { describe, expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { twoSampleAuc } from "./twoSample.ts";

const sample = (seed: number, n: number, width: number, make: (x: number, j: number) => number) => {
  const draw = random(seed);
  return Array.from({ length: n }, () => Float64Array.from({ length: width }, (_, j) => make(draw.normal(), j)));
};

describe("two samples", () => {
  test.each<[string, (x: number, j: number) => number, number, number]>([
    // Φ(δ/√2) of a shift of δ deviations.
    ["with a shifted mean", (x, j) => x + (j === 0 ? 2 : 0), 0.88, 0.95],
    ["with a wider spread", (x) => 2 * x, 0.85, 0.99],
  ])("%s are told apart", (_, make, low, high) => {
    const found = twoSampleAuc(
      sample(1, 400, 6, (x) => x),
      sample(2, 400, 6, make),
    )!;
    expect(found.value).toBeGreaterThan(low);
    expect(found.value).toBeLessThan(high);
    expect(found.lower).toBeGreaterThan(0.6);
  });

  test("of one distribution are not, in 95 % of the draws or so", () => {
    const found = Array.from(
      { length: 40 },
      (_, i) =>
        twoSampleAuc(
          sample(10 + i, 150, 5, (x) => x),
          sample(100 + i, 150, 5, (x) => x),
        )!,
    );
    expect(found.filter(({ lower, upper }) => lower <= 0.5 && upper >= 0.5).length).toBeGreaterThanOrEqual(36);
    expect(found.every(({ lower }) => lower < 0.6)).toBe(true);
  });

  test("of constant columns are alike, of too few rows unknown", () => {
    const rows = sample(0, 30, 3, () => 4);
    expect(twoSampleAuc(rows, rows)!.value).toBe(0.5);
    expect(twoSampleAuc(rows, rows.slice(0, 5))).toBeNull();
    expect(() =>
      twoSampleAuc(
        rows,
        sample(0, 30, 2, (x) => x),
      ),
    ).toThrow("twoSampleAuc: expected rows of 3 numbers, got one of 2; make them alike");
  });
});
