import { create, fromBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema, TensorShapeProto_DimensionSchema, type ValueInfoProto } from "onnx-buf";
import { encode } from "../graph/encode.ts";
import { addInput, addOutput, type Graph, type Node, newGraph, prune } from "../graph/graph.ts";
import type { Model, Parameter } from "../model/model.ts";
import { builder } from "../ops/builder.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { fromNumbers, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { initializer } from "./onnxFile.ts";

/** What the batch axis is called, and the output. */
const BATCH = "N";
const LOGITS = "logits";

/** Two batch sizes that no other axis is likely to share a factor with: what differs between them is the batch. */
const [SOME, OTHER] = [1009, 1013];

/**
 * A model with its trained tensors as a plain inference graph, in evaluation mode: inputs under their own names with a
 * first axis called N, one output `logits`, and parameters and running statistics as initializers under their own
 * names.
 *
 * Our graphs have one batch size. This one is built for two, and where a constant differs, it can only be a shape that
 * a Reshape takes, whose one entry that grows with the batch becomes -1. Throws `UnsupportedError` naming the node
 * where that is not so.
 */
export function inferenceModel(model: Model, tensors: Readonly<Record<string, Tensor>>): ModelProto {
  const graph = forAnyBatch(evaluation(model, SOME), evaluation(model, OTHER));
  const proto = fromBinary(ModelProtoSchema, encode(graph));
  const { input, initializer: constants, output, ...rest } = proto.graph!;
  const trained = [...model.parameters, ...model.state].map(({ name }) => name);
  proto.graph = {
    ...rest,
    input: input.filter(({ name }) => !trained.includes(name)).map(withBatch),
    initializer: [...trained.map((name) => initializer(name, tensors[name]!)), ...constants],
    output: output.map(withBatch),
    // Of one batch size; runtimes infer them.
    valueInfo: [],
  };
  return proto;
}

function evaluation(model: Model, batch: number): Graph {
  const graph = newGraph(model.name);
  const g = builder(graph);
  const declare = (parameters: readonly Parameter[]) =>
    Object.fromEntries(
      parameters.map(({ name, initial: { type, shape } }) => [name, addInput(graph, name, type, shape)]),
    );
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => [name, addInput(graph, name, type, [batch, ...shape])]),
  );
  const [parameters, state] = [declare(model.parameters), declare(model.state)];
  const { logits } = model.forward(g, { inputs, parameters, state, mode: "evaluation" });
  addOutput(graph, LOGITS, logits);
  return prune(graph);
}

function forAnyBatch(one: Graph, other: Graph): Graph {
  const swapped = new Map(one.nodes.flatMap((node, i) => generalized(node, other.nodes[i]!)));
  const nodes = one.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((value) => value && (swapped.get(value) ?? value)),
  }));
  return { ...one, nodes };
}

/** The constants of a node that depend on the batch, with what stands for them at any batch. */
function generalized(node: Node, other: Node) {
  if (node.op !== other.op || JSON.stringify(node.attributes) !== JSON.stringify(other.attributes))
    throw dependent(node);
  return node.inputs.flatMap((value, i) => {
    if (!value?.constant) return [];
    const [a, b] = [toNumbers(value.constant), toNumbers(other.inputs[i]!.constant!)];
    const differing = Array.from(a.keys()).filter((k) => a[k] !== b[k]);
    if (differing.length === 0 && a.length === b.length) return [];
    const [at] = differing;
    const grows = at !== undefined && a[at]! / SOME === b[at]! / OTHER && Number.isInteger(a[at]! / SOME);
    if (node.op !== "Reshape" || differing.length > 1 || a.length !== b.length || !grows) throw dependent(node);
    const shape = Array.from(a, (size, k) => (k === at ? -1 : size));
    return [[value, { ...value, constant: fromNumbers("int64", [shape.length], shape) }] as const];
  });
}

function dependent({ name, op }: Node): UnsupportedError {
  return new UnsupportedError(
    `export: expected a graph for any batch size, got ${op} "${name}", which is built for one; export its checkpoint as .safetensors`,
  );
}

function withBatch(info: ValueInfoProto): ValueInfoProto {
  const tensorType = info.type!.value;
  if (tensorType.case !== "tensorType") return info;
  const dim = [...tensorType.value.shape!.dim];
  dim[0] = create(TensorShapeProto_DimensionSchema, { value: { case: "dimParam", value: BATCH } });
  tensorType.value.shape!.dim = dim;
  return info;
}
