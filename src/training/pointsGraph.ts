import { addInput, addOutput, type Graph, newGraph, prune, type Value } from "../graph/graph.ts";
import type { Loss } from "../model/loss.ts";
import type { Mode, Model } from "../model/model.ts";
import { builder } from "../ops/builder.ts";
import { declare, totals } from "./graphs.ts";

/** What a graph of several points calls its inputs and outputs beside the parameters at the origin. */
export const directionName = (direction: number, parameter: string) => `direction${direction}:${parameter}`;
export const coordinateName = (point: number, direction: number) => `coordinate:${point}:${direction}`;
export const pointLossName = (point: number) => `${totals.loss}:${point}`;

/** What the loss is evaluated at. */
export interface PointsGraphOptions {
  readonly loss: Loss;
  readonly mode: Mode;
  /** Names of the parameters that move; all others are constants. */
  readonly parameters: readonly string[];
  readonly points: number;
  readonly directions: number;
}

/**
 * The loss of one mini-batch at several points θ + Σ_j c_j d_j in one graph: reads the examples, θ under the
 * parameters' names, `direction<j>:<parameter>` for each that moves and `coordinate:<point>:<j>` []; gives
 * `total:loss:<point>` [] = Σ w·ℓ and `total:weight` [] = Σ w. Nothing is dropped out.
 */
export function pointsGraph(model: Model, batch: number, options: PointsGraphOptions): Graph {
  const { loss, mode, parameters: moving, points, directions } = options;
  const graph = newGraph(`${model.name}_points`);
  const g = builder(graph);
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => [name, addInput(graph, name, type, [batch, ...shape])]),
  );
  const [origin, state] = [declare(graph, model.parameters), declare(graph, model.state)];
  const along = Array.from({ length: directions }, (_, j) =>
    Object.fromEntries(
      moving.map((name) => [name, addInput(graph, directionName(j, name), origin[name]!.type, origin[name]!.shape)]),
    ),
  );
  let target: Value | null | undefined;
  for (let point = 0; point < points; point++) {
    const coordinates = along.map((_, j) => addInput(graph, coordinateName(point, j), "float32", []));
    const parameters = { ...origin };
    for (const name of moving)
      for (const [j, direction] of along.entries())
        parameters[name] = g.add(parameters[name]!, g.mul(direction[name]!, coordinates[j]!));
    const { logits } = model.forward(g, { inputs, parameters, state, mode });
    if (target === undefined) {
      const expected = loss.target(logits);
      target = expected && addInput(graph, "y", expected.type, expected.shape);
    }
    const { losses, weights } = loss.build(g, logits, target);
    const total = (value: Value) => g.reshape(g.reduceSum(g.cast(value, losses.type), [0]), []);
    addOutput(graph, pointLossName(point), total(losses));
    if (point === 0) addOutput(graph, totals.weight, total(weights));
  }
  return prune(graph);
}
