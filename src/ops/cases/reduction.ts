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
