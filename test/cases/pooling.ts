import { type Case, type CaseInput, examples, fixed } from "./case.ts";

/** Windows that pools of every kind are tried with. */
function windows(X: (shape: readonly number[]) => CaseInput): Case[] {
  return [
    { about: "tiles", inputs: [X([6, 2, 4, 4])], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    {
      about: "tiles that leave a row over",
      inputs: [X([6, 1, 5, 6])],
      attributes: { kernel_shape: [2, 3], strides: [2, 3] },
    },
    { about: "overlapping", inputs: [X([6, 2, 5, 5])], attributes: { kernel_shape: [3, 3], strides: [2, 2] } },
    { about: "stride 1 by default", inputs: [X([6, 1, 3, 4])], attributes: { kernel_shape: [2, 2] } },
    {
      about: "overlapping and padded",
      inputs: [X([6, 2, 4, 4])],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    },
    {
      about: "tiles and padding",
      inputs: [X([6, 1, 4, 4])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 1, 1] },
    },
    {
      about: "a stride longer than the kernel",
      inputs: [X([6, 1, 7, 5])],
      attributes: { kernel_shape: [2, 1], strides: [3, 2] },
    },
    {
      about: "ceil_mode, dividing",
      inputs: [X([6, 1, 4, 4])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
    },
    {
      about: "ceil_mode, not dividing",
      inputs: [X([6, 1, 5, 6])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
    },
    {
      about: "ceil_mode, padding on one side",
      inputs: [X([6, 1, 5, 4])],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 0, 0], ceil_mode: 1 },
    },
    { about: "dilation", inputs: [X([6, 1, 5, 6])], attributes: { kernel_shape: [2, 2], dilations: [2, 3] } },
    {
      about: "auto_pad",
      inputs: [X([6, 1, 5, 4])],
      attributes: { kernel_shape: [2, 3], strides: [2, 2], auto_pad: "SAME_UPPER" },
    },
    { about: "1-D tiles", inputs: [X([6, 2, 7])], attributes: { kernel_shape: [3], strides: [3] } },
    { about: "1-D overlapping", inputs: [X([6, 2, 7])], attributes: { kernel_shape: [3], strides: [2], pads: [1, 0] } },
    {
      about: "3-D tiles",
      inputs: [X([6, 1, 2, 5, 2])],
      attributes: { kernel_shape: [2, 2, 1], strides: [2, 2, 1] },
    },
    {
      about: "1-D, dilation and ceil_mode",
      inputs: [X([6, 1, 8])],
      attributes: { kernel_shape: [3], strides: [2], dilations: [2], pads: [1, 1], ceil_mode: 1 },
    },
    {
      about: "3-D, overlapping and padded",
      inputs: [X([6, 1, 3, 4, 2])],
      attributes: { kernel_shape: [2, 3, 2], strides: [1, 2, 1], pads: [1, 1, 0, 0, 1, 1] },
    },
    {
      about: "stride 1, padded on each side",
      inputs: [X([6, 2, 3, 4])],
      attributes: { kernel_shape: [3, 2], pads: [1, 0, 2, 1] },
    },
    { about: "the whole image", inputs: [X([6, 2, 3, 2])], attributes: { kernel_shape: [3, 2] } },
  ];
}

const equalElements = { notSmooth: "several elements of a window are the largest" };

export const maxPoolCases: readonly Case[] = [
  ...windows((shape) => examples(shape, "distinct")),
  {
    about: "indices asked for",
    inputs: [examples([6, 2, 5, 5], "distinct")],
    attributes: { kernel_shape: [3, 3], strides: [2, 2] },
    outputs: 2,
  },
  {
    about: "equal elements in tiles",
    inputs: [examples([6, 1, 4, 4], "few")],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    ...equalElements,
  },
  {
    about: "equal elements, overlapping",
    inputs: [examples([6, 1, 5, 5], "few")],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    ...equalElements,
  },
];

const averages = windows((shape) => examples(shape));

export const averagePoolCases: readonly Case[] = [
  ...averages,
  ...averages.flatMap((pool) =>
    "pads" in pool.attributes! || "ceil_mode" in pool.attributes!
      ? [{ ...pool, about: `${pool.about}, padding counted`, attributes: { ...pool.attributes, count_include_pad: 1 } }]
      : [],
  ),
];

export const globalAveragePoolCases: readonly Case[] = [
  { about: "2-D", inputs: [examples([6, 2, 3, 2])] },
  { about: "1-D", inputs: [examples([6, 3, 4])] },
  { about: "3-D", inputs: [examples([6, 2, 2, 1, 3])] },
];

const nearest = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };

function scales(...factors: number[]): CaseInput {
  return { ...fixed([factors.length], factors), type: "float32" };
}

export const resizeCases: readonly Case[] = [
  { about: "2-D", inputs: [examples([6, 2, 3, 2]), undefined, scales(1, 1, 2, 3)], attributes: nearest },
  { about: "1-D", inputs: [examples([6, 2, 3]), undefined, scales(1, 1, 3)], attributes: nearest },
  { about: "3-D", inputs: [examples([6, 1, 2, 1, 2]), undefined, scales(1, 1, 2, 2, 1)], attributes: nearest },
];
