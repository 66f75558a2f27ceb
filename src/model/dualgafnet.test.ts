import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracle } from "../../test/oracle.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
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
