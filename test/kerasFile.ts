import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import { random } from "../src/tensor/random.ts";
import { type AttributeInit, file, floats, type NodeInit } from "./foreignFile.ts";

/**
 * Files as tf2onnx 1.16 writes Keras models (tf2onnx/onnx_opset/nn.py, rewriter/lstm_tf2_rewriter.py and optimizer/),
 * each beside the same network as PyTorch's exporter writes it: channels last between Transposes, automatic padding,
 * shapes as tensors, biases as Adds, batch normalisation with running statistics, Softmax at the end, names with
 * slashes and colons.
 */

type Weights = Readonly<Record<string, { readonly shape: readonly number[]; readonly numbers: readonly number[] }>>;

const { normal } = random(11);
const drawn = (...shape: number[]) => ({
  shape,
  numbers: Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.fround(normal() / 2)),
});

const node = (opType: string, input: string[], output: string, attributes: Record<string, Plain> = {}): NodeInit => ({
  name: `${output}__node`,
  opType,
  input,
  output: output.split(" "),
  attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...attributeOf(value) })),
});

type Plain = number | string | readonly number[];

function attributeOf(value: Plain): Omit<AttributeInit & object, "name" | "$typeName"> {
  if (typeof value === "string") return { type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value !== "number") return { type: AttributeType.INTS, ints: value.map(BigInt) };
  return Number.isInteger(value)
    ? { type: AttributeType.INT, i: BigInt(value) }
    : { type: AttributeType.FLOAT, f: value };
}

const longs = (name: string, ...values: number[]) => ({
  name,
  dataType: 7,
  dims: [BigInt(values.length)],
  int64Data: values.map(BigInt),
});

const weights = (all: Weights) =>
  Object.entries(all).map(([name, { shape, numbers }]) => ({
    name,
    dataType: 1,
    dims: shape.map(BigInt),
    floatData: [...numbers],
  }));

const scope = "StatefulPartitionedCall/sequential";

/** Weights by PyTorch's names; the linear layer reads features in the order of Keras, [height, width, channel]. */
export const convolutional = {
  "conv.weight": drawn(4, 2, 3, 3),
  "conv.bias": drawn(4),
  "second.weight": drawn(4, 4, 3, 3),
  "second.bias": drawn(4),
  scale: drawn(4),
  shift: drawn(4),
  "fc.weight": drawn(16, 3),
  "fc.bias": drawn(3),
};
const statistics = {
  mean: drawn(4),
  variance: { shape: [4], numbers: [0.5, 1, 1.5, 2] },
};

/** Each name of PyTorch's as tf2onnx has it. */
export const kerasNames: Readonly<Record<keyof typeof convolutional, string>> = {
  "conv.weight": `${scope}/conv2d/Conv2D/ReadVariableOp:0`,
  "conv.bias": `${scope}/conv2d/BiasAdd/ReadVariableOp:0`,
  "second.weight": `${scope}/conv2d_1/Conv2D/ReadVariableOp:0`,
  "second.bias": `${scope}/conv2d_1/BiasAdd/ReadVariableOp:0`,
  scale: `${scope}/batch_normalization/ReadVariableOp:0`,
  shift: `${scope}/batch_normalization/ReadVariableOp_1:0`,
  "fc.weight": `${scope}/dense/MatMul/ReadVariableOp:0`,
  "fc.bias": `${scope}/dense/BiasAdd/ReadVariableOp:0`,
};

/** Images [unk__12, 10, 10, 2] with channels last, classes as probabilities. */
export function kerasConvolutional(): Uint8Array {
  const k = kerasNames;
  const renamed = Object.fromEntries(
    Object.entries(convolutional).map(([name, one]) => [
      k[name as keyof typeof k],
      name === "second.bias" ? { ...one, shape: [1, 4, 1, 1] } : one,
    ]),
  );
  const window = { dilations: [1, 1], group: 1, kernel_shape: [3, 3] };
  return file(
    {
      input: [floats("conv2d_input", "unk__12", 10n, 10n, 2n)],
      output: [{ name: "dense" }],
      initializer: [...weights({ ...renamed, ...statistics }), longs("const_fold_opt__17", -1, 16)],
      node: [
        node("Transpose", ["conv2d_input"], `${scope}/conv2d/BiasAdd__6:0`, { perm: [0, 3, 1, 2] }),
        node("Conv", [`${scope}/conv2d/BiasAdd__6:0`, k["conv.weight"], k["conv.bias"]], "conv:0", {
          ...window,
          auto_pad: "VALID",
          strides: [1, 1],
        }),
        node("Relu", ["conv:0"], "relu:0"),
        node("MaxPool", ["relu:0"], "pool:0", { auto_pad: "VALID", kernel_shape: [2, 2], strides: [2, 2] }),
        node("Conv", ["pool:0", k["second.weight"]], "conv_1:0", {
          ...window,
          auto_pad: "SAME_UPPER",
          strides: [2, 2],
        }),
        node("Add", ["conv_1:0", k["second.bias"]], "bias:0"),
        node("BatchNormalization", ["bias:0", k.scale, k.shift, "mean", "variance"], "norm:0", { epsilon: 0.001 }),
        node("Relu", ["norm:0"], "relu_1:0"),
        node("Transpose", ["relu_1:0"], "relu_1__27:0", { perm: [0, 2, 3, 1] }),
        node("Reshape", ["relu_1__27:0", "const_fold_opt__17"], "flatten:0"),
        node("MatMul", ["flatten:0", k["fc.weight"]], "matmul:0"),
        node("Add", ["matmul:0", k["fc.bias"]], "logits:0"),
        node("Softmax", ["logits:0"], "dense"),
      ],
    },
    15n,
  );
}

/** The same for images [N, 2, 10, 10], up to logits. */
export function pytorchConvolutional(): Uint8Array {
  const columns = { shape: [3, 16], numbers: asPytorch(convolutional["fc.weight"].numbers) };
  const window = { dilations: [1, 1], group: 1, kernel_shape: [3, 3] };
  return file({
    input: [floats("input", "N", 2n, 10n, 10n)],
    output: [{ name: "logits" }],
    initializer: weights({ ...convolutional, "fc.weight": columns, ...statistics }),
    node: [
      node("Conv", ["input", "conv.weight", "conv.bias"], "a", { ...window, pads: [0, 0, 0, 0], strides: [1, 1] }),
      node("Relu", ["a"], "b"),
      node("MaxPool", ["b"], "c", { kernel_shape: [2, 2], strides: [2, 2] }),
      node("Conv", ["c", "second.weight", "second.bias"], "d", { ...window, pads: [0, 0, 1, 1], strides: [2, 2] }),
      node("BatchNormalization", ["d", "scale", "shift", "mean", "variance"], "e", { epsilon: 0.001 }),
      node("Relu", ["e"], "f"),
      node("Flatten", ["f"], "g", { axis: 1 }),
      node("Gemm", ["g", "fc.weight", "fc.bias"], "logits", { transB: 1 }),
    ],
  });
}

/** [height · width · channel, classes] of Keras as [classes, channel · height · width] of PyTorch. */
export function asPytorch(numbers: readonly number[]): number[] {
  const [size, channels, classes] = [4, 4, 3];
  return Array.from({ length: numbers.length }, (_, flat) => {
    const [output, feature] = [Math.floor(flat / (size * channels)), flat % (size * channels)];
    const [channel, place] = [Math.floor(feature / size), feature % size];
    return numbers[(place * channels + channel) * classes + output]!;
  });
}

export const recurrent = { W: drawn(1, 16, 3), R: drawn(1, 16, 4), B: drawn(1, 32), "fc.weight": drawn(4, 2) };

/**
 * Series [unk__30, 5, 3]: time moved to the front and back, states of zeros in a computed shape, the last step by Slice
 * and Squeeze.
 */
export function kerasRecurrent(): Uint8Array {
  const zero = { name: "zero", dataType: 1, dims: [], floatData: [0] };
  return file(
    {
      input: [floats("lstm_input", "unk__30", 5n, 3n)],
      output: [{ name: "dense" }],
      initializer: [
        ...weights(recurrent),
        zero,
        ...[longs("first", 0), longs("second", 1), longs("last", -1), longs("end", 2147483647), longs("units", 4)],
      ],
      node: [
        node("Transpose", ["lstm_input"], "transpose:0", { perm: [1, 0, 2] }),
        node("Shape", ["lstm_input"], "shape:0"),
        node("Cast", ["shape:0"], "shape_int:0", { to: 6 }),
        node("Slice", ["shape_int:0", "first", "second", "first"], "strided_slice:0"),
        node("Cast", ["strided_slice:0"], "batch:0", { to: 7 }),
        node("Concat", ["batch:0", "units"], "zeros/packed:0", { axis: 0 }),
        node("Expand", ["zero", "zeros/packed:0"], "zeros:0"),
        node("Unsqueeze", ["zeros:0", "first"], "initial:0"),
        node("LSTM", ["transpose:0", "W", "R", "B", "", "initial:0", "initial:0"], "lstm:0 lstm:1 lstm:2", {
          direction: "forward",
          hidden_size: 4,
        }),
        node("Squeeze", ["lstm:0", "second"], "squeezed:0"),
        node("Transpose", ["squeezed:0"], "sequence:0", { perm: [1, 0, 2] }),
        node("Slice", ["sequence:0", "last", "end", "second"], "step:0"),
        node("Squeeze", ["step:0", "second"], "features:0"),
        node("MatMul", ["features:0", "fc.weight"], "logits:0"),
        node("Softmax", ["logits:0"], "dense", { axis: 1 }),
      ],
    },
    15n,
  );
}

/** The same with PyTorch's last state, up to logits. */
export function pytorchRecurrent(): Uint8Array {
  return file({
    input: [floats("input", "N", 5n, 3n)],
    output: [{ name: "logits" }],
    initializer: [...weights(recurrent), longs("direction", 0)],
    node: [
      node("Transpose", ["input"], "a", { perm: [1, 0, 2] }),
      node("LSTM", ["a", "W", "R", "B"], "all state cell", { hidden_size: 4 }),
      node("Squeeze", ["state", "direction"], "b"),
      node("Gemm", ["b", "fc.weight"], "logits"),
    ],
  });
}

/** What becomes of a recurrent layer that tf2onnx does not recognise. */
export function kerasLoop(): Uint8Array {
  const loop: NodeInit = {
    name: `${scope}/lstm/while_loop`,
    opType: "Loop",
    input: ["", "", "lstm_input"],
    output: ["dense"],
    attribute: [{ name: "body", type: AttributeType.GRAPH, g: { name: "while_body" } }],
  };
  return file({
    input: [floats("lstm_input", "unk__30", 5n, 3n)],
    output: [{ name: "dense" }],
    node: [loop],
  });
}
