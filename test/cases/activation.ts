import { unaryCases } from "./arithmetic.ts";
import { type Case, type CaseInput, examples, real } from "./case.ts";

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

/** Activations that level off or grow without bound: also far out, where an exponential would overflow. */
export function saturatingCases(values: CaseInput["values"]): Case[] {
  return [...unaryCases(values), { about: "far out", inputs: [examples([6], [-1e4, -800, -20, 20, 800, 1e4])] }];
}

export const erfCases: readonly Case[] = [
  ...unaryCases("any"),
  { about: "near its bounds and on them", inputs: [examples([6], [-7, -3.5, -2.1, 1.9, 2.5, 6.5])] },
];

export const geluCases: readonly Case[] = [
  ...unaryCases("any"),
  ...unaryCases("any").map((one) => ({ ...one, about: `tanh, ${one.about}`, attributes: { approximate: "tanh" } })),
  ...["none", "tanh"].map((approximate) => ({
    about: `${approximate}, far out`,
    inputs: [examples([6], [-1e4, -40, -9, 9, 40, 1e4])],
    attributes: { approximate },
  })),
];

export const hardmaxCases: readonly Case[] = [
  ...alongAxisCases,
  { about: "the first of equal elements", inputs: [examples([6, 4], "few")] },
];
