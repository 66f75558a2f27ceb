import { type Case, type CaseInput, examples, real } from "./case.ts";

type Values = CaseInput["values"];

const row = examples([6, 4]);

/** The domains of the first, second and third operand; one for all of them where they need not be kept apart. */
export function variadicCases(values: Values, second = values, third = values): Case[] {
  return [
    { about: "two operands", inputs: [examples([6, 4], values), examples([6, 4], second)] },
    { about: "one operand", inputs: [examples([6, 4], values)] },
    { about: "three operands", inputs: [examples([6, 4], values), real([4], second), examples([6, 1], third)] },
    { about: "a shared scalar on the left", inputs: [real([], values), examples([6, 4], second)] },
    { about: "a channel of images", inputs: [examples([6, 3, 2, 2], values), real([3, 1, 1], second)] },
    { about: "the same value twice", inputs: [row, row] },
  ];
}

export const extremeOperandCases: readonly Case[] = [
  ...variadicCases("distinct", "distinct, second", "distinct, third"),
  {
    about: "equal elements",
    inputs: [examples([6, 4], "few"), real([4], "few"), examples([6, 1], "few")],
    notSmooth: "several operands are the largest or the smallest",
  },
  {
    about: "int64",
    inputs: [
      { type: "int64", shape: [2, 1], values: [-3, 4] },
      { type: "int64", shape: [3], values: [5, 0, -9] },
    ],
  },
];
