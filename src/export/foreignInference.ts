import { fromBinary } from "@bufbuild/protobuf";
import { type GraphProto, type ModelProto, ModelProtoSchema, type NodeProto, TensorProto_DataLocation } from "onnx-buf";
import { decodeTensor, type ReadExternal } from "../graph/decodeTensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { initializerOf } from "./onnxFile.ts";

/**
 * An imported `.onnx` file with trained tensors in place of its own: the original graph with its names, axes, operator
 * set and element types (weights that are not float32 there are rounded to what they are there). What was exported for
 * training is switched to inference: batch normalisation uses the running statistics, and dropout is off.
 */
export function foreignInference(
  original: Uint8Array,
  tensors: Readonly<Record<string, Tensor>>,
  readExternal?: ReadExternal,
): ModelProto {
  const model = fromBinary(ModelProtoSchema, original);
  const graph = model.graph!;
  graph.initializer = graph.initializer.map((proto) => {
    // A name as "constructor" is one of the object's own, or none.
    const trained = Object.hasOwn(tensors, proto.name) ? tensors[proto.name] : undefined;
    if (trained !== undefined) return initializerOf(proto.dataType, proto.name, trained);
    if (proto.dataLocation !== TensorProto_DataLocation.EXTERNAL) return proto;
    const contents = decodeTensor(proto, `initializer "${proto.name}"`, [], readExternal)!;
    return initializerOf(proto.dataType, proto.name, contents);
  });
  infer(graph);
  return model;
}

function infer(graph: GraphProto): void {
  for (const node of graph.node) {
    if (node.domain === "" || node.domain === "ai.onnx") inferNode(node);
    for (const { g, graphs } of node.attribute) for (const inner of g ? [g, ...graphs] : graphs) infer(inner);
  }
}

function inferNode(node: NodeProto): void {
  if (node.opType === "BatchNormalization") {
    node.attribute = node.attribute.filter(({ name }) => name !== "training_mode");
    // Running statistics are outputs of training alone.
    node.output = node.output.slice(0, 1);
  }
  // The third input says whether it trains; without it, it does not.
  if (node.opType === "Dropout") node.input = node.input.slice(0, 2);
}
