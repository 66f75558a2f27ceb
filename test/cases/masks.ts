import { type Case, type CaseInput, exampleIndices, examples, fixed, indices, integers, real } from "./case.ts";

const diagonal = (value: number): CaseInput => ({ ...integers(value), shape: [] });

const condition = (shape: readonly number[], ...values: number[]): CaseInput => ({
  type: "bool",
  shape,
  values,
  constant: true,
});

export const triluCases: readonly Case[] = [
  { about: "upper, a stack", inputs: [examples([6, 3, 3])] },
  { about: "lower", inputs: [examples([6, 2, 3, 4])], attributes: { upper: 0 } },
  { about: "above the diagonal", inputs: [examples([6, 3, 3]), diagonal(1)] },
  { about: "lower, below the diagonal", inputs: [examples([6, 4, 2]), diagonal(-1)], attributes: { upper: 0 } },
  { about: "a matrix", inputs: [real([3, 3]), diagonal(-1)] },
];

export const oneHotCases: readonly Case[] = [
  { about: "the last axis", inputs: [exampleIndices([6], [0, 2, 1, -1, 5, 0]), integers(3), fixed([2], [0, 1])] },
  {
    about: "axis 1, other values",
    inputs: [exampleIndices([6, 2], [0, 1, -4, -5, 3, 3, 2, 1, 0, 0, 1, 2]), integers(4), fixed([2], [-1, 0.5])],
    attributes: { axis: 1 },
  },
  { about: "axis 0", inputs: [indices([3], [2, 0, 1]), integers(4), fixed([2], [0, 2])], attributes: { axis: 0 } },
];

export const nonZeroCases: readonly Case[] = [
  { about: "a list", inputs: [condition([4], 1, 0, 0, 1)] },
  { about: "a matrix", inputs: [condition([2, 3], 0, 1, 1, 0, 0, 1)] },
];

export const compressCases: readonly Case[] = [
  { about: "columns", inputs: [examples([6, 4]), condition([4], 1, 0, 0, 1)], attributes: { axis: 1 } },
  {
    about: "a short condition for the last axis",
    inputs: [examples([6, 2, 3]), condition([2], 0, 1)],
    attributes: { axis: -1 },
  },
  { about: "rows", inputs: [real([3, 2]), condition([3], 0, 1, 1)], attributes: { axis: 0 } },
  { about: "the flattened input", inputs: [real([2, 3]), condition([5], 0, 1, 1, 0, 1)] },
];
