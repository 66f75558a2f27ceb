import { type Case, type CaseInput, examples, exampleTruths, fixed, indices, integers, real } from "./case.ts";

type Values = CaseInput["values"];

export function unaryCases(values: Values): Case[] {
  return [
    { about: "a row per example", inputs: [examples([6, 3], values)] },
    { about: "rank 4", inputs: [examples([6, 2, 1, 2], values)] },
    { about: "a scalar", inputs: [real([], values)] },
  ];
}

export function binaryCases(a: Values, b: Values): Case[] {
  const both = examples([6, 4], a);
  return [
    { about: "equal shapes", inputs: [examples([6, 4], a), examples([6, 4], b)] },
    { about: "the same value twice", inputs: [both, both] },
    { about: "a shared scalar", inputs: [examples([6, 4], a), real([], b)] },
    { about: "a shared scalar on the left", inputs: [real([], a), examples([6, 4], b)] },
    { about: "a shared row", inputs: [examples([6, 4], a), real([4], b)] },
    { about: "a shared row of rank 2 on the left", inputs: [real([1, 4], a), examples([6, 4], b)] },
    { about: "a column", inputs: [examples([6, 4], a), examples([6, 1], b)] },
    { about: "a channel of images", inputs: [examples([6, 3, 2, 2], a), real([3, 1, 1], b)] },
    { about: "leading and middle axes", inputs: [real([3, 1], a), examples([6, 1, 4], b)] },
    { about: "both repeated", inputs: [real([2, 1, 3], a), real([4, 1], b)] },
  ];
}

export const powCases: readonly Case[] = [
  ...[2, 3, 1, -1].map((exponent) => ({
    about: `constant exponent ${exponent}, either sign`,
    inputs: [examples([6, 3], "nonzero"), fixed([], [exponent])],
  })),
  { about: "constant exponent 0.5", inputs: [examples([6, 3], "positive"), fixed([], [0.5])] },
  { about: "constant exponents by column", inputs: [examples([6, 3], "positive"), fixed([3], [2, 0.5, -1])] },
  ...(["int64", "int32"] as const).map((type) => ({
    about: `constant ${type} exponents by column, 0 among them`,
    inputs: [examples([6, 3]), { type, shape: [3], values: [2, 0, 3], constant: true as const }],
  })),
  { about: "an int64 exponent of shape [1]", inputs: [examples([6, 3], "nonzero"), integers(2)] },
  { about: "int64 exponents that are fed", inputs: [examples([6, 3]), indices([3], [3, 0, 1])] },
  { about: "exponent 0 of base 0", inputs: [examples([6], [0, -1, 0, 1, 2, 0]), fixed([], [0])] },
  { about: "a shared exponent", inputs: [examples([6, 3], "positive"), real([])] },
  { about: "exponents by column", inputs: [examples([6, 3], "positive"), real([3])] },
  { about: "a shared base", inputs: [real([], "positive"), examples([6, 3])] },
];

export const clipCases: readonly Case[] = [
  { about: "both bounds", inputs: [examples([6, 3], "distinct"), fixed([], [-0.42]), fixed([], [0.38])] },
  { about: "nothing out of bounds", inputs: [examples([6, 3]), fixed([], [-3]), fixed([], [3])] },
  { about: "below only", inputs: [examples([6, 3], "nonzero"), fixed([], [0])] },
  { about: "above only", inputs: [examples([6, 3], "nonzero"), undefined, fixed([], [0])] },
  { about: "no bounds", inputs: [examples([6, 3])] },
  {
    about: "on the bounds",
    inputs: [examples([6, 3], "few"), fixed([], [-1]), fixed([], [1])],
    notSmooth: "inputs lie on the bounds",
  },
];

export const castCases: readonly Case[] = [
  { about: "to float32", inputs: [examples([6, 3])], attributes: { to: 1 } },
  { about: "to float64", inputs: [examples([6, 3])], attributes: { to: 11 } },
  { about: "truth values to float32", inputs: [exampleTruths([6, 3])], attributes: { to: 1 } },
  { about: "to int64, rounded toward 0", inputs: [examples([6, 3])], attributes: { to: 7 } },
];
