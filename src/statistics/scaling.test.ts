import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { classicalScaling } from "./scaling.ts";

const squaredDistances = (points: readonly (readonly number[])[]) =>
  Float64Array.from(points.flatMap((a) => points.map((b) => a.reduce((sum, x, d) => sum + (x - b[d]!) ** 2, 0))));
const pairsOf = (points: Float64Array) =>
  Array.from({ length: points.length / 2 }, (_, i) => [...points.subarray(2 * i, 2 * i + 2)]);

test("points of a plane keep their distances, the longer axis first", () => {
  const { normal } = random(1);
  const points = Array.from({ length: 9 }, () => [normal(), 3 * normal()]);
  const distances = squaredDistances(points);
  const placed = classicalScaling(distances, 9);
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
  squaredDistances(pairsOf(classicalScaling(squaredDistances(points), 12))).forEach((distance, index) => {
    expect(distance).toBeCloseTo(planar[index]!, 1);
  });
});

test("the largest coordinate of an axis is positive, whichever way the points lie", () => {
  const { normal } = random(3);
  for (let i = 0; i < 10; i++) {
    const points = Array.from({ length: 7 }, () => [normal(), normal()]);
    const placed = pairsOf(classicalScaling(squaredDistances(points), 7));
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
    const placed = classicalScaling(squaredDistances(Array.from({ length: count }, () => [normal()])), count);
    expect(pairsOf(placed).every(([, y]) => Math.abs(y!) < 1e-6)).toBe(true);
  }
});

test("points of a line, one point and coincident points have axes of no extent", () => {
  const line = classicalScaling(squaredDistances([[0], [1], [3]]), 3);
  [0, 1, 2].forEach((i) => {
    expect(Math.abs(line[2 * i]!)).toBeCloseTo([4 / 3, 1 / 3, 5 / 3][i]!, 12);
    expect(line[2 * i + 1]).toBeCloseTo(0, 7);
  });
  expect([...classicalScaling(Float64Array.of(0), 1)].map(Math.abs)).toEqual([0, 0]);
  expect([...classicalScaling(new Float64Array(9), 3)].every((x) => Math.abs(x) < 1e-12)).toBe(true);
});
