import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type GraphProtoSchema, ModelProtoSchema } from "onnx-buf";
import { addInput, addOutput, newGraph } from "../src/graph/graph.ts";
import type { Mode, Model } from "../src/model/model.ts";
import { builder } from "../src/ops/builder.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { fromNumbers, type Tensor, toNumbers } from "../src/tensor/tensor.ts";
import { evaluateOn } from "./evaluate.ts";

export type GraphInit = MessageInitShape<typeof GraphProtoSchema> & object;
export type NodeInit = NonNullable<GraphInit["node"]>[number];
// Made when a test runs: vitest cannot pass a bigint on.
export type AttributeInit = NonNullable<NodeInit["attribute"]>[number];

/** The bytes of a file with input x [N, 3] and output y, unless the graph says otherwise. */
export function file(graph: GraphInit, version = 17n, producerName = ""): Uint8Array {
  const whole = { input: [floats("x", "N", 3n)], output: [{ name: "y" }], ...graph };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, producerName, opsetImport: [{ domain: "", version }], graph: whole }),
  );
}

export function floats(name: string, ...sizes: (bigint | string | undefined)[]) {
  const dim = sizes.map((size) =>
    typeof size === "bigint"
      ? { value: { case: "dimValue" as const, value: size } }
      : size === undefined
        ? {}
        : { value: { case: "dimParam" as const, value: size } },
  );
  return { name, type: { value: { case: "tensorType" as const, value: { elemType: 1, shape: { dim } } } } };
}

/** The logits of a model for these examples, with its own parameters. */
export async function logits(model: Model, x: Tensor, mode: Mode = "evaluation"): Promise<number[]> {
  const graph = newGraph("forward");
  const g = builder(graph);
  const declare = (entries: Model["parameters"]) =>
    Object.fromEntries(entries.map(({ name, initial }) => [name, addInput(graph, name, initial.type, initial.shape)]));
  const [input] = model.inputs;
  const inputs = { [input!.name]: addInput(graph, input!.name, input!.type, x.shape) };
  const io = { inputs, parameters: declare(model.parameters), state: declare(model.state), mode };
  addOutput(graph, "logits", model.forward(g, io).logits);
  const fed = [...model.parameters, ...model.state].map(({ name, initial }) => [name, initial]);
  const [result] = await evaluateOn(nativeEngine())(graph, [{ [input!.name]: x, ...Object.fromEntries(fed) }]);
  return toNumbers(result!.logits!);
}

export const x3 = fromNumbers("float32", [2, 3], [1, 2, 3, -4, 5, 6]);
