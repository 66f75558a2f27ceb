import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracleJson } from "../../test/oracle.ts";
import { slowLoss } from "../../test/slowLoss.ts";
import { backward } from "../gradient/backward.ts";
import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import type { Engine } from "../runtime/engine.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { convert, fromNumbers, type Shape, type Tensor, tensor, toNumbers } from "../tensor/tensor.ts";
import { createLoss, divisor, type Loss, type LossName, type LossOptions, lossNames } from "./loss.ts";

interface LossCases {
  readonly logits: number[][];
  readonly labels: number[];
  readonly labels_ignore: number[];
  readonly class_weights: number[];
  readonly targets: number[][];
  readonly binary: number[][];
  readonly cases: Record<string, { value: number; gradient: number[][] }>;
}

const oracle = oracleJson<LossCases>("losses.json");
const native = nativeEngine();
const reference = openReference(native);
const labels = (values: readonly number[]) => fromNumbers("int64", [values.length], values);
const matrix = (rows: readonly number[][]) => fromNumbers("float64", [rows.length, rows[0]!.length], rows.flat());

/** Σ w·ℓ, Σ w, the labels counted and predicted, and ∂Σ w·ℓ/∂output, in float64 or as the native engine has it. */
async function measure(loss: Loss, output: Tensor, target: Tensor | null, engine: Engine = reference) {
  const type = engine === reference ? "float64" : "float32";
  const graph = newGraph("loss");
  const g = builder(graph);
  const value = addInput(graph, "output", type, output.shape);
  const expected = loss.target(value);
  const aim = expected && addInput(graph, "target", expected.type, expected.shape);
  const made = loss.build(g, value, aim);
  addOutput(graph, "loss", g.reduceSum(made.losses, [0]));
  addOutput(graph, "weight", g.reduceSum(made.weights, [0]));
  if (made.correct) addOutput(graph, "correct", g.reduceSum(g.cast(made.correct, type), [0]));
  if (made.counted) addOutput(graph, "counted", g.reduceSum(g.cast(made.counted, type), [0]));
  if (made.predictions) addOutput(graph, "predictions", made.predictions);
  addOutput(graph, "gradient", backward(g, made.losses, [value])[0]!);
  const feeds = { output: convert(output, type), ...(target && aim ? { target: convert(target, aim.type) } : {}) };
  const [result] = await evaluateOn(engine)(graph, [feeds]);
  const one = (name: string) => toNumbers(result![name]!)[0]!;
  return {
    loss: one("loss"),
    weight: one("weight"),
    correct: result!.correct && one("correct"),
    counted: result!.counted && one("counted"),
    predictions: result!.predictions && toNumbers(result!.predictions),
    gradient: toNumbers(result!.gradient!),
  };
}

const { class_weights: classWeights } = oracle;
/** KL divergence was measured against the softmax of the targets. */
const distributions = oracle.targets.map((row) => {
  const powers = row.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
});

type OracleCase = [name: string, loss: LossName, options: LossOptions, target: Tensor, weight: number];
const oracleCases: readonly OracleCase[] = [
  ["cross_entropy", "cross_entropy", {}, labels(oracle.labels), 6],
  ["cross_entropy_weighted", "cross_entropy", { classWeights }, labels(oracle.labels), 5.25],
  ["cross_entropy_ignore_index", "cross_entropy", {}, labels(oracle.labels_ignore), 5],
  ["label_smoothing_0.1", "cross_entropy", { labelSmoothing: 0.1 }, labels(oracle.labels), 6],
  ["focal_gamma2", "focal", {}, labels(oracle.labels), 6],
  ["focal_gamma2_alpha", "focal", { focalAlpha: classWeights }, labels(oracle.labels), 6],
  ["cross_entropy", "focal", { focalGamma: 0 }, labels(oracle.labels), 6],
  ["mse", "mse", {}, matrix(oracle.targets), 30],
  ["l1", "l1", {}, matrix(oracle.targets), 30],
  ["l1", "smooth_l1", { smoothL1Beta: 0 }, matrix(oracle.targets), 30],
  ["huber_delta1", "huber", {}, matrix(oracle.targets), 30],
  ["huber_delta1", "smooth_l1", {}, matrix(oracle.targets), 30],
  ["smooth_l1_beta0.5", "smooth_l1", { smoothL1Beta: 0.5 }, matrix(oracle.targets), 30],
  ["bce_with_logits", "bce_with_logits", {}, matrix(oracle.binary), 30],
  ["kl_div_batchmean", "kl_divergence", {}, matrix(distributions), 6],
];

test("every case of the oracle is tested", () => {
  // The sum is the value before its division.
  expect(new Set([...oracleCases.map(([name]) => name), "cross_entropy_sum"])).toEqual(
    new Set(Object.keys(oracle.cases)),
  );
});

test.each(oracleCases)("%s is PyTorch's, as %s %j", async (name, loss, options, target, weight) => {
  const { value, gradient } = oracle.cases[name]!;
  const exact = await measure(createLoss(loss, options), matrix(oracle.logits), target);
  expect(exact.weight).toBeCloseTo(weight, 12);
  expect(exact.loss / exact.weight).toBeCloseTo(value, 11);
  gradient.flat().forEach((expected, i) => {
    expect(exact.gradient[i]! / exact.weight).toBeCloseTo(expected, 11);
  });
  const single = await measure(createLoss(loss, options), matrix(oracle.logits), target, native);
  expect(single.loss / single.weight / value).toBeCloseTo(1, 5);
  const scale = Math.hypot(...gradient.flat());
  const error = gradient.flat().map((expected, i) => single.gradient[i]! / single.weight - expected);
  expect(Math.hypot(...error) / scale).toBeLessThan(1e-5);
});

/** Every option, alone and with others; outputs [4, 3, 5] or [4, 2]. */
const slowCases: readonly [LossName, LossOptions, Shape][] = [
  ["cross_entropy", {}, [4, 3, 5]],
  ["cross_entropy", { classWeights, labelSmoothing: 0.2 }, [4, 3, 5]],
  ["cross_entropy", { classWeights: [0, 1, 1, 0, 3], labelSmoothing: 0.05, ignoreIndex: 2 }, [4, 3, 5]],
  ["cross_entropy", { ignoreIndex: 0 }, [4, 2]],
  ["focal", { focalGamma: 0.5, focalAlpha: classWeights, focalNormalizer: "positives" }, [4, 3, 5]],
  ["focal", { focalGamma: 1, focalAlpha: [0.25] }, [4, 2]],
  ["focal", { focalGamma: 3, ignoreIndex: 1 }, [4, 3, 5]],
  ["bce_with_logits", { positiveWeight: [3] }, [4, 2]],
  ["bce_with_logits", { positiveWeight: [1, 2, 3, 4, 5], classWeights }, [4, 3, 5]],
  ["sigmoid_focal", {}, [4, 3, 5]],
  ["sigmoid_focal", { focalGamma: 0.5, focalAlpha: [0.1, 0.9], focalNormalizer: "positives" }, [4, 2]],
  ["sigmoid_focal", { focalGamma: 0 }, [4, 2]],
  ["kl_divergence", {}, [4, 3, 5]],
  ["mse", {}, [4, 3, 5]],
  ["l1", {}, [4, 2]],
  ["huber", { huberDelta: 0.3 }, [4, 2]],
  ["smooth_l1", { smoothL1Beta: 2 }, [4, 3, 5]],
  ["none", {}, [4, 2]],
];

test("every loss and every option has a slow second", () => {
  expect(new Set(slowCases.map(([name]) => name))).toEqual(new Set(lossNames));
});

/** A target that fits, with ignored labels, zeros among probabilities, and binary targets that are 0, 1 or between. */
function draw(loss: Loss, shape: Shape, seed: number): { output: Tensor; target: Tensor } {
  const generator = random(seed);
  const normal = (size: Shape, change = (x: number) => x) =>
    fromNumbers(
      "float64",
      size,
      Array.from({ length: size.reduce((a, b) => a * b, 1) }, () => change(generator.normal())),
    );
  const output = normal(shape, (x) => 2 * x);
  const classes = shape.at(-1)!;
  if (loss.name === "cross_entropy" || loss.name === "focal") {
    const count = output.data.length / classes;
    const { ignoreIndex = -100 } = loss.options;
    const drawn = Array.from({ length: count }, (_, i) =>
      i % 5 === 3 ? ignoreIndex : Math.floor(generator.uniform() * classes),
    );
    return { output, target: fromNumbers("int64", shape.slice(0, -1), drawn) };
  }
  if (loss.name === "kl_divergence") {
    const weights = normal(shape, (x) => Math.max(0, x + 0.5)).data as Float64Array;
    const sums = Array.from(weights, (_, i) => {
      const start = i - (i % classes);
      return weights.subarray(start, start + classes).reduce((a, b) => a + b, 0);
    });
    return {
      output,
      target: tensor(
        "float64",
        shape,
        weights.map((weight, i) => weight / sums[i]!),
      ),
    };
  }
  const binary = loss.name === "bce_with_logits" || loss.name === "sigmoid_focal";
  return { output, target: normal(shape, binary ? (x) => Math.min(1, Math.max(0, x + 0.5)) : (x) => x) };
}

describe.each(slowCases)("%s %j of %j", (name, options, shape) => {
  const loss = createLoss(name, options);
  const { output, target } = draw(loss, shape, 5);

  test("is that of a loop, with its slope by differences", async () => {
    const exact = await measure(loss, output, target);
    const numbers = Array.from(output.data as Float64Array);
    const slow = slowLoss(loss, numbers, toNumbers(target), shape.at(-1)!);
    expect(exact.loss).toBeCloseTo(slow.loss, 10);
    expect(exact.weight).toBeCloseTo(slow.weight, 12);
    const step = 1e-5;
    exact.gradient.forEach((slope, i) => {
      const at = (change: number) =>
        slowLoss(loss, numbers.with(i, numbers[i]! + change), toNumbers(target), shape.at(-1)!).loss;
      expect(slope).toBeCloseTo((at(step) - at(-step)) / (2 * step), 7);
    });
  });

  test("sums over micro-batches are the large batch's", async () => {
    const whole = await measure(loss, output, target);
    const parts = await Promise.all(
      [
        [0, 1],
        [1, 4],
      ].map(([from, to]) => measure(loss, examples(output, from!, to!), examples(target, from!, to!))),
    );
    expect(parts[0]!.loss + parts[1]!.loss).toBeCloseTo(whole.loss, 12);
    expect(parts[0]!.weight + parts[1]!.weight).toBeCloseTo(whole.weight, 12);
    parts
      .flatMap(({ gradient }) => gradient)
      .forEach((slope, i) => {
        expect(slope).toBeCloseTo(whole.gradient[i]!, 12);
      });
  });
});

function examples({ type, shape, data }: Tensor, from: number, to: number): Tensor {
  const size = data.length / shape[0]!;
  return tensor(type, [to - from, ...shape.slice(1)], data.slice(from * size, to * size));
}

test("a loss that the model computes itself is the mean of its output", async () => {
  const measured = await measure(createLoss("none"), fromNumbers("float64", [4], [1, 2, 3, 10]), null);
  expect(measured).toMatchObject({ loss: 16, weight: 4, gradient: [1, 1, 1, 1] });
});

test.each<[LossOptions, number, number]>([
  [{}, 2, 3],
  [{ classWeights: [1, 5, 0.5] }, 2, 3],
  // Class 1 is right in the first row, and ignored.
  [{ ignoreIndex: 1 }, 0, 1],
])("right predictions are counted among the labels that are kept: %j", async (options, right, kept) => {
  const scores = [
    [0, 9, 1],
    [0, 9, 1],
    [9, 0, 1],
    [0, 1, 9],
  ];
  const target = labels(options.ignoreIndex === 1 ? [1, 1, 1, 0] : [1, -100, 1, 2]);
  const { correct, counted, predictions } = await measure(createLoss("cross_entropy", options), matrix(scores), target);
  expect({ correct, counted, predictions }).toEqual({ correct: right, counted: kept, predictions: [1, 1, 0, 2] });
});

test.each([
  [1e4, 0, 1e4, 1],
  [-1e4, 1, 1e4, -1],
  [1e4, 1, 0, 0],
  [0, 0.5, Math.LN2, 0],
  // The slope where |x| has a corner and relu another.
  [0, 1, Math.LN2, -0.5],
  [0, 0, Math.LN2, 0.5],
])("bce_with_logits of %d for %d is %d with slope %d", async (logit, target, value, slope) => {
  for (const engine of [reference, native]) {
    const measured = await measure(createLoss("bce_with_logits"), matrix([[logit]]), matrix([[target]]), engine);
    expect(measured.loss).toBeCloseTo(value, 6);
    expect(measured.gradient[0]).toBeCloseTo(slope, 6);
  }
});

test.each([0, 0.5, 1, 2])("focal loss with γ = %d has a slope where the prediction is perfect", async (focalGamma) => {
  for (const engine of [reference, native]) {
    const { loss, gradient } = await measure(
      createLoss("focal", { focalGamma }),
      matrix([[200, -200, 0]]),
      labels([0]),
      engine,
    );
    expect([loss, ...gradient].every((x) => Math.abs(x) < 1e-6)).toBe(true);
  }
});

test("what a window without positives is divided by", async () => {
  const loss = createLoss("focal", { focalNormalizer: "positives" });
  const { weight } = await measure(loss, matrix([[1, 2, 3]]), labels([0]));
  expect(weight).toBe(0);
  expect(divisor(loss, weight)).toBe(1);
  expect(divisor(createLoss("cross_entropy"), 0)).toBe(0);
});

test.each<[LossName, LossOptions, string]>([
  ["cross_entropy", {}, "crossEntropy: expected logits [..., C] with one label each, got float32[4, 3] and int64[5]"],
  ["focal", {}, "focal: expected logits [..., C] with one label each, got float32[4, 3] and int64[5]"],
])("labels that do not fit the output of %s are refused", (name, options, message) => {
  const g = builder(newGraph("wrong"));
  const output = addInput(g.graph, "output", "float32", [4, 3]);
  const wrong = addInput(g.graph, "labels", "int64", [5]);
  const build = () => createLoss(name, options).build(g, output, wrong);
  expect(build).toThrow(ShapeError);
  expect(build).toThrow(message);
});

test.each<[LossName, LossOptions, string]>([
  ["cross_entropy", { classWeights: [1, 2] }, "crossEntropy: expected 3 class weights, one for each class, got 2"],
  ["focal", { focalAlpha: [0.25] }, "focal: expected 3 class weights, one for each class, got 1"],
  [
    "bce_with_logits",
    { positiveWeight: [1, 2] },
    "bce_with_logits: expected 1 or 3 weights, one for each output, got 2",
  ],
  ["sigmoid_focal", { focalAlpha: [1, 2] }, "sigmoid_focal: expected 1 or 3 weights, one for each output, got 2"],
])("numbers that do not fit the output of %s %j are refused", (name, options, message) => {
  const g = builder(newGraph("wrong"));
  const output = addInput(g.graph, "output", "float32", [4, 3]);
  const loss = createLoss(name, options);
  const { type, shape } = loss.target(output)!;
  const target = addInput(g.graph, "target", type, shape);
  const build = () => loss.build(g, output, target);
  expect(build).toThrow(ShapeError);
  expect(build).toThrow(message);
});

test.each<[LossName, LossOptions, string]>([
  ["mse", { labelSmoothing: 0.1 }, "`labelSmoothing`: expected the loss cross_entropy, got mse; leave it out"],
  ["l1", { focalGamma: 1 }, "`focalGamma`: expected the loss focal or sigmoid_focal, got l1; leave it out"],
  ["cross_entropy", { labelSmoothing: 1 }, "`labelSmoothing`: expected a number of at least 0 and below 1, got 1"],
  ["cross_entropy", { classWeights: [1, -1] }, "`classWeights`: expected numbers of at least 0, got 1,-1"],
  ["cross_entropy", { classWeights: [] }, "`classWeights`: expected numbers of at least 0, got "],
  ["cross_entropy", { ignoreIndex: 0.5 }, "`ignoreIndex`: expected a whole number, got 0.5"],
  ["huber", { huberDelta: 0 }, "`huberDelta`: expected a number above 0, got 0"],
  ["smooth_l1", { smoothL1Beta: Number.NaN }, "`smoothL1Beta`: expected a number of at least 0, got NaN"],
  ["focal", { focalNormalizer: "some" as "all" }, "`focalNormalizer`: expected all or positives, got some"],
])("%s with %j is refused", (name, options, message) => {
  expect(() => createLoss(name, options)).toThrow(UsageError);
  expect(() => createLoss(name, options)).toThrow(message);
});
