import { floats, ints, type OpsetCase } from "./case.ts";

export const resized: readonly OpsetCase[] = [
  ...["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"].map((mode) => ({
    about: `Resize linear, ${mode}`,
    opsets: [13, 18, 19],
    shape: [1, 2, 3, 4],
    nodes: [["Resize", "x  scales", "y", { mode: "linear", coordinate_transformation_mode: mode }]] as const,
    constants: { scales: floats(1, 1, 2, 1.5) },
  })),
  {
    about: "Resize, half_pixel_symmetric",
    opsets: [19, 20],
    shape: [1, 2, 3, 4],
    nodes: [["Resize", "x  scales", "y", { mode: "linear", coordinate_transformation_mode: "half_pixel_symmetric" }]],
    constants: { scales: floats(1, 1, 2, 1.5) },
  },
  {
    about: "Resize of named axes",
    opsets: [18, 19],
    shape: [1, 2, 3, 4],
    nodes: [["Resize", "x   sizes", "y", { mode: "linear", axes: [2, 3] }]],
    constants: { sizes: ints(5, 7) },
  },
  ...["not_larger", "not_smaller"].map((policy) => ({
    about: `Resize, ${policy}`,
    opsets: [18, 19, 20],
    shape: [1, 2, 4, 6],
    nodes: [["Resize", "x   sizes", "y", { mode: "linear", axes: [2, 3], keep_aspect_ratio_policy: policy }]] as const,
    constants: { sizes: ints(7, 8) },
  })),
  {
    about: "Resize nearest, smaller",
    opsets: [13, 18, 19],
    shape: [1, 2, 6, 4],
    nodes: [["Resize", "x  scales", "y"]],
    constants: { scales: floats(1, 1, 0.5, 0.75) },
  },
];

export const pooled: readonly OpsetCase[] = [
  ...[0, 1].map((count) => ({
    about: `AveragePool, padded, ceil_mode, count_include_pad ${count}`,
    opsets: [13, 19, 20],
    shape: [1, 2, 7, 6],
    nodes: [
      [
        "AveragePool",
        "x",
        "y",
        { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1, count_include_pad: count },
      ],
    ] as const,
  })),
  {
    about: "AveragePool with dilations",
    opsets: [19, 20],
    shape: [1, 2, 7, 6],
    nodes: [["AveragePool", "x", "y", { kernel_shape: [2, 3], dilations: [2, 1], pads: [1, 0, 0, 1] }]],
  },
  {
    about: "MaxPool, dilated, padded, ceil_mode",
    opsets: [13, 20],
    shape: [1, 2, 8, 6],
    nodes: [
      [
        "MaxPool",
        "x",
        "y",
        { kernel_shape: [2, 2], strides: [2, 3], dilations: [2, 1], pads: [1, 0, 1, 1], ceil_mode: 1 },
      ],
    ],
  },
  {
    about: "LpPool",
    opsets: [13, 18],
    shape: [1, 2, 6, 6],
    nodes: [["LpPool", "x", "y", { kernel_shape: [3, 2], p: 1, pads: [1, 0, 1, 0] }]],
  },
  {
    about: "LpPool with dilations and ceil_mode",
    opsets: [18],
    shape: [1, 2, 7, 6],
    nodes: [["LpPool", "x", "y", { kernel_shape: [2, 2], strides: [2, 2], dilations: [2, 1], ceil_mode: 1 }]],
  },
];

export const normalized: readonly OpsetCase[] = [
  {
    about: "GroupNormalization, a scale for each group",
    opsets: [18, 20],
    shape: [2, 6, 3],
    nodes: [["GroupNormalization", "x s b", "y", { num_groups: 3 }]],
    constants: { s: floats(1, 2, 3), b: floats(-1, 0, 1) },
  },
  {
    about: "LayerNormalization",
    opsets: [17, 20],
    shape: [2, 3, 4],
    nodes: [["LayerNormalization", "x s", "y"]],
    constants: { s: floats(1, 2, 3, 4) },
  },
  {
    about: "BatchNormalization in evaluation",
    opsets: [13, 14, 15],
    shape: [2, 3, 2],
    nodes: [["BatchNormalization", "x s b m v", "y"]],
    constants: { s: floats(1, 2, 3), b: floats(-1, 0, 1), m: floats(0, 1, -1), v: floats(1, 2, 0.5) },
  },
];
