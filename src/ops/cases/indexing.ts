import { type Case, exampleIndices, examples, indices, real } from "./case.ts";

export const gatherCases: readonly Case[] = [
  { about: "rows of a shared table", inputs: [real([4, 3]), exampleIndices([6], [0, 2, 2, 3, 0, 2])] },
  {
    about: "rows of a shared table, two indices per example, some negative",
    inputs: [real([4, 2]), exampleIndices([6, 2], [0, -1, 2, 2, -4, 3, 1, 1, 0, 2, -2, 3])],
  },
  {
    about: "rows of a shared table by int32 indices",
    inputs: [real([4, 3]), { ...exampleIndices([6], [3, 1, -1, 0, 3, 2]), type: "int32" }],
  },
  { about: "numbers of a shared vector", inputs: [real([5]), exampleIndices([6], [4, 0, -1, 2, 2, 1])] },
  { about: "axis 1", inputs: [examples([6, 4, 2]), indices([3], [3, 0, 3])], attributes: { axis: 1 } },
  {
    about: "the last axis, 2-D indices",
    inputs: [examples([6, 4]), indices([2, 2], [1, -1, 0, 1])],
    attributes: { axis: -1 },
  },
  { about: "one index, axis dropped", inputs: [examples([6, 4]), indices([], [2])], attributes: { axis: 1 } },
  { about: "one row", inputs: [real([3, 2]), indices([], [-1])] },
];

export const gatherElementsCases: readonly Case[] = [
  {
    about: "one element per row",
    inputs: [examples([6, 4]), exampleIndices([6, 1], [0, 3, 1, -1, 2, 2])],
    attributes: { axis: 1 },
  },
  {
    about: "repeated elements of the last axis",
    inputs: [
      examples([6, 2, 3]),
      exampleIndices([6, 2, 2], [0, 1, 2, 2, 0, 0, 1, 2, 0, 2, -1, 0, 1, 1, 2, 0, 0, 1, 2, 1, 1, 0, 2, 2]),
    ],
    attributes: { axis: -1 },
  },
  { about: "the first axis", inputs: [real([3, 2]), indices([2, 2], [2, 0, 2, 1])] },
];

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
];
