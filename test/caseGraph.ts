import { backward } from "../src/gradient/backward.ts";
import { addInput, addOutput, type Graph, newGraph } from "../src/graph/graph.ts";
import { builder } from "../src/ops/builder.ts";
import type { OpName } from "../src/ops/table.ts";
import { random } from "../src/tensor/random.ts";
import { convert, fromNumbers, sizeOf, type Tensor } from "../src/tensor/tensor.ts";
import { differentiable } from "./caseFunction.ts";
import { applyCase, type Case, declareInputs, drawContents } from "./cases/case.ts";

/**
 * The node of a case and, for random incoming gradients, the gradients of its inputs; with what to feed: float32
 * numbers, whatever the graph's floating-point type.
 */
export function forwardAndGradients(
  op: OpName,
  one: Case,
  realType: "float32" | "float64" = "float32",
): { graph: Graph; feeds: Record<string, Tensor> } {
  const graph = newGraph(op);
  const drawn = drawContents(one, "float32", 1);
  const contents = new Map([...drawn].map(([input, t]) => [input, input.type === "real" ? convert(t, realType) : t]));
  const declared = declareInputs(graph, one, contents);
  const feeds = Object.fromEntries([...declared].map(([input, { name }]) => [name, contents.get(input)!]));
  const g = builder(graph);
  const outputs = applyCase(graph, op, one, contents, declared);
  for (const [i, value] of outputs.entries()) addOutput(graph, `output${i}`, value);
  const [Y] = outputs;
  const wrt = differentiable(op, one).map((input) => declared.get(input)!);
  if (wrt.length === 0) return { graph, feeds };
  const seed = addInput(graph, "seed", Y!.type, Y!.shape);
  const { normal } = random(5);
  const weights = fromNumbers("float32", Y!.shape, Array.from({ length: sizeOf(Y!.shape) }, normal));
  feeds.seed = convert(weights, Y!.type);
  for (const [i, gradient] of backward(g, Y!, wrt, seed).entries()) addOutput(graph, `gradient${i}`, gradient);
  return { graph, feeds };
}
