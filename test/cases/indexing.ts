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

export const gatherNDCases: readonly Case[] = [
  { about: "slices of a shared table", inputs: [real([4, 3]), exampleIndices([6, 1], [0, 2, -1, 3, 0, 2])] },
  {
    about: "elements of a shared table, two per example",
    inputs: [
      real([3, 2]),
      exampleIndices([6, 2, 2], [0, 1, 2, 0, -1, -1, 0, 0, 1, 1, 2, 1, 0, 1, 0, -2, 2, 0, 1, 0, 1, 1, 0, 0]),
    ],
  },
  {
    about: "an element of each example",
    inputs: [examples([6, 2, 3]), exampleIndices([6, 2], [0, 1, 1, 2, 0, 0, -1, -1, 0, 2, 1, 0])],
    attributes: { batch_dims: 1 },
  },
  {
    about: "two batch axes",
    inputs: [examples([6, 2, 3, 2]), exampleIndices([6, 2, 1], [0, 1, 1, 2, 0, 0, -1, -1, 0, 2, 1, 0])],
    attributes: { batch_dims: 2 },
  },
  { about: "slices by two indices", inputs: [real([2, 3, 2]), indices([2, 2], [1, 0, 0, 2])] },
];
