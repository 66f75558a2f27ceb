import type { Value } from "../src/graph/graph.ts";
import { isNotDifferentiable } from "../src/ops/op.ts";
import { isOpName, type OpName, ops } from "../src/ops/table.ts";
import { isFloat } from "../src/tensor/tensor.ts";
import { applyCase, type Case, type CaseInput, type Contents } from "./cases/case.ts";
import { cases } from "./cases/cases.ts";
import type { GraphFunction } from "./gradientCheck.ts";

export const opNames = Object.keys(ops).filter(isOpName);

/** The inputs that a case has a gradient for. */
export function differentiable(op: OpName, { inputs, attributes }: Case): CaseInput[] {
  const toInteger = op === "Cast" && attributes?.to === 7;
  if (isNotDifferentiable(ops[op].gradient) || toInteger) return [];
  const distinct = [...new Set(inputs)].filter((input) => input !== undefined);
  return distinct.filter((input) => input.type === "real" && !input.constant);
}

/** The cases of an operator in which differences show the gradient. */
export function smoothCases(op: OpName): Case[] {
  return cases[op].filter((one) => !one.notSmooth && differentiable(op, one).length > 0);
}

/**
 * The node of a case as a function of `wrt`; everything else is a constant. Outputs that are no real numbers are left
 * out.
 */
export function asFunction(op: OpName, one: Case, contents: Contents, wrt: readonly CaseInput[]): GraphFunction {
  return (g, inputs) => {
    const values = new Map<CaseInput, Value>(wrt.map((input, i) => [input, inputs[i]!]));
    return applyCase(g.graph, op, one, contents, values).filter((value) => isFloat(value.type));
  };
}
