import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { principalAxes } from "./scaling.ts";

const squaredDistances = (points: readonly (readonly number[])[]) =>
  Float64Array.from(points.flatMap((a) => points.map((b) => a.reduce((sum, x, d) => sum + (x - b[d]!) ** 2, 0))));
const scaled = (distances: Float64Array, count: number) => principalAxes(distances, count).points;
const pairsOf = (points: Float64Array) =>
  Array.from({ length: points.length / 2 }, (_, i) => [...points.subarray(2 * i, 2 * i + 2)]);

test("points of a plane keep their distances, the longer axis first", () => {
  const { normal } = random(1);
  const points = Array.from({ length: 9 }, () => [normal(), 3 * normal()]);
  const distances = squaredDistances(points);
  const placed = scaled(distances, 9);
  squaredDistances(pairsOf(placed)).forEach((distance, index) => {
    expect(distance).toBeCloseTo(distances[index]!, 9);
  });
  const extent = (axis: number) => pairsOf(placed).reduce((sum, point) => sum + point[axis]! ** 2, 0);
  expect(extent(0)).toBeGreaterThan(extent(1));
});

test("points of ten dimensions are projected on their two leading principal axes", () => {
  const { normal } = random(2);
  const points = Array.from({ length: 12 }, () =>
    Array.from({ length: 10 }, (_, d) => [4, 2][d] ?? 0.01).map((extent) => extent * normal()),
  );
  const planar = squaredDistances(points.map((point) => point.slice(0, 2)));
  squaredDistances(pairsOf(scaled(squaredDistances(points), 12))).forEach((distance, index) => {
    expect(distance).toBeCloseTo(planar[index]!, 1);
  });
});

test("the largest coordinate of an axis is positive, whichever way the points lie", () => {
  const { normal } = random(3);
  for (let i = 0; i < 10; i++) {
    const points = Array.from({ length: 7 }, () => [normal(), normal()]);
    const placed = pairsOf(scaled(squaredDistances(points), 7));
    for (const axis of [0, 1]) {
      const largest = placed.map((point) => point[axis]!).sort((a, b) => Math.abs(b) - Math.abs(a))[0]!;
      expect(largest).toBeGreaterThan(0);
    }
  }
});

test("an axis without extent is zero, not the root of a rounding error", () => {
  const { normal } = random(4);
  for (let i = 0; i < 20; i++) {
    const count = 2 + (i % 3);
    const placed = scaled(squaredDistances(Array.from({ length: count }, () => [normal()])), count);
    expect(pairsOf(placed).every(([, y]) => Math.abs(y!) < 1e-6)).toBe(true);
  }
});

test("points of a line, one point and coincident points have axes of no extent", () => {
  const line = scaled(squaredDistances([[0], [1], [3]]), 3);
  [0, 1, 2].forEach((i) => {
    expect(Math.abs(line[2 * i]!)).toBeCloseTo([4 / 3, 1 / 3, 5 / 3][i]!, 12);
    expect(line[2 * i + 1]).toBeCloseTo(0, 7);
  });
  expect([...scaled(Float64Array.of(0), 1)].map(Math.abs)).toEqual([0, 0]);
  expect([...scaled(new Float64Array(9), 3)].every((x) => Math.abs(x) < 1e-12)).toBe(true);
});

test("the explained share is that of the axes' variance, for few points and for many", () => {
  const { normal } = random(5);
  const extents = [3, 2, 1, 1];
  for (const count of [40, 260]) {
    const points = Array.from({ length: count }, () => extents.map((extent) => extent * normal()));
    const centers = extents.map((_, d) => points.reduce((sum, point) => sum + point[d]!, 0) / count);
    const whole = points.reduce((sum, point) => sum + point.reduce((s, x, d) => s + (x - centers[d]!) ** 2, 0), 0);
    const { points: placed, explained } = principalAxes(squaredDistances(points), count);
    for (const axis of [0, 1] as const) {
      const along = pairsOf(placed).reduce((sum, point) => sum + point[axis]! ** 2, 0);
      expect(explained[axis]).toBeCloseTo(along / whole, 9);
    }
    expect(explained[0]).toBeGreaterThan(explained[1]);
    expect(explained[0] + explained[1]).toBeGreaterThan(0.75);
  }
  expect(principalAxes(new Float64Array(9), 3).explained).toEqual([Number.NaN, Number.NaN]);
});

test("many points are placed as few are: the projections of the whole decomposition", () => {
  const { normal } = random(6);
  const extents = Array.from({ length: 8 }, (_, d) => 3 / (d + 1));
  const points = Array.from({ length: 230 }, () => extents.map((extent) => extent * normal()));
  const centers = extents.map((_, d) => points.reduce((sum, point) => sum + point[d]!, 0) / 230);
  const centered = new Matrix(points.map((point) => point.map((x, d) => x - centers[d]!)));
  const { leftSingularVectors: left, diagonal } = new SingularValueDecomposition(centered);
  const placed = scaled(squaredDistances(points), 230);
  for (const axis of [0, 1]) {
    const expected = left.getColumn(axis).map((x) => x * diagonal[axis]!);
    const sign = Math.sign(expected[0]! * placed[axis]!);
    expected.forEach((x, i) => {
      expect(placed[2 * i + axis]).toBeCloseTo(sign * x, 6);
    });
  }
});
