import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addNode, addOutput, type Graph, newGraph } from "../graph/graph.ts";
import { DataError } from "../tensor/errors.ts";
import { fromNumbers, type Tensor } from "../tensor/tensor.ts";
import { bindingEngine } from "./binding.ts";
import { engineFailure } from "./failures.ts";
import { nativeEngine } from "./native.ts";

const running = (op: string, words: string) =>
  `Non-zero status code returned while running ${op} node. Name:'n' Status Message: ${words}`;

describe("what the engine says", () => {
  test.each<[string, string, string, string]>([
    [
      "an index out of bounds",
      running("Gather", "indices element out of data bounds, idx=5 must be"),
      "DataError",
      "DataError",
    ],
    ["a division by 0", running("Div", "Integer division by zero"), "DataError", "DataError"],
    [
      "want of memory",
      running("Expand", "Failed to allocate memory for requested buffer of size 9"),
      "ShapeError",
      "ShapeError",
    ],
    ["want of memory before any node", "std::bad_alloc", "ShapeError", "ShapeError"],
    ["what it does not load", "No Op registered for Odd", "UnsupportedError", "UnsupportedError"],
    ["anything else", running("Reshape", "x.cc:45 Helper The input tensor cannot be reshaped"), "Error", "DataError"],
  ])("%s is laid to whoever can mend it", (_, message, ours, theirs) => {
    expect(engineFailure(message, () => true).name).toBe(ours);
    expect(engineFailure(message, () => false).name).toBe(theirs);
  });
});

/** A node that fails while it runs, whatever the data: the shape that it is given is not the one that was said. */
function failing(imported?: true): { graph: Graph; feeds: Record<string, Tensor> } {
  const graph = newGraph("failing");
  const [x, shape] = [addInput(graph, "x", "float32", [4]), addInput(graph, "shape", "int64", [1])];
  const outputs = [{ type: "float32", shape: [4] }] as const;
  addOutput(graph, "y", addNode(graph, { op: "Reshape", inputs: [x, shape], outputs, imported })[0]!);
  return { graph, feeds: { x: fromNumbers("float32", [4], [1, 2, 3, 4]), shape: fromNumbers("int64", [1], [3]) } };
}

describe.each(Object.entries({ native: nativeEngine(), binding: bindingEngine() }))("%s", (_, engine) => {
  test.each([
    ["ours", undefined, Error, /^onnxruntime: expected to run a node of our own at node "Reshape".*; report it$/],
    ["of a file", true, DataError, /^onnxruntime: expected data that can be computed with at node .*; check the data$/],
  ] as const)("a node that fails is %s", async (_origin, imported, type, words) => {
    const { graph, feeds } = failing(imported);
    const outcome = evaluateOn(engine)(graph, [feeds]);
    await expect(outcome).rejects.toThrow(words);
    await expect(outcome.catch((error: Error) => error.constructor)).resolves.toBe(type);
  });
});
