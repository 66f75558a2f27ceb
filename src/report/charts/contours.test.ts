import { expect, test } from "vitest";
import { contour } from "./contours.ts";

const axis = Array.from({ length: 41 }, (_, i) => -2 + i / 10);

test("the contour of a bowl is its circle, all the way around", () => {
  const bowl = axis.map((y) => axis.map((x) => x * x + y * y));
  const segments = contour(axis, axis, bowl, 1);
  for (const [x, y] of segments.flat()) expect(Math.hypot(x, y)).toBeCloseTo(1, 2);
  const length = segments.reduce((sum, [[a, b], [c, d]]) => sum + Math.hypot(c - a, d - b), 0);
  expect(length / (2 * Math.PI)).toBeCloseTo(1, 2);
});

test("a saddle has two branches, and what is not finite none", () => {
  const saddle = axis.map((y) => axis.map((x) => x * y));
  for (const [[x, y]] of contour(axis, axis, saddle, 0.5)) expect(x * y).toBeCloseTo(0.5, 1);
  const open = axis.map(() => axis.map(() => Number.POSITIVE_INFINITY));
  expect(contour(axis, axis, open, 1)).toEqual([]);
  expect(contour(axis, axis, saddle, 99)).toEqual([]);
});

test("a cell that is a saddle is cut into two pieces that do not cross", () => {
  expect(
    contour(
      [0, 1],
      [0, 1],
      [
        [1, 0],
        [0, 1],
      ],
      0.6,
    ),
  ).toEqual([
    [
      [expect.closeTo(0.4, 9), 0],
      [0, expect.closeTo(0.4, 9)],
    ],
    [
      [1, expect.closeTo(0.6, 9)],
      [expect.closeTo(0.6, 9), 1],
    ],
  ]);
});
