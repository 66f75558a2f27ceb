import { describe, expect, test } from "vitest";
import { oracleJson } from "../../../test/oracle.ts";
import { differenceField, rescale, segmentMeans, summationField } from "./gramian.ts";

const oracle = oracleJson<{ series: number[]; rescaled: number[]; gasf: number[][]; gadf: number[][] }>(
  "gramian_angular_field.json",
);

function farthest(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));
}

describe("Gramian angular fields", () => {
  const cosines = rescale(Float64Array.from(oracle.series));
  const n = cosines.length;

  test("are NumPy's", () => {
    const [summation, difference] = [new Float64Array(n * n), new Float64Array(n * n)];
    summationField(cosines, summation);
    differenceField(cosines, difference);
    expect(farthest(cosines, oracle.rescaled)).toBeLessThan(1e-12);
    expect(farthest(summation, oracle.gasf.flat())).toBeLessThan(1e-12);
    expect(farthest(difference, oracle.gadf.flat())).toBeLessThan(1e-12);
  });

  test("are the cosine of the sum and the sine of the difference of angles", () => {
    const angles = [...cosines].map(Math.acos);
    const pairs = angles.flatMap((a) => angles.map((b) => [a, b] as const));
    const field = new Float64Array(n * n);
    summationField(cosines, field);
    const sums = pairs.map(([a, b]) => Math.cos(a + b));
    expect(farthest(field, sums)).toBeLessThan(1e-12);
    differenceField(cosines, field);
    const differences = pairs.map(([a, b]) => Math.sin(a - b));
    expect(farthest(field, differences)).toBeLessThan(1e-12);
  });
});

describe("segment means", () => {
  test.each<[series: number[], size: number, means: number[]]>([
    [[1, 2, 3, 4, 5, 6], 3, [1.5, 3.5, 5.5]],
    // Bounds 0, ⌊7/3⌋ = 2, ⌊14/3⌋ = 4, 7.
    [[1, 2, 3, 4, 5, 6, 7], 3, [1.5, 3.5, 6]],
    [[4, 2], 2, [4, 2]],
    [[1, 2, 6], 1, [3]],
  ])("of %j in %i parts", (series, size, means) => {
    expect([...segmentMeans(series, size)]).toEqual(means);
  });

  test.each([0, 4, 1.5])("%d parts of three values are refused", (size) => {
    expect(() => segmentMeans([1, 2, 3], size)).toThrow(
      `segmentMeans: expected between 1 and 3 segments of a series of 3 values, got ${size}`,
    );
  });
});

describe("rescaling", () => {
  test("brings the given range to −1 … 1 and cuts off what lies outside", () => {
    expect([...rescale(Float64Array.of(-5, 0, 5, 10, 20), [0, 10])]).toEqual([-1, -1, 0, 1, 1]);
  });

  test("of a series that does not vary gives −1, whose fields are 1 and 0", () => {
    const cosines = rescale(Float64Array.of(7, 7));
    const [summation, difference] = [new Float64Array(4), new Float64Array(4)];
    summationField(cosines, summation);
    differenceField(cosines, difference);
    expect([...cosines, ...summation, ...difference.map(Math.abs)]).toEqual([-1, -1, 1, 1, 1, 1, 0, 0, 0, 0]);
  });
});
