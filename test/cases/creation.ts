import { fromNumbers } from "../../src/tensor/tensor.ts";
import { type Case, type CaseInput, fixed, integers, real } from "./case.ts";

const whole = (value: number): CaseInput => ({ type: "int64", shape: [], values: [value], constant: true });

export const shapeCases: readonly Case[] = [
  { about: "all axes", inputs: [real([2, 3, 4])] },
  { about: "some axes", inputs: [real([2, 3, 4])], attributes: { start: 1, end: -1 } },
];

export const sizeCases: readonly Case[] = [{ about: "a matrix", inputs: [real([2, 3])] }];

export const constantOfShapeCases: readonly Case[] = [
  { about: "zeros by default", inputs: [integers(2, 3)] },
  { about: "a number", inputs: [integers(2, 2)], attributes: { value: fromNumbers("int64", [1], [7]) } },
];

export const rangeCases: readonly Case[] = [
  { about: "upward", inputs: [whole(1), whole(8), whole(3)] },
  { about: "downward", inputs: [whole(5), whole(-2), whole(-2)] },
  { about: "real numbers", inputs: [fixed([], [0.5]), fixed([], [2]), fixed([], [0.25])] },
];

export const eyeLikeCases: readonly Case[] = [
  { about: "the input's type", inputs: [real([2, 3])] },
  { about: "another type and diagonal", inputs: [real([3, 3])], attributes: { dtype: 7, k: -1 } },
  {
    about: "a real type",
    inputs: [{ ...real([2, 2]), type: "int64", values: [0, 0, 0, 0] }],
    attributes: { dtype: 1 },
  },
];
