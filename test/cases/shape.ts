import { type Case, examples, integers, real } from "./case.ts";

export const reshapeCases: readonly Case[] = [
  { about: "the rest", inputs: [examples([6, 2, 3]), integers(-1, 6)] },
  { about: "an axis copied", inputs: [examples([6, 4]), integers(0, 2, 2)] },
  { about: "examples split", inputs: [examples([6, 4]), integers(-1, 2)] },
  { about: "to a scalar", inputs: [real([1, 1]), integers()] },
];

export const flattenCases: readonly Case[] = [
  { about: "after the examples", inputs: [examples([6, 2, 3])] },
  { about: "axis 2", inputs: [examples([6, 2, 3])], attributes: { axis: 2 } },
  { about: "a negative axis", inputs: [examples([6, 2, 3])], attributes: { axis: -1 } },
  { about: "axis 0", inputs: [real([2, 3])], attributes: { axis: 0 } },
];

export const transposeCases: readonly Case[] = [
  { about: "axes behind the examples", inputs: [examples([6, 2, 3])], attributes: { perm: [0, 2, 1] } },
  { about: "a cycle of axes", inputs: [real([2, 3, 4])], attributes: { perm: [1, 2, 0] } },
  { about: "a matrix, by default", inputs: [real([2, 3])] },
];

const twice = examples([6, 2]);

export const concatCases: readonly Case[] = [
  {
    about: "different widths",
    inputs: [examples([6, 1]), examples([6, 3]), examples([6, 2])],
    attributes: { axis: 1 },
  },
  { about: "the same value twice", inputs: [twice, examples([6, 1]), twice], attributes: { axis: -1 } },
  { about: "channels", inputs: [examples([6, 1, 2, 2]), examples([6, 2, 2, 2])], attributes: { axis: 1 } },
  { about: "axis 0", inputs: [real([2, 3]), real([1, 3])], attributes: { axis: 0 } },
  { about: "one input", inputs: [examples([6, 2])], attributes: { axis: 1 } },
];

export const sliceCases: readonly Case[] = [
  { about: "one axis", inputs: [examples([6, 5]), integers(1), integers(4), integers(1)] },
  { about: "two axes, clamped", inputs: [examples([6, 3, 4]), integers(-9, 1), integers(2, 99), integers(1, 2)] },
  { about: "negative bounds", inputs: [examples([6, 5]), integers(-4), integers(-1), integers(-1)] },
  { about: "step 2", inputs: [examples([6, 5]), integers(0), integers(5), integers(1), integers(2)] },
  {
    about: "step 3 and another axis",
    inputs: [examples([6, 5, 2]), integers(1, 0), integers(5, 1), integers(1, 2), integers(3, 1)],
  },
  { about: "backwards", inputs: [examples([6, 5]), integers(3), integers(0), integers(1), integers(-1)] },
  {
    about: "backwards through the first element, step 2",
    inputs: [examples([6, 5]), integers(99), integers(-99), integers(1), integers(-2)],
  },
  { about: "axes left out", inputs: [real([4, 3]), integers(1, 0), integers(3, 2)] },
];

export const expandCases: readonly Case[] = [
  { about: "a column", inputs: [examples([6, 1]), integers(1, 3)] },
  { about: "a middle axis", inputs: [examples([6, 1, 2]), integers(1, 4, 1)] },
  { about: "a leading axis", inputs: [real([3]), integers(2, 3)] },
  { about: "a scalar", inputs: [real([]), integers(2, 2)] },
];

export const squeezeCases: readonly Case[] = [
  { about: "one axis", inputs: [examples([6, 1, 2, 1]), integers(1)] },
  { about: "a negative axis", inputs: [examples([6, 1, 2, 1]), integers(-1)] },
  { about: "all axes of size 1", inputs: [real([3, 1, 2, 1])] },
];

export const unsqueezeCases: readonly Case[] = [
  { about: "two axes", inputs: [examples([6, 2]), integers(1, 3)] },
  { about: "a negative axis", inputs: [examples([6, 2]), integers(-1)] },
  { about: "in front", inputs: [real([2]), integers(0)] },
];
