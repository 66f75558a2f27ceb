import { addInput, addOutput, type Graph, newGraph, prune, type Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { FlatLayout } from "./flat.ts";
import { newStateName } from "./graphs.ts";
import { type Piece, piecesOf } from "./pieces.ts";
import { updateGraph } from "./updateGraphs.ts";

/**
 * One optimizer step on the whole flat arrays in one graph, with the inputs and outputs of `updateGraph`: where
 * parameters are of several groups, or a layer-wise optimizer wants each alone, the arrays are cut and joined again; an
 * optimizer's own clipping is in it.
 */
export function wholeUpdateGraph(optimizer: Optimizer, layout: FlatLayout): Graph {
  const pieces = piecesOf(layout, optimizer, layout.length);
  const { largestNorm = Number.POSITIVE_INFINITY } = optimizer;
  const [only] = pieces;
  if (pieces.length === 1 && only!.end - only!.start === layout.length && largestNorm === Number.POSITIVE_INFINITY)
    return updateGraph(optimizer, layout.length, only!.group);
  const graph = newGraph(`${optimizer.name}_update`);
  const g = builder(graph);
  const array = (name: string) => addInput(graph, name, "float32", [layout.length]);
  const number = (name: string) => addInput(graph, name, "float32", []);
  const before: Record<string, Value> = { parameter: array("parameter") };
  const mean = g.mul(array("sum"), g.div(number("clip"), number("weight")));
  for (const name of optimizer.state) before[name] = array(name);
  const scalars = { learningRate: number("learningRate"), step: number("step") };
  const after = join(g, { optimizer, pieces, before, gradient: clipped(g, mean, largestNorm), ...scalars });
  for (const [name, value] of Object.entries(after)) addOutput(graph, newStateName(name), value);
  return prune(graph);
}

/** The gradient, scaled down to the norm where it is longer. */
function clipped(g: Builder, gradient: Value, largestNorm: number): Value {
  if (largestNorm === Number.POSITIVE_INFINITY) return gradient;
  const norm = g.sqrt(g.reshape(g.reduceSumSquare(gradient, [0]), []));
  return g.div(gradient, g.max(g.div(norm, largestNorm), 1));
}

interface Step {
  readonly optimizer: Optimizer;
  readonly pieces: readonly Piece[];
  /** `parameter` and the optimizer's state. */
  readonly before: Readonly<Record<string, Value>>;
  readonly gradient: Value;
  readonly learningRate: Value;
  readonly step: Value;
}

/** The arrays after the step: the pieces as they come out, and between them what no piece holds as it was. */
function join(g: Builder, { optimizer, pieces, before, gradient, learningRate, step }: Step): Record<string, Value> {
  const length = gradient.shape[0]!;
  const cut = (value: Value, start: number, end: number) => g.slice(value, [0], [start], [end], [1]);
  const parts: Record<string, Value[]> = Object.fromEntries(Object.keys(before).map((name) => [name, []]));
  const keep = (start: number, end: number) => {
    if (start < end) for (const [name, value] of Object.entries(before)) parts[name]!.push(cut(value, start, end));
  };
  let at = 0;
  for (const { start, end, group } of pieces) {
    keep(at, start);
    const part = (value: Value) => cut(value, start, end);
    const { parameter, state } = optimizer.update(g, {
      parameter: part(before.parameter!),
      gradient: part(gradient),
      state: Object.fromEntries(optimizer.state.map((name) => [name, part(before[name]!)])),
      learningRate: g.mul(learningRate, group.learningRateScale),
      step,
      decays: group.decays,
    });
    for (const [name, value] of Object.entries({ parameter, ...state })) parts[name]!.push(value);
    at = end;
  }
  keep(at, length);
  return Object.fromEntries(Object.entries(parts).map(([name, values]) => [name, g.concat(values, 0)]));
}
