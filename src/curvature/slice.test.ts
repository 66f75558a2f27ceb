import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { filterNormalized, filterNormalizedDirection } from "./directions.ts";
import { dot, norm, pointByPoint } from "./losses.ts";
import { pathPlane } from "./pathPlane.ts";
import { evenly, slice } from "./slice.ts";

const bowl = pointByPoint((x) => 1 + 3 * x[0]! ** 2 + 0.5 * x[1]! ** 2);
const axes = [Float64Array.from([1, 0]), Float64Array.from([0, 1])] as const;

test("a line and a plane have the losses of their points, asked for many at once", async () => {
  const coordinates = evenly(-1, 1, 51);
  expect([coordinates[0], coordinates[25], coordinates[50]]).toEqual([-1, 0, 1]);
  expect(evenly(-1, 1, 1)).toEqual([0]);
  const origin = Float64Array.from([0.2, -0.4]);
  const line = await slice(bowl, origin, [axes[0]], { x: coordinates });
  expect(line.y).toEqual([0]);
  const expected = coordinates.map((a) => 1 + 3 * (0.2 + a) ** 2 + 0.08);
  for (const [i, loss] of line.losses[0]!.entries()) expect(loss).toBeCloseTo(expected[i]!, 12);

  const calls: number[] = [];
  const told: string[] = [];
  const plane = await slice(
    (at, directions, rows) => {
      calls.push(rows.length);
      return bowl(at, directions, rows);
    },
    origin,
    axes,
    { x: evenly(-1, 1, 9), y: evenly(-2, 2, 5), progress: (done, all) => told.push(`${done}/${all}`) },
  );
  expect(calls).toEqual([32, 13]);
  expect(told).toEqual(["32/45", "45/45"]);
  expect(plane.losses).toHaveLength(5);
  expect(plane.losses[3]![2]).toBeCloseTo(1 + 3 * (0.2 + plane.x[2]!) ** 2 + 0.5 * (-0.4 + plane.y[3]!) ** 2, 12);
});

test("an aborted slice stops between two calls", async () => {
  const aborted = AbortSignal.abort(new Error("enough"));
  await expect(slice(bowl, new Float64Array(2), [axes[0]], { x: [0, 1], signal: aborted })).rejects.toThrow("enough");
});

test("every filter of a direction is as long as the parameters' own; biases and norms stay", () => {
  const shapes = [
    { name: "convolution", shape: [4, 2, 3, 3] },
    { name: "bias", shape: [4] },
    { name: "linear", shape: [3, 5] },
    { name: "scale", shape: [] },
  ];
  const { normal } = random(7);
  const parameters = Float64Array.from({ length: 72 + 4 + 15 + 1 }, () => normal());
  parameters.fill(0, 18, 36);
  const direction = filterNormalizedDirection(parameters, shapes, 3);
  const filters = [0, 18, 36, 54].map((start) => [start, 18] as const);
  const outputs = [76, 81, 86].map((start) => [start, 5] as const);
  for (const [start, size] of [...filters, ...outputs]) {
    const own = norm(parameters.slice(start, start + size));
    expect(norm(direction.slice(start, start + size))).toBeCloseTo(own, 6);
  }
  expect([...direction.slice(72, 76), direction.at(-1)]).toEqual([0, 0, 0, 0, 0]);
  expect(filterNormalizedDirection(parameters, shapes, 3)).toEqual(direction);
  expect(filterNormalizedDirection(parameters, shapes, 4)).not.toEqual(direction);
  // Scaling a direction changes nothing, scaling the parameters scales it.
  const other = Float64Array.from(parameters, () => normal());
  const scaled = filterNormalized(
    other.map((x) => 100 * x),
    parameters.map((x) => 2 * x),
    shapes,
  );
  for (const [i, x] of filterNormalized(other, parameters, shapes).entries()) expect(scaled[i]).toBeCloseTo(2 * x, 6);
});

test("a path planted in a plane is found there, with the shares of its variance", () => {
  const { normal } = random(11);
  const [u, v] = [0, 1].map(() => Float64Array.from({ length: 40 }, () => normal())) as [Float64Array, Float64Array];
  const along = dot(u, v) / dot(u, u);
  const across = v.map((x, i) => x - along * u[i]!);
  const [a, b] = [u.map((x) => x / norm(u)), across.map((x) => x / norm(across))];
  const places = Array.from({ length: 9 }, (_, k) => [5 - k, Math.sin(k)] as const);
  const path = places.map(([x, y]) => a.map((value, i) => 0.5 + x * value + y * b[i]!));
  const { directions, points, explained } = pathPlane(path);
  expect(explained[0] + explained[1]).toBeCloseTo(1, 9);
  expect(dot(directions[0], directions[1])).toBeCloseTo(0, 9);
  expect(norm(directions[0])).toBeCloseTo(1, 12);
  expect(points.at(-1)).toEqual([0, 0]);
  // The first point is seen to the left: the path runs along the first direction.
  expect(points[0]![0]).toBeLessThan(-5);
  points.forEach(([x, y], k) => {
    const distance = Math.hypot(places[k]![0] - places[8]![0], places[k]![1] - places[8]![1]);
    expect(Math.hypot(x, y)).toBeCloseTo(distance, 9);
  });
});

test("a straight path has one dimension, and one that stands still none", () => {
  const straight = pathPlane([0, 1, 3].map((k) => Float64Array.from([k, 2 * k, 0])));
  expect(straight.explained).toEqual([expect.closeTo(1, 12), 0]);
  expect(norm(straight.directions[1])).toBe(0);
  const still = pathPlane([Float64Array.from([1, 2]), Float64Array.from([1, 2])]);
  expect(still.explained).toEqual([Number.NaN, Number.NaN]);
});
