import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { file, floats } from "../../test/foreignFile.ts";
import { oracleBytes } from "../../test/oracle.ts";
import { DataError, UnsupportedError } from "../tensor/errors.ts";
import { gradientGraph } from "../training/graphs.ts";
import { foreignModel } from "./foreign.ts";

describe("refused", () => {
  const relu = (input: string, output: string) => ({ opType: "Relu", input: [input], output: [output] });

  test.each<[string, Uint8Array, string]>([
    [
      "every unsupported operator at once, with its nodes",
      file({
        node: [
          ...[1, 2, 3, 4].map((i) => ({ opType: "Loop", name: `loop${i}`, input: ["x"], output: [`l${i}`] })),
          relu("x", "r"),
          { opType: "Unique", input: ["r"], output: ["e"] },
          { opType: "Relu", domain: "com.example", name: "theirs", input: ["e"], output: ["y"] },
        ],
      }),
      "onnx: expected dense tensors and supported operators, got Loop (loop1, loop2, loop3 and 1 more), Unique (e), com.example.Relu (theirs); replace them in the model",
    ],
    [
      "an old operator set",
      file({ node: [relu("x", "y")] }, 12n),
      "onnx: expected operator set 13 to 20, got 12; export with opset_version=17",
    ],
    [
      "a new operator set",
      file({ node: [relu("x", "y")] }, 21n),
      "onnx: expected operator set 13 to 20, got 21; export with opset_version=17",
    ],
    [
      "a symbolic size that is not the batch",
      file({ node: [relu("x", "y")], input: [floats("x", "N", 3n, "T")] }),
      'onnx: expected only the batch axis of "x" to be symbolic, got axis 2 named "T"; export with fixed sizes there',
    ],
    [
      "a size that nobody named",
      file({ node: [relu("x", "y")], input: [floats("x", "N", undefined)] }),
      'onnx: expected only the batch axis of "x" to be symbolic, got axis 1 named "?"; export with fixed sizes there',
    ],
    [
      "an input without a batch axis",
      file({ node: [relu("x", "y")], input: [floats("x")] }),
      'onnx: expected the first axis of "x" to be the batch, got a scalar; export with a batch axis',
    ],
    [
      "an input with the name of the target",
      file({ node: [relu("y", "z")], input: [floats("y", "N", 3n)], output: [{ name: "z" }] }),
      'onnx: expected no input or weight called "y", which is the target, got one; export with input_names=["x"]',
    ],
    [
      "weights in a branch, and what no graph holds, with the operators",
      file({
        node: [
          {
            opType: "If",
            input: ["x"],
            output: ["i"],
            attribute: [
              {
                name: "then_branch",
                type: AttributeType.GRAPH,
                g: {
                  initializer: [{ name: "w", dataType: 1, dims: [1n], floatData: [1] }],
                  node: [{ opType: "Scan", output: ["s"] }],
                },
              },
            ],
          },
        ],
        initializer: [
          { name: "far", dataType: 1, dims: [1n], dataLocation: 1, externalData: [{ key: "location", value: "f" }] },
        ],
      }),
      'onnx: expected dense tensors and supported operators, got initializer "far" with external data in "f" (open the model by its path), initializer "w" inside a branch, Scan (s); replace them in the model',
    ],
    [
      "text as a Constant",
      file({
        node: [
          {
            opType: "Constant",
            name: "words",
            output: ["y"],
            attribute: [{ name: "value_string", type: AttributeType.STRING, s: new Uint8Array([65]) }],
          },
        ],
      }),
      "onnx: expected dense tensors and supported operators, got a Constant that is no number (words); replace them in the model",
    ],
  ])("%s", (_, bytes, message) => {
    const load = () => foreignModel(bytes, "m");
    expect(load).toThrow(UnsupportedError);
    expect(load).toThrow(message);
  });

  test.each<[string, Uint8Array, string]>([
    [
      "a value that no node makes",
      file({ node: [{ ...relu("ghost", "y"), name: "eater" }] }),
      'onnx: expected every value to be computed before it is read, got "ghost" at node "eater"; export the model again',
    ],
    [
      "an output that no node makes",
      file({ node: [relu("x", "z")] }),
      `onnx: expected every value to be computed before it is read, got "y" at the graph's output; export the model again`,
    ],
    [
      "a cycle",
      file({ node: [{ ...relu("b", "a"), name: "first" }, relu("a", "b"), relu("b", "y")] }),
      'onnx: expected every value to be computed before it is read, got "b", which comes later (a cycle, or nodes out of order) at node "first"; export the model again',
    ],
    [
      "a name given twice",
      file({ node: [relu("x", "a"), { ...relu("a", "a"), name: "second" }, relu("a", "y")] }),
      'onnx: expected distinct names, got "a" again at node "second"; export the model again',
    ],
    [
      "an input given twice",
      file({ input: [floats("x", "N", 3n), floats("x", "N", 3n)], node: [relu("x", "y")] }),
      'onnx: expected distinct names, got "x" again at the inputs; export the model again',
    ],
    [
      "a value from the other branch",
      file({
        node: [
          {
            opType: "If",
            name: "choice",
            input: ["x"],
            output: ["y"],
            attribute: [
              {
                name: "then_branch",
                type: AttributeType.GRAPH,
                g: { node: [relu("x", "a")], output: [{ name: "a" }] },
              },
              { name: "else_branch", type: AttributeType.GRAPH, g: { node: [], output: [{ name: "a" }] } },
            ],
          },
        ],
      }),
      `onnx: expected every value to be computed before it is read, got "a" at the graph's output; export the model again`,
    ],
    [
      "a size that is not one",
      file({ input: [floats("x", "N", -3n)], node: [relu("x", "y")] }),
      'onnx: expected sizes of at least 1 and 2^31 elements at most in "x", got [-3]; export the model again',
    ],
    [
      "control characters in a name",
      file({ node: [{ ...relu("x", "y"), name: "two\nlines" }] }),
      'onnx: expected names without control characters, got "two\\nlines"; export it again',
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => foreignModel(bytes, "m")).toThrow(DataError);
    expect(() => foreignModel(bytes, "m")).toThrow(message);
  });

  test("a node without an input that its operator needs, when a graph is built", () => {
    const model = foreignModel(file({ node: [{ opType: "Add", name: "half", input: ["x", ""], output: ["y"] }] }), "m");
    const build = () => gradientGraph(model, 2, { accumulate: false });
    expect(build).toThrow(DataError);
    expect(build).toThrow('onnx: expected Add with the inputs A, B, got float32[2, 3], none at node "half"');
  });

  test("bounds that are no whole numbers", () => {
    const half = { name: "half", dataType: 1, dims: [1n], floatData: [0.5] };
    const node = { opType: "Slice", name: "cut", input: ["x", "half", "half"], output: ["y"] };
    // A float initializer that a Slice reads would be a parameter; a Constant is what exporters write.
    const value = {
      opType: "Constant",
      output: ["half"],
      attribute: [{ name: "value", type: AttributeType.TENSOR, t: half }],
    };
    const model = foreignModel(file({ node: [value, node] }), "m");
    expect(() => gradientGraph(model, 2, { accumulate: false })).toThrow(
      'onnx: at node "cut": Slice: expected whole numbers as "starts", got 0.5; export it again',
    );
  });

  test("an output that its operator does not have", () => {
    const model = foreignModel(
      file({ node: [{ opType: "Identity", name: "two", input: ["x"], output: ["y", "z"] }] }),
      "m",
    );
    expect(() => gradientGraph(model, 2, { accumulate: false })).toThrow(
      'onnx: expected Identity with 1 outputs, got 2 at node "two"',
    );
  });

  test.each([
    ["bytes that are no model", new Uint8Array([1, 2, 3])],
    ["half a file", oracleBytes("models/mlp/model.onnx").subarray(0, 3000)],
    ["a model without an output", file({ node: [relu("x", "y")], output: [] })],
  ])("%s", (_, bytes) => {
    expect(() => foreignModel(bytes, "m")).toThrow(DataError);
    expect(() => foreignModel(bytes, "m")).toThrow(/^onnx: expected an? /);
  });
});
