import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { expectRows, feedsFor, largestDifference, lossOf, examples as N, type Network } from "../../test/network.ts";
import type { Value } from "../graph/graph.ts";
import { apply, type Builder, builder } from "../ops/builder.ts";
import { openEngine } from "../runtime/open.ts";
import { openReference } from "../runtime/reference.ts";
import { fromNumbers, toNumbers } from "../tensor/tensor.ts";
import { examplesFirst } from "./examplesFirst.ts";
import { rows, separateGroups } from "./rows.ts";

const evaluate = evaluateOn(openReference(await openEngine()));

const [T, D, HEADS] = [4, 4, 2];

const integers = (g: Builder, ...values: number[]) => g.constant(fromNumbers("int64", [values.length], values));
const only = (g: Builder, op: Parameters<typeof apply>[1], inputs: Value[], attributes?: Record<string, unknown>) =>
  apply(g.graph, op, inputs, attributes)[0]!;
const stepsFirst = (g: Builder, x: Value) => g.transpose(x, [1, 0, 2]);

/**
 * Self-attention as torch.nn.MultiheadAttention computes it with batch_first=False: [T, n, D], [T, n·heads, D/heads], …
 */
function attention(g: Builder, x: Value, [qkv, bias, out]: readonly Value[]): Value {
  const n = x.shape[0]!;
  const packed = g.add(g.matMul(stepsFirst(g, x), g.transpose(qkv!, [1, 0])), bias!);
  const [q, k, v] = apply(g.graph, "Split", [packed], { axis: -1, num_outputs: 3 }, 3).map((part) =>
    g.transpose(g.reshape(part, [T, n * HEADS, D / HEADS]), [1, 0, 2]),
  );
  const mask = g.constant(
    fromNumbers(
      "float64",
      [T, T],
      Array.from({ length: T * T }, (_, i) => (i % T > i / T ? -9 : 0)),
    ),
  );
  const scores = g.softmax(g.add(g.matMul(q!, g.transpose(k!, [0, 2, 1])), mask));
  const joined = g.reshape(g.transpose(g.matMul(scores, v!), [1, 0, 2]), [T * n, D]);
  const output = g.reshape(g.gemm(joined, out!, undefined, { transB: 1 }), [T, n, D]);
  return stepsFirst(g, output);
}

const networks: readonly Network[] = [
  { about: "multi-head attention", x: [T, D], parameters: [[3 * D, D], [3 * D], [D, D]], y: attention },
  {
    about: "queries, keys and values taken from a packed axis",
    x: [T, D],
    parameters: [[3 * D, D]],
    y(g, x, [W]) {
      const packed = g.reshape(g.matMul(stepsFirst(g, x), g.transpose(W!, [1, 0])), [T, x.shape[0]!, 3, D]);
      const apart = only(g, "Squeeze", [
        g.transpose(only(g, "Unsqueeze", [packed, integers(g, 0)]), [3, 1, 2, 0, 4]),
        integers(g, -2),
      ]);
      const [q, k] = [0, 2].map((i) => g.gather(apart, g.constant(fromNumbers("int64", [], [i])), 0));
      return g.transpose(g.mul(q!, g.tanh(k!)), [1, 2, 0]);
    },
  },
  {
    about: "a recurrent network over steps",
    x: [T, D],
    parameters: [[D, D], [D, D], [D]],
    y(g, x, [W, U, b]) {
      const steps = stepsFirst(g, x);
      return Array.from({ length: T }).reduce<Value>(
        (state, _, t) => {
          const step = only(g, "Squeeze", [g.slice(steps, [0], [t], [t + 1], [1]), integers(g, 0)]);
          return g.tanh(g.add(g.gemm(step, W!, b), g.matMul(state, U!)));
        },
        g.mul(g.reduceSum(x, [1]), 0.1),
      );
    },
  },
  {
    about: "positions, masks by example, normalisation and a mean over steps",
    x: [T, D],
    parameters: [[T, 1, D], [D], [D]],
    y(g, x, [position, scale, shift]) {
      const steps = g.add(stepsFirst(g, x), position!);
      const kept = g.greater(g.reduceSum(x, [1, 2]), 0);
      const masked = g.where(g.reshape(kept, [x.shape[0]!, 1]), steps, g.fill(steps, 0.5));
      const normal = only(g, "LayerNormalization", [masked, scale!, shift!], { axis: -1 });
      return g.reduceMean(normal, [0]);
    },
  },
  {
    about: "concatenated and expanded along the steps",
    x: [T, D],
    parameters: [[D], [2 * T, 1, D]],
    y(g, x, [w, wide]) {
      const steps = g.mul(stepsFirst(g, x), w!);
      const sum = g.reduceSum(steps, [0], true);
      const repeated = g.expand(sum, [T, x.shape[0]!, D]);
      return g.transpose(g.mul(g.concat([steps, repeated], 0), wide!), [1, 2, 0]);
    },
  },
  {
    about: "a table of embeddings, read step by step",
    x: [T, D],
    parameters: [
      [5, 3],
      [3, 3],
    ],
    y(g, x, [table, W]) {
      const tokens = g.cast(g.mul(g.abs(g.reduceSum(x, [2])), 1.1), "int64");
      const clipped = g.where(g.greater(tokens, 4), g.constant(fromNumbers("int64", [], [4])), tokens);
      return g.transpose(g.softmax(g.matMul(g.gather(table!, g.transpose(clipped, [1, 0]), 0), W!)), [1, 0, 2]);
    },
  },
  {
    about: "steps and features merged in front of the examples",
    x: [T, D],
    parameters: [[T * D, 1]],
    y(g, x, [w]) {
      const merged = g.reshape(g.transpose(x, [1, 2, 0]), [T * D, x.shape[0]!]);
      return g.transpose(g.tanh(g.mul(merged, w!)), [1, 0]);
    },
  },
];

describe.each(networks)("$about", (network) => {
  const feeds = feedsFor(network);

  test("is the same function with the examples on axis 0", async () => {
    const { graph } = lossOf(network, N);
    const moved = examplesFirst(graph, ["x"]);
    expect(moved).not.toBe(graph);
    const [expected] = await evaluate(graph, [feeds]);
    const [found] = await evaluate(moved, [feeds]);
    expect(largestDifference(toNumbers(found!.losses!), toNumbers(expected!.losses!))).toBeLessThan(1e-14);
  });

  test.each([1, 2, 6])("has the rows of %i groups in one pass", (groups) => expectRows(network, groups));
});

describe("what is left as it is", () => {
  test("a graph that moves no examples", () => {
    const { graph } = lossOf(
      { about: "", x: [T, D], parameters: [[D]], y: (g, x, [w]) => g.transpose(g.mul(x, w!), [0, 2, 1]) },
      N,
    );
    expect(examplesFirst(graph, ["x"])).toBe(graph);
  });

  const mixing: Record<string, Network["y"]> = {
    "a softmax over examples": (g, x) => g.transpose(g.softmax(g.transpose(x, [1, 0, 2]), 1), [1, 0, 2]),
    "a product over examples": (g, x) =>
      g.transpose(g.matMul(g.transpose(x, [1, 0, 2]), g.transpose(x, [1, 2, 0])), [1, 0, 2]),
    "a running sum over examples": (g, x) => {
      const steps = g.transpose(x, [1, 2, 0]);
      const sum = g.cumSum(steps, g.constant(fromNumbers("int64", [], [2])), { exclusive: 0, reverse: 0 });
      return g.transpose(sum, [2, 0, 1]);
    },
  };
  test.each(Object.keys(mixing))("%s, of which rows take one group only", async (about) => {
    const network: Network = {
      about,
      x: [T, D],
      parameters: [[D]],
      y: (g, x, [w]) => mixing[about]!(g, g.mul(x, w!), []),
    };
    const { graph } = lossOf(network, N);
    const feeds = feedsFor(network);
    const [expected] = await evaluate(graph, [feeds]);
    await expectRows(network, 1);
    const separate = separateGroups(graph, ["x"], 3);
    const [found] = await evaluate(separate, [feeds]);
    expect(toNumbers(found!.losses!)).toEqual(toNumbers(expected!.losses!));
    const input = (name: string) => separate.inputs.find((value) => value.name === name)!;
    const losses = separate.outputs.get("losses")!;
    expect(() => rows(builder(separate), losses, [input("w0")], 3, [input("x")])).toThrow(
      /^rows: expected operators that keep groups of examples apart, got \w+ at node .*; run group by group$/,
    );
  });
});
