import { expect, test } from "vitest";
import { mayBeTestedForSmall } from "./ties.ts";

const plan = { minimumEffect: 0.01, alpha: 0.05, mostSeeds: 30 };
/** So many of n seeds differ, by so much. */
const differing = (count: number, n: number, by: number) => Array.from({ length: n }, (_, i) => (i < count ? by : 0));

test.each([
  ["all equal, before the most seeds", differing(0, 29, 0), false],
  ["all equal, with the most seeds", differing(0, 30, 0), true],
  // 1 − 0.05^(1/30) = 9.5 % with none; of one in 30, P(K ≤ 1) = 5 % at a share of 14.9 %.
  ["one of 30 by 0.067: a share of 0.0149 of it may be", differing(1, 30, 0.067), true],
  ["one of 30 by 0.068", differing(1, 30, 0.068), false],
  ["one of 10 by as much, of which 39.4 % may differ", differing(1, 10, 0.026), false],
  ["one of 10 by less", differing(1, 10, 0.025), true],
  ["by less than the minimum effect", differing(4, 10, 0.009), true],
  ["half of them", differing(5, 10, 9), true],
  ["one that failed", differing(1, 20, Number.POSITIVE_INFINITY), false],
  ["no two equal", [1, 2, 3], true],
  ["equal but beyond the minimum effect", [...differing(1, 30, 0.01)].map((one) => one + 0.02), false],
])("%s", (_, differences, expected) => {
  expect(mayBeTestedForSmall(differences, plan)).toBe(expected);
});
