import { addInput, addOutput, type Graph, newGraph, prune } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { type Optimizer, oneGroup, type ParameterGroup } from "../optimizer/optimizer.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { newStateName } from "./graphs.ts";

/**
 * One optimizer step on a slice of the flat arrays, in place; all its elements are of one parameter group. Inputs
 * `parameter`, `sum` (Σ w·∇ℓ) and the optimizer's state, all [length]; scalars `weight` (Σ w), `clip` (the factor that
 * clips the global norm), `learningRate` (without the group's factor), `step`, and `movedMomentum` where a schedule
 * moves it. Outputs `new:parameter` and `new:<state>`. This is the one place where a sum of gradients is divided by its
 * weight.
 */
export function updateGraph(
  optimizer: Optimizer,
  length: number,
  group: ParameterGroup = oneGroup,
  movesMomentum = false,
): Graph {
  requireArguments("updateGraph", { optimizer, length }, { optimizer: is.optimizer, length: is.whole(1) });
  const graph = newGraph(`${optimizer.name}_update`);
  const g = builder(graph);
  const array = (name: string) => addInput(graph, name, "float32", [length]);
  const number = (name: string) => addInput(graph, name, "float32", []);
  const parameter = array("parameter");
  const gradient = g.mul(array("sum"), g.div(number("clip"), number("weight")));
  const state = Object.fromEntries(optimizer.state.map((name) => [name, array(name)]));
  const learningRate = g.mul(number("learningRate"), group.learningRateScale);
  const { decays } = group;
  const momentum = movesMomentum ? number("movedMomentum") : undefined;
  const step = number("step");
  const after = optimizer.update(g, { parameter, gradient, state, learningRate, step, momentum, decays });
  addOutput(graph, newStateName("parameter"), after.parameter);
  for (const [name, value] of Object.entries(after.state)) addOutput(graph, newStateName(name), value);
  return prune(graph);
}

/**
 * Ends loss scaling for a slice of the gradient sums, in place: `new:sum` = sum·inverse, and `poison` [] is 0, or NaN
 * where one of them is infinite or NaN.
 */
export function unscaleGraph(length: number): Graph {
  const graph = newGraph("unscale");
  const g = builder(graph);
  const sum = g.mul(addInput(graph, "sum", "float32", [length]), addInput(graph, "inverse", "float32", []));
  addOutput(graph, newStateName("sum"), sum);
  addOutput(graph, "poison", g.reshape(g.reduceSum(g.mul(sum, 0), [0]), []));
  return graph;
}

/** `squares` [] = Σ sum² of a slice of the gradient sums; the caller adds slices in float64 and divides by Σ w. */
export function squaresGraph(length: number): Graph {
  const graph = newGraph("squares");
  const g = builder(graph);
  addOutput(graph, "squares", g.reshape(g.reduceSumSquare(addInput(graph, "sum", "float32", [length]), [0]), []));
  return graph;
}
