import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { clouds } from "../../test/training.ts";
import { type Dataset, newBatch } from "../data/dataset.ts";
import { createLoss, type Loss, type LossName, type LossOptions, lossNames } from "../model/loss.ts";
import { mlp } from "../model/mlp.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { toNumbers, zeros } from "../tensor/tensor.ts";
import { gradientGraph, gradientName, rowsGraph, totals } from "./graphs.ts";
import { examplesFor } from "./microBatch.ts";
import { type AccumulationRule, meanGradients, verifyAccumulation } from "./verify.ts";

const native = nativeEngine();
const reference = openReference(native);
const flat = clouds(40);
const perceptron = mlp({ shape: [5], classes: 3 }, random(1));

/** A softmax of noise at each of the clouds' points: a target for every loss that compares with real numbers. */
function distributions(size: number): Dataset {
  const data = clouds(size);
  const generator = random(3);
  const rows = Array.from({ length: size }, () => {
    const powers = [0, 1, 2].map(() => Math.exp(generator.normal()));
    return powers.map((power) => power / powers.reduce((a, b) => a + b));
  });
  return {
    ...data,
    target: { name: "y", type: "float32", shape: [3] },
    async read(indices, { x, y }) {
      await data.read(indices, { x: x!, y: zeros("int64", [indices.length]) });
      (y!.data as Float32Array).set(Array.from(indices).flatMap((index) => rows[index]!));
    },
  };
}

const classWeights = [0.2, 1, 5];
const everyLoss: readonly [LossName, LossOptions][] = [
  ["cross_entropy", { classWeights, labelSmoothing: 0.1 }],
  ["cross_entropy", { ignoreIndex: 1 }],
  ["focal", { focalAlpha: classWeights, focalNormalizer: "positives" }],
  ["focal", { focalGamma: 0.5 }],
  ["bce_with_logits", { positiveWeight: classWeights, classWeights }],
  ["sigmoid_focal", { focalNormalizer: "positives" }],
  ["kl_divergence", {}],
  ["mse", {}],
  ["l1", {}],
  ["huber", { huberDelta: 0.3 }],
  ["smooth_l1", { smoothL1Beta: 0.2 }],
  ["none", {}],
];

test("the losses put to the test are all there are", () => {
  expect(new Set(everyLoss.map(([name]) => name))).toEqual(new Set(lossNames));
});

function forLoss(name: LossName, options: LossOptions): { loss: Loss; data: Dataset } {
  const loss = createLoss(name, options);
  return { loss, data: name === "cross_entropy" || name === "focal" ? flat : distributions(40) };
}

describe.each(everyLoss)("%s %j", (name, options) => {
  const { loss, data } = forLoss(name, options);

  test.each([
    [native, 1e-6],
    [reference, 1e-12],
  ] as const)("accumulation gives the large batch's gradient on $name", async (engine, tolerance) => {
    const verdict = await verifyAccumulation(engine, perceptron, data, { window: [4, 4, 3], tolerance, loss });
    expect(verdict).toMatchObject({ equal: true });
    expect(verdict.comparisons.map(({ microBatches }) => microBatches)).toEqual([
      [4, 4, 3],
      [4, 4, 1],
    ]);
  });

  test("rows of groups are the groups' own gradients", async () => {
    const [batch, inputs] = [newBatch(data, 12), newBatch(data, 4)];
    await data.read(Uint32Array.from(Array(12).keys()), batch);
    const parameters = Object.fromEntries(perceptron.parameters.map(({ name: own, initial }) => [own, initial]));
    const run = evaluateOn(reference);
    const rowsPass = rowsGraph(perceptron, 12, 3, "training", loss);
    const [rows] = await run(rowsPass, [{ ...examplesFor(rowsPass, batch), ...parameters }]);
    for (const [group, from] of [0, 4, 8].entries()) {
      await data.read(
        Uint32Array.from([0, 1, 2, 3], (i) => from + i),
        inputs,
      );
      const graph = gradientGraph(perceptron, 4, { accumulate: false, loss });
      const [own] = await run(graph, [{ ...examplesFor(graph, inputs), ...parameters }]);
      expect(toNumbers(rows![totals.weights]!)[group]).toBeCloseTo(toNumbers(own![totals.weight]!)[0]!, 12);
      for (const { name: parameter } of perceptron.parameters) {
        const gradient = toNumbers(own![gradientName(parameter)]!);
        const row = toNumbers(rows![gradientName(parameter)]!).slice(
          group * gradient.length,
          (group + 1) * gradient.length,
        );
        row.forEach((slope, i) => {
          expect(slope).toBeCloseTo(gradient[i]!, 10);
        });
      }
    }
  });
});

/**
 * Rules that are taken for accumulation and are not it: each forms a window's gradient from those of its micro-batches.
 */
type Parts = readonly { readonly gradient: ReadonlyMap<string, readonly number[]>; readonly size: number }[];
const brokenRules: readonly (readonly [string, (parts: Parts) => Parts | { weights: number[]; parts: Parts }])[] = [
  ["divides by the number of micro-batches", (parts) => ({ parts, weights: parts.map(() => 1 / parts.length) })],
  [
    "divides by the steps that a full window has",
    (parts) => ({ parts, weights: parts.map(({ size }) => size / (4 * parts.length)) }),
  ],
  ["clips every micro-batch", (parts) => parts.map((part) => ({ ...part, gradient: clipped(part.gradient, 0.05) }))],
  ["drops the tail of the window", (parts) => parts.filter(({ size }) => size === 4)],
  ["takes each micro-batch's weighted mean for equal", (parts) => parts],
];

function clipped(gradient: ReadonlyMap<string, readonly number[]>, limit: number): Map<string, readonly number[]> {
  const factor = Math.min(1, limit / Math.hypot(...[...gradient.values()].flat()));
  return new Map([...gradient].map(([name, values]) => [name, values.map((value) => factor * value)]));
}

describe.each(brokenRules)("a rule that %s", (name, broken) => {
  const rule: AccumulationRule = async (engine, model, data, microBatches, loss) => {
    const parts: { gradient: ReadonlyMap<string, readonly number[]>; size: number }[] = [];
    let from = 0;
    for (const size of microBatches) {
      const start = from;
      const part: Dataset = {
        ...data,
        read: (indices, batch) =>
          data.read(
            indices.map((i) => start + i),
            batch,
          ),
      };
      parts.push({ gradient: await meanGradients(engine, model, part, [size], loss), size });
      from += size;
    }
    const result = broken(parts);
    const kept = "weights" in result ? result.parts : result;
    const all = kept.reduce((sum, { size }) => sum + size, 0);
    const weights = "weights" in result ? result.weights : kept.map(({ size }) => size / all);
    return new Map(
      model.parameters.map(({ name: parameter }) => {
        const values = kept.map(({ gradient }) => gradient.get(parameter)!);
        return [parameter, values[0]!.map((_, i) => values.reduce((sum, own, k) => sum + weights[k]! * own[i]!, 0))];
      }),
    );
  };
  const weighted = name.includes("weighted");

  test.each([
    [native, 1e-6],
    [reference, 1e-12],
  ] as const)("is caught on $name", async (engine, tolerance) => {
    const loss = createLoss("cross_entropy", weighted ? { classWeights } : {});
    const verdict = await verifyAccumulation(engine, perceptron, flat, { window: [4, 4, 4], tolerance, loss, rule });
    expect(verdict.equal).toBe(false);
    expect(verdict.maxRelativeDifference).toBeGreaterThan(1e-3);
  });

  if (weighted)
    test("is right without class weights", async () => {
      const verdict = await verifyAccumulation(reference, perceptron, flat, {
        window: [4, 4, 4],
        tolerance: 1e-12,
        rule,
      });
      expect(verdict.equal).toBe(true);
    });
});
