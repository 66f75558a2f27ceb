import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracle, oracleNames } from "../../test/oracle.ts";
import type { Model } from "../model/model.ts";
import { bindingEngine } from "../runtime/binding.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { gradientGraph, gradientName } from "./graphs.ts";

const reference = openReference(nativeEngine());
const initial = (model: Model) =>
  Object.fromEntries([...model.parameters, ...model.state].map((parameter) => [parameter.name, parameter.initial]));
const norm = (values: readonly number[]) => Math.hypot(...values);

describe.each([
  [nativeEngine(), 1e-6, 1e-4],
  [bindingEngine(), 1e-6, 1e-4],
  [reference, 1e-12, 1e-9],
] as const)("$name", (engine, lossTolerance, tolerance) => {
  test.each(oracleNames)("%s has PyTorch's loss and gradients", async (name) => {
    const { model, x, y, loss, gradient } = oracle(name);
    const graph = gradientGraph(model, x.shape[0]!, { accumulate: false });
    const [result] = await evaluateOn(engine)(graph, [{ x, y, ...initial(model) }]);
    const number = (output: string) => toNumbers(result![output]!)[0]!;
    console.log(engine.name, name, Math.abs(number("loss") / number("weight") / loss - 1));
    expect(Math.abs(number("loss") / number("weight") / loss - 1)).toBeLessThan(lossTolerance);

    const expected = model.parameters.map((parameter) => ({ parameter: parameter.name, ...gradient(parameter.name) }));
    const whole = norm(expected.map((one) => one.norm));
    const errors = expected.map(({ parameter, norm: length, probe, index }) => {
      const values = toNumbers(result![gradientName(parameter)]!).map((sum) => sum / number("weight"));
      // A gradient that is zero but for rounding is measured against the whole.
      const scale = Math.max(length, whole / 1000);
      const probed = norm(index.map((at, i) => values[at]! - probe[i]!));
      return { parameter, error: Math.max(Math.abs(norm(values) - length), probed) / scale };
    });
    console.log(Math.max(...errors.map((e) => e.error)));
    expect(errors.filter(({ error }) => !(error < tolerance))).toEqual([]);
  });
});
