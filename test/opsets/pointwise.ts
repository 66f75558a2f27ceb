import { fromNumbers } from "../../src/tensor/tensor.ts";
import { FLOAT, ints, type OpsetCase } from "./case.ts";

const [INT64, BOOL] = [7, 9];

export const activations: readonly OpsetCase[] = [
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

export const discrete: readonly OpsetCase[] = [
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
