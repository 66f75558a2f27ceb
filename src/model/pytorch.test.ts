import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracleJson } from "../../test/oracle.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { gradientGraph, gradientName, newStateName, totals } from "../training/graphs.ts";
import type { Model, ModelInput } from "./model.ts";
import { buildModel } from "./zoo.ts";

/** What test/fixtures/oracle/networks.py found with PyTorch in float64 on the weights and examples of its formulas. */
interface Expected {
  readonly shape: readonly number[];
  /** Numbers beside each example, of a network that reads them. */
  readonly features?: number;
  readonly loss: number;
  /** L2 norm, and product with cos(0.11·i). */
  readonly gradients: Readonly<Record<string, readonly [number, number]>>;
  /** Norms of the running statistics after this batch. */
  readonly running: Readonly<Record<string, number>>;
}

const CLASSES = 7;
const EXAMPLES = 4;
const networks = oracleJson<Record<string, Expected>>("networks.json");

function filled(shape: readonly number[], value: (i: number) => number): Tensor {
  return fromNumbers(
    "float64",
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => value(i)),
  );
}

/** 0.1·sin(0.37·i + k), and 1 more for the scales of norms: those are the only vectors that start as 1. */
function weightsOf({ parameters, state }: Model): Record<string, Tensor> {
  const sorted = parameters.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const weights = sorted.map(({ name, initial }, k) => {
    const base = initial.shape.length === 1 && initial.data.every((value) => value === 1) ? 1 : 0;
    return [name, filled(initial.shape, (i) => 0.1 * Math.sin(0.37 * i + k) + base)] as const;
  });
  return Object.fromEntries([...weights, ...state.map(({ name, initial }) => [name, initial] as const)]);
}

function batchOf({ inputs }: Model): Record<string, Tensor> {
  const [{ type, shape }, ...beside] = inputs as [ModelInput, ...ModelInput[]];
  const labels = type === "int64" ? [EXAMPLES, ...shape] : [EXAMPLES];
  const number = (i: number) => (type === "int64" ? (i * 3) % CLASSES : Math.sin(0.73 * i));
  const x = filled([EXAMPLES, ...shape], number);
  const features = beside.map(({ name, shape: one }) => [name, filled([EXAMPLES, ...one], (i) => Math.cos(0.51 * i))]);
  return {
    ...Object.fromEntries(features),
    x: type === "int64" ? fromNumbers("int64", x.shape, toNumbers(x)) : x,
    y: fromNumbers(
      "int64",
      labels,
      Array.from({ length: sizeOf(labels) }, (_, i) => (i * 2) % CLASSES),
    ),
  };
}

const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

test.each(Object.entries(networks))(
  "%s has PyTorch's names, loss, gradients and running statistics",
  async (name, known) => {
    const { shape, features } = known;
    const model = buildModel(name, { shape, classes: CLASSES, features }, random(0));
    expect(model.parameters.map((parameter) => parameter.name).sort()).toEqual(Object.keys(known.gradients).sort());
    expect(model.state.map((state) => state.name).sort()).toEqual(Object.keys(known.running).sort());
    const graph = gradientGraph(model, EXAMPLES, { accumulate: false });
    const feeds = [{ ...batchOf(model), ...weightsOf(model) }];
    const [result] = await evaluateOn(openReference(nativeEngine()))(graph, feeds);
    const numbers = (output: string) => toNumbers(result![output]!);
    const [weight] = numbers(totals.weight) as [number];
    expect(numbers(totals.loss)[0]! / weight / known.loss).toBeCloseTo(1, 6);
    const whole = norm(Object.values(known.gradients).map(([length]) => length));
    for (const [parameter, [length, probe]] of Object.entries(known.gradients)) {
      const values = numbers(gradientName(parameter)).map((sum) => sum / weight);
      const probed = values.reduce((sum, value, i) => sum + value * Math.cos(0.11 * i), 0);
      const error =
        Math.max(Math.abs(norm(values) - length), Math.abs(probed - probe)) / Math.max(length, whole / 1000);
      expect([parameter, error]).toEqual([parameter, expect.closeTo(0, 5)]);
    }
    for (const [state, length] of Object.entries(known.running))
      expect([state, norm(numbers(newStateName(state))) / length]).toEqual([state, expect.closeTo(1, 6)]);
  },
);
