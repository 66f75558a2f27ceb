import { type Case, examples, real } from "./case.ts";

export const leakyReluCases: readonly Case[] = [
  { about: "default slope", inputs: [examples([6, 3], "nonzero")] },
  { about: "slope 0.2", inputs: [examples([6, 3], "nonzero")], attributes: { alpha: 0.2 } },
];

export const alongAxisCases: readonly Case[] = [
  { about: "the last axis", inputs: [examples([6, 4])] },
  { about: "a middle axis", inputs: [examples([6, 3, 2])], attributes: { axis: 1 } },
  { about: "a negative axis", inputs: [examples([6, 3, 2])], attributes: { axis: -2 } },
  { about: "the first axis", inputs: [real([3, 2])], attributes: { axis: 0 } },
  { about: "one element", inputs: [examples([6, 1])] },
  {
    about: "logits so large that a plain exponential overflows",
    inputs: [
      examples(
        [6, 3],
        Array.from({ length: 18 }, (_, i) => 1000 + Math.sin(i)),
      ),
    ],
  },
];
