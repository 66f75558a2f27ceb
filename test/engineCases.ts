import { addInput, addNode, addOutput, constant, type Graph, type NewNode, newGraph } from "../src/graph/graph.ts";
import { type ElementType, fromNumbers, type Shape, type Tensor, zeros } from "../src/tensor/tensor.ts";

export type Tensors = Record<string, Tensor>;
type Inputs = readonly (readonly [ElementType, Shape, readonly number[]])[];
type Outputs = readonly (readonly [ElementType, Shape])[];

/** A graph of one node with inputs a, b, … and outputs x, y, …, and the tensors to bind. */
export function single(node: Omit<NewNode, "inputs" | "outputs">, inputs: Inputs, outputs: Outputs): [Graph, Tensors] {
  const graph = newGraph(node.op);
  const tensors: Tensors = {};
  const values = inputs.map(([type, shape, numbers], i) => {
    const name = "abcdef"[i]!;
    tensors[name] = fromNumbers(type, shape, numbers);
    return addInput(graph, name, type, shape);
  });
  const made = addNode(graph, { ...node, inputs: values, outputs: outputs.map(([type, shape]) => ({ type, shape })) });
  for (const [i, value] of made.entries()) {
    const name = "xyz"[i]!;
    addOutput(graph, name, value);
    tensors[name] = zeros(value.type, value.shape);
  }
  return [graph, tensors];
}

export const int = (value: number) => ({ kind: "int" as const, value });
export const sum = () =>
  single(
    { op: "Add" },
    [
      ["float32", [3], [1, 2, 3]],
      ["float32", [], [0.5]],
    ],
    [["float32", [3]]],
  );

/** Graphs that every engine runs, with what must come out. */
export const engineCases: [string, () => [Graph, Tensors], Record<string, number[]>][] = [
  ["float32, scalar broadcast", sum, { x: [1.5, 2.5, 3.5] }],
  [
    "float64 beyond float32",
    () =>
      single(
        { op: "Sub" },
        [
          ["float64", [1], [1 + 2 ** -40]],
          ["float64", [1], [1]],
        ],
        [["float64", [1]]],
      ),
    { x: [2 ** -40] },
  ],
  [
    "float16",
    () =>
      single(
        { op: "Mul" },
        [
          ["float16", [2], [0.5, -3]],
          ["float16", [2], [4, 2]],
        ],
        [["float16", [2]]],
      ),
    { x: [2, -6] },
  ],
  [
    "int64, an axis attribute",
    () =>
      single(
        { op: "Concat", attributes: { axis: int(0) } },
        [
          ["int64", [1], [2 ** 52]],
          ["int64", [2], [-1, 7]],
        ],
        [["int64", [3]]],
      ),
    { x: [2 ** 52, -1, 7] },
  ],
  [
    "bool out",
    () =>
      single(
        { op: "Less" },
        [
          ["int32", [3], [1, 5, 2]],
          ["int32", [1], [2]],
        ],
        [["bool", [3]]],
      ),
    { x: [1, 0, 0] },
  ],
  [
    "bool in",
    () =>
      single(
        { op: "Where" },
        [
          ["bool", [2], [1, 0]],
          ["float32", [2], [1, 2]],
          ["float32", [2], [3, 4]],
        ],
        [["float32", [2]]],
      ),
    { x: [1, 4] },
  ],
  [
    "int8 and uint8",
    () => single({ op: "Cast", attributes: { to: int(2) } }, [["int8", [3], [0, 5, 127]]], [["uint8", [3]]]),
    { x: [0, 5, 127] },
  ],
  [
    "nothing: tensors of no elements",
    () =>
      single(
        { op: "Concat", attributes: { axis: int(0) } },
        [
          ["float32", [0, 2], []],
          ["float32", [1, 2], [8, 9]],
        ],
        [["float32", [1, 2]]],
      ),
    { x: [8, 9] },
  ],
  ["nothing comes out", () => single({ op: "Relu" }, [["float32", [3, 0], []]], [["float32", [3, 0]]]), { x: [] }],
  [
    "the sum of nothing",
    () =>
      single(
        { op: "ReduceSum", attributes: { keepdims: int(0) } },
        [
          ["float32", [2, 0], []],
          ["int64", [1], [1]],
        ],
        [["float32", [2]]],
      ),
    { x: [0, 0] },
  ],
  [
    "two outputs",
    () =>
      single(
        { op: "TopK" },
        [
          ["float32", [4], [3, 9, -1, 7]],
          ["int64", [1], [2]],
        ],
        [
          ["float32", [2]],
          ["int64", [2]],
        ],
      ),
    { x: [9, 7], y: [1, 3] },
  ],
  [
    "names: inputs, constants and repeated values as outputs",
    passThrough,
    { copy: [1, -2], half: [0.5], p: [1, 0], q: [1, 0] },
  ],
];

export function passThrough(): [Graph, Tensors] {
  const graph = newGraph("pass");
  const x = addInput(graph, "in", "float32", [2]);
  const [relu] = addNode(graph, { op: "Relu", inputs: [x], outputs: [x] });
  addOutput(graph, "copy", x);
  addOutput(graph, "half", constant(graph, fromNumbers("float32", [1], [0.5])));
  addOutput(graph, "p", relu!);
  addOutput(graph, "q", relu!);
  const outputs = [...graph.outputs].map(([name, { type, shape }]) => [name, zeros(type, shape)]);
  return [graph, { in: fromNumbers("float32", [2], [1, -2]), ...Object.fromEntries(outputs) }];
}
