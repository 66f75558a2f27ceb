import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { type AttributeInit, file, floats, type NodeInit } from "../../test/foreignFile.ts";
import { oracleBytes } from "../../test/oracle.ts";
import { DataError, UnsupportedError } from "../tensor/errors.ts";
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
      "an output without a name",
      file({ node: [relu("x", "y")], output: [{ name: "" }] }),
      "onnx: expected a name for each input, output and initializer, got one without; name it",
    ],
    [
      "an input without a name",
      file({ node: [relu("x", "y")], input: [floats("x", "N", 3n), floats("", "N", 3n)] }),
      "onnx: expected a name for each input, output and initializer, got one without; name it",
    ],
    [
      "an initializer without a name",
      file({ node: [relu("x", "y")], initializer: [{ name: "", dataType: 1, dims: [1n], floatData: [1] }] }),
      "onnx: expected a name for each input, output and initializer, got one without; name it",
    ],
    [
      "a node that reads its own output",
      file({ node: [{ ...relu("y", "y"), name: "own" }] }),
      'onnx: expected every value to be computed before it is read, got "y", which comes later (a cycle, or nodes out of order) at node "own"; export the model again',
    ],
    [
      "a node that computes an initializer",
      file({
        node: [{ ...relu("x", "w"), name: "n" }],
        initializer: [{ name: "w", dataType: 1, dims: [1n], floatData: [1] }],
        output: [{ name: "w" }],
      }),
      'onnx: expected distinct names, got "w" again at node "n"; export the model again',
    ],
    [
      "two nodes of one name",
      file({
        node: [
          { ...relu("x", "a"), name: "n" },
          { ...relu("a", "y"), name: "n" },
        ],
      }),
      'onnx: node "n" (Relu): expected nodes of distinct names, got "n" again; export the model again',
    ],
    [
      "an operator of a later operator set",
      file({ node: [{ ...relu("x", "y"), opType: "Trilu", name: "n" }] }, 13n),
      'onnx: node "n" (Trilu): expected operator set 14 or later, got 13; export with that one',
    ],
    ...[
      [14n, 1n, 1, "3 outputs in training mode, got 1"],
      [17n, 0n, 3, "1 outputs, got 3"],
      [13n, undefined, 3, "1 or 5 outputs, got 3"],
    ].map(([version, training, outputs, message]): [string, Uint8Array, string] => [
      `${outputs} outputs of batch normalisation in operator set ${version}`,
      file(
        {
          node: [
            {
              opType: "BatchNormalization",
              name: "n",
              input: ["x", "w", "w", "w", "w"],
              output: ["y", "p", "q"].slice(0, outputs as number),
              attribute:
                training === undefined
                  ? []
                  : [{ name: "training_mode", type: AttributeType.INT, i: training as bigint }],
            },
          ],
          initializer: [{ name: "w", dataType: 1, dims: [3n], floatData: [1, 1, 1] }],
        },
        version as bigint,
      ),
      `onnx: node "n" (BatchNormalization): expected ${message}; export the model again`,
    ]),
    [
      "control characters in a name",
      file({ node: [{ ...relu("x", "y"), name: "two\nlines" }] }),
      'onnx: expected names without control characters, got "two\\nlines"; export it again',
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => foreignModel(bytes, "m")).toThrow(DataError);
    expect(() => foreignModel(bytes, "m")).toThrow(message);
  });

  const attributed = (opType: string, ...attribute: AttributeInit[]): NodeInit => ({
    ...relu("x", "y"),
    opType,
    name: "n",
    attribute,
  });
  const int = (name: string, i: bigint): AttributeInit => ({ name, type: AttributeType.INT, i });
  const ints = (name: string, ...values: bigint[]): AttributeInit => ({ name, type: AttributeType.INTS, ints: values });
  const cast = (to: bigint): NodeInit => ({ ...attributed("Cast", int("to", to)), name: "c", output: ["whole"] });

  test.each<[string, NodeInit[], string]>([
    [
      "a misspelt attribute",
      [attributed("MaxPool", ints("kernel_shape", 2n), ints("pad", 0n, 0n))],
      'node "n" (MaxPool): expected the attributes auto_pad, ceil_mode, dilations, kernel_shape, pads, storage_order, strides, got "pad"; did you mean "pads"?',
    ],
    [
      "an attribute of an operator that is rewritten",
      [attributed("LpPool", ints("kernel_shape", 2n), int("power", 3n))],
      'node "n" (LpPool): expected the attributes auto_pad, kernel_shape, p, pads, strides, got "power"; remove it',
    ],
    [
      "an attribute of an operator without any",
      [attributed("Relu", int("alpha", 3n))],
      'node "n" (Relu): expected no attributes, got "alpha"; remove it',
    ],
    [
      "an attribute whose name begins as those of no specification",
      [attributed("Relu", int("__note", 3n))],
      'node "n" (Relu): expected no attributes, got "__note"; remove it',
    ],
    [
      "an attribute whose name every object has",
      [attributed("Flatten", int("__proto__", 3n))],
      'node "n" (Flatten): expected the attributes axis, got "__proto__"; remove it',
    ],
    [
      "an attribute of a later operator set",
      [attributed("ReduceMean", int("noop_with_empty_axes", 1n))],
      'node "n" (ReduceMean): expected the attributes axes, keepdims, got "noop_with_empty_axes"; remove it',
    ],
    [
      "a list for a number",
      [attributed("Flatten", ints("axis", 1n))],
      'node "n" (Flatten): expected attribute "axis" of kind int, got ints; export the model again',
    ],
    [
      "an attribute twice",
      [attributed("Flatten", int("axis", 1n), int("axis", 0n))],
      'node "n" (Flatten): expected each attribute once, got "axis" again; remove it',
    ],
    [
      "an attribute of one kind with the value of another",
      [attributed("Flatten", { ...int("axis", 1n), ints: [1n] })],
      'node "n" (Flatten): expected attribute "axis" with one value of its kind, got kind int with a value in ints; export the model again',
    ],
    [
      "an attribute without a value",
      [attributed("Flatten", { name: "axis", type: AttributeType.INT })],
      'node "n" (Flatten): expected attribute "axis" with one value of its kind, got kind int without a value; export the model again',
    ],
    [
      "an attribute that refers to a function's",
      [attributed("Flatten", { name: "axis", type: AttributeType.INT, refAttrName: "of" })],
      'node "n" (Flatten): expected attribute "axis" with one value of its kind, got a reference to "of"; export the model again',
    ],
    [
      "a missing attribute",
      [attributed("Cast")],
      'node "n" (Cast): expected the attribute "to", got none of that name; export the model again',
    ],
    [
      "two values in a Constant",
      [{ ...attributed("Constant", int("value_int", 1n), int("value_ints", 1n)), input: [] }],
      'node "n" (Constant): expected attribute "value_ints" of kind ints, got int; export the model again',
    ],
    [
      "a missing input",
      [{ opType: "Add", name: "n", input: ["x", ""], output: ["y"] }],
      'node "n" (Add): expected input B, got one without a name; export the model again',
    ],
    [
      "too few inputs",
      [{ opType: "Slice", name: "n", input: ["x", "x"], output: ["y"] }],
      'node "n" (Slice): expected 3 to 5 inputs (data, starts, ends, axes?, steps?), got 2; export the model again',
    ],
    [
      "too many inputs",
      [{ opType: "Relu", name: "n", input: ["x", "x"], output: ["y"] }],
      'node "n" (Relu): expected 1 inputs (X), got 2; export the model again',
    ],
    [
      "too many outputs",
      [{ opType: "Identity", name: "n", input: ["x"], output: ["y", "z"] }],
      'node "n" (Identity): expected 1 outputs (output), got 2; export the model again',
    ],
    [
      "an element type that the operator refuses",
      [cast(7n), { opType: "Sin", name: "n", input: ["whole"], output: ["y"] }],
      'node "n" (Sin): expected input input of float32, float64, float16, got int64; insert a Cast',
    ],
    [
      "two element types where one is meant",
      [cast(7n), { opType: "Add", name: "n", input: ["x", "whole"], output: ["y"] }],
      'node "n" (Add): expected inputs A and B of one type, got float32 and int64; insert a Cast',
    ],
    [
      "a bound that is a real number",
      [{ opType: "Slice", name: "n", input: ["x", "x", "x"], output: ["y"] }],
      'node "n" (Slice): expected input starts of int32, int64, got float32; insert a Cast',
    ],
  ])("%s, before and inside a branch", (_, nodes, message) => {
    const condition: NodeInit = {
      opType: "Constant",
      output: ["true"],
      attribute: [{ name: "value", type: AttributeType.TENSOR, t: { dataType: 9, int32Data: [1] } }],
    };
    const branch = (name: string, node: NodeInit[]): AttributeInit => ({
      name,
      type: AttributeType.GRAPH,
      g: { name, node, output: [{ name: "y" }] },
    });
    const inside: NodeInit = {
      opType: "If",
      name: "choice",
      input: ["true"],
      output: ["chosen"],
      attribute: [branch("then_branch", [relu("x", "y")]), branch("else_branch", nodes)],
    };
    for (const bytes of [file({ node: nodes }), file({ node: [condition, inside], output: [{ name: "chosen" }] })]) {
      expect(() => foreignModel(bytes, "m")).toThrow(DataError);
      expect(() => foreignModel(bytes, "m")).toThrow(`onnx: ${message}`);
    }
  });

  test("a type that is declared otherwise than it is computed", () => {
    const declared = (elemType: number) => ({
      ...floats("y", "N", 3n),
      type: { value: { case: "tensorType" as const, value: { elemType } } },
    });
    const bytes = (elemType: number) =>
      file({ node: [{ ...relu("x", "y"), name: "n" }], output: [declared(elemType)] });
    expect(() => foreignModel(bytes(7), "m")).toThrow(
      'onnx: node "n" (Relu): expected output Y "y" declared as float32, got int64; export the model again',
    );
    expect(() => foreignModel(bytes(1), "m")).not.toThrow();
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
