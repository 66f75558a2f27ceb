import { type Case, exampleIndices, examples, indices, real } from "./case.ts";

export const scatterElementsCases: readonly Case[] = [
  {
    about: "added, with repetition",
    inputs: [examples([6, 3]), exampleIndices([6, 2], [0, 0, 1, 2, 2, 2, 0, 1, -1, 0, 1, 1]), examples([6, 2])],
    attributes: { axis: 1, reduction: "add" },
  },
  {
    about: "written",
    inputs: [examples([6, 3]), exampleIndices([6, 2], [0, 1, 1, 2, 2, 0, 0, 1, -1, 0, 1, 2]), examples([6, 2])],
    attributes: { axis: 1 },
  },
  {
    about: "the first axis",
    inputs: [real([4, 2]), indices([2, 2], [3, 0, 1, 0]), real([2, 2])],
    attributes: { reduction: "add" },
  },
  {
    about: "multiplied, with repetition",
    inputs: [examples([6, 3]), exampleIndices([6, 2], [0, 0, 1, 2, 2, 2, 0, 1, -1, 0, 1, 1]), examples([6, 2])],
    attributes: { axis: 1, reduction: "mul" },
  },
  {
    about: "multiplied by zeros: one, two and three of an element",
    inputs: [real([4]), indices([9], [0, 0, 1, 1, 1, 2, 2, 2, -2]), real([9], [0, 2, 0, 0, 3, 0, 0, 0, 2])],
    attributes: { reduction: "mul" },
  },
  {
    about: "the largest, with repetition",
    inputs: [examples([6, 3]), exampleIndices([6, 2], [0, 0, 1, 2, 2, 2, 0, 1, -1, 0, 1, 1]), examples([6, 2])],
    attributes: { axis: 1, reduction: "max" },
  },
  {
    about: "the smallest of the last axis",
    inputs: [real([2, 3]), indices([2, 4], [0, 0, 1, 2, 2, 2, 2, 1]), real([2, 4])],
    attributes: { axis: -1, reduction: "min" },
  },
];

export const scatterNDCases: readonly Case[] = [
  {
    about: "rows added, with repetition",
    inputs: [real([4, 2]), indices([3, 1], [2, 0, 2]), real([3, 2])],
    attributes: { reduction: "add" },
  },
  { about: "rows written", inputs: [real([4, 2]), indices([2, 1], [3, 0]), real([2, 2])] },
  {
    about: "2-D list of rows",
    inputs: [real([4, 2, 2]), indices([2, 2, 1], [2, 0, -1, 2]), real([2, 2, 2, 2])],
    attributes: { reduction: "add" },
  },
  { about: "numbers", inputs: [real([4]), indices([2, 1], [3, 1]), real([2])] },
  { about: "single elements of a matrix", inputs: [real([3, 2]), indices([3, 2], [2, 0, 0, -1, 1, 1]), real([3])] },
  {
    about: "slices by two indices, added with repetition",
    inputs: [real([2, 3, 2]), indices([2, 2, 2], [0, 1, 1, 2, 0, 1, -1, 0]), real([2, 2, 2])],
    attributes: { reduction: "add" },
  },
  {
    about: "rows multiplied, with repetition",
    inputs: [real([3, 2]), indices([4, 1], [2, 0, 2, 2]), real([4, 2])],
    attributes: { reduction: "mul" },
  },
  {
    about: "the largest, with repetition",
    inputs: [real([3, 2]), indices([4, 1], [2, 0, 2, 2]), real([4, 2])],
    attributes: { reduction: "max" },
  },
  {
    about: "the smallest of single elements",
    inputs: [real([2, 2]), indices([3, 2], [0, 1, 0, 1, 1, 0]), real([3])],
    attributes: { reduction: "min" },
  },
];
