import { expect } from "vitest";
import { backward } from "../src/gradient/backward.ts";
import { rows, separateGroups } from "../src/gradient/rows.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../src/graph/graph.ts";
import { type Builder, builder } from "../src/ops/builder.ts";
import { openEngine } from "../src/runtime/open.ts";
import { openReference } from "../src/runtime/reference.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor, tensor, toNumbers } from "../src/tensor/tensor.ts";
import { evaluateOn } from "./evaluate.ts";

const evaluate = evaluateOn(openReference(await openEngine()));

export const examples = 6;

/** A small network whose rows are compared with the gradients of its groups, each alone. */
export interface Network {
  readonly about: string;
  /** The shape of one example. */
  readonly x: Shape;
  readonly parameters: readonly Shape[];
  /** From x [n, ...] to any value whose axis 0 is n. */
  y(g: Builder, x: Value, parameters: readonly Value[]): Value;
}

/** The loss of each example, Σ y², for n examples. */
export function lossOf({ x: shape, parameters, y }: Network, n: number): { graph: Graph; shared: readonly Value[] } {
  const graph = newGraph("loss");
  const g = builder(graph);
  const x = addInput(graph, "x", "float64", [n, ...shape]);
  const shared = parameters.map((own, i) => addInput(graph, `w${i}`, "float64", own));
  const output = y(g, x, shared);
  addOutput(graph, "losses", g.reduceSum(g.mul(output, output), [...output.shape.keys()].slice(1)));
  return { graph, shared };
}

/** The same random contents for each network of the same shapes. */
export function feedsFor({ x, parameters }: Network): Record<string, Tensor> {
  const { normal } = random(4);
  const draw = (shape: Shape) => fromNumbers("float64", shape, Array.from({ length: sizeOf(shape) }, normal));
  return { x: draw([examples, ...x]), ...Object.fromEntries(parameters.map((shape, i) => [`w${i}`, draw(shape)])) };
}

/** Over the largest of the expected numbers. */
export function largestDifference(found: readonly number[], expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return Math.max(...found.map((element, i) => Math.abs(element - expected[i]!))) / Math.max(...expected.map(Math.abs));
}

/** Fails unless the rows of one pass are the gradients of the groups, to 1e-12. */
export async function expectRows(network: Network, groups: number): Promise<void> {
  const feeds = feedsFor(network);
  const { graph, shared } = lossOf(network, examples);
  const separate = separateGroups(graph, ["x"], groups);
  const input = (name: string) => separate.inputs.find((value) => value.name === name)!;
  const wrt = shared.map(({ name }) => input(name));
  const losses = separate.outputs.get("losses")!;
  nameGradients(separate, rows(builder(separate), losses, wrt, groups, [input("x")]));
  const [together] = await evaluate(separate, [feeds]);

  const alone = lossOf(network, examples / groups);
  nameGradients(alone.graph, backward(builder(alone.graph), alone.graph.outputs.get("losses")!, alone.shared));
  const size = feeds.x!.data.length / groups;
  const shape = [examples / groups, ...network.x];
  const block = (k: number) => tensor("float64", shape, feeds.x!.data.slice(k * size, (k + 1) * size));
  const apart = await evaluate(
    alone.graph,
    Array.from({ length: groups }, (_, k) => ({ ...feeds, x: block(k) })),
  );
  for (const name of ["losses", ...shared.map((_, i) => `gradient${i}`)]) {
    const expected = apart.flatMap((one) => toNumbers(one[name]!));
    expect(largestDifference(toNumbers(together![name]!), expected), name).toBeLessThan(1e-12);
  }
}

function nameGradients(graph: Graph, gradients: readonly Value[]): void {
  for (const [i, gradient] of gradients.entries()) addOutput(graph, `gradient${i}`, gradient);
}
