import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpName } from "../../src/ops/table.ts";
import { nativeEngine } from "../../src/runtime/native.ts";
import { openReference } from "../../src/runtime/reference.ts";
import { isFloat, toNumbers } from "../../src/tensor/tensor.ts";
import { opNames } from "../caseFunction.ts";
import { forwardAndGradients } from "../caseGraph.ts";
import { cases } from "../cases/cases.ts";
import { evaluateOn } from "../evaluate.ts";
import { type OpenPage, openPage } from "./browser.ts";
import type { CaseResult } from "./page.ts";

const reference = evaluateOn(openReference(nativeEngine()));
/** As in cases.test.ts: about 30 roundings of the largest element. */
const TOLERANCE = 4e-6;

let open: OpenPage;
beforeAll(async () => {
  open = await openPage();
});
afterAll(() => open?.close());

test.each(opNames)("%s in WebAssembly gives outputs and gradients as float64 does", async (op) => {
  const found = await open.page.evaluate(
    (name) => (globalThis as unknown as { runCases(op: OpName): Promise<CaseResult[]> }).runCases(name),
    op,
  );
  for (const [i, one] of cases[op].entries()) {
    const { graph, feeds } = forwardAndGradients(op, one);
    const result = found[i]!;
    if ("error" in result) throw new Error(`${one.about}: ${result.error}`);
    const [expected] = await reference(graph, [feeds]);
    for (const [name, value] of graph.outputs) {
      const numbers = toNumbers(expected![name]!);
      if (isFloat(value.type))
        expect(difference(result.outputs[name]!, numbers), `${one.about}, ${name}`).toBeLessThan(TOLERANCE);
      else expect(result.outputs[name], `${one.about}, ${name}`).toEqual(numbers);
    }
  }
});

function difference(a: readonly number[], b: readonly number[]): number {
  const largest = Math.max(...b.map(Math.abs)) || 1;
  return Math.max(0, ...a.map((x, i) => Math.abs(x - b[i]!))) / largest;
}
