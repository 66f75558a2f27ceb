import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import type { Tensor } from "../src/tensor/tensor.ts";
import { fromNumbers } from "../src/tensor/tensor.ts";
import type { AttributeInit, GraphInit, NodeInit } from "./foreignFile.ts";

/** Nodes whose form or meaning differs between operator sets 13 and 20 (onnx/docs/Changelog.md), as a file of that set writes them. */
export interface OpsetCase {
  readonly about: string;
  readonly opsets: readonly number[];
  /** Of the input x, examples included. */
  readonly shape: readonly number[];
  /** From x to y. */
  readonly nodes: readonly (readonly [op: string, inputs: string, outputs: string, attributes?: Plain])[];
  readonly constants?: Readonly<Record<string, Tensor>>;
}

type Plain = Readonly<Record<string, number | string | readonly number[] | undefined>>;

const ints = (...values: number[]) => fromNumbers("int64", [values.length], values);
const floats = (...values: number[]) => fromNumbers("float32", [values.length], values);
const all = [13, 14, 15, 16, 17, 18, 19, 20];
const FLOAT = 1;
const [INT64, BOOL] = [7, 9];

const reductions = ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare"].map(
  (kind) => `Reduce${kind}`,
);

const reduced: readonly OpsetCase[] = [
  ...reductions.flatMap((op): OpsetCase[] => [
    {
      about: `${op}, axes as an attribute`,
      opsets: [13, 17],
      shape: [2, 3, 4],
      nodes: [
        ["Exp", "x", "e"],
        [op, "e", "y", { axes: [1, -1], keepdims: 0 }],
      ],
    },
    {
      about: `${op}, axes as an input`,
      opsets: [18, 20],
      shape: [2, 3, 4],
      nodes: [
        ["Exp", "x", "e"],
        [op, "e axes", "y"],
      ],
      constants: { axes: ints(-1) },
    },
    {
      about: `${op}, no axes, nothing to do`,
      opsets: [18, 20],
      shape: [2, 3],
      nodes: [
        ["Exp", "x", "e"],
        [op, "e none", "y", { noop_with_empty_axes: 1 }],
      ],
      constants: { none: ints() },
    },
    {
      about: `${op}, no axes, all`,
      opsets: [13, 18, 20],
      shape: [2, 3],
      nodes: [
        ["Exp", "x", "e"],
        [op, "e", "y"],
      ],
    },
  ]),
  {
    about: "ReduceSum, axes as an input",
    opsets: [13, 20],
    shape: [2, 3],
    nodes: [["ReduceSum", "x axes", "y", { keepdims: 0 }]],
    constants: { axes: ints(1) },
  },
  ...["ReduceMax", "ReduceMin"].map((op) => ({
    about: `${op} of truth values`,
    opsets: [20],
    shape: [2, 3],
    nodes: [
      ["Greater", "x zero", "t"],
      [op, "t axes", "r"],
      ["Cast", "r", "y", { to: FLOAT }],
    ] as const,
    constants: { axes: ints(1), zero: fromNumbers("float32", [], [0]) },
  })),
];

const shaped: readonly OpsetCase[] = [
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

const resized: readonly OpsetCase[] = [
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

const pooled: readonly OpsetCase[] = [
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

const normalized: readonly OpsetCase[] = [
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

const activations: readonly OpsetCase[] = [
  ...["Mish"].map((op) => ({ about: op, opsets: [18, 20], shape: [2, 5], nodes: [[op, "x", "y"]] as const })),
  ...["HardSwish"].map((op) => ({ about: op, opsets: [14, 20], shape: [2, 5], nodes: [[op, "x", "y"]] as const })),
  ...["none", "tanh"].map((approximate) => ({
    about: `Gelu, ${approximate}`,
    opsets: [20],
    shape: [2, 5],
    nodes: [["Gelu", "x", "y", { approximate }]] as const,
  })),
  { about: "Shrink", opsets: [13], shape: [2, 5], nodes: [["Shrink", "x", "y", { bias: 0.25, lambd: 0.75 }]] },
  ...["Softmax", "LogSoftmax", "Hardmax"].map((op) => ({
    about: `${op} along the last axis by default`,
    opsets: [13, 20],
    shape: [2, 3, 4],
    nodes: [[op, "x", "y"]] as const,
  })),
  {
    about: "PRelu, a slope for each channel",
    opsets: [13, 16],
    shape: [2, 3, 4],
    nodes: [["PRelu", "x slope", "y"]],
    constants: { slope: fromNumbers("float32", [3, 1], [0.5, 0.25, -1]) },
  },
];

const discrete: readonly OpsetCase[] = [
  ...["IsNaN", "IsInf"].map((op) => ({
    about: op,
    opsets: [13, 20],
    shape: [2, 3],
    nodes: [
      ["Log", "x", "l"],
      [op, "l", "t"],
      ["Cast", "t", "y", { to: FLOAT }],
    ] as const,
  })),
  {
    about: "Equal of truth values",
    opsets: [13, 19],
    shape: [2, 3],
    nodes: [
      ["Greater", "x zero", "a"],
      ["Not", "a", "b"],
      ["Equal", "a b", "t"],
      ["Cast", "t", "y", { to: FLOAT }],
    ],
    constants: { zero: fromNumbers("float32", [], [0]) },
  },
  ...["BitwiseAnd", "BitwiseOr", "BitwiseXor"].map((op) => ({
    about: op,
    opsets: [18, 20],
    shape: [2, 3],
    nodes: [
      ["Mul", "x ten", "t"],
      ["Cast", "t", "i", { to: INT64 }],
      [op, "i bits", "b"],
      ["Cast", "b", "y", { to: FLOAT }],
    ] as const,
    constants: { ten: fromNumbers("float32", [], [10]), bits: ints(5, -3, 12) },
  })),
  {
    about: "BitwiseNot",
    opsets: [18],
    shape: [2, 3],
    nodes: [
      ["Cast", "x", "i", { to: 6 }],
      ["BitwiseNot", "i", "b"],
      ["Cast", "b", "y", { to: FLOAT }],
    ],
  },
  ...["LEFT", "RIGHT"].map((direction) => ({
    about: `BitShift ${direction}`,
    opsets: [13],
    shape: [2, 3],
    nodes: [
      ["Abs", "x", "p"],
      ["Mul", "p ten", "t"],
      ["Cast", "t", "i", { to: 2 }],
      ["BitShift", "i by", "b", { direction }],
      ["Cast", "b", "y", { to: FLOAT }],
    ] as const,
    constants: { ten: fromNumbers("float32", [], [10]), by: fromNumbers("uint8", [3], [0, 1, 3]) },
  })),
  ...[
    { fmod: 0, type: INT64 },
    { fmod: 1, type: INT64 },
    { fmod: 1, type: FLOAT },
  ].map(({ fmod, type }) => ({
    about: `Mod, fmod ${fmod}, of ${type === FLOAT ? "real numbers" : "integers"}`,
    opsets: [13],
    shape: [2, 3],
    nodes: [
      ["Mul", "x ten", "t"],
      ["Cast", "t", "a", { to: type }],
      ["Cast", "divisor", "d", { to: type }],
      ["Mod", "a d", "m", { fmod }],
      ["Cast", "m", "y", { to: FLOAT }],
    ] as const,
    constants: { ten: fromNumbers("float32", [], [10]), divisor: ints(3, -3, 4) },
  })),
  {
    about: "Cast of truth values",
    opsets: [13, 19],
    shape: [2, 3],
    nodes: [
      ["Cast", "x", "t", { to: BOOL }],
      ["Cast", "t", "y", { to: FLOAT }],
    ],
  },
];

const scattered: readonly OpsetCase[] = [
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

export const opsetCases: readonly OpsetCase[] = [
  ...reduced,
  ...shaped,
  ...resized,
  ...pooled,
  ...normalized,
  ...activations,
  ...discrete,
  ...scattered,
];

/** The case as the contents of a file. */
export function graphOf({ shape, nodes, constants = {} }: OpsetCase): GraphInit {
  const dim = shape.map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } }));
  const type = { value: { case: "tensorType" as const, value: { elemType: FLOAT, shape: { dim } } } };
  return {
    name: "case",
    input: [{ name: "x", type }],
    output: [{ name: "y", type: { value: { case: "tensorType", value: { elemType: FLOAT } } } }],
    initializer: Object.entries(constants).map(([name, { type: element, shape: dims, data }]) => ({
      name,
      dims: dims.map(BigInt),
      dataType: { float32: 1, uint8: 2, int64: 7 }[element as "float32"]!,
      rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
    })),
    node: nodes.map(
      ([opType, input, output, attributes = {}]): NodeInit => ({
        opType,
        name: `${opType} ${output}`,
        input: input.split(" "),
        output: output.split(" "),
        attribute: Object.entries(attributes).flatMap(([name, value]) =>
          value === undefined ? [] : [{ name, ...attributeOf(value) }],
        ),
      }),
    ),
  };
}

function attributeOf(value: NonNullable<Plain[string]>): Omit<AttributeInit & object, "name" | "$typeName"> {
  if (typeof value === "string") return { type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value !== "number") return { type: AttributeType.INTS, ints: value.map(BigInt) };
  return Number.isInteger(value)
    ? { type: AttributeType.INT, i: BigInt(value) }
    : { type: AttributeType.FLOAT, f: value };
}
