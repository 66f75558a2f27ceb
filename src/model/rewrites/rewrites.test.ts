import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../../test/evaluate.ts";
import { gradientError } from "../../../test/gradientCheck.ts";
import { asFunction, isTensor, n, type Rewritten, realContents, rewriteCases } from "../../../test/rewriteCases.ts";
import { encode } from "../../graph/encode.ts";
import { addInput, addNode, addOutput, constant, newGraph, type Value } from "../../graph/graph.ts";
import { builder } from "../../ops/builder.ts";
import { openEngine } from "../../runtime/open.ts";
import { openReference } from "../../runtime/reference.ts";
import { convert, fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../../tensor/tensor.ts";
import { foreignModel } from "../foreign.ts";
import { rewrites } from "./rewrites.ts";

const engine = await openEngine();
const native = evaluateOn(engine);
const reference = evaluateOn(openReference(engine));

/** Outputs of the rewritten node and of ONNX Runtime's own operator. */
async function compare(one: Rewritten): Promise<[found: Tensor[], expected: Tensor[]]> {
  const contents = realContents(one);
  const graph = newGraph("rewritten");
  const values = contents.map(({ type, shape }, i) => addInput(graph, `x${i}`, type, shape));
  const made = asFunction(one)(builder(graph), values);
  for (const [i, value] of made.entries()) addOutput(graph, `y${i}`, value);
  const { op, inputs, attributes = {} } = one;
  let next = 0;
  const given = inputs.map((input): Value | undefined => {
    if (!input) return undefined;
    return isTensor(input) ? constant(graph, input) : values[next++]!;
  });
  const outputs = made.map(({ type, shape }) => ({ type, shape }));
  for (const [i, value] of addNode(graph, { op, inputs: given, attributes, outputs }).entries())
    addOutput(graph, `own${i}`, value);
  const [results] = await native(graph, [Object.fromEntries(contents.map((tensor, i) => [`x${i}`, tensor]))]);
  return [made.map((_, i) => results![`y${i}`]!), made.map((_, i) => results![`own${i}`]!)];
}

test("every rewrite is checked, here, in ceilPool.test.ts, transposition.test.ts or (Log) ../foreignReplay.test.ts", () => {
  const names = new Set(rewriteCases.map(({ op }) => op));
  const others = ["AveragePool", "Concat", "Gather", "Log", "MaxPool", "Reshape", "Squeeze", "Transpose"];
  expect(Object.keys(rewrites).filter((op) => !names.has(op))).toEqual(others);
});

describe("what is written instead gives what ONNX Runtime's own operator gives", () => {
  test.each([...Map.groupBy(rewriteCases, ({ op }) => op)])("%s", async (_op, ones) => {
    for (const one of ones) {
      const [found, expected] = await compare(one);
      for (const [i, tensor] of expected.entries()) {
        const [a, b] = [toNumbers(found[i]!), toNumbers(tensor)];
        const scale = Math.max(1, ...b.map(Math.abs));
        expect(Math.max(...a.map((x, at) => Math.abs(x - b[at]!))) / scale, `${one.about}, output ${i}`).toBeLessThan(
          4e-6,
        );
      }
    }
  });
});

test("layout 1 has the examples first", async () => {
  const X = fromNumbers(
    "float32",
    [3, 4, 2],
    Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  );
  const graph = newGraph("layouts");
  const g = builder(graph);
  const x = addInput(graph, "x", "float32", X.shape);
  const weights = [
    [1, 12, 2],
    [1, 12, 3],
    [1, 24],
  ].map((shape) => {
    return g.constant(
      fromNumbers(
        "float32",
        shape,
        Array.from({ length: sizeOf(shape) }, (_, i) => Math.cos(i)),
      ),
    );
  });
  const outputs = (first: Value, layout: number) => {
    const made = rewrites.LSTM!(g, {
      name: "",
      op: "LSTM",
      inputs: [first, ...weights],
      attributes: { layout: n(layout) },
    })!;
    return [
      g.transpose(made[0]!, layout ? [0, 1, 2, 3] : [2, 0, 1, 3]),
      ...made.slice(1).map((y) => g.transpose(y, layout ? [0, 1, 2] : [1, 0, 2])),
    ];
  };
  const time = outputs(g.transpose(x, [1, 0, 2]), 0);
  const batch = outputs(x, 1);
  for (const [i, value] of time.entries()) addOutput(graph, `time${i}`, value);
  for (const [i, value] of batch.entries()) addOutput(graph, `batch${i}`, value);
  const [found] = await native(graph, [{ x: X }]);
  expect([0, 1, 2].map((i) => found![`batch${i}`])).toEqual([0, 1, 2].map((i) => found![`time${i}`]));
});

describe("what is written instead has right gradients", () => {
  test.each([...Map.groupBy(rewriteCases, ({ op }) => op)])("%s", async (_op, ones) => {
    for (const one of ones.filter((_, i) => i % 4 === 0 || ones.length < 20)) {
      const at = realContents(one).map((tensor) => convert(tensor, "float64"));
      expect(await gradientError(asFunction(one), at, reference), one.about).toBeLessThan(1e-6);
    }
  });
});

test("an initial state of zeros stays a constant for any batch, another is a parameter", () => {
  const graph = newGraph("network");
  const x = addInput(graph, "x", "float32", [3, 4, 2]);
  const sequence = builder(graph).transpose(x, [1, 0, 2]);
  const filled = (name: string, shape: Shape, value: number) =>
    constant(graph, fromNumbers("float32", shape, Array(sizeOf(shape)).fill(value)), name);
  const weights = [filled("W", [1, 12, 2], 0.5), filled("R", [1, 12, 3], 0.5)];
  const states = [filled("h0", [1, 3, 3], 0), filled("c0", [1, 1, 3], 1)];
  const outputs = [{ type: "float32" as const, shape: [4, 1, 3, 3] }];
  const inputs = [sequence, ...weights, undefined, undefined, ...states];
  addOutput(graph, "logits", addNode(graph, { op: "LSTM", inputs, outputs })[0]!);
  const model = foreignModel(encode(graph), "network");
  expect(model.parameters.map(({ name }) => name)).toEqual(["W", "R", "c0"]);
  const other = newGraph("other batch");
  const declare = (name: string, shape: Shape) => addInput(other, name, "float32", shape);
  const parameters = Object.fromEntries(
    model.parameters.map(({ name, initial }) => [name, declare(name, initial.shape)]),
  );
  const { logits } = model.forward(builder(other), {
    inputs: { x: declare("x", [5, 4, 2]) },
    parameters,
    state: {},
    mode: "training",
  });
  expect(logits.shape).toEqual([4, 1, 5, 3]);
});
