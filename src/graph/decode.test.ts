import { readFileSync } from "node:fs";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { unzipSync } from "fflate";
import { AttributeProto_AttributeType as AttributeType, type GraphProtoSchema, ModelProtoSchema } from "onnx-buf";
import { expect, test } from "vitest";
import { decodeNpy } from "../data/files/npz.ts";
import { DataError } from "../tensor/errors.ts";
import { show, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { type DecodedModel, decode } from "./decode.ts";

const directory = new URL("../../test/fixtures/oracle/models/", import.meta.url);
const exported = (name: string) => decode(readFileSync(new URL(`${name}/model.onnx`, directory)));

function npz(path: string): Record<string, ArrayLike<number>> {
  const files = unzipSync(readFileSync(new URL(path, directory)));
  const arrays = Object.entries(files).map(([name, bytes]) => {
    return [name.replace(/\.npy$/, ""), toNumbers(decodeNpy(bytes, name))];
  });
  return Object.fromEntries(arrays);
}

test("the exported perceptron, run by a plain loop, has PyTorch's loss", () => {
  const model = exported("mlp");
  const { x, y } = npz("mlp/batch.npz");
  const [W1, b1, W2, b2] = [...model.initializers.values()].map(toNumbers);
  let loss = 0;
  for (let n = 0; n < y!.length; n++) {
    const pixels = Array.from({ length: 64 }, (_, i) => x![n * 64 + i]!);
    const hidden = affine(W1!, b1!, pixels).map((h) => Math.max(0, h));
    const logits = affine(W2!, b2!, hidden);
    loss += Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - logits[y![n]!]!;
  }
  expect(loss / y!.length).toBeCloseTo(npz("mlp/expected.npz").loss![0]!, 6);
});

function affine(W: number[], b: number[], x: number[]): number[] {
  return b.map((bias, row) => x.reduce((sum, xi, i) => sum + W[row * x.length + i]! * xi, bias));
}

test("exported files: structure, parameters, constants and symbolic sizes as PyTorch wrote them", () => {
  expect(summary(exported("mlp"))).toMatchInlineSnapshot(`
    "torch_jit, opset 17
    x: float32[N, 1, 8, 8]
    logits: float32[N, 10]
    1.weight: float32[32, 64]
    1.bias: float32[32]
    3.weight: float32[10, 32]
    3.bias: float32[10]
    /0/Flatten_output_0 = Flatten(x, axis=1)
    /1/Gemm_output_0 = Gemm(/0/Flatten_output_0, 1.weight, 1.bias, alpha=1, beta=1, transB=1)
    /2/Relu_output_0 = Relu(/1/Gemm_output_0)
    logits = Gemm(/2/Relu_output_0, 3.weight, 3.bias, alpha=1, beta=1, transB=1)"
  `);
  expect(summary(exported("lenet"))).toMatchInlineSnapshot(`
    "torch_jit, opset 17
    x: float32[N, 1, 28, 28]
    logits: float32[N, 10]
    0.weight: float32[6, 1, 5, 5]
    0.bias: float32[6]
    3.weight: float32[16, 6, 5, 5]
    3.bias: float32[16]
    7.weight: float32[84, 400]
    7.bias: float32[84]
    9.weight: float32[10, 84]
    9.bias: float32[10]
    /0/Conv_output_0 = Conv(x, 0.weight, 0.bias, dilations=[1,1], group=1, kernel_shape=[5,5], pads=[2,2,2,2], strides=[1,1])
    /1/Tanh_output_0 = Tanh(/0/Conv_output_0)
    /2/Constant_output_0 = Constant(value=int64[8])
    /2/Pad_output_0 = Pad(/1/Tanh_output_0, /2/Constant_output_0, mode="constant")
    /2/AveragePool_output_0 = AveragePool(/2/Pad_output_0, ceil_mode=0, kernel_shape=[2,2], pads=[0,0,0,0], strides=[2,2])
    /3/Conv_output_0 = Conv(/2/AveragePool_output_0, 3.weight, 3.bias, dilations=[1,1], group=1, kernel_shape=[5,5], pads=[0,0,0,0], strides=[1,1])
    /4/Relu_output_0 = Relu(/3/Conv_output_0)
    /5/MaxPool_output_0 = MaxPool(/4/Relu_output_0, ceil_mode=0, kernel_shape=[2,2], pads=[0,0,0,0], strides=[2,2])
    /6/Flatten_output_0 = Flatten(/5/MaxPool_output_0, axis=1)
    /7/Gemm_output_0 = Gemm(/6/Flatten_output_0, 7.weight, 7.bias, alpha=1, beta=1, transB=1)
    /8/Sigmoid_output_0 = Sigmoid(/7/Gemm_output_0)
    logits = Gemm(/8/Sigmoid_output_0, 9.weight, 9.bias, alpha=1, beta=1, transB=1)"
  `);
  expect(summary(exported("bn_cnn"))).toMatchInlineSnapshot(`
    "torch_jit, opset 17
    x: float32[N, 3, 20, 20]
    logits: float32[N, 5]
    0.weight: float32[8, 3, 3, 3]
    1.weight: float32[8]
    1.bias: float32[8]
    1.running_mean: float32[8]
    1.running_var: float32[8]
    3.weight: float32[16, 2, 3, 3]
    3.bias: float32[16]
    4.weight: float32[16]
    4.bias: float32[16]
    4.running_mean: float32[16]
    4.running_var: float32[16]
    9.weight: float32[5, 16]
    9.bias: float32[5]
    /0/Conv_output_0 = Conv(x, 0.weight, dilations=[1,1], group=1, kernel_shape=[3,3], pads=[1,1,1,1], strides=[2,2])
    /1/BatchNormalization_output_0, /1/BatchNormalization_output_1, /1/BatchNormalization_output_2 = BatchNormalization(/0/Conv_output_0, 1.weight, 1.bias, 1.running_mean, 1.running_var, epsilon=0.000009999999747378752, momentum=0.8999999761581421, training_mode=1)
    /2/Relu_output_0 = Relu(/1/BatchNormalization_output_0)
    /3/Conv_output_0 = Conv(/2/Relu_output_0, 3.weight, 3.bias, dilations=[1,1], group=4, kernel_shape=[3,3], pads=[1,1,1,1], strides=[1,1])
    /4/BatchNormalization_output_0, /4/BatchNormalization_output_1, /4/BatchNormalization_output_2 = BatchNormalization(/3/Conv_output_0, 4.weight, 4.bias, 4.running_mean, 4.running_var, epsilon=0.000009999999747378752, momentum=0.8999999761581421, training_mode=1)
    /5/LeakyRelu_output_0 = LeakyRelu(/4/BatchNormalization_output_0, alpha=0.10000000149011612)
    /6/MaxPool_output_0 = MaxPool(/5/LeakyRelu_output_0, ceil_mode=0, kernel_shape=[3,3], pads=[1,1,1,1], strides=[2,2])
    /7/GlobalAveragePool_output_0 = GlobalAveragePool(/6/MaxPool_output_0)
    /8/Flatten_output_0 = Flatten(/7/GlobalAveragePool_output_0, axis=1)
    logits = Gemm(/8/Flatten_output_0, 9.weight, 9.bias, alpha=1, beta=1, transB=1)"
  `);
  const { nodes } = exported("two_branch");
  const slice = nodes.find((node) => node.op === "Slice")!;
  const bounds = slice.inputs.slice(1).map((name) => nodes.find((node) => node.outputs[0] === name)!.attributes.value);
  expect(bounds.map((bound) => toNumbers(bound!.value as Tensor))).toEqual([[0], [3], [1], [1]]);
});

function summary({ name, opset, inputs, outputs, initializers, nodes }: DecodedModel): string {
  const sizes = [...inputs, ...outputs].map((value) => `${value.name}: ${value.type}[${value.dims?.join(", ")}]`);
  const parameters = [...initializers].map(([key, value]) => `${key}: ${show(value)}`);
  const calls = nodes.map((node) => {
    const attributes = Object.entries(node.attributes).map(([key, { kind, value }]) => {
      return `${key}=${kind === "tensor" ? show(value) : JSON.stringify(value)}`;
    });
    return `${node.outputs.join(", ")} = ${node.op}(${[...node.inputs, ...attributes].join(", ")})`;
  });
  return [`${name}, opset ${opset}`, ...sizes, ...parameters, ...calls].join("\n");
}

type GraphInit = MessageInitShape<typeof GraphProtoSchema> & object;
type NodeInit = NonNullable<GraphInit["node"]>[number];

function file(graph: GraphInit, opsets = [{ domain: "ai.onnx", version: 17n }]): Uint8Array {
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport: opsets, graph }));
}

test("domains, unnamed sizes and untyped outputs", () => {
  const dim = [
    { value: { case: "dimParam" as const, value: "batch" } },
    { value: { case: undefined } },
    { value: { case: "dimValue" as const, value: 4n } },
  ];
  const type = { value: { case: "tensorType" as const, value: { elemType: 1, shape: { dim } } } };
  const bytes = file(
    { input: [{ name: "x", type }], output: [{ name: "y" }], node: [{ opType: "Relu", domain: "ai.onnx" }] },
    [
      { domain: "", version: 21n },
      { domain: "com.microsoft", version: 1n },
    ],
  );
  const model = decode(bytes);
  expect([model.opset, [...model.domains], model.nodes[0]!.domain]).toEqual([21, [["com.microsoft", 1]], ""]);
  expect(model.inputs).toEqual([{ name: "x", type: "float32", dims: ["batch", undefined, 4] }]);
  expect(model.outputs).toEqual([{ name: "y", type: undefined, dims: undefined }]);
});

test("everything that no graph can hold is listed at once", () => {
  const node: NodeInit[] = [
    { opType: "Constant", output: ["c"], attribute: [{ name: "sparse_value", type: AttributeType.SPARSE_TENSOR }] },
    {
      opType: "Loop",
      attribute: [
        { name: "body", type: AttributeType.GRAPH, g: { initializer: [{ name: "inside", dataType: 14, dims: [1n] }] } },
      ],
    },
  ];
  const graph: GraphInit = {
    node,
    input: [{ name: "list", type: { value: { case: "sequenceType", value: {} } } }, { name: "shapeless" }],
    initializer: [
      { name: "far", dataType: 1, dims: [2n], dataLocation: 1, externalData: [{ key: "location", value: "far.bin" }] },
      { name: "words", dataType: 8, dims: [1n], stringData: [new Uint8Array(1)] },
    ],
    sparseInitializer: [{ values: { name: "thin" } }],
  };
  const model = decode(file(graph));
  expect(model.unsupported).toEqual([
    '"list" of kind sequenceType',
    'input "shapeless" without an element type and a rank',
    'sparse initializer "thin"',
    'initializer "far" with external data in "far.bin" (open the model by its path)',
    'initializer "words" of type string',
    'node "c" (Constant) attribute "sparse_value" of kind SPARSE_TENSOR',
    'initializer "inside" of type complex64',
  ]);
});

test("the branches of If are graphs, whose nodes read values around it", () => {
  const branch = (name: string) => ({
    node: [{ opType: "Relu", input: ["x"], output: [name] }],
    output: [{ name }],
    initializer: [{ name: "two", dataType: 7, dims: [1n], int64Data: [2n] }],
  });
  const attribute = [
    { name: "then_branch", type: AttributeType.GRAPH, g: branch("a") },
    { name: "else_branch", type: AttributeType.GRAPH, g: branch("b") },
  ];
  const [node] = decode(file({ node: [{ opType: "If", input: ["c"], output: ["y"], attribute }] })).nodes;
  expect(Object.keys(node!.graphs)).toEqual(["then_branch", "else_branch"]);
  expect(node!.attributes).toEqual({});
  expect(node!.graphs.else_branch!.nodes[0]).toMatchObject({ op: "Relu", inputs: ["x"], outputs: ["b"] });
  expect(node!.graphs.else_branch!.initializers.get("two")!.data).toEqual(BigInt64Array.of(2n));
});

test("graphs in graphs end somewhere", () => {
  let graph: GraphInit = {};
  for (let depth = 0; depth < 12; depth++)
    graph = {
      node: [{ opType: "If", name: `if${depth}`, attribute: [{ name: "g", type: AttributeType.GRAPH, g: graph }] }],
    };
  expect(decode(file(graph)).unsupported).toEqual(['node "if3" (If) more than 8 graphs deep']);
});

test.each<[string, () => Uint8Array, RegExp]>([
  ["text", () => Buffer.from("this is not a model"), /^onnx: expected an ONNX model, got 19 damaged bytes \([^\n]*$/],
  ["no bytes", () => new Uint8Array(), /^onnx: expected a model with a graph and an operator set, got no graph/],
  ["half a file", () => readFileSync(new URL("mlp/model.onnx", directory)).subarray(0, 5000), /got 5000 damaged bytes/],
  ["no operator set", () => file({}, []), /got no operator set/],
  [
    "raw bytes",
    () => one({ rawData: new Uint8Array(7) }),
    /expected 2 elements in initializer "w" float32\[2\], got 7 b/,
  ],
  ["too many", () => one({ floatData: [1, 2, 3] }), /expected 2 elements in initializer "w" float32\[2\], got 3;/],
  ["none", () => one({}), /expected 2 elements in initializer "w" float32\[2\], got 0;/],
  ["negative size", () => one({ dims: [-2n, -1n], floatData: [1, 2] }), /float32\[-2, -1\]/],
])("a damaged file: %s", (_, bytes, message) => {
  expect(() => decode(bytes())).toThrow(DataError);
  expect(() => decode(bytes())).toThrow(message);
});

function one(fields: NonNullable<GraphInit["initializer"]>[number]): Uint8Array {
  return file({ initializer: [{ name: "w", dataType: 1, dims: [2n], ...fields }] } as GraphInit);
}

test("flipped bits give a model or one of our errors, never another", () => {
  const bytes = new Uint8Array(readFileSync(new URL("mlp/model.onnx", directory)));
  const bits = Array.from({ length: 600 }, (_, i) => Math.floor((i * bytes.length * 8) / 600) + (i % 8));
  let refused = 0;
  for (const bit of bits) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    try {
      decode(damaged);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      expect(error.message).not.toContain("\n");
      refused++;
    }
  }
  // Most bits are of weights, which may have any.
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(bits.length);
});
