import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { even, normal, uniform } from "./initial.ts";

test("values are drawn when they are read, whichever tensor is read first", () => {
  const pair = () => {
    const stream = random(1);
    return [normal([50], 1, stream), uniform([50], 1, stream)] as const;
  };
  const [firstA, firstB] = pair();
  const [laterA, laterB] = pair();
  const [b, a] = [toNumbers(laterB), toNumbers(laterA)];
  expect([toNumbers(firstA), toNumbers(firstB)]).toEqual([a, b]);
  expect(toNumbers(firstA)).toEqual(a);
  expect(a.some((value, i) => Math.abs(value - b[i]!) < 1e-3)).toBe(false);
});

test("a hundred million values cost nothing until they are read", () => {
  expect(normal([1e6, 1e6], 1, random(1)).shape).toEqual([1e6, 1e6]);
});

test("the same values are read twice", () => {
  const { data, shape } = normal([3, 2], 1, random(1));
  expect([data.length, shape]).toEqual([6, [3, 2]]);
  const tensor = normal([3, 2], 1, random(1));
  expect(tensor.data).toBe(tensor.data);
});

test("moments: normal of its deviation, uniform within its bound", () => {
  const n = 40_000;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const moments = (values: readonly number[]) => [mean(values), mean(values.map((value) => value * value))] as const;
  const [m1, v1] = moments(toNumbers(normal([n], 0.5, random(1))));
  // Four standard errors: deviation/√n of a mean, √2·variance/√n of a variance.
  expect(Math.abs(m1)).toBeLessThan((4 * 0.5) / Math.sqrt(n));
  expect(Math.abs(v1 - 0.25)).toBeLessThan((4 * 0.25 * Math.SQRT2) / Math.sqrt(n));
  const values = toNumbers(uniform([n], 0.5, random(1)));
  const [m2, v2] = moments(values);
  expect(Math.abs(m2)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
  expect(Math.abs(v2 - 1 / 12)).toBeLessThan((4 * Math.sqrt(1 / 180)) / Math.sqrt(n));
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.5);
});

test("even: one value everywhere", () => {
  const { name, initial } = even("bias", 3, 2);
  expect([name, initial.shape, toNumbers(initial)]).toEqual(["bias", [3], [2, 2, 2]]);
});
