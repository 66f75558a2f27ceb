import { addInput, addOutput, newGraph, prune, type Value } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import type { Random } from "../tensor/random.ts";
import { type Shape, sizeOf } from "../tensor/tensor.ts";
import { flopsOf } from "./flops.ts";
import type { Model, Parameter } from "./model.ts";

/** One operator of a network that computes something, on one example. */
export interface SummaryRow {
  /** What the names of its parameters begin with; empty where it has none. */
  readonly layer: string;
  readonly op: string;
  readonly output: Shape;
  /** Numbers in parameters that no row above has read. */
  readonly parameters: number;
  readonly flops: number;
}

/** What `summarize` tells of a model: its layers, parameters and operations. */
export interface ModelSummary {
  readonly parameters: number;
  /** Of one forward pass on one example, in evaluation mode. A multiply-add is two. */
  readonly flops: number;
  readonly rows: readonly SummaryRow[];
}

/** Of a model that is only counted no weight is read. */
export const unread: Random = {
  uniform: () => 0,
  normal: () => 0,
  integer: () => 0,
  permutation: (n) => new Uint32Array(n),
  state: () => [],
};

/** Counts a network on one example, from its graph. Rows that neither compute nor read a parameter are left out. */
export function summarize(model: Model): ModelSummary {
  requireArguments("summarize", { model }, { model: is.model });
  const graph = newGraph(model.name);
  const declared = (parameters: readonly Parameter[]) =>
    Object.fromEntries(
      parameters.map(({ name, initial: { type, shape } }) => [name, addInput(graph, name, type, shape)]),
    );
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => [name, addInput(graph, name, type, [1, ...shape])]),
  );
  const io = {
    inputs,
    parameters: declared(model.parameters),
    state: declared(model.state),
    mode: "evaluation",
  } as const;
  addOutput(graph, "logits", model.forward(builder(graph), io).logits);
  const reader = parameterReader(Object.values(io.parameters), Object.values(inputs));
  const rows = prune(graph).nodes.map((node): SummaryRow => {
    const { layer, parameters } = reader(node);
    return { layer, op: node.op, output: node.outputs[0]!.shape, parameters, flops: flopsOf(node) };
  });
  return {
    parameters: model.parameters.reduce((sum, { initial }) => sum + sizeOf(initial.shape), 0),
    flops: rows.reduce((sum, { flops }) => sum + flops, 0),
    rows: rows.filter(({ flops, parameters }) => flops > 0 || parameters > 0),
  };
}

/**
 * Finds for one node after the other which parameters it reads: directly, or through nodes that no example reaches,
 * such as the reshape of a weight, whose own rows have none.
 */
function parameterReader(parameters: readonly Value[], examples: readonly Value[]) {
  const origins = new Map<Value, readonly Value[]>(parameters.map((value) => [value, [value]]));
  const reached = new Set(examples);
  const counted = new Set<Value>();
  return (node: { readonly inputs: readonly (Value | undefined)[]; readonly outputs: readonly Value[] }) => {
    const read = [...new Set(node.inputs.flatMap((value) => (value && origins.get(value)) ?? []))];
    const onPath = node.inputs.some((value) => value && reached.has(value));
    for (const output of node.outputs) {
      if (onPath) reached.add(output);
      else origins.set(output, read);
    }
    const own = onPath ? read : [];
    const fresh = own.filter((value) => !counted.has(value));
    for (const value of fresh) counted.add(value);
    return { layer: commonLayer(own), parameters: fresh.reduce((sum, { shape }) => sum + sizeOf(shape), 0) };
  };
}

/**
 * `h.0.attn.c_attn` of `h.0.attn.c_attn.weight`; the names themselves, one after the other, where they do not share it.
 */
function commonLayer(parameters: readonly Value[]): string {
  return [...new Set(parameters.map(({ name }) => name.replace(/\.[^.]*$/, "")))].join(" + ");
}
