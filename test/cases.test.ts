import { describe, expect, test } from "vitest";
import type { OpName } from "../src/ops/table.ts";
import { bindingEngine } from "../src/runtime/binding.ts";
import { lowerForCpu } from "../src/runtime/lower.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { openReference } from "../src/runtime/reference.ts";
import { isFloat, type Tensor, toNumbers } from "../src/tensor/tensor.ts";
import { opNames } from "./caseFunction.ts";
import { forwardAndGradients } from "./caseGraph.ts";
import { cases } from "./cases/cases.ts";
import { evaluateOn } from "./evaluate.ts";
import type { Evaluate } from "./gradientCheck.ts";

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

/** Exact for integers and truth values. */
function expectClose(found: Tensor, expected: Tensor, about: string, tolerance = TOLERANCE): void {
  const [a, b] = [toNumbers(found), toNumbers(expected)];
  if (!isFloat(found.type)) expect(a, about).toEqual(b);
  const largest = Math.max(...b.map(Math.abs));
  const error = Math.max(...a.map((x, i) => Math.abs(x - b[i]!))) / (largest || 1);
  expect(error, about).toBeLessThan(tolerance);
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

/** Operators whose rules need 1/√2, √(2/π) and the like, which float32 rounds. */
const irrational = new Set<OpName>(["Erf", "Gelu"]);

describe("no constant of a rule loses digits in float32, so that the reference of a float32 graph is exact", () => {
  test.each(opNames.filter((op) => !irrational.has(op)))("%s", async (op) => {
    for (const one of cases[op]) {
      const [single, double] = [forwardAndGradients(op, one), forwardAndGradients(op, one, "float64")];
      const [found] = await reference(single.graph, [single.feeds]);
      const [expected] = await reference(double.graph, [double.feeds]);
      for (const output of single.graph.outputs.keys())
        expectClose(found![output]!, expected![output]!, `${one.about}, ${output}`, 1e-12);
    }
  });
});
