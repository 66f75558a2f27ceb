import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { gradientError } from "../../test/gradientCheck.ts";
import { oracle } from "../../test/oracle.ts";
import { addInput, addOutput, newGraph, type Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { convert, fromNumbers, sizeOf, toNumbers } from "../tensor/tensor.ts";
import { gradientGraph, gradientName, totals } from "../training/graphs.ts";
import { dualgafnet } from "./dualgafnet.ts";

test("with PyTorch's weights it has PyTorch's loss and gradients", async () => {
  const exported = oracle("two_branch");
  const { x, y, loss } = exported;
  const own = dualgafnet({ shape: x.shape.slice(1), classes: 4 }, random(0));
  const given = new Map([...exported.model.parameters, ...exported.model.state].map((one) => [one.name, one.initial]));
  expect(own.parameters.map(({ name }) => name).filter((name) => !given.has(name))).toEqual([]);
  const feeds = { x, y, ...Object.fromEntries(given) };
  const [found] = await evaluateOn(nativeEngine())(gradientGraph(own, x.shape[0]!, { accumulate: false }), [feeds]);
  const weight = toNumbers(found![totals.weight]!)[0]!;
  expect(Math.abs(toNumbers(found![totals.loss]!)[0]! / weight / loss - 1)).toBeLessThan(1e-6);
  for (const { name } of own.parameters) {
    const expected = exported.gradient(name);
    const gradient = toNumbers(found![gradientName(name)]!).map((sum) => sum / weight);
    const distance = Math.hypot(...expected.index.map((at, i) => gradient[at]! - expected.probe[i]!));
    expect(distance, name).toBeLessThan(1e-4 * Math.max(expected.norm, 0.01));
  }
});

test("an odd number of channels cannot be summation and difference fields", () => {
  expect(() => dualgafnet({ shape: [1, 28, 28], classes: 10 }, random(0))).toThrow(
    /^dualgafnet: expected a summation and a difference field of every series/,
  );
});

describe("with statistical features", () => {
  const own = dualgafnet({ shape: [2, 6, 6], classes: 3, features: 5 }, random(4));
  const names = own.parameters.map(({ name }) => name);
  const { normal } = random(9);
  const draw = (shape: readonly number[]) =>
    fromNumbers(
      "float64",
      shape,
      Array.from({ length: sizeOf(shape) }, () => normal()),
    );
  const [x, features] = [draw([3, 2, 6, 6]), draw([3, 5])];
  const engine = openReference(nativeEngine());
  const forward = (g: Builder, inputs: Record<string, Value>, parameters: readonly Value[]) => {
    const state = own.state.map(({ name, initial }) => [name, g.constant(convert(initial, "float64"))]);
    const given = Object.fromEntries(names.map((name, i) => [name, parameters[i]!]));
    return own.forward(g, { inputs, parameters: given, state: Object.fromEntries(state), mode: "evaluation" }).logits;
  };

  const numbers = (name: string) => toNumbers(own.parameters[names.indexOf(name)]!.initial);
  /** [3, 3] what the features give. */
  const past = [0, 1, 2].flatMap((n) =>
    numbers("c.bias").map((offset, c) =>
      [0, 1, 2, 3, 4].reduce(
        (sum, k) => sum + numbers("c.weight")[c * 5 + k]! * toNumbers(features)[n * 5 + k]!,
        offset,
      ),
    ),
  );

  test("has a second input", () => {
    expect(own.inputs.map(({ name, shape }) => [name, ...shape])).toEqual([
      ["x", 2, 6, 6],
      ["features", 5],
    ]);
  });

  test("begins as a linear model of the features", async () => {
    const graph = newGraph("logits");
    const g = builder(graph);
    const parameters = own.parameters.map(({ initial }) => g.constant(convert(initial, "float64")));
    const inputs = { x: g.constant(x), features: addInput(graph, "features", "float64", [3, 5]) };
    addOutput(graph, "logits", forward(g, inputs, parameters));
    const [found] = await evaluateOn(engine)(graph, [{ features }]);
    expect(toNumbers(found!.logits!)).toEqual(past.map((value) => expect.closeTo(value, 10)));
  });

  test("gradients are those of differences", async () => {
    // What feeds rectifiers and pools stays as it is: a difference across a kink is no derivative.
    const moved = names.filter((name) => /^[cgh]/.test(name));
    const initial = (name: string) => convert(own.parameters[names.indexOf(name)]!.initial, "float64");
    // A head of zeros would hide the gate.
    const at = moved.map((name) => (name === "h.weight" ? draw([3, 32]) : initial(name)));
    const error = await gradientError(
      (g, [described, ...values]) => {
        const parameters = names.map((name) => values[moved.indexOf(name)] ?? g.constant(initial(name)));
        return [forward(g, { x: g.constant(x), features: described! }, parameters)];
      },
      [features, ...at],
      evaluateOn(engine),
    );
    expect(error).toBeLessThan(1e-7);
  });
});
