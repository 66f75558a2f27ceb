import { expect, test } from "vitest";
import { batchRegime } from "./batchRegime.ts";

const of = (value: number, lower: number | null = null, upper: number | null = null) => ({ value, lower, upper });

test.each([
  ["far below", 10, of(100, 50, 400), "noise", { value: 0.1, lower: 0.025, upper: 0.2 }],
  [
    "below, by its interval no more than open",
    10,
    of(100, 30, 400),
    "between",
    { value: 0.1, lower: 0.025, upper: 1 / 3 },
  ],
  ["far above", 1000, of(100, 50, 200), "signal", { value: 10, lower: 5, upper: 20 }],
  ["above, by its interval no more than open", 1000, of(100, 50, 400), "between", { value: 10, lower: 2.5, upper: 20 }],
  ["without an interval", 10, of(100), "noise", { value: 0.1, lower: null, upper: null }],
  [
    "without an upper end",
    10,
    of(Number.POSITIVE_INFINITY, 50, Number.POSITIVE_INFINITY),
    "noise",
    { value: 0, lower: 0, upper: 0.2 },
  ],
] as const)("%s", (_, batchSize, noise, regime, ratio) => {
  expect(batchRegime(batchSize, noise)).toEqual({ regime, ratio });
});
