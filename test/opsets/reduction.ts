import { fromNumbers } from "../../src/tensor/tensor.ts";
import { FLOAT, ints, type OpsetCase } from "./case.ts";

const reductions = ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare"].map(
  (kind) => `Reduce${kind}`,
);

export const reduced: readonly OpsetCase[] = [
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
