/** A network of the atlas as an `.onnx` file, as a user would export it. */
import { toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { inferenceModel } from "../../src/export/inferenceModel.ts";
import { convolution, flatten, type Layer, linear, maxPool, relu, sequential } from "../../src/model/layers.ts";
import type { Model, Parameter } from "../../src/model/model.ts";
import { random } from "../../src/tensor/random.ts";
import { type Tensor, tensor, toNumbers } from "../../src/tensor/tensor.ts";
import type { Activation, Network, Setup } from "./setup.ts";

/** The bytes of the file. */
export function networkFile({ examples, network }: Setup, seed: number): Uint8Array {
  const model = build(network, examples.shape, Math.max(1, examples.classes), seed);
  const tensors = [...model.parameters, ...model.state].map(({ name, initial }) => [name, initial] as const);
  return toBinary(ModelProtoSchema, inferenceModel(model, Object.fromEntries(tensors)));
}

const activations: Record<Activation, Layer | null> = {
  relu,
  sigmoid: { parameters: [], forward: (g, x) => g.sigmoid(x) },
  tanh: { parameters: [], forward: (g, x) => g.tanh(x) },
  none: null,
};

export function build(network: Network, shape: readonly number[], outputs: number, seed: number): Model {
  const draw = random(seed);
  const layers: (Layer | null)[] = [];
  const activation = activations[network.activation];
  let [channels, side] = [shape[0]!, shape[1] ?? 1];
  network.channels.forEach((to, i) => {
    const name = `conv${i + 1}`;
    layers.push(convolution(name, { from: channels, to, kernel: 5, padding: 2 }, draw));
    layers.push(activation, maxPool);
    [channels, side] = [to, Math.floor(side / 2)];
  });
  layers.push(flatten);
  let width = network.channels.length > 0 ? channels * side * side : shape.reduce((a, b) => a * b, 1);
  network.hidden.forEach((to, i) => {
    const name = `hidden${i + 1}`;
    layers.push(linear(name, width, to, draw));
    layers.push(activation);
    width = to;
  });
  layers.push(linear("output", width, outputs, draw), activations[network.output]);
  const input = { name: "x", type: "float32", shape } as const;
  const model = sequential(
    "network",
    input,
    layers.filter((layer) => layer !== null),
  );
  return { ...model, parameters: model.parameters.map((parameter) => initialized(parameter, network)) };
}

function initialized({ name, initial }: Parameter, { weights, bias }: Network): Parameter {
  const hiddenBias = name.endsWith(".bias") && !name.startsWith("output") ? bias : 0;
  const values = Float32Array.from(toNumbers(initial), (value) => value * weights + hiddenBias);
  return { name, initial: tensor("float32", initial.shape, values) as Tensor };
}
