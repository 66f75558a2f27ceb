import { type Case, type CaseInput, examples, integers, real } from "./case.ts";

export function reductionCases(values: CaseInput["values"]): Case[] {
  return [
    { about: "one axis, dropped", inputs: [examples([6, 4], values), integers(1)], attributes: { keepdims: 0 } },
    { about: "one axis, kept", inputs: [examples([6, 4], values), integers(1)] },
    { about: "a middle axis", inputs: [examples([6, 3, 2], values), integers(1)], attributes: { keepdims: 0 } },
    { about: "two axes, one negative", inputs: [examples([6, 3, 2], values), integers(-1, 1)] },
    { about: "the first axis", inputs: [real([3, 4], values), integers(0)], attributes: { keepdims: 0 } },
    { about: "all axes", inputs: [real([3, 4], values)], attributes: { keepdims: 0 } },
    { about: "an axis of one element", inputs: [examples([6, 1], values), integers(1)] },
    { about: "no axis", inputs: [examples([6, 3], values), integers()], attributes: { noop_with_empty_axes: 1 } },
  ];
}

export const extremeCases: readonly Case[] = [
  ...reductionCases("distinct"),
  {
    about: "equal elements",
    inputs: [examples([6, 4], "few"), integers(1)],
    notSmooth: "several elements are the largest or the smallest",
  },
];

/** Rows of four with no, one and two factors of 0. */
const factors = [2, -1, 0.5, 3, 0, 2, -3, 1, 0, 1, 0, 2];

export const productCases: readonly Case[] = [
  ...reductionCases("nonzero"),
  { about: "zeros among the factors", inputs: [examples([6, 4], [...factors, ...factors]), integers(1)] },
  { about: "zeros, two axes", inputs: [examples([6, 2, 2], [...factors, ...factors]), integers(1, 2)] },
  { about: "seven factors", inputs: [examples([6, 7], "nonzero"), integers(1)], attributes: { keepdims: 0 } },
];

export const logSumExpCases: readonly Case[] = [
  ...reductionCases("any"),
  {
    about: "so large that an exponential overflows",
    inputs: [examples([6, 2], [900, 901, -900, -901, 0, 900, 7, 7, 1e4, 1e4, -3, 800]), integers(1)],
  },
];
