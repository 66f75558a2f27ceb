import { type Case, examples, integers, real } from "./case.ts";

const axis = (value: number) => ({ ...integers(value), shape: [] });

export const topKCases: readonly Case[] = [
  { about: "the largest of the last axis", inputs: [examples([6, 4], "distinct"), integers(2)], outputs: 2 },
  {
    about: "the smallest of a middle axis",
    inputs: [examples([6, 4, 2], "distinct"), integers(3)],
    attributes: { axis: 1, largest: 0 },
    outputs: 2,
  },
  { about: "axis 0", inputs: [real([5, 2], "distinct"), integers(2)], attributes: { axis: 0 }, outputs: 2 },
  { about: "all, sorted", inputs: [examples([6, 3], "distinct"), integers(3)], outputs: 2 },
];

export const cumSumCases: readonly Case[] = [
  { about: "forward", inputs: [examples([6, 4]), axis(1)] },
  { about: "reverse", inputs: [examples([6, 3, 2]), axis(-2)], attributes: { reverse: 1 } },
  { about: "exclusive", inputs: [examples([6, 4]), axis(-1)], attributes: { exclusive: 1 } },
  { about: "exclusive, reverse", inputs: [examples([6, 4]), axis(1)], attributes: { exclusive: 1, reverse: 1 } },
  { about: "axis 0", inputs: [real([4, 2]), axis(0)] },
];
