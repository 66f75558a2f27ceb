import type { Optimizer } from "../../optimizer/optimizer.ts";
import type { Engine, Session } from "../../runtime/engine.ts";
import { scalar, type Tensor, tensor } from "../../tensor/tensor.ts";
import { newStateName } from "../graphs.ts";
import { updateGraph } from "../updateGraphs.ts";
import type { Probe, Sample, Stretch } from "./probe.ts";

/** What an update reads beside the arrays, as the contract counts it. */
export interface StepNumbers {
  readonly weight: number;
  readonly learningRate: number;
  readonly step: number;
  /** Of the gradient; 1 where nothing is clipped. */
  readonly clip: number;
  readonly momentum: number | undefined;
}

/** Takes the optimizer's step once more, on the coordinates of a probe and in memory of its own. */
export type StepAgain = (before: Sample, numbers: StepNumbers) => Promise<Sample>;

/** Compiles a graph for each stretch of the probe. What is in none stays as it is. */
export async function createStepAgain(
  engine: Engine,
  optimizer: Optimizer,
  { stretches }: Probe,
  movesMomentum: boolean,
): Promise<StepAgain> {
  const names = ["weight", "clip", "learningRate", "step", ...(movesMomentum ? ["movedMomentum"] : [])];
  const scalars = Object.fromEntries(names.map((name) => [name, scalar("float32", 0)]));
  const sessions = new Map<string, Session>();
  const runs: Run[] = [];
  for (const stretch of stretches) runs.push(await runOf(engine, { optimizer, stretch, scalars, sessions }));
  return async (before, { weight, learningRate, step, clip, momentum = Number.NaN }) => {
    const values: Readonly<Record<string, number>> = { weight, clip, learningRate, step, movedMomentum: momentum };
    for (const name of names) scalars[name]!.data[0] = values[name]!;
    const after: Sample = {
      parameters: before.parameters.slice(),
      sums: before.sums,
      moments: Object.fromEntries(Object.entries(before.moments).map(([name, values]) => [name, values.slice()])),
    };
    for (const run of runs) await run(before, after);
    return after;
  };
}

/** Reads what it steps from, and writes where it stands then. */
type Run = (from: Sample, into: Sample) => Promise<void>;

interface Making {
  readonly optimizer: Optimizer;
  readonly stretch: Stretch;
  readonly scalars: Readonly<Record<string, Tensor>>;
  readonly sessions: Map<string, Session>;
}

async function runOf(engine: Engine, { optimizer, stretch, scalars, sessions }: Making): Promise<Run> {
  const { start, end, group } = stretch;
  const length = end - start;
  const key = JSON.stringify([length, group]);
  const graph = updateGraph(optimizer, length, group, "movedMomentum" in scalars);
  const session = sessions.get(key) ?? (await engine.load(graph));
  sessions.set(key, session);
  const array = () => tensor("float32", [length], new Float32Array(length));
  const written = ["parameter", ...optimizer.state];
  const read = Object.fromEntries([...written, "sum"].map((name) => [name, array()]));
  const results = Object.fromEntries(written.map((name) => [name, array()]));
  const after = Object.fromEntries(written.map((name) => [newStateName(name), results[name]!]));
  const bound = session.bind({ ...read, ...scalars, ...after });
  return async (from, into) => {
    const sources = { parameter: from.parameters, sum: from.sums, ...from.moments };
    for (const [name, values] of Object.entries(sources))
      (read[name]!.data as Float32Array).set(values.subarray(start, end));
    await bound.run();
    const targets = { parameter: into.parameters, ...into.moments };
    for (const [name, values] of Object.entries(targets)) values.set(results[name]!.data as Float32Array, start);
  };
}
