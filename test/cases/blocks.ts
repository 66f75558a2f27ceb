import { type Case, examples, integers, real } from "./case.ts";

export const splitCases: readonly Case[] = [
  { about: "sizes", inputs: [examples([6, 5]), integers(1, 3, 1)], attributes: { axis: 1 }, outputs: 3 },
  { about: "equal parts", inputs: [examples([6, 2, 4])], attributes: { axis: -1, num_outputs: 2 }, outputs: 2 },
  { about: "a smaller last part", inputs: [examples([6, 5, 2])], attributes: { axis: 1, num_outputs: 3 }, outputs: 3 },
  { about: "axis 0", inputs: [real([4, 2]), integers(1, 3)], outputs: 2 },
  { about: "one part", inputs: [examples([6, 2])], attributes: { axis: 1, num_outputs: 1 }, outputs: 1 },
];

export const tileCases: readonly Case[] = [
  { about: "a middle axis", inputs: [examples([6, 2, 3]), integers(1, 3, 1)] },
  { about: "two axes", inputs: [examples([6, 2, 3]), integers(1, 2, 2)] },
  { about: "nothing", inputs: [examples([6, 2]), integers(1, 1)] },
  { about: "axis 0", inputs: [real([2, 3]), integers(3, 2)] },
];

export const depthToSpaceCases: readonly Case[] = [
  { about: "mode DCR", inputs: [examples([6, 8, 2, 1])], attributes: { blocksize: 2 } },
  { about: "mode CRD", inputs: [examples([6, 8, 1, 3])], attributes: { blocksize: 2, mode: "CRD" } },
  { about: "blocks of 1", inputs: [examples([6, 2, 1, 3])], attributes: { blocksize: 1, mode: "CRD" } },
];

export const spaceToDepthCases: readonly Case[] = [
  { about: "blocks of 2", inputs: [examples([6, 2, 4, 2])], attributes: { blocksize: 2 } },
  { about: "blocks of 3", inputs: [examples([6, 1, 3, 6])], attributes: { blocksize: 3 } },
];
