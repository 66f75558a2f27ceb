import { describe, expect, test } from "vitest";
import { differentiable, opNames } from "../../test/caseFunction.ts";
import {
  applyCase,
  type Case,
  type CaseInput,
  type Contents,
  declareInputs,
  drawContents,
} from "../../test/cases/case.ts";
import { cases } from "../../test/cases/cases.ts";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../graph/graph.ts";
import { apply, type Builder, builder } from "../ops/builder.ts";
import type { OpName } from "../ops/table.ts";
import { openEngine } from "../runtime/open.ts";
import { openReference } from "../runtime/reference.ts";
import { type Random, random } from "../tensor/random.ts";
import { fromNumbers, sizeOf, type Tensor, tensor, toNumbers } from "../tensor/tensor.ts";
import { backward } from "./backward.ts";
import { rows, separateGroups } from "./rows.ts";

const evaluate = evaluateOn(openReference(await openEngine()));

/**
 * A loss per example through one node, and what to differentiate: shared inputs, and a shared factor of each
 * per-example one.
 */
interface Loss {
  readonly graph: Graph;
  readonly examples: readonly Value[];
  readonly shared: readonly Value[];
}

function lossOf(op: OpName, one: Case, contents: Contents): Loss {
  const graph = newGraph("loss");
  const g = builder(graph);
  const declared = declareInputs(graph, one, contents);
  const real = new Set(differentiable(op, one));
  const shared: Value[] = [];
  const values = new Map<CaseInput, Value>();
  for (const [input, value] of declared) {
    const factor =
      input.examples && real.has(input)
        ? addInput(graph, `factor of ${value.name}`, "float64", value.shape.slice(1))
        : undefined;
    if (factor) shared.push(factor);
    else if (real.has(input)) shared.push(value);
    values.set(input, factor ? g.mul(value, factor) : value);
  }
  const [Y] = applyCase(graph, op, one, contents, values);
  const weights = addInput(graph, "weights", "float64", Y!.shape);
  addOutput(graph, "losses", sumPerExample(g, g.mul(g.cast(Y!, "float64"), weights)));
  const examples = [...declared].filter(([input]) => input.examples).map(([, value]) => value);
  return { graph, examples: [...examples, weights], shared };
}

function sumPerExample(g: Builder, value: Value): Value {
  return g.reduceSum(value, [...value.shape.keys()].slice(1));
}

/** The K rows in one pass, after batch normalisation in training mode was split into K. */
function rowsGraph(loss: Loss, groups: number): Graph {
  const names = loss.examples.map(({ name }) => name);
  const graph = separateGroups(loss.graph, names, groups);
  const input = ({ name }: Value) => graph.inputs.find((value) => value.name === name)!;
  const losses = graph.outputs.get("losses")!;
  const gradients = rows(builder(graph), losses, loss.shared.map(input), groups, loss.examples.map(input));
  for (const [i, gradient] of gradients.entries()) addOutput(graph, `gradient${i}`, gradient);
  return graph;
}

/** The gradient of one group alone, as a mini-batch of its own. */
function plainGraph({ graph, shared }: Loss): Graph {
  const gradients = backward(builder(graph), graph.outputs.get("losses")!, shared);
  for (const [i, gradient] of gradients.entries()) addOutput(graph, `gradient${i}`, gradient);
  return graph;
}

/** Block k of K along axis 0. */
function block({ type, shape, data }: Tensor, k: number, groups: number): Tensor {
  const [first = 0, ...rest] = shape;
  const size = data.length / groups;
  return tensor(type, [first / groups, ...rest], data.slice(k * size, (k + 1) * size));
}

function blocks(contents: Contents, k: number, groups: number): Contents {
  return new Map([...contents].map(([input, all]) => [input, input.examples ? block(all, k, groups) : all]));
}

/** Contents of every input of a loss graph, by name. Factors are 1 where equal elements must stay equal. */
function feedsFor(loss: Loss, one: Case, contents: Contents): Record<string, Tensor> {
  const declared = declareInputs(newGraph("names"), one, contents);
  const stream = random(3);
  const drawn = (value: Value, draw: (stream: Random) => number) =>
    fromNumbers(
      "float64",
      value.shape,
      Array.from({ length: sizeOf(value.shape) }, () => draw(stream)),
    );
  const factor = one.notSmooth ? () => 1 : ({ uniform }: Random) => 0.9 + uniform() * 0.2;
  const entries = loss.graph.inputs.map((value) => {
    const input = [...declared].find(([, { name }]) => name === value.name)?.[0];
    if (input) return [value.name, contents.get(input)!];
    return [value.name, drawn(value, value.name === "weights" ? ({ normal }) => normal() : factor)];
  });
  return Object.fromEntries(entries);
}

async function compareRows(op: OpName, one: Case, groups: number): Promise<number> {
  const contents = drawContents(one, "float64", 1);
  const loss = lossOf(op, one, contents);
  const feeds = feedsFor(loss, one, contents);
  const [together] = await evaluate(rowsGraph(loss, groups), [feeds]);
  const alone = plainGraph(lossOf(op, one, blocks(contents, 0, groups)));
  const grouped = new Set(loss.examples.map(({ name }) => name));
  const feedsOf = (k: number) =>
    Object.fromEntries(
      Object.entries(feeds).map(([name, all]) => [name, grouped.has(name) ? block(all, k, groups) : all]),
    );
  const apart = await evaluate(
    alone,
    Array.from({ length: groups }, (_, k) => feedsOf(k)),
  );
  return relativeError(loss.shared.length, [together!], apart);
}

/** Largest difference between the losses and rows, over the largest element of any. */
function relativeError(
  parameters: number,
  together: readonly Record<string, Tensor>[],
  apart: readonly Record<string, Tensor>[],
): number {
  const all = (outputs: readonly Record<string, Tensor>[]) =>
    ["losses", ...Array.from({ length: parameters }, (_, i) => `gradient${i}`)].flatMap((name) =>
      outputs.flatMap((one) => toNumbers(one[name]!)),
    );
  const [found, expected] = [all(together), all(apart)];
  expect(found.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...found.map((x, i) => Math.abs(x - expected[i]!))) / (largest || 1);
}

function rowCases(op: OpName): Case[] {
  return cases[op].filter((one) => differentiable(op, one).length > 0 && one.inputs.some((input) => input?.examples));
}

describe("rows equal gradients taken group by group", () => {
  test.each(opNames.filter((op) => rowCases(op).length > 0))("%s", async (op) => {
    for (const one of rowCases(op))
      for (const groups of [2, 3, 6])
        expect(await compareRows(op, one, groups), `${one.about}, ${groups} groups`).toBeLessThan(1e-12);
  });
});

/** Rows of a loss per example of x [6, 3] with parameters w, in one pass and group by group. */
async function compareLoss(
  shapes: readonly number[][],
  loss: (g: Builder, x: Value, w: readonly Value[]) => Value,
): Promise<number> {
  const { normal } = random(4);
  const feed = (shape: readonly number[]) =>
    fromNumbers("float64", shape, Array.from({ length: sizeOf(shape) }, normal));
  const build = (examples: number): Loss => {
    const graph = newGraph("loss");
    const x = addInput(graph, "x", "float64", [examples, 3]);
    const shared = shapes.map((shape, i) => addInput(graph, `w${i}`, "float64", shape));
    addOutput(graph, "losses", loss(builder(graph), x, shared));
    return { graph, examples: [x], shared };
  };
  const x = feed([6, 3]);
  const w = Object.fromEntries(shapes.map((shape, i) => [`w${i}`, feed(shape)]));
  const [together] = await evaluate(rowsGraph(build(6), 3), [{ x, ...w }]);
  const apart = await evaluate(
    plainGraph(build(2)),
    [0, 1, 2].map((k) => ({ x: block(x, k, 3), ...w })),
  );
  return relativeError(shapes.length, [together!], apart);
}

describe("parameters that are changed before they meet an example", () => {
  const losses: Record<string, { shapes: number[][]; loss: Parameters<typeof compareLoss>[1] }> = {
    "a transposed weight": {
      shapes: [[4, 3]],
      loss: (g, x, [w]) => sumPerExample(g, g.tanh(g.matMul(x, g.transpose(w!, [1, 0])))),
    },
    "a cycle of axes": {
      shapes: [[2, 3, 4]],
      loss: (g, x, [w]) => sumPerExample(g, g.tanh(g.matMul(x, g.reshape(g.transpose(w!, [1, 2, 0]), [3, 8])))),
    },
    "a normalised weight": {
      shapes: [[3, 4], [1]],
      loss(g, x, [w, length]) {
        const norm = g.sqrt(g.reduceSumSquare(w!, [0], true));
        return sumPerExample(g, g.tanh(g.matMul(x, g.mul(length!, g.div(w!, norm)))));
      },
    },
    "the same weight twice, once as it is and once squared": {
      shapes: [[3]],
      loss: (g, x, [w]) => sumPerExample(g, g.exp(g.mul(g.mul(x, w!), g.mul(w!, w!)))),
    },
    "a weight that is also the bias": {
      shapes: [[3, 3]],
      loss: (g, x, [w]) => sumPerExample(g, g.tanh(g.gemm(x, w!, g.reduceSum(w!, [0])))),
    },
  };
  test.each(Object.keys(losses))("%s", async (name) => {
    const { shapes, loss } = losses[name]!;
    expect(await compareLoss(shapes, loss)).toBeLessThan(1e-12);
  });
});

describe("what mixes groups is refused", () => {
  const input = (graph: Graph, name: string, shape: readonly number[]) => addInput(graph, name, "float64", shape);
  const mixed: Record<string, (g: Builder, x: Value, w: Value) => Value> = {
    Softmax: (g, x, w) => g.softmax(g.mul(x, w), 0),
    ReduceMean: (g, x, w) => g.sub(g.mul(x, w), g.reduceMean(g.mul(x, w), [0], true)),
    Transpose: (g, x, w) => g.reshape(g.transpose(g.mul(x, w), [1, 0]), [6, 4]),
    Slice: (g, x, w) => g.slice(g.mul(x, w), [0], [5], [-99], [-1]),
    Concat: (g, x, w) => g.slice(g.concat([g.mul(x, w), x], 0), [0], [3], [9], [1]),
    Pad: (g, x, w) => g.slice(g.padAll(g.mul(x, w), [1, 0, 0, 0]), [0], [0], [6], [1]),
    Gemm: (g, x, w) => g.gemm(g.gemm(x, g.mul(x, w), undefined, { transB: 1 }), x),
    MatMul: (g, x, w) => g.reshape(g.matMul(g.mul(x, w), g.reshape(x, [6, 4, 1])), [6, 6]),
    GatherND: (g, x, w) =>
      g.reshape(g.gatherND(g.mul(x, w), g.constant(fromNumbers("int64", [6, 1, 1], [1, 0, 2, 3, 4, 5]))), [6, 4]),
    Gather: (g, x, w) => g.gather(g.mul(x, w), g.cast(g.mul(g.cast(g.greater(x, 0), "float64"), 2), "int64"), 1),
    BatchNormalization(g, x, w) {
      const vectors = [w, w, w, w];
      return apply(g.graph, "BatchNormalization", [x, ...vectors], { training_mode: 1 })[0]!;
    },
  };
  test.each(Object.keys(mixed))("%s", (op) => {
    const graph = newGraph("mixed");
    const g = builder(graph);
    const x = input(graph, "x", [6, 4]);
    const w = input(graph, "w", [4]);
    const y = mixed[op]!(g, x, w);
    expect(() => rows(g, sumPerExample(g, y), [w], 3, [x])).toThrow(
      new RegExp(
        `^rows: expected operators that keep groups of examples apart, got ${op} at node "${op}(_\\d)?"; run group by group$`,
      ),
    );
  });

  test("a parameter with one row per example", () => {
    const graph = newGraph("refused");
    const g = builder(graph);
    const [x, w] = [input(graph, "x", [6, 4]), input(graph, "w", [6, 4])];
    expect(() => rows(g, sumPerExample(g, g.mul(x, w)), [w], 3, [x])).toThrow(
      /^rows: expected a parameter that all examples share, got "w" with one row per example; run group by group$/,
    );
  });

  test("examples that do not fall into equal groups", () => {
    const graph = newGraph("refused");
    const g = builder(graph);
    const [x, w] = [input(graph, "x", [6, 4]), input(graph, "w", [4])];
    expect(() => rows(g, sumPerExample(g, g.mul(x, w)), [w], 4, [x])).toThrow(
      /^rows: expected axis 0 of float64\[6\] to fall into 4 equal groups; choose a multiple of 4 examples$/,
    );
  });

  test("a loss without examples", () => {
    const graph = newGraph("refused");
    const g = builder(graph);
    const [x, w] = [input(graph, "x", [6, 4]), input(graph, "w", [6, 4])];
    expect(() => rows(g, sumPerExample(g, g.mul(w, w)), [w], 3, [x])).toThrow(
      /^rows: expected a loss that depends on the examples, got "ReduceSum_out" that does not; name the inputs that hold examples$/,
    );
  });

  test("new running statistics, of which each group has its own", () => {
    const graph = newGraph("refused");
    const [x, w] = [input(graph, "x", [6, 4]), input(graph, "w", [4])];
    const outputs = apply(graph, "BatchNormalization", [x, w, w, w, w], { training_mode: 1 }, 3);
    addOutput(graph, "y", outputs[0]!);
    addOutput(graph, "mean", outputs[1]!);
    expect(() => separateGroups(graph, ["x"], 3)).toThrow(
      /^separateGroups: expected outputs that K mini-batches have each, got a reader of "BatchNormalization_out1"; leave/,
    );
  });
});

test("a seed scales the loss of each example", async () => {
  const graph = newGraph("seeded");
  const g = builder(graph);
  const x = addInput(graph, "x", "float64", [4, 2]);
  const w = addInput(graph, "w", "float64", [2]);
  const seed = addInput(graph, "seed", "float64", [4]);
  const losses = g.reduceSum(g.mul(x, w), [1]);
  addOutput(graph, "rows", rows(g, losses, [w], 2, [x, seed], seed)[0]!);
  const feeds = {
    x: fromNumbers("float64", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
    w: fromNumbers("float64", [2], [1, 1]),
    seed: fromNumbers("float64", [4], [1, 10, 2, 0]),
  };
  const [found] = await evaluate(graph, [feeds]);
  expect(toNumbers(found!.rows!)).toEqual([31, 42, 10, 12]);
});
