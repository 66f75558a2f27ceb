import { addInput, addOutput, type Graph, type Node, newGraph, producers, prune, type Value } from "../graph/graph.ts";
import type { Model, Parameter } from "../model/model.ts";
import { builder } from "../ops/builder.ts";
import { sizeOf } from "../tensor/tensor.ts";

/** What a network's graph says before anything is trained. */
export interface NetworkSigns {
  /** The operator after the last layer where it bounds the outputs: Relu, Sigmoid, Tanh or Softmax. */
  readonly outputActivation: string | null;
  /** Whether nothing but linear operators lies between input and output. */
  readonly isLinear: boolean;
  /** Numbers of the narrowest hidden layer, of a chain without detours; null of other networks. */
  readonly narrowest: number | null;
  /** Parameters that matrix products and convolutions multiply with, and how many numbers go into each output. */
  readonly weights: readonly { readonly name: string; readonly inputs: number }[];
}

const bounded: ReadonlySet<string> = new Set(["Relu", "Sigmoid", "Tanh", "Softmax"]);
const products: ReadonlySet<string> = new Set(["Gemm", "MatMul", "Conv"]);
const linear: ReadonlySet<string> = new Set([
  ...products,
  ...["Add", "Sub", "Flatten", "Reshape", "Transpose", "Identity", "Squeeze", "Unsqueeze", "BatchNormalization"],
  ...["AveragePool", "GlobalAveragePool", "ReduceMean", "ReduceSum", "Concat", "Slice"],
]);

/** Examples that the graph is built for: no shape of a layer is likely to have it. */
const BATCH = 7;

/** Reads the graph of a model in evaluation mode; runs nothing. */
export function networkSigns(model: Model): NetworkSigns {
  const { graph, logits, parameters } = evaluationGraph(model);
  const last = producers(graph).get(logits);
  const hidden = graph.nodes.filter(({ op, outputs }) => products.has(op) && outputs[0] !== outputLayer(graph, logits));
  return {
    outputActivation: last && bounded.has(last.op) ? last.op : null,
    isLinear: graph.nodes.every(({ op }) => linear.has(op)),
    narrowest:
      hidden.length > 0 && isChain(graph, parameters)
        ? Math.min(...hidden.map(({ outputs }) => sizeOf(outputs[0]!.shape) / BATCH))
        : null,
    weights: graph.nodes.flatMap((node) => weightsOf(node, parameters)),
  };
}

function evaluationGraph(model: Model) {
  const graph = newGraph(model.name);
  const declare = (all: readonly Parameter[]) =>
    Object.fromEntries(all.map(({ name, initial: { type, shape } }) => [name, addInput(graph, name, type, shape)]));
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => [name, addInput(graph, name, type, [BATCH, ...shape])]),
  );
  const [parameters, state] = [declare(model.parameters), declare(model.state)];
  const { logits } = model.forward(builder(graph), { inputs, parameters, state, mode: "evaluation" });
  addOutput(graph, "logits", logits);
  const names = new Map(Object.entries(parameters).map(([name, value]) => [value, name]));
  return { graph: prune(graph), logits, parameters: names };
}

/** The value of the product nearest to the output. */
function outputLayer(graph: Graph, logits: Value): Value | undefined {
  const makers = producers(graph);
  for (let value: Value | undefined = logits; value; ) {
    const maker = makers.get(value);
    if (!maker || products.has(maker.op)) return maker?.outputs[0];
    value = maker.inputs.find((input) => input && makers.has(input)) ?? undefined;
  }
  return undefined;
}

/** Whether every value that a node makes is read by one other alone. */
function isChain(graph: Graph, parameters: ReadonlyMap<Value, string>): boolean {
  const readers = new Map<Value, number>();
  for (const { inputs } of graph.nodes)
    for (const input of inputs)
      if (input && !input.constant && !parameters.has(input)) readers.set(input, (readers.get(input) ?? 0) + 1);
  return [...readers.values()].every((count) => count === 1);
}

function weightsOf({ op, inputs, attributes }: Node, parameters: ReadonlyMap<Value, string>) {
  const [, weight] = inputs;
  const name = weight ? parameters.get(weight) : undefined;
  if (!products.has(op) || name === undefined || !weight || weight.shape.length < 2) return [];
  const { shape } = weight;
  const isTransposed = op === "Conv" || (op === "Gemm" && attributes.transB?.value === 1);
  return [{ name, inputs: isTransposed ? sizeOf(shape.slice(1)) : shape[0]! }];
}
