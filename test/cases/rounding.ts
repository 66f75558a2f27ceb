import { type Case, type CaseInput, examples, real } from "./case.ts";

export const roundingCases: readonly Case[] = [
  { about: "a row per example", inputs: [examples([6, 3], "rounded down")] },
  { about: "a scalar", inputs: [real([], "rounded down")] },
  {
    about: "whole numbers and halves",
    inputs: [examples([6, 2], [-2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3.5])],
    notSmooth: "the result jumps there",
  },
];

const whole = (type: "int64" | "int32", shape: readonly number[], values: readonly number[]): CaseInput => ({
  type,
  shape,
  values,
});
const dividends = [-7, -6, -1, 0, 5, 9];

const spread = examples(
  [6, 3],
  Array.from({ length: 18 }, (_, i) => (i - 8.5) * 0.7),
);

/** 18 divisors that leave a quotient of a dividend well between two whole numbers, where Mod is smooth. */
function dividing(dividend: (i: number) => number): number[] {
  return Array.from({ length: 18 }, (_, i) => Math.abs(dividend(i)) / ((i % 3) + 0.3 + 0.05 * (i % 9)));
}

export const modCases: readonly Case[] = [
  {
    about: "real numbers",
    inputs: [
      spread,
      examples(
        [6, 3],
        dividing((i) => (i - 8.5) * 0.7),
      ),
    ],
  },
  { about: "a shared divisor of either sign", inputs: [spread, real([3], [0.7, -2.1, 0.7])] },
  {
    about: "a shared dividend",
    inputs: [
      real([3], [1.9, -0.8, 1.1]),
      examples(
        [6, 3],
        dividing((i) => [1.9, -0.8, 1.1][i % 3]!),
      ),
    ],
  },
]
  .map((one): Case => ({ ...one, attributes: { fmod: 1 } }))
  .concat(
    [0, 1].flatMap((fmod) =>
      (["int64", "int32"] as const).map((type) => ({
        about: `${type}, fmod ${fmod}`,
        inputs: [whole(type, [6, 1], dividends), whole(type, [4], [4, -4, 3, -3])],
        attributes: { fmod },
      })),
    ),
  );
