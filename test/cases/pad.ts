import { type Case, type CaseInput, examples, fixed, integers, real } from "./case.ts";

const repeating = (mode: string, about: string, data: CaseInput, ...pads: number[]): Case => ({
  about: `${mode}, ${about}`,
  inputs: [data, integers(...pads)],
  attributes: { mode },
});

export const padCases: readonly Case[] = [
  { about: "spatial axes", inputs: [examples([6, 1, 2, 3]), integers(0, 0, 1, 0, 0, 0, 2, 1)] },
  { about: "named axes", inputs: [examples([6, 2, 3]), integers(1, 0, 0, 2), undefined, integers(-1, 1)] },
  { about: "a border of 3", inputs: [examples([6, 2]), integers(0, 1, 0, 1), fixed([], [3])] },
  { about: "nothing", inputs: [examples([6, 2]), integers(0, 0, 0, 0)] },
  { about: "axis 0", inputs: [real([2, 2]), integers(1, 0, 1, 0)] },
  { about: "cut on one side, padded on the other", inputs: [examples([6, 4]), integers(0, -1, 0, 2)] },
  { about: "cut on all sides", inputs: [examples([6, 3, 4]), integers(0, -1, -2, 0, 0, -1)] },
  repeating("reflect", "both sides", examples([6, 4]), 0, 3, 0, 2),
  repeating("reflect", "an image", examples([6, 1, 3, 2]), 0, 0, 2, 1, 0, 0, 1, 1),
  repeating("reflect", "one element", examples([6, 4]), 0, 1, 0, 0),
  repeating("edge", "both sides", examples([6, 3]), 0, 4, 0, 1),
  repeating("edge", "an image", examples([6, 1, 2, 3]), 0, 0, 1, 2, 0, 0, 0, 3),
  repeating("edge", "axis 0", real([3, 2]), 2, 0, 1, 0),
  repeating("wrap", "both sides", examples([6, 3]), 0, 3, 0, 2),
  repeating("wrap", "an image", examples([6, 1, 2, 3]), 0, 0, 1, 2, 0, 0, 2, 0),
];
