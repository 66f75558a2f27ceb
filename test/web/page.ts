import type { OpName } from "../../src/ops/table.ts";
import { webEngine } from "../../src/runtime/web.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { toNumbers, zeros } from "../../src/tensor/tensor.ts";
import { forwardAndGradients } from "../caseGraph.ts";
import { cases } from "../cases/cases.ts";
import { type Iris, measureIrises, stopByTimer, trainIrises } from "./irises.ts";

/**
 * What the test calls in the page: every case of an operator, its outputs and gradients as plain numbers, or the error.
 */
export type CaseResult = { readonly outputs: Record<string, number[]> } | { readonly error: string };

const engine = webEngine();

async function runCases(op: OpName): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const one of cases[op]) results.push(await runCase(op, one).catch((error: Error) => ({ error: error.message })));
  return results;
}

async function runCase(op: OpName, one: (typeof cases)[OpName][number]): Promise<CaseResult> {
  const { graph, feeds } = forwardAndGradients(op, one);
  const outputs: Record<string, Tensor> = {};
  for (const [name, value] of graph.outputs) outputs[name] = zeros(value.type, value.shape);
  const session = await engine.load(graph);
  await session.bind({ ...feeds, ...outputs }).run();
  session.release();
  return { outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, toNumbers(value)])) };
}

/** Everything that the tests call in the page. */
const calls = {
  runCases,
  trainIrises: (irises: readonly Iris[]) => trainIrises(engine, irises),
  stopByTimer: (irises: readonly Iris[]) => stopByTimer(engine, irises),
  measureIrises: (irises: readonly Iris[]) => measureIrises(engine, irises),
};
export type Calls = typeof calls;

Object.assign(globalThis, calls);
