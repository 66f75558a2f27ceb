import type { Graph, Node, Value } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { centred, ownStatistics, perChannel } from "../ops/normalization.ts";
import { plainAttributes } from "../ops/op.ts";
import { ops } from "../ops/table.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { toNumbers } from "../tensor/tensor.ts";

/**
 * Rewrites a graph for ONNX Runtime's WebGPU kernels: BatchNormalization in training mode, which has none, is written
 * in primitives. What else has no right kernel keeps its node and is run by the processor (`processorNodes`). Inputs
 * and outputs stay.
 */
export function lowerForWebGpu(graph: Graph): Graph {
  const result: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  for (const node of graph.nodes) result.nodes.push(...(isTraining(node) ? inPrimitives(node, result) : [node]));
  return result;
}

function isTraining({ op, domain, attributes }: Node): boolean {
  return op === "BatchNormalization" && domain === "" && attributes.training_mode?.value === 1;
}

/** The equations of `batchNormalization` (ops/normalization.ts), with the outputs that the node had. */
function inPrimitives(node: Node, graph: Graph): Node[] {
  const own: Graph = { ...graph, nodes: [] };
  const g = builder(own);
  const [X, scale, B, ...old] = node.inputs as [Value, Value, Value, Value, Value];
  const { epsilon, momentum } = plainAttributes(ops.BatchNormalization, node.attributes);
  const { mean, variance } = ownStatistics(g, X);
  const { x, inverse } = centred(g, X, mean, variance, epsilon);
  const Y = g.add(g.mul(x, perChannel(g, g.mul(scale, inverse), X)), perChannel(g, B, X));
  const running = [mean, variance].map((fresh, i) =>
    momentum === 0 ? fresh : g.add(g.mul(old[i]!, momentum), g.mul(fresh, 1 - momentum)),
  );
  const renamed = new Map([Y, ...running].flatMap((made, i) => (node.outputs[i] ? [[made, node.outputs[i]]] : [])));
  const known = (value: Value) => renamed.get(value) ?? value;
  return own.nodes.map((made) => ({
    ...made,
    inputs: made.inputs.map((value) => value && known(value)),
    outputs: made.outputs.map(known),
  }));
}

/**
 * Names of the nodes that the processor has to run, because ONNX Runtime 1.30 takes them for WebGPU and then fails,
 * crashes or, worse, computes other numbers. docs/webgpu.md says how that was found.
 */
export function processorNodes({ nodes }: Graph): string[] {
  return nodes.filter((node) => node.domain === "" && wrong[node.op]?.(node)).map(({ name }) => name);
}

const wrong: Readonly<Record<string, (node: Node) => boolean>> = {
  Conv: ({ inputs: [X], attributes }) => X!.shape.length > 4 && groups(attributes) > 1,
  ConvTranspose: ({ inputs: [X] }) => X!.shape.length > 4,
  Einsum: ({ inputs, attributes }) => !isPlain(String(attributes.equation?.value), inputs as Value[]),
  MaxPool: ({ outputs }) => outputs.length > 1,
  ReduceLogSumExp: () => true,
  ...Object.fromEntries(
    ["L1", "L2", "LogSum", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare"].map((kind) => [`Reduce${kind}`, noAxes]),
  ),
  Slice: ({ inputs: [, , , , steps] }) =>
    steps?.constant !== undefined && toNumbers(steps.constant).some((step) => step < 0),
};

function groups(attributes: Node["attributes"]): number {
  return Number(attributes.group?.value ?? 1);
}

/** A reduction over no axes, which is to leave every element where it is. */
function noAxes({ inputs: [X, axes], outputs: [Y], attributes }: Node): boolean {
  const none = !axes || axes.shape[0] === 0;
  return none && attributes.noop_with_empty_axes?.value === 1 && equalShapes(X!.shape, Y!.shape);
}

/** No ellipsis, and every subscript stands for one size: an axis of 1 is not repeated. */
function isPlain(equation: string, operands: readonly Value[]): boolean {
  if (equation.includes("...")) return false;
  const sizes = new Map<string, number>();
  const terms = equation.replaceAll(" ", "").split("->")[0]!.split(",");
  return terms.every((term, k) =>
    [...term].every((subscript, axis) => {
      const size = operands[k]!.shape[axis]!;
      const known = sizes.get(subscript) ?? size;
      sizes.set(subscript, known);
      return size === known;
    }),
  );
}
