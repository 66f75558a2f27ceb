import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../../test/evaluate.ts";
import { backward } from "../../gradient/backward.ts";
import { rows } from "../../gradient/rows.ts";
import { addInput, addOutput, type Graph, newGraph, prune, type Value } from "../../graph/graph.ts";
import { apply, type Builder, builder } from "../../ops/builder.ts";
import { taggedAttributes } from "../../ops/op.ts";
import type { OpName } from "../../ops/table.ts";
import { ops } from "../../ops/table.ts";
import { openEngine } from "../../runtime/open.ts";
import { openReference } from "../../runtime/reference.ts";
import { random } from "../../tensor/random.ts";
import { fromNumbers, sizeOf, type Tensor, tensor, toNumbers } from "../../tensor/tensor.ts";
import { foreignModel } from "../foreign.ts";
import { rewrites } from "./rewrites.ts";

const evaluate = evaluateOn(openReference(await openEngine()));

/** Appends an operator: as it is, or as an import writes it. */
type Append = (op: OpName, inputs: readonly Value[], attributes?: Record<string, unknown>) => Value;

const plainly =
  (g: Builder): Append =>
  (op, inputs, attributes) =>
    apply(g.graph, op, inputs, attributes)[0]!;

const rewritten =
  (g: Builder): Append =>
  (op, inputs, attributes = {}) => {
    const call = { name: op, op, inputs, attributes: taggedAttributes(ops[op], attributes) };
    return rewrites[op]?.(g, call)?.[0] ?? plainly(g)(op, inputs, attributes);
  };

function integers(g: Builder, ...values: number[]): Value {
  return g.constant(fromNumbers("int64", [values.length], values));
}

/** On x [2, 3, 4, 5], with the number of transposes that are left. */
const chains: Readonly<Record<string, { left: number; write: (g: Builder, add: Append, x: Value) => Value }>> = {
  "there and back": {
    left: 0,
    write: (_g, add, x) => add("Transpose", [add("Transpose", [x], { perm: [1, 2, 0, 3] })], { perm: [2, 0, 1, 3] }),
  },
  "two of them": {
    left: 1,
    write: (_g, add, x) => add("Transpose", [add("Transpose", [x], { perm: [1, 2, 0, 3] })], { perm: [3, 1, 0, 2] }),
  },
  "a squeezed axis in between": {
    left: 0,
    write(g, add, x) {
      const one = g.reshape(x, [6, 1, 4, 5]);
      const moved = add("Transpose", [one], { perm: [2, 1, 0, 3] });
      return add("Transpose", [add("Squeeze", [moved, integers(g, -3)])], { perm: [1, 0, 2] });
    },
  },
  "all axes of one squeezed": {
    left: 1,
    write(g, add, x) {
      const one = g.reshape(x, [6, 1, 20, 1]);
      return add("Squeeze", [add("Transpose", [one], { perm: [3, 2, 0, 1] })]);
    },
  },
  "one index in between": {
    left: 0,
    write(g, add, x) {
      const moved = add("Transpose", [x], { perm: [1, 2, 0, 3] });
      const last = g.constant(fromNumbers("int64", [], [-1]));
      return add("Transpose", [add("Gather", [moved, last], { axis: 1 })], { perm: [1, 0, 2] });
    },
  },
  "several indices, which are left alone": {
    left: 1,
    write: (g, add, x) =>
      add("Gather", [add("Transpose", [x], { perm: [1, 2, 0, 3] }), integers(g, 1, 0)], { axis: 1 }),
  },
  "merged axes in between": {
    left: 0,
    write(g, add, x) {
      const moved = add("Transpose", [x], { perm: [1, 0, 2, 3] });
      return add("Transpose", [add("Reshape", [moved, integers(g, 0, 0, -1)])], { perm: [1, 0, 2] });
    },
  },
  "axes that cannot be merged before": {
    left: 1,
    write: (g, add, x) => add("Reshape", [add("Transpose", [x], { perm: [0, 1, 3, 2] }), integers(g, 2, 3, 20)]),
  },
  "a reshape to other sizes": {
    left: 1,
    write: (g, add, x) => add("Reshape", [add("Transpose", [x], { perm: [1, 0, 2, 3] }), integers(g, 2, 3, 20)]),
  },
  "side by side": {
    left: 1,
    write(_g, add, x) {
      const perm = [1, 2, 0, 3];
      return add("Concat", [add("Transpose", [x], { perm }), add("Transpose", [x], { perm })], { axis: -2 });
    },
  },
  "side by side, but not alike": {
    left: 1,
    write: (_g, add, x) => add("Concat", [add("Transpose", [x], { perm: [0, 1, 2, 3] }), x], { axis: 0 }),
  },
};

describe("transposes move back and cancel, and the numbers stay", () => {
  test.each(Object.entries(chains))("%s", async (_about, { left, write }) => {
    const graph = newGraph("chain");
    const g = builder(graph);
    const x = addInput(graph, "x", "float64", [2, 3, 4, 5]);
    addOutput(graph, "plain", write(g, plainly(g), x));
    const short: Graph = { ...graph, outputs: new Map() };
    addOutput(short, "rewritten", write(g, rewritten(g), x));
    expect(prune(short).nodes.filter(({ op }) => op === "Transpose").length).toBe(left);
    for (const [name, value] of short.outputs) addOutput(graph, name, value);
    const numbers = Array.from({ length: 120 }, (_, i) => i);
    const [found] = await evaluate(graph, [{ x: fromNumbers("float64", [2, 3, 4, 5], numbers) }]);
    expect(found!.rewritten).toEqual(found!.plain);
  });
});

/** Loss per example of an exported network: random weights on its logits. Inputs are named as the file names them. */
function lossGraph(file: string, examples: number) {
  const bytes = readFileSync(new URL(`../../../test/fixtures/models/${file}/model.onnx`, import.meta.url));
  const model = foreignModel(new Uint8Array(bytes), file);
  const graph = newGraph("losses");
  const g = builder(graph);
  const x = addInput(graph, model.inputs[0]!.name, "float32", [examples, ...model.inputs[0]!.shape]);
  const parameters = Object.fromEntries(
    model.parameters.map(({ name, initial: { type, shape } }) => [name, addInput(graph, name, type, shape)]),
  );
  const { logits } = model.forward(g, { inputs: { [x.name]: x }, parameters, state: {}, mode: "training" });
  const weights = addInput(graph, "weights of logits", "float32", logits.shape);
  const losses = g.reduceSum(g.mul(logits, weights), [...logits.shape.keys()].slice(1));
  return { model, graph, g, x, weights, losses, parameters: Object.values(parameters) };
}

function block({ type, shape, data }: Tensor, k: number, groups: number): Tensor {
  const size = data.length / groups;
  return tensor(type, [shape[0]! / groups, ...shape.slice(1)], data.slice(k * size, (k + 1) * size));
}

test.each(["lstm-17", "gru-13"])("%s: rows of an exported recurrent network in one pass", async (file) => {
  const [examples, groups] = [4, 2];
  const all = lossGraph(file, examples);
  const gradients = rows(all.g, all.losses, all.parameters, groups, [all.x, all.weights]);
  for (const [i, gradient] of gradients.entries()) addOutput(all.graph, `rows ${i}`, gradient);
  const { normal } = random(1);
  const drawn = ({ type, shape }: Value) => fromNumbers(type, shape, Array.from({ length: sizeOf(shape) }, normal));
  const [x, weights] = [drawn(all.x), drawn(all.weights)];
  const parameters = Object.fromEntries(all.model.parameters.map(({ name, initial }) => [name, initial]));
  const [found] = await evaluate(all.graph, [{ ...parameters, [all.x.name]: x, [all.weights.name]: weights }]);
  const alone = lossGraph(file, examples / groups);
  for (const [i, gradient] of backward(alone.g, alone.losses, alone.parameters).entries())
    addOutput(alone.graph, `gradient ${i}`, gradient);
  const feeds = Array.from({ length: groups }, (_, k) => ({
    ...parameters,
    [all.x.name]: block(x, k, groups),
    [all.weights.name]: block(weights, k, groups),
  }));
  const expected = await evaluate(alone.graph, feeds);
  for (const i of gradients.keys()) {
    const together = toNumbers(found![`rows ${i}`]!);
    const apart = expected.flatMap((one) => toNumbers(one[`gradient ${i}`]!));
    const largest = Math.max(...apart.map(Math.abs));
    expect(Math.max(...together.map((value, at) => Math.abs(value - apart[at]!)))).toBeLessThan(1e-12 * largest);
  }
});
