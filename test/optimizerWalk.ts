import { addInput, addOutput, newGraph, prune } from "../src/graph/graph.ts";
import { builder } from "../src/ops/builder.ts";
import type { Optimizer } from "../src/optimizer/optimizer.ts";
import type { Engine } from "../src/runtime/engine.ts";
import { assertInPlaceSafe } from "../src/runtime/inPlace.ts";
import { random } from "../src/tensor/random.ts";
import { type ElementType, fromNumbers, scalar, type Tensor, toNumbers } from "../src/tensor/tensor.ts";

export interface Walk {
  /** Parameters before the first step. */
  readonly start: readonly number[];
  /** Of each step. */
  readonly gradients: readonly (readonly number[])[];
  /** Of each step, from the first, 1. */
  readonly rate: (step: number) => number;
  /** Of each step, where it moves. */
  readonly momentum?: (step: number) => number;
  /** Default true. */
  readonly decays?: boolean;
  /** Is shown the parameters and what is kept of them, after each step. */
  readonly seen?: (memory: Readonly<Record<string, Tensor>>, step: number) => void;
}

/** The parameters after each step, in one session whose outputs lie on its inputs, as training has them. */
export async function walk(
  engine: Engine,
  type: ElementType,
  optimizer: Optimizer,
  { start, gradients, rate, momentum, decays = true, seen }: Walk,
): Promise<number[][]> {
  const size = start.length;
  const graph = newGraph(optimizer.name);
  const array = (name: string) => addInput(graph, name, type, [size]);
  const number = (name: string) => addInput(graph, name, type, []);
  const after = optimizer.update(builder(graph), {
    parameter: array("parameter"),
    gradient: array("gradient"),
    state: Object.fromEntries(optimizer.state.map((name) => [name, array(name)])),
    learningRate: number("learningRate"),
    step: number("step"),
    momentum: momentum && number("movedMomentum"),
    decays,
  });
  addOutput(graph, "new parameter", after.parameter);
  for (const [name, value] of Object.entries(after.state)) addOutput(graph, `new ${name}`, value);
  const step = prune(graph);
  const names = ["parameter", ...optimizer.state];
  assertInPlaceSafe(step, Object.fromEntries(names.map((name) => [`new ${name}`, name])));

  const filled = (value: number) => fromNumbers(type, [size], Array(size).fill(value));
  const memory: Record<string, Tensor> = { parameter: fromNumbers(type, [size], start) };
  for (const name of optimizer.state) memory[name] = filled(optimizer.initial?.[name] ?? 0);
  const outputs = Object.fromEntries(Object.entries(memory).map(([name, tensor]) => [`new ${name}`, tensor]));
  const [gradient, learningRate, count] = [filled(0), scalar(type, 0), scalar(type, 0)];
  const session = await engine.load(step);
  const moved = scalar(type, 0);
  const bound = session.bind({
    ...memory,
    ...outputs,
    gradient,
    learningRate,
    step: count,
    ...(momentum && { movedMomentum: moved }),
  });
  const path: number[][] = [];
  for (const recorded of gradients) {
    (gradient.data as Float64Array).set(recorded);
    count.data[0] = path.length + 1;
    learningRate.data[0] = rate(path.length + 1);
    if (momentum) moved.data[0] = momentum(path.length + 1);
    await bound.run();
    path.push(toNumbers(memory.parameter!));
    seen?.(memory, path.length);
  }
  session.release();
  return path;
}

/** Largest difference between two paths; NaN where one has a number that is none. */
export function farthest(path: readonly (readonly number[])[], other: readonly (readonly number[])[]): number {
  const errors = other.flatMap((parameters, t) => parameters.map((value, i) => Math.abs(path[t]![i]! - value)));
  return Math.max(...errors);
}

/** Gradients that first grow, then shrink, so that a maximum differs from an average; one element has none at all. */
export function rough(): Walk {
  const generator = random(11);
  const gradients = Array.from({ length: 60 }, (_, t) => {
    const scale = t < 15 ? 1 : 0.05;
    return [0, 1, 2, 3, 4].map((i) => (i === 4 ? 0 : scale * (generator.normal() + 0.3)));
  });
  return { start: [1, -2, 0.5, 3, 0.25], gradients, rate: (t) => 0.01 + 0.01 * (t % 5) };
}
