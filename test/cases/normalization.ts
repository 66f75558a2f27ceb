import { type Case, examples, fixed, real } from "./case.ts";

const state = [fixed([3], [0.2, -0.4, 0.1]), fixed([3], [0.8, 1.5, 1.1])];
const affine = [real([3], "positive"), real([3])];

export const batchNormalizationCases: readonly Case[] = [
  { about: "running statistics, images", inputs: [examples([6, 3, 2, 2]), ...affine, ...state] },
  {
    about: "running statistics, vectors",
    inputs: [examples([6, 3]), ...affine, ...state],
    attributes: { epsilon: 0.1 },
  },
  ...[0, 0.9].flatMap((momentum) =>
    [
      { about: "images", shape: [6, 3, 2, 2] },
      { about: "vectors", shape: [6, 3] },
      { about: "series", shape: [6, 3, 4] },
    ].map(({ about, shape }) => ({
      about: `training, momentum ${momentum}, ${about}`,
      inputs: [examples(shape), ...affine, ...state],
      attributes: { training_mode: 1, momentum },
      outputs: 3,
    })),
  ),
];

const scale = (...shape: number[]) => real(shape, "positive");

export const layerNormalizationCases: readonly Case[] = [
  { about: "vectors", inputs: [examples([6, 4]), scale(4), real([4])] },
  { about: "no bias, another epsilon", inputs: [examples([6, 4]), scale(4)], attributes: { epsilon: 0.5 } },
  { about: "tokens, statistics asked for", inputs: [examples([6, 3, 4]), scale(4), real([4])], outputs: 3 },
  {
    about: "two axes",
    inputs: [examples([6, 2, 2, 3]), scale(2, 3), real([2, 3])],
    attributes: { axis: 2 },
    outputs: 3,
  },
  { about: "whole examples", inputs: [examples([6, 2, 3]), scale(2, 3)], attributes: { axis: -2 }, outputs: 3 },
  { about: "a scale of ones", inputs: [examples([6, 5], "distinct"), fixed([5], [1, 1, 1, 1, 1])], outputs: 3 },
];
