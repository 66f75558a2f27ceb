import type { HomogeneousPair } from "../curvature/rescaledTwin.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import { defaultLoss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import { forward } from "./graphs.ts";

/** f(a x) = a f(x) for a > 0, of the first input alone. */
const homogeneous: readonly string[] = [
  ...["Relu", "LeakyRelu", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"],
  ...["Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose"],
];

/** Linear in the first input, with a weight second and, but for MatMul, a bias third. */
const linear: readonly string[] = ["Gemm", "MatMul", "Conv"];

/**
 * Pairs of layers of a model whose scales undo each other: a linear layer or convolution, positively homogeneous
 * operators, and the next one, each read by nothing else. Empty where there are none, as where normalisation or a
 * sigmoid stands between any two.
 */
export function homogeneousPairs(model: Model): HomogeneousPair[] {
  const { graph } = forward(model, 2, "evaluation", `${model.name}_pairs`, defaultLoss).g;
  const names = new Set(model.parameters.map(({ name }) => name));
  const readers = readersOf(graph);
  const only = (value: Value) => (readers.get(value)?.length === 1 ? readers.get(value)![0] : undefined);
  const isOwn = (value: Value | undefined): value is Value =>
    value !== undefined && names.has(value.name) && only(value) !== undefined;
  return graph.nodes.flatMap((node): HomogeneousPair[] => {
    if (!linear.includes(node.op) || !isOwn(node.inputs[1])) return [];
    const first = withBias(node, only, isOwn);
    if (!first) return [];
    let next = only(first.output);
    while (next && homogeneous.includes(next.op)) next = only(next.outputs[0]!);
    const weight = next && linear.includes(next.op) ? next.inputs[1] : undefined;
    return isOwn(weight) ? [{ grown: first.names, shrunk: [weight.name] }] : [];
  });
}

/** A linear layer's parameters and what it gives, with the addition of a bias behind a product; undefined of others. */
function withBias(
  node: Node,
  only: (value: Value) => Node | undefined,
  isOwn: (value: Value | undefined) => value is Value,
): { readonly names: readonly string[]; readonly output: Value } | undefined {
  const [, weight, bias] = node.inputs;
  const output = node.outputs[0]!;
  if (bias) return isOwn(bias) ? { names: [weight!.name, bias.name], output } : undefined;
  const added = only(output);
  if (added?.op !== "Add") return { names: [weight!.name], output };
  const other = added.inputs.find((value) => value !== output);
  return isOwn(other) ? { names: [weight!.name, other.name], output: added.outputs[0]! } : undefined;
}

function readersOf({ nodes, outputs }: Graph): Map<Value, (Node | undefined)[]> {
  const readers = new Map<Value, (Node | undefined)[]>();
  const add = (value: Value, node?: Node) => readers.set(value, [...(readers.get(value) ?? []), node]);
  for (const node of nodes) for (const value of node.inputs) if (value) add(value, node);
  for (const value of outputs.values()) add(value);
  return readers;
}
