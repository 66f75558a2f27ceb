import { type Case, type CaseInput, examples, fixed, real } from "./case.ts";

const flag = (value: 0 | 1): CaseInput => ({ type: "bool", shape: [], values: [value], constant: true });

export const dropoutCases: readonly Case[] = [
  { about: "as exported for evaluation", inputs: [examples([6, 3])] },
  { about: "a ratio, not training", inputs: [examples([6, 3]), fixed([], [0.3])] },
  { about: "training switched off, with a mask", inputs: [real([2, 3]), fixed([], [0.3]), flag(0)], outputs: 2 },
  { about: "training at ratio 0", inputs: [examples([6, 3]), fixed([], [0]), flag(1)] },
];
