import { describe, expect, test } from "vitest";
import { engineCases, int, type Tensors } from "../../test/engineCases.ts";
import { addInput, addNode, addOutput, type Graph, newGraph } from "../graph/graph.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor, toNumbers, zeros } from "../tensor/tensor.ts";
import { bindingEngine } from "./binding.ts";
import type { Engine } from "./engine.ts";
import { nativeEngine } from "./native.ts";

const engines: Engine[] = [nativeEngine(), bindingEngine()];

/** What one run on fresh memory gives for each output. */
async function results(engine: Engine, graph: Graph, tensors: Tensors): Promise<Record<string, number[]>> {
  const session = await engine.load(graph);
  await session.bind(tensors).run();
  session.release();
  return Object.fromEntries([...graph.outputs.keys()].map((name) => [name, toNumbers(tensors[name]!)]));
}

describe.each(engines)("$name", (engine) => {
  test.each(engineCases)("%s", async (_, make, expected) => {
    expect(await results(engine, ...make())).toEqual(expected);
  });
});

test.each([1, 2])("native and binding compute the same bits, %i threads", async (threads) => {
  const graph = newGraph("layers");
  const float = (shape: Shape) => ({ type: "float32" as const, shape });
  const x = addInput(graph, "x", "float32", [5, 3, 17, 19]);
  const filters = addInput(graph, "filters", "float32", [7, 3, 4, 4]);
  const weights = addInput(graph, "weights", "float32", [11, 7 * 14 * 16]);
  const bias = addInput(graph, "bias", "float32", [11]);
  const [conv] = addNode(graph, { op: "Conv", inputs: [x, filters], outputs: [float([5, 7, 14, 16])] });
  const [tanh] = addNode(graph, { op: "Tanh", inputs: [conv], outputs: [float([5, 7, 14, 16])] });
  const [flat] = addNode(graph, { op: "Flatten", inputs: [tanh], outputs: [float([5, 7 * 14 * 16])] });
  const transB = { transB: int(1) };
  const [logits] = addNode(graph, {
    op: "Gemm",
    inputs: [flat, weights, bias],
    attributes: transB,
    outputs: [float([5, 11])],
  });
  addOutput(graph, "y", addNode(graph, { op: "Softmax", inputs: [logits], outputs: [float([5, 11])] })[0]!);
  const outputs = await Promise.all(
    engines.map(async (engine) => {
      const session = await engine.load(graph, { threads });
      const inputs = graph.inputs.map(({ name, shape }, i) => [name, normal(shape, i)]);
      const y = zeros("float32", [5, 11]);
      await session.bind({ ...Object.fromEntries(inputs), y }).run();
      session.release();
      return y.data as Float32Array;
    }),
  );
  expect(outputs[0]).toEqual(outputs[1]);
  const rowSums = Array.from({ length: 5 }, (_, n) =>
    outputs[0]!.slice(n * 11, n * 11 + 11).reduce((a, b) => a + b, 0),
  );
  for (const total of rowSums) expect(total).toBeCloseTo(1, 6);
});

function normal(shape: Shape, seed: number): Tensor {
  const generator = random(seed);
  return fromNumbers(
    "float32",
    shape,
    Array.from({ length: sizeOf(shape) }, () => generator.normal() / 10),
  );
}
