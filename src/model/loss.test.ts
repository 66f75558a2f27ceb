import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracleJson } from "../../test/oracle.ts";
import { backward } from "../gradient/backward.ts";
import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { crossEntropy, type Loss, losses } from "./loss.ts";

interface LossCases {
  readonly logits: number[][];
  readonly labels: number[];
  readonly labels_ignore: number[];
  readonly targets: number[][];
  readonly binary: number[][];
  readonly cases: Record<string, { value: number; gradient: number[][] }>;
}

const oracle = oracleJson<LossCases>("losses.json");
const evaluate = evaluateOn(openReference(nativeEngine()));
const labels = (values: readonly number[]) => fromNumbers("int64", [values.length], values);
const matrix = (rows: readonly number[][]) => fromNumbers("float64", [rows.length, rows[0]!.length], rows.flat());

/** Σ w·ℓ, Σ w, the number of right predictions, and ∂Σ w·ℓ/∂output. */
async function measure(loss: Loss, output: Tensor, target: Tensor | null) {
  const graph = newGraph("loss");
  const g = builder(graph);
  const value = addInput(graph, "output", "float64", output.shape);
  const expected = loss.target(value);
  const aim = expected && addInput(graph, "target", expected.type, expected.shape);
  const made = loss.build(g, value, aim);
  addOutput(graph, "loss", g.reduceSum(made.losses, [0]));
  addOutput(graph, "weight", g.reduceSum(made.weights, [0]));
  if (made.correct) addOutput(graph, "correct", g.reduceSum(g.cast(made.correct, "float64"), [0]));
  addOutput(graph, "gradient", backward(g, made.losses, [value])[0]!);
  const [result] = await evaluate(graph, [{ output, ...(target ? { target } : {}) }]);
  const one = (name: string) => toNumbers(result![name]!)[0]!;
  return {
    loss: one("loss"),
    weight: one("weight"),
    correct: result!.correct && one("correct"),
    gradient: toNumbers(result!.gradient!),
  };
}

test.each<[string, Loss, Tensor, number]>([
  ["cross_entropy", losses.cross_entropy, labels(oracle.labels), 6],
  ["cross_entropy_ignore_index", losses.cross_entropy, labels(oracle.labels_ignore), 5],
  ["mse", losses.mse, matrix(oracle.targets), 30],
  ["l1", losses.l1, matrix(oracle.targets), 30],
  ["bce_with_logits", losses.bce_with_logits, matrix(oracle.binary), 30],
])("%s has PyTorch's value and gradient", async (name, loss, target, count) => {
  const { value, gradient } = oracle.cases[name]!;
  const measured = await measure(loss, matrix(oracle.logits), target);
  expect(measured.weight).toBe(count);
  expect(measured.loss / measured.weight).toBeCloseTo(value, 11);
  gradient.flat().forEach((expected, i) => {
    expect(measured.gradient[i]! / measured.weight).toBeCloseTo(expected, 11);
  });
});

test("a loss that the model computes itself is the mean of its output", async () => {
  const measured = await measure(losses.none, fromNumbers("float64", [4], [1, 2, 3, 10]), null);
  expect(measured).toMatchObject({ loss: 16, weight: 4, gradient: [1, 1, 1, 1] });
});

test("right predictions are counted among the labels that are kept", async () => {
  const scores = [
    [0, 9, 1],
    [0, 9, 1],
    [9, 0, 1],
    [0, 1, 9],
  ];
  expect((await measure(losses.cross_entropy, matrix(scores), labels([1, -100, 1, 2]))).correct).toBe(2);
});

test.each([
  [1e4, 0],
  [-1e4, 1],
  [0, 0.5],
])("bce_with_logits of %d neither overflows nor takes the logarithm of 0", async (logit, target) => {
  const measured = await measure(losses.bce_with_logits, matrix([[logit]]), matrix([[target]]));
  expect(measured.loss).toBeCloseTo(Math.abs(logit) || Math.LN2, 9);
});

test("labels that do not fit the output are refused", () => {
  const g = builder(newGraph("wrong"));
  const output = addInput(g.graph, "output", "float32", [4, 3]);
  const wrong = addInput(g.graph, "labels", "int64", [5]);
  const build = () => crossEntropy(g, output, wrong);
  expect(build).toThrow(ShapeError);
  expect(build).toThrow(
    "crossEntropy: expected logits [..., C] with one label each, got float32[4, 3] and int64[5]; check the model's output",
  );
});
