import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { backward } from "../gradient/backward.ts";
import { addInput, addOutput, constant, type Graph, newGraph } from "../graph/graph.ts";
import { apply, builder } from "../ops/builder.ts";
import { type ElementType, fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { bindingEngine } from "./binding.ts";
import { guardEmpty } from "./empty.ts";
import { nativeEngine } from "./native.ts";
import { openReference } from "./reference.ts";
import { webEngine } from "./web.ts";

const native = nativeEngine();
const engines = { native, binding: bindingEngine(), reference: openReference(native), web: webEngine() };

const repeated = (number: number, shape: Shape) => Array<number>(sizeOf(shape)).fill(number);
const ones = (type: ElementType, shape: Shape): Tensor => fromNumbers(type, shape, repeated(1, shape));

type Sum = readonly [equation: string, operands: readonly Shape[], result: Shape];

function graphOf([equation, operands]: Sum, type: ElementType = "float32"): Graph {
  const graph = newGraph("sum");
  const inputs = operands.map((shape, i) => addInput(graph, `x${i}`, type, shape));
  addOutput(graph, "y", builder(graph).einsum(inputs, equation));
  return graph;
}

/** The results are NumPy's. */
const sums: readonly Sum[] = [
  [
    "bhid,bhjd->bhij",
    [
      [0, 2, 3, 2],
      [0, 2, 4, 2],
    ],
    [0, 2, 3, 4],
  ],
  [
    "bhid,bhjd->bhij",
    [
      [6, 0, 3, 2],
      [6, 0, 4, 2],
    ],
    [6, 0, 3, 4],
  ],
  [
    "bhid,bhjd->bhij",
    [
      [6, 2, 0, 2],
      [6, 2, 4, 2],
    ],
    [6, 2, 0, 4],
  ],
  [
    "bhid,bhjd->bhij",
    [
      [2, 2, 3, 0],
      [2, 2, 4, 0],
    ],
    [2, 2, 3, 4],
  ],
  [
    "ij,jk",
    [
      [2, 0],
      [0, 3],
    ],
    [2, 3],
  ],
  [
    "ij,jk->",
    [
      [0, 2],
      [2, 3],
    ],
    [],
  ],
  [
    "bij,bjk,bkl->bil",
    [
      [2, 2, 3],
      [2, 3, 0],
      [2, 0, 4],
    ],
    [2, 2, 4],
  ],
  ["nii->ni", [[2, 0, 0]], [2, 0]],
  ["nii->n", [[2, 0, 0]], [2]],
  ["nij->nj", [[3, 0, 2]], [3, 2]],
  ["nij->nj", [[0, 4, 2]], [0, 2]],
  ["...ij->...ji", [[0, 3, 4]], [0, 4, 3]],
  [
    "n...k,...jk->n...j",
    [
      [2, 1, 0],
      [4, 2, 0],
    ],
    [2, 4, 2],
  ],
  ["i,j,k,ik->j", [[0], [3], [4], [0, 4]], [3]],
  [",ni->ni", [[], [3, 0]], [3, 0]],
  [
    "nij,nj->ni",
    [
      [2, 1, 0],
      [2, 0],
    ],
    [2, 1],
  ],
  [
    "nij,nj->ni",
    [
      [2, 0, 3],
      [1, 3],
    ],
    [2, 0],
  ],
];

type Operands = readonly [X: Shape, W: Shape, B?: Shape];

const strided = { strides: [2, 2] };
const convolutions: readonly (readonly ["Conv" | "ConvTranspose", Operands, Record<string, unknown>, Shape])[] = [
  [
    "Conv",
    [
      [2, 0, 6, 6],
      [2, 0, 3, 3],
    ],
    strided,
    [2, 2, 2, 2],
  ],
  ["Conv", [[2, 0, 6, 6], [2, 0, 3, 3], [2]], strided, [2, 2, 2, 2]],
  ["Conv", [[2, 0, 6, 6], [2, 0, 3, 3], [2]], {}, [2, 2, 4, 4]],
  ["Conv", [[0, 1, 6, 6], [2, 1, 3, 3], [2]], strided, [0, 2, 2, 2]],
  ["Conv", [[2, 0, 5], [2, 0, 2], [2]], { strides: [3] }, [2, 2, 2]],
  ["ConvTranspose", [[2, 0, 2, 2], [0, 2, 3, 3], [2]], strided, [2, 2, 5, 5]],
  ["ConvTranspose", [[0, 1, 2, 2], [1, 2, 3, 3], [2]], strided, [0, 2, 5, 5]],
];

describe.each(Object.entries(engines))("%s", (_, engine) => {
  test.each(sums)("%s of %j", async (...sum) => {
    const [, operands, result] = sum;
    for (const type of ["float32", "float64", "int32"] as const) {
      const feeds = Object.fromEntries(operands.map((shape, i) => [`x${i}`, ones(type, shape)]));
      const [outputs] = await evaluateOn(engine)(graphOf(sum, type), [feeds]);
      expect(outputs!.y!.shape).toEqual(result);
      expect([...toNumbers(outputs!.y!)]).toEqual(repeated(0, result));
    }
  });

  test.each(convolutions)("%s of %j", async (op, [X, W, B], attributes, result) => {
    for (const type of engine.name === "web" ? (["float32"] as const) : (["float32", "float16"] as const)) {
      const graph = newGraph("convolution");
      const inputs = [X, W, B].map((shape, i) => shape && addInput(graph, `x${i}`, type, shape));
      addOutput(graph, "y", apply(graph, op, inputs, attributes)[0]!);
      const bias = B && fromNumbers(type, B, [1, 2]);
      const feeds = { x0: ones(type, X), x1: ones(type, W), ...(bias && { x2: bias }) };
      const [outputs] = await evaluateOn(engine)(graph, [feeds]);
      expect(outputs!.y!.shape).toEqual(result);
      const perChannel = sizeOf(result.slice(2));
      const expected = repeated(0, result).map((zero, i) => (B ? 1 + (Math.floor(i / perChannel) % 2) : zero));
      expect([...toNumbers(outputs!.y!)]).toEqual(expected);
    }
  });

  test.each([
    [[0, 4], 2, -1, [0, 2]],
    [[3, 0, 4], 2, 0, [2, 0, 4]],
    [[3, 0], 0, 1, [3, 0]],
    [[3, 4], 0, 1, [3, 0]],
  ])("TopK of %j: %i along axis %i", async (shape, k, axis, result) => {
    const graph = newGraph("largest");
    const X = addInput(graph, "X", "float32", shape);
    const most = constant(graph, fromNumbers("int64", [1], [k]));
    const [values, indices] = apply(graph, "TopK", [X, most], { axis }, 2);
    addOutput(graph, "values", values!);
    addOutput(graph, "indices", indices!);
    const [outputs] = await evaluateOn(engine)(graph, [{ X: ones("float32", shape) }]);
    expect(outputs!.values!.shape).toEqual(result);
    expect(outputs!.indices!.shape).toEqual(result);
  });

  test("gradients of what is not empty are zeros", async () => {
    const graph = graphOf(["ij,jk,l->ik", [[2, 3], [3, 4], [0]], [2, 4]]);
    const [x0, x1, x2] = graph.inputs;
    const seed = addInput(graph, "seed", "float32", [2, 4]);
    const gradients = backward(builder(graph), graph.outputs.get("y")!, [x0!, x1!, x2!], seed);
    for (const [i, gradient] of gradients.entries()) addOutput(graph, `d${i}`, gradient);
    const feeds = Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, ones("float32", shape)]));
    const [outputs] = await evaluateOn(engine)(graph, [feeds]);
    expect([0, 1, 2].map((i) => [...toNumbers(outputs![`d${i}`]!)])).toEqual([
      repeated(0, [2, 3]),
      repeated(0, [3, 4]),
      [],
    ]);
  });
});

test("a sum over something stays as it is", () => {
  const graph = graphOf([
    "ij,jk",
    [
      [2, 1],
      [1, 3],
    ],
    [2, 3],
  ]);
  expect(guardEmpty(graph)).toBe(graph);
});
