import { type Case, examples, real } from "./case.ts";

export const convCases: readonly Case[] = [
  { about: "2-D with bias", inputs: [examples([6, 2, 5, 4]), real([3, 2, 3, 2]), real([3])] },
  {
    about: "a stride that leaves a row and a column over",
    inputs: [examples([6, 2, 6, 6]), real([2, 2, 3, 3])],
    attributes: { strides: [2, 2] },
  },
  {
    about: "different strides and paddings on each side",
    inputs: [examples([6, 2, 5, 7]), real([2, 2, 3, 2]), real([2])],
    attributes: { strides: [3, 2], pads: [1, 0, 2, 1] },
  },
  {
    about: "dilation and stride",
    inputs: [examples([6, 1, 8, 7]), real([2, 1, 2, 3])],
    attributes: { dilations: [3, 2], strides: [2, 1], pads: [0, 1, 1, 0] },
  },
  {
    about: "groups",
    inputs: [examples([6, 4, 4, 4]), real([6, 2, 2, 2]), real([6])],
    attributes: { group: 2 },
  },
  {
    about: "a filter per channel, two per channel",
    inputs: [examples([6, 3, 4, 4]), real([6, 1, 3, 3])],
    attributes: { group: 3, pads: [1, 1, 1, 1] },
  },
  {
    about: "a filter per channel, stride and dilation",
    inputs: [examples([6, 2, 6, 7]), real([2, 1, 2, 3])],
    attributes: { group: 2, strides: [2, 2], dilations: [2, 1], pads: [0, 1, 1, 0] },
  },
  {
    about: "a filter per channel of a long series",
    inputs: [examples([6, 2, 132]), real([4, 1, 3])],
    attributes: { group: 2, strides: [2], pads: [1, 0] },
  },
  {
    about: "a filter per channel of volumes",
    inputs: [examples([6, 2, 3, 2, 3]), real([2, 1, 2, 1, 2])],
    attributes: { group: 2 },
  },
  {
    about: "many channels",
    inputs: [examples([6, 32, 4, 3]), real([2, 32, 2, 3])],
    attributes: { strides: [2, 1], dilations: [2, 1], pads: [0, 1, 1, 0] },
  },
  {
    about: "many channels, unequal borders, dense rows",
    inputs: [examples([6, 16, 4, 5]), real([3, 16, 3, 2]), real([3])],
    attributes: { pads: [1, 0, 2, 1], strides: [1, 2] },
  },
  {
    about: "many channels, dilated, without borders",
    inputs: [examples([6, 17, 5, 4]), real([2, 17, 2, 2])],
    attributes: { dilations: [3, 2] },
  },
  {
    about: "many channels of volumes",
    inputs: [examples([6, 16, 3, 2, 3]), real([2, 16, 2, 2, 2])],
    attributes: { pads: [1, 0, 0, 0, 1, 1], dilations: [2, 1, 1] },
  },
  {
    about: "many channels, taps that see borders alone",
    inputs: [examples([6, 16, 1, 3]), real([2, 16, 3, 2])],
    attributes: { pads: [1, 0, 1, 0] },
  },
  { about: "kernel 1 of few pixels", inputs: [examples([6, 8, 1, 2]), real([9, 8, 1, 1])] },
  { about: "kernel 1 of few pixels, more channels than filters", inputs: [examples([6, 9, 2]), real([8, 9, 1])] },
  {
    about: "many filters, unequal borders",
    inputs: [examples([6, 3, 4, 5]), real([16, 3, 3, 2]), real([16])],
    attributes: { pads: [1, 0, 2, 1] },
  },
  { about: "many filters of one pixel", inputs: [examples([6, 3, 2, 3]), real([17, 3, 1, 1])] },
  {
    about: "a filter per channel of many",
    inputs: [examples([6, 16, 4, 3]), real([16, 1, 3, 3])],
    attributes: { group: 16, pads: [1, 1, 1, 1] },
  },
  { about: "many channels of a series", inputs: [examples([6, 33, 4]), real([2, 33, 2])] },
  { about: "1-D", inputs: [examples([6, 2, 7]), real([3, 2, 4]), real([3])], attributes: { strides: [2] } },
  {
    about: "3-D",
    inputs: [examples([6, 1, 3, 4, 3]), real([2, 1, 2, 3, 2]), real([2])],
    attributes: { strides: [1, 2, 1], pads: [0, 1, 0, 0, 0, 1] },
  },
  { about: "kernel 1", inputs: [examples([6, 3, 2, 2]), real([4, 3, 1, 1])] },
  {
    about: "kernel 1 and stride 2",
    inputs: [examples([6, 3, 4, 3]), real([2, 3, 1, 1])],
    attributes: { strides: [2, 2] },
  },
  {
    about: "an input smaller than the kernel",
    inputs: [examples([6, 1, 2, 2]), real([2, 1, 3, 3])],
    attributes: { pads: [1, 1, 1, 1] },
  },
  {
    about: "padding as wide as the kernel",
    inputs: [examples([6, 1, 3, 3]), real([2, 1, 2, 2])],
    attributes: { pads: [2, 2, 2, 2] },
  },
  ...["SAME_UPPER", "SAME_LOWER", "VALID"].map((auto_pad) => ({
    about: `auto_pad ${auto_pad}`,
    inputs: [examples([6, 2, 5, 6]), real([2, 2, 2, 3])],
    attributes: { auto_pad, strides: [1, 2] },
  })),
];

export const convTransposeCases: readonly Case[] = [
  { about: "2-D with bias", inputs: [examples([6, 2, 3, 2]), real([2, 3, 2, 3]), real([3])] },
  { about: "stride 2", inputs: [examples([6, 2, 3, 3]), real([2, 1, 2, 2])], attributes: { strides: [2, 2] } },
  {
    about: "output padding",
    inputs: [examples([6, 2, 3, 2]), real([2, 2, 3, 3]), real([2])],
    attributes: { strides: [2, 3], pads: [1, 0, 1, 1], output_padding: [1, 2] },
  },
  {
    about: "dilation",
    inputs: [examples([6, 1, 3, 3]), real([1, 2, 2, 3])],
    attributes: { dilations: [2, 2], strides: [1, 2] },
  },
  { about: "groups", inputs: [examples([6, 4, 2, 2]), real([4, 3, 2, 2]), real([6])], attributes: { group: 2 } },
  { about: "1-D", inputs: [examples([6, 2, 4]), real([2, 2, 3])], attributes: { strides: [2], pads: [1, 1] } },
  { about: "3-D", inputs: [examples([6, 1, 2, 2, 2]), real([1, 2, 2, 2, 2])], attributes: { strides: [1, 2, 2] } },
  {
    about: "1-D, groups, dilation and padding on each side",
    inputs: [examples([6, 4, 5]), real([4, 1, 3]), real([2])],
    attributes: { group: 2, dilations: [2], strides: [3], pads: [2, 1], output_padding: [1] },
  },
  {
    about: "3-D with padding",
    inputs: [examples([6, 2, 2, 3, 2]), real([2, 1, 2, 3, 2]), real([1])],
    attributes: { strides: [2, 1, 2], pads: [1, 0, 0, 0, 1, 1] },
  },
  ...["SAME_UPPER", "SAME_LOWER", "VALID"].map((auto_pad) => ({
    about: `auto_pad ${auto_pad}`,
    inputs: [examples([6, 2, 3, 2]), real([2, 2, 4, 1])],
    attributes: { auto_pad, strides: [1, 2] },
  })),
  ...["NOTSET", "SAME_UPPER", "SAME_LOWER"].map((auto_pad) => ({
    about: `output_shape, auto_pad ${auto_pad}`,
    inputs: [examples([6, 1, 3, 3]), real([1, 2, 3, 4]), real([2])],
    attributes: { auto_pad, strides: [2, 2], output_shape: [6, 9] },
  })),
];
