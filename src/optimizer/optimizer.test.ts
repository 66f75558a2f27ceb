import { describe, expect, test } from "vitest";
import { counting } from "../../test/countingEngine.ts";
import { oracleJson } from "../../test/oracle.ts";
import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import type { Engine } from "../runtime/engine.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { type ElementType, fromNumbers, scalar, type Tensor, toNumbers, zeros } from "../tensor/tensor.ts";
import { adam, adamW } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";
import { sgd } from "./sgd.ts";

interface Trajectory {
  readonly options: { lr: number };
  readonly gradients: number[][];
  readonly parameters: number[][];
}

const { cases, problem } = oracleJson<{ cases: Record<string, Trajectory>; problem: { w0: number[] } }>(
  "optimizers.json",
);

const table: readonly (readonly [string, Optimizer])[] = [
  ["sgd", sgd()],
  ["sgd_momentum", sgd({ momentum: 0.9 })],
  ["sgd_weight_decay", sgd({ momentum: 0.9, weightDecay: 0.01 })],
  ["adam", adam()],
  ["adam_weight_decay", adam({ weightDecay: 0.01 })],
  ["adamw", adamW({ weightDecay: 0.05 })],
];

/** Parameters after each step with the recorded gradients, in one session whose outputs lie on its inputs. */
async function walk(
  engine: Engine,
  type: ElementType,
  optimizer: Optimizer,
  { options, gradients }: Trajectory,
): Promise<number[][]> {
  const graph = newGraph(optimizer.name);
  const g = builder(graph);
  const array = (name: string) => addInput(graph, name, type, [4]);
  const number = (name: string) => addInput(graph, name, type, []);
  const after = optimizer.update(g, {
    parameter: array("parameter"),
    gradient: array("gradient"),
    state: Object.fromEntries(optimizer.state.map((name) => [name, array(name)])),
    learningRate: number("learningRate"),
    step: number("step"),
  });
  addOutput(graph, "new parameter", after.parameter);
  for (const [name, value] of Object.entries(after.state)) addOutput(graph, `new ${name}`, value);

  const memory: Record<string, Tensor> = { parameter: fromNumbers(type, [4], problem.w0) };
  for (const name of optimizer.state) memory[name] = zeros(type, [4]);
  const outputs = Object.entries(memory).map(([name, tensor]) => [`new ${name}`, tensor]);
  const gradient = zeros(type, [4]);
  const [learningRate, step] = [scalar(type, options.lr), scalar(type, 0)];
  const session = await engine.load(graph);
  const bound = session.bind({ ...memory, ...Object.fromEntries(outputs), gradient, learningRate, step });
  const path: number[][] = [];
  for (const recorded of gradients) {
    (gradient.data as Float64Array).set(recorded);
    step.data[0] = path.length + 1;
    await bound.run();
    path.push(toNumbers(memory.parameter!));
  }
  session.release();
  return path;
}

function worst(path: readonly number[][], expected: readonly number[][]): number {
  const errors = expected.flatMap((parameters, t) => parameters.map((value, i) => Math.abs(path[t]![i]! - value)));
  return Math.max(...errors);
}

describe.each(table)("%s follows torch.optim", (name, optimizer) => {
  const trajectory = cases[name]!;

  test("to 1e-9 in float64", async () => {
    const path = await walk(openReference(nativeEngine()), "float64", optimizer, trajectory);
    expect(path).toHaveLength(30);
    expect(worst(path, trajectory.parameters)).toBeLessThan(1e-9);
  });

  test("to 1e-5 in float32, in one session for all steps", async () => {
    const engine = counting(nativeEngine());
    expect(worst(await walk(engine, "float32", optimizer, trajectory), trajectory.parameters)).toBeLessThan(1e-5);
    expect(engine.loads()).toBe(1);
  });
});

test("each option and each optimizer takes another path", async () => {
  const reference = openReference(nativeEngine());
  for (const [name, optimizer] of table)
    for (const other of table.map(([key]) => key).filter((key) => key !== name)) {
      const path = await walk(reference, "float64", optimizer, cases[other]!);
      expect([name, other, worst(path, cases[other]!.parameters) > 1e-4]).toEqual([name, other, true]);
    }
});
