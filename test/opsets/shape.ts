import { fromNumbers } from "../../src/tensor/tensor.ts";
import { FLOAT, floats, ints, type OpsetCase } from "./case.ts";

const all = [13, 14, 15, 16, 17, 18, 19, 20];

export const shaped: readonly OpsetCase[] = [
  {
    about: "Split in equal parts, by the number of outputs",
    opsets: [13, 17],
    shape: [2, 6],
    nodes: [
      ["Split", "x", "a b c", { axis: 1 }],
      ["Concat", "c a b", "y", { axis: 1 }],
    ],
  },
  {
    about: "Split, num_outputs with a smaller last part",
    opsets: [18, 20],
    shape: [2, 7],
    nodes: [
      ["Split", "x", "a b c", { axis: 1, num_outputs: 3 }],
      ["Concat", "c a b", "y", { axis: 1 }],
    ],
  },
  {
    about: "Split by sizes",
    opsets: [13, 18],
    shape: [2, 6],
    nodes: [
      ["Split", "x sizes", "a b", { axis: -1 }],
      ["Concat", "b a", "y", { axis: 1 }],
    ],
    constants: { sizes: ints(1, 5) },
  },
  ...["constant", "reflect", "edge"].map((mode) => ({
    about: `Pad ${mode}`,
    opsets: all,
    shape: [2, 3, 4],
    nodes: [["Pad", "x pads", "y", { mode }]] as const,
    constants: { pads: ints(0, 0, 2, 0, 1, 1) },
  })),
  {
    about: "Pad of named axes",
    opsets: [18, 19, 20],
    shape: [2, 3, 4],
    nodes: [["Pad", "x pads value axes", "y"]],
    constants: { pads: ints(2, 1), value: fromNumbers("float32", [], [0.5]), axes: ints(-1) },
  },
  {
    about: "Pad wrap",
    opsets: [19, 20],
    shape: [2, 3, 4],
    nodes: [["Pad", "x pads", "y", { mode: "wrap" }]],
    constants: { pads: ints(0, 0, 2, 0, 1, 3) },
  },
  {
    about: "Shape of some axes",
    opsets: [15, 19],
    shape: [2, 3, 4],
    nodes: [
      ["Shape", "x", "s", { start: 1, end: -1 }],
      ["Cast", "s", "f", { to: FLOAT }],
      ["Mul", "x f", "y"],
    ],
  },
  {
    about: "Reshape to 0 and −1",
    opsets: [13, 14, 19],
    shape: [2, 3, 4],
    nodes: [["Reshape", "x s", "y"]],
    constants: { s: ints(0, -1) },
  },
  {
    about: "Reshape, allowzero",
    opsets: [14, 19],
    shape: [2, 3, 4],
    nodes: [["Reshape", "x s", "y", { allowzero: 1 }]],
    constants: { s: ints(2, 12) },
  },
  {
    about: "Squeeze and Unsqueeze, axes as inputs",
    opsets: [13, 20],
    shape: [2, 3],
    nodes: [
      ["Unsqueeze", "x a", "u"],
      ["Squeeze", "u b", "y"],
    ],
    constants: { a: ints(0, -1), b: ints(0) },
  },
  {
    about: "CenterCropPad",
    opsets: [18, 20],
    shape: [2, 5, 2],
    nodes: [["CenterCropPad", "x s", "y", { axes: [1, 2] }]],
    constants: { s: ints(2, 5) },
  },
  {
    about: "ReverseSequence, batches first",
    opsets: [13, 20],
    shape: [2, 4, 3],
    nodes: [["ReverseSequence", "x lengths", "y", { batch_axis: 0, time_axis: 1 }]],
    constants: { lengths: ints(4, 2) },
  },
  {
    about: "ReverseSequence, time first",
    opsets: [13],
    shape: [4, 3, 2],
    nodes: [["ReverseSequence", "x lengths", "y"]],
    constants: { lengths: ints(1, 4, 3) },
  },
];

export const scattered: readonly OpsetCase[] = [
  ...["none", "add", "mul"].flatMap((reduction) => [
    {
      about: `ScatterElements ${reduction}`,
      opsets: reduction === "none" ? [13, 16, 18] : [16, 18],
      shape: [2, 3],
      nodes: [
        ["ScatterElements", "x i u", "y", { axis: 1, reduction: reduction === "none" ? undefined : reduction }],
      ] as const,
      constants: { i: fromNumbers("int64", [2, 2], [0, 2, 1, 0]), u: fromNumbers("float32", [2, 2], [1, 2, 3, 4]) },
    },
    {
      about: `ScatterND ${reduction}`,
      opsets: reduction === "none" ? [13, 16, 18] : [16, 18],
      shape: [2, 3],
      nodes: [["ScatterND", "x i u", "y", { reduction: reduction === "none" ? undefined : reduction }]] as const,
      constants: { i: fromNumbers("int64", [2, 2], [0, 2, 1, 0]), u: floats(2, 3) },
    },
  ]),
  ...["max", "min"].map((reduction) => ({
    about: `ScatterND ${reduction}`,
    opsets: [18],
    shape: [2, 3],
    nodes: [["ScatterND", "x i u", "y", { reduction }]] as const,
    constants: { i: fromNumbers("int64", [2, 2], [0, 2, 1, 0]), u: floats(0.1, -0.1) },
  })),
  {
    about: "Einsum",
    opsets: [13],
    shape: [2, 3, 4],
    nodes: [["Einsum", "x w", "y", { equation: "...ij,jk->...ki" }]],
    constants: { w: fromNumbers("float32", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]) },
  },
];
