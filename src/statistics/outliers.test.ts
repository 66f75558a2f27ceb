import { expect, test } from "vitest";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { featureOutliers, gradientOutliers } from "./outliers.ts";

const middleOf = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

test("distances to the mean of the others and their z-scores agree with loops over vectors", () => {
  const { normal } = random(1);
  const counts = [4, 4, 2, 4, 4, 8, 4];
  const groupOf = [1, 1, 1, 2, 2, 2, 1];
  const rows = counts.map(() => Float64Array.from({ length: 9 }, normal));
  const expected = rows.map((row, k) => {
    const others = groupOf.flatMap((group, l) => (l !== k && group === groupOf[k] ? [l] : []));
    const examples = others.reduce((sum, l) => sum + counts[l]!, 0);
    const center = row.map((_, d) => others.reduce((sum, l) => sum + (counts[l]! * rows[l]![d]!) / examples, 0));
    return Math.hypot(...row.map((x, d) => x - center[d]!));
  });
  const result = gradientOutliers(gramOfRows(rows, counts), groupOf);
  expect(result.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  for (const { index, distance, robustZ } of result) {
    expect(distance).toBeCloseTo(expected[index]!, 10);
    const own = expected.filter((_, k) => groupOf[k] === groupOf[index]);
    const spread = middleOf(own.map((x) => Math.abs(x - middleOf(own))));
    expect(robustZ).toBeCloseTo((expected[index]! - middleOf(own)) / (1.4826 * spread), 9);
  }
  expect(result.map(({ robustZ }) => robustZ)).toEqual(result.map(({ robustZ }) => robustZ).toSorted((a, b) => b - a));
});

test("a row that was turned round stands out in its group, and honest rows do not", () => {
  const { normal } = random(2);
  const rows = Array.from({ length: 60 }, (_, k) =>
    Float64Array.from({ length: 40 }, () => (k < 30 ? 1 : -1) + 0.5 * normal()),
  );
  rows[7] = rows[7]!.map((x) => -x);
  const groupOf = rows.map((_, k) => Math.floor(k / 30));
  const counts = rows.map(() => 8);
  const [first, second] = gradientOutliers(gramOfRows(rows, counts), groupOf);
  expect(first!.index).toBe(7);
  expect(first!.robustZ).toBeGreaterThan(10);
  expect(second!.robustZ).toBeLessThan(5);
});

test("examples far from all others come first, by the k nearest", () => {
  const { normal } = random(3);
  const [n, width] = [200, 5];
  const values = Float32Array.from({ length: n * width }, normal);
  for (const lost of [13, 150]) for (let d = 0; d < width; d++) values[lost * width + d] = 6 + lost / 100 + d;
  const result = featureOutliers({ values, width }, 5);
  expect(
    result
      .slice(0, 2)
      .map(({ index }) => index)
      .sort((a, b) => a - b),
  ).toEqual([13, 150]);
  const at = (i: number) => [...values.subarray(i * width, (i + 1) * width)];
  for (const { index, distance } of result.slice(0, 10)) {
    const near = Array.from({ length: n }, (_, j) => j)
      .filter((j) => j !== index)
      .map((j) => Math.hypot(...at(j).map((x, d) => x - at(index)[d]!)))
      .sort((a, b) => a - b);
    expect(distance).toBeCloseTo(near.slice(0, 5).reduce((sum, x) => sum + x, 0) / 5, 9);
  }
  expect(
    featureOutliers({ values: new Float32Array(12), width: 3 }, 2).every(({ robustZ }) => Number.isNaN(robustZ)),
  ).toBe(true);
});

test("what does not fit is refused; a row alone in its group has no distance", () => {
  const gram = gramOfRows([Float64Array.of(1), Float64Array.of(2), Float64Array.of(4)], [1, 1, 1]);
  const alone = gradientOutliers(gram, [0, 1, 1]).find(({ index }) => index === 0);
  expect(alone).toEqual({ index: 0, distance: Number.NaN, robustZ: Number.NaN });
  expect(() => gradientOutliers(gram, [0])).toThrow(ShapeError);
  expect(() => gradientOutliers(gram, [0])).toThrow(/^gradientOutliers: expected a group for each of 3 rows, got 1; /);
  for (const k of [0, 4]) {
    expect(() => featureOutliers({ values: new Float64Array(8), width: 2 }, k)).toThrow(UsageError);
    expect(() => featureOutliers({ values: new Float64Array(8), width: 2 }, k)).toThrow(
      /^featureOutliers: expected 1 to 3 neighbours, got (0|4); /,
    );
  }
});
