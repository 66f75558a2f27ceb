import { describe, expect, test } from "vitest";
import { backward } from "../src/gradient/backward.ts";
import type { Evaluate } from "../src/gradient/check.ts";
import { addInput, addOutput, type Graph, newGraph } from "../src/graph/graph.ts";
import { builder } from "../src/ops/builder.ts";
import { applyCase, type Case, declareInputs, drawContents } from "../src/ops/cases/case.ts";
import { cases } from "../src/ops/cases.ts";
import type { OpName } from "../src/ops/table.ts";
import { bindingEngine } from "../src/runtime/binding.ts";
import { lowerForCpu } from "../src/runtime/lower.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { openReference } from "../src/runtime/reference.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, isFloat, sizeOf, type Tensor, toNumbers } from "../src/tensor/tensor.ts";
import { differentiable, opNames } from "./caseFunction.ts";
import { evaluateOn } from "./evaluate.ts";

const native = nativeEngine();
const reference = evaluateOn(openReference(native));
const onNative = evaluateOn(native);
const engines: Record<string, Evaluate> = {
  native: onNative,
  "native, lowered,": (graph, feeds) => onNative(lowerForCpu(graph), feeds),
  binding: evaluateOn(bindingEngine()),
};

/** Largest difference over the largest element of the same output: about 30 roundings. 1.4e-6 was measured. */
const TOLERANCE = 4e-6;

/** The node and, for random incoming gradients, the gradients of its inputs; with what to feed. */
function forwardAndGradients(op: OpName, one: Case): { graph: Graph; feeds: Record<string, Tensor> } {
  const graph = newGraph(op);
  const contents = drawContents(one, "float32", 1);
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
  feeds.seed = fromNumbers(Y!.type, Y!.shape, Array.from({ length: sizeOf(Y!.shape) }, normal));
  for (const [i, gradient] of backward(g, Y!, wrt, seed).entries()) addOutput(graph, `gradient${i}`, gradient);
  return { graph, feeds };
}

/** Exact for integers and truth values. */
function expectClose(found: Tensor, expected: Tensor, about: string): void {
  const [a, b] = [toNumbers(found), toNumbers(expected)];
  if (!isFloat(found.type)) expect(a, about).toEqual(b);
  const largest = Math.max(...b.map(Math.abs));
  const error = Math.max(...a.map((x, i) => Math.abs(x - b[i]!))) / (largest || 1);
  expect(error, about).toBeLessThan(TOLERANCE);
}

describe.each(Object.keys(engines))("%s computes outputs and gradients as float64 does", (name) => {
  test.each(opNames)("%s", async (op) => {
    for (const one of cases[op]) {
      const { graph, feeds } = forwardAndGradients(op, one);
      const [found] = await engines[name]!(graph, [feeds]);
      const [expected] = await reference(graph, [feeds]);
      for (const output of graph.outputs.keys())
        expectClose(found![output]!, expected![output]!, `${one.about}, ${output}`);
    }
  });
});
