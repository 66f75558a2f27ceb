import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { expect, test } from "vitest";
import { type ElementType, fromNumbers, scalar, type Tensor, tensor, zeros } from "../tensor/tensor.ts";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { type Attributes, addInput, addNode, addOutput, constant, type Graph, newGraph, type Value } from "./graph.ts";

const float = (shape: number[]) => ({ type: "float32" as const, shape });

function relu(graph: Graph, input: Value): Value {
  return addNode(graph, { op: "Relu", inputs: [input], outputs: [input] })[0]!;
}

test("the bytes of a small graph, field by field as onnx.proto numbers them", () => {
  const graph = newGraph("g");
  addOutput(graph, "y", relu(graph, addInput(graph, "x", "float32", [2])));
  const expected = [
    "080a", // ir_version 10
    `120a${text("batchscope")}`,
    "3a3b", // graph, 59 bytes
    `0a14 0a01${text("x")} 1201${text("y")} 1a04${text("Relu")} 2204${text("Relu")} 3a00`, // node
    `1201${text("g")}`,
    `5a0f 0a01${text("x")} 120a 0a08 0801 1204 0a02 0802`, // input: FLOAT, one dimension of 2
    `620f 0a01${text("y")} 120a 0a08 0801 1204 0a02 0802`,
    "4204 0a00 1014", // operator set 20 of domain ""
  ];
  expect(Buffer.from(encode(graph)).toString("hex")).toBe(expected.join("").replaceAll(" ", ""));
});

test("an omitted input is an empty name, at the end nothing", () => {
  const graph = newGraph("g");
  const x = addInput(graph, "x", "float32", [2]);
  const clip = (...bounds: (Value | undefined)[]) =>
    addNode(graph, { op: "Clip", inputs: [x, ...bounds], outputs: [x] })[0]!;
  addOutput(graph, "below", clip(undefined, constant(graph, scalar("float32", 1), "most")));
  addOutput(graph, "any", clip(undefined, undefined));
  const { graph: written } = fromBinary(ModelProtoSchema, encode(graph));
  expect(written!.node.map(({ input }) => input)).toEqual([["x", "", "most"], ["x"]]);
});

const text = (characters: string) => Buffer.from(characters).toString("hex");

test("values of every element type and attributes of every kind survive the round trip", () => {
  const numbers: Record<ElementType, Tensor> = {
    float32: fromNumbers("float32", [2, 2], [0, -1.5, Number.POSITIVE_INFINITY, 3e-45]),
    float64: fromNumbers("float64", [1], [Math.PI]),
    float16: fromNumbers("float16", [3], [65504, -0.1, Number.NaN]),
    int8: fromNumbers("int8", [2], [-128, 127]),
    uint8: fromNumbers("uint8", [2], [0, 255]),
    int32: fromNumbers("int32", [2], [-(2 ** 31), 2 ** 31 - 1]),
    int64: tensor("int64", [2], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)),
    bool: fromNumbers("bool", [2], [1, 0]),
  };
  const attributes: Attributes = {
    axis: { kind: "int", value: -1 },
    alpha: { kind: "float", value: 0.25 },
    mode: { kind: "string", value: "größer" },
    pads: { kind: "ints", value: [0, -3, 2 ** 40] },
    empty: { kind: "ints", value: [] },
    scales: { kind: "floats", value: [1, Number.NEGATIVE_INFINITY] },
    names: { kind: "strings", value: ["a", ""] },
    value: { kind: "tensor", value: scalar("float64", 0.1) },
  };
  const graph = newGraph("all");
  const values = Object.entries(numbers).map(([type, contents]) => constant(graph, contents, type));
  constant(graph, zeros("float32", [9]), "unused");
  const empty = constant(graph, zeros("float32", [0, 4]), "empty");
  const [y] = addNode(graph, {
    op: "Anything",
    domain: "com.microsoft",
    inputs: [values[0], undefined, ...values.slice(1), empty],
    outputs: [float([2])],
    attributes,
  });
  addOutput(graph, "result", y!);
  const model = decode(encode(graph));
  expect([...model.initializers]).toEqual([...Object.entries(numbers), ["empty", zeros("float32", [0, 4])]]);
  expect(model.nodes).toEqual([
    {
      name: "Anything",
      op: "Anything",
      graphs: {},
      domain: "com.microsoft",
      inputs: ["float32", "", ...Object.keys(numbers).slice(1), "empty"],
      outputs: ["result"],
      attributes,
    },
  ]);
  expect([model.opset, [...model.domains]]).toEqual([20, [["com.microsoft", 1]]]);
});

test("outputs: a node's value takes the name; inputs, constants and second names go through Identity", () => {
  const graph = newGraph("outputs");
  const x = addInput(graph, "x", "float32", [3]);
  const loss = relu(graph, x);
  const twice = relu(graph, loss);
  addOutput(graph, "Relu_out", twice); // the name of another value inside
  addOutput(graph, "again", twice);
  addOutput(graph, "first", loss);
  addOutput(graph, "copy", x);
  addOutput(graph, "constant", constant(graph, fromNumbers("int64", [2], [5, 6])));
  const model = decode(encode(graph));
  expect(model.nodes.map(({ op, inputs, outputs }) => `${outputs} = ${op}(${inputs})`)).toEqual([
    "first = Relu(x)",
    "Relu_1_out = Relu(first)",
    "Relu_out = Identity(Relu_1_out)",
    "again = Identity(Relu_1_out)",
    "copy = Identity(x)",
    "constant = Identity(constant_1)",
  ]);
  expect(model.outputs).toEqual([
    { name: "Relu_out", type: "float32", dims: [3] },
    { name: "again", type: "float32", dims: [3] },
    { name: "first", type: "float32", dims: [3] },
    { name: "copy", type: "float32", dims: [3] },
    { name: "constant", type: "int64", dims: [2] },
  ]);
});

test("an inner value whose name an output takes gets a free one", () => {
  const graph = newGraph("names");
  const inner = relu(graph, addInput(graph, "x", "float32", [1]));
  const middle = relu(graph, inner);
  addOutput(graph, "Relu_1_out", relu(graph, middle));
  const model = decode(encode(graph));
  expect(model.nodes.map((node) => [...node.inputs, ...node.outputs])).toEqual([
    ["x", "Relu_out"],
    ["Relu_out", "Relu_1_out_1"],
    ["Relu_1_out_1", "Relu_1_out"],
  ]);
});

test("inner values carry their shapes for viewers", () => {
  const graph = newGraph("info");
  const x = addInput(graph, "x", "float32", [2, 3]);
  addOutput(graph, "y", relu(graph, relu(graph, x)));
  const { graph: proto } = fromBinary(ModelProtoSchema, encode(graph));
  const dims = proto?.valueInfo.map(({ name, type }) => [
    name,
    type?.value.case === "tensorType" && type.value.value.shape?.dim.map((dim) => dim.value.value),
  ]);
  expect(dims).toEqual([["Relu_out", [2n, 3n]]]);
});

test("a node that reads what comes later is a bug of ours", () => {
  const graph = newGraph("broken");
  const x = addInput(graph, "x", "float32", [1]);
  addOutput(graph, "y", relu(graph, relu(graph, x)));
  graph.nodes.reverse();
  expect(() => encode(graph)).toThrow(
    'internal: encode: expected node "Relu_1" to read what an earlier node made, got "Relu_out"',
  );
  const stranger = addInput(newGraph("other"), "z", "float32", [1]);
  const empty = newGraph("empty");
  addOutput(empty, "y", stranger);
  expect(() => encode(empty)).toThrow('expected output "y" to read what an earlier node made, got "z"');
});
