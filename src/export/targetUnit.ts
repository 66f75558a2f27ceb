import { create } from "@bufbuild/protobuf";
import { type ModelProto, NodeProtoSchema } from "onnx-buf";
import type { Moments } from "../data/dataset.ts";
import { fromNumbers } from "../tensor/tensor.ts";
import { initializerOf } from "./onnxFile.ts";

/**
 * A model that was trained on standardised targets, with its output `trained` (the first by default) in the target's
 * own unit: output·deviation + mean, as two nodes at its end, in the output's element type. Changes `model`.
 */
export function inTargetUnit(model: ModelProto, { mean, deviation }: Moments, trained?: string): ModelProto {
  const graph = model.graph!;
  const { name, type } = graph.output.find((one) => one.name === trained) ?? graph.output[0]!;
  const code = type?.value.case === "tensorType" ? type.value.value.elemType : 1;
  const fresh = (hint: string) => `${name}/${hint}`;
  const rename = (names: readonly string[]) => names.map((one) => (one === name ? fresh("standardised") : one));
  for (const node of graph.node) [node.input, node.output] = [rename(node.input), rename(node.output)];
  for (const [hint, value] of [
    ["deviation", deviation],
    ["mean", mean],
  ] as const)
    graph.initializer.push(initializerOf(code, fresh(hint), fromNumbers("float64", [], [value])));
  const node = (opType: string, input: string[], output: string) =>
    create(NodeProtoSchema, { opType, name: `${output}/${opType}`, input, output: [output] });
  graph.node.push(
    node("Mul", [fresh("standardised"), fresh("deviation")], fresh("scaled")),
    node("Add", [fresh("scaled"), fresh("mean")], name),
  );
  return model;
}
