import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { principalAxes } from "./scaling.ts";
import { umap } from "./umap.ts";

/** Squared distances of points around three corners; point i belongs to i mod 3. */
function clustered(count: number): Float64Array {
  const { normal } = random(1);
  const points = Array.from({ length: count }, (_, i) =>
    Array.from({ length: 12 }, (_, d) => (d % 3 === i % 3 ? 4 : 0) + normal()),
  );
  return Float64Array.from(points.flatMap((a) => points.map((b) => a.reduce((s, x, d) => s + (x - b[d]!) ** 2, 0))));
}

test("planted clusters stay apart, the seed decides every bit, and the start the large shape", () => {
  const distances = clustered(90);
  const { points: start } = principalAxes(distances, 90);
  const { points, epochs } = umap(distances, start, 1);
  expect(epochs).toBeGreaterThan(100);
  const apart = (i: number, j: number) =>
    Math.hypot(points[2 * i]! - points[2 * j]!, points[2 * i + 1]! - points[2 * j + 1]!);
  for (let i = 0; i < 90; i++) {
    const others = Array.from({ length: 90 }, (_, j) => j).filter((j) => j !== i);
    const near = others.sort((a, b) => apart(i, a) - apart(i, b)).slice(0, 10);
    expect(near.every((j) => j % 3 === i % 3)).toBe(true);
  }
  expect(umap(distances, start, 1)).toEqual({ points, epochs });
  expect(umap(distances, start, 2).points).not.toEqual(points);
  // The order of the clusters along the first axis is that of the start.
  const centers = (all: Float64Array) =>
    [0, 1, 2].map((c) => all.filter((_, index) => index % 6 === 2 * c).reduce((sum, x) => sum + x, 0));
  const order = (values: readonly number[]) => [0, 1, 2].sort((a, b) => values[a]! - values[b]!);
  expect(order(centers(points))).toEqual(order(centers(start)));
});

test("few points, ties and coincident points stay finite", () => {
  for (const distances of [new Float64Array(25), Float64Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 0 : 2))]) {
    const { points } = umap(distances, principalAxes(distances, 5).points, 1);
    expect(points).toHaveLength(10);
    expect(points.every(Number.isFinite)).toBe(true);
  }
});
