import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { clouds, readArrays } from "../../test/training.ts";
import type { Graph } from "../graph/graph.ts";
import { lenet } from "../model/lenet.ts";
import { mlp } from "../model/mlp.ts";
import type { Model } from "../model/model.ts";
import { openEngine } from "../runtime/open.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { type Tensor, tensor, toNumbers } from "../tensor/tensor.ts";
import { exampleGraph, ofExamples } from "./exampleGraph.ts";
import { gradientGraph, gradientName, totals } from "./graphs.ts";

const evaluateAll = evaluateOn(openReference(await openEngine()));

async function evaluate(graph: Graph, feeds: Record<string, Tensor>) {
  const read = Object.fromEntries(graph.inputs.map(({ name }) => [name, feeds[name]!]));
  const [outputs] = await evaluateAll(graph, [read]);
  return outputs!;
}

const data = clouds(6, [1, 12, 12], 3);
const { x, y } = readArrays(data, [0, 1, 2, 3, 4, 5]);
const task = { shape: [1, 12, 12], classes: 3 };

function feeds(model: Model, from: number, count: number) {
  const parameters = Object.fromEntries(model.parameters.map(({ name, initial }) => [name, initial]));
  return {
    ...parameters,
    x: tensor("float32", [count, 1, 12, 12], x.slice(from * 144, (from + count) * 144)),
    y: tensor("int64", [count], y.slice(from, from + count)),
  };
}

test.each([
  ["mlp", mlp(task, random(1))],
  ["lenet", lenet(task, random(2))],
])("%s: losses and squared norms of examples are those of examples alone", async (_, model) => {
  const outputs = await evaluate(exampleGraph(model, 6, { features: true, squaredNorms: true }), feeds(model, 0, 6));
  const logP = toNumbers(outputs[ofExamples.logProbabilities]!);
  for (let i = 0; i < 6; i++) {
    const graph = gradientGraph(model, 1, { accumulate: false, mode: "evaluation" });
    const alone = await evaluate(graph, feeds(model, i, 1));
    expect(-logP[i * 3 + Number(y[i])]!).toBeCloseTo(Number(alone[totals.loss]!.data[0]), 9);
    const norm = model.parameters
      .flatMap(({ name }) => toNumbers(alone[gradientName(name)]!))
      .reduce((sum, value) => sum + value * value, 0);
    expect(toNumbers(outputs[ofExamples.squaredNorms]!)[i]! / norm).toBeCloseTo(1, 9);
  }
});

test("features are what the last layer reads", async () => {
  const model = mlp(task, random(1));
  const outputs = await evaluate(exampleGraph(model, 6, { features: true, squaredNorms: false }), feeds(model, 0, 6));
  expect(outputs[ofExamples.features]!.shape).toEqual([6, 256]);
  const features = toNumbers(outputs[ofExamples.features]!);
  const [weight, bias] = ["output.weight", "output.bias"].map((name) => {
    const { initial } = model.parameters.find((one) => one.name === name)!;
    return { shape: initial.shape, values: toNumbers(initial) };
  });
  const logits = Array.from({ length: 3 }, (_, c) =>
    Array.from(
      { length: 256 },
      (_, d) => features[d]! * weight!.values[weight!.shape[0] === 3 ? c * 256 + d : d * 3 + c]!,
    ).reduce((a, b) => a + b, bias!.values[c]!),
  );
  const logSum = Math.log(logits.reduce((sum, one) => sum + Math.exp(one), 0));
  const logP = toNumbers(outputs[ofExamples.logProbabilities]!);
  logits.forEach((logit, c) => {
    expect(logP[c]!).toBeCloseTo(logit - logSum, 9);
  });
});

test("a model that does not classify examples is refused", () => {
  const { forward, ...rest } = mlp(task, random(1));
  const positions: Model = {
    ...rest,
    forward(g, io) {
      const { logits, state } = forward(g, io);
      return { logits: g.reshape(logits, [2, 3, 1]), state };
    },
  };
  expect(() => exampleGraph(positions, 2, { features: false, squaredNorms: false })).toThrow(
    /^mlp: expected a model that gives \[N, classes\], got float32\[2, 3, 1\]; choose a model that classifies examples$/,
  );
});
