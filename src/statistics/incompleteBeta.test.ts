import { expect, test } from "vitest";
import { fisherTail } from "./incompleteBeta.ts";
import { studentTTail } from "./studentT.ts";

test.each([
  [3, 10],
  [0.2, 7],
  [4.103, 40],
])("the tail of F beyond %d with 2 and %d degrees of freedom has a closed form", (f, second) => {
  expect(fisherTail(f, 2, second)).toBeCloseTo((1 + (2 * f) / second) ** (-second / 2), 12);
});

test("with one degree of freedom it is that of the square of Student's t", () => {
  for (const [t, of] of [
    [0.3, 4],
    [2.2, 9],
    [5, 30],
  ] as const)
    expect(fisherTail(t ** 2, 1, of)).toBeCloseTo(studentTTail(t, of), 12);
  expect(fisherTail(1, 5, 5)).toBeCloseTo(0.5, 12);
  expect(fisherTail(0, 2, 5)).toBe(1);
  expect(fisherTail(Number.POSITIVE_INFINITY, 2, 5)).toBe(0);
});
