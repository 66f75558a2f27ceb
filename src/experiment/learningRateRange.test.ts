import { describe, expect, test } from "vitest";
import { clouds, eventsOf, regression } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { linearOf, sequential } from "../model/layers.ts";
import { createLoss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { readSweep, suggestLearningRate } from "../statistics/learningRateSweep.ts";
import { DivergedError, UsageError } from "../tensor/errors.ts";
import { fromNumbers } from "../tensor/tensor.ts";
import type { TrainingOptions } from "../training/options.ts";
import { learningRateGrid, type SweepKind, sweepLearningRates } from "./learningRateRange.ts";

const native = nativeEngine();

/**
 * Four examples (x, 1) that are orthogonal, with length² 4·scale² each: mean squared error has the Hessian 2·scale² ·
 * I.
 */
function quadratic(scale: number): { data: Dataset; model: Model } {
  const x = [
    [1, 1, 1],
    [-1, 1, -1],
    [1, -1, -1],
    [-1, -1, 1],
  ];
  const data: Dataset = {
    ...clouds(4, [4]),
    name: "quadratic",
    classes: 0,
    classNames: [],
    labels: new Int32Array(0),
    target: { name: "y", type: "float32", shape: [1] },
    read(indices, batch) {
      indices.forEach((index, i) => {
        (batch.x!.data as Float32Array).set(
          [...x[index]!, 1].map((value) => value * scale),
          4 * i,
        );
        (batch.y!.data as Float32Array)[i] = [3, -1, 2, 5][index]!;
      });
    },
  };
  const [input] = data.inputs;
  const weight = linearOf("w", fromNumbers("float32", [1, 4], [0, 0, 0, 0]));
  const withoutBias = { ...weight, parameters: weight.parameters.slice(0, 1) };
  const layer: typeof weight = {
    ...withoutBias,
    forward: (g, values, { parameters }) => g.gemm(values, parameters["w.weight"]!, undefined, { transB: 1 }),
  };
  return { data, model: sequential("quadratic", input!, [layer]) };
}

function planted(scale: number): TrainingOptions {
  const { data, model } = quadratic(scale);
  return {
    model,
    train: data,
    validation: data,
    loss: createLoss("mse"),
    optimizer: sgd(),
    learningRate: 1,
    window: [4],
    epochs: 1,
    checkpointEvery: 1,
    seed: 0,
    threads: 1,
    logEvery: 50,
  };
}

describe("sweepLearningRates on a quadratic of known curvature", () => {
  // Begun beyond 1/λ, where one update would solve the problem to the last bit, and many updates beside it too.
  test.each<[SweepKind, number, number, number]>([
    ["exponential", 1, 40, 0.6],
    ["exponential", 0.25, 25, 0.7],
    ["exponential", 3, 150, 0.9],
    ["linear", 1, 40, 0.6],
    ["linear", 3, 25, 0.7],
  ])(
    "%s rates, scale %f: of %i rates the last before the rise is within one of 2/λ",
    async (kind, scale, count, from) => {
      const largest = 2 / (2 * scale ** 2);
      const learningRates = learningRateGrid(kind, from * largest, 2 * largest, count);
      const sweep = await sweepLearningRates(native, { training: planted(scale), learningRates });
      const found = readSweep({ ...sweep, end: "rose" }).beforeRise!;
      const at = learningRates.indexOf(found);
      const truth = learningRates.findLastIndex((rate) => rate <= largest);
      expect(Math.abs(at - truth)).toBeLessThanOrEqual(1);
    },
  );

  test("each loss is the one after the update with its rate: L(θ − ηH(θ − θ*))", async () => {
    const learningRates = [0.1, 0.2, 0.4];
    const { initialLoss, losses, end } = await sweepLearningRates(native, { training: planted(1), learningRates });
    let error = initialLoss;
    const expected = learningRates.map((rate) => {
      error *= (1 - 2 * rate) ** 2;
      return error;
    });
    expect(initialLoss).toBeCloseTo((9 + 1 + 4 + 25) / 4, 5);
    losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(expected[i]!, 5);
    });
    expect(end).toBe("rates");
  });

  test("ends where the smoothed loss is four times its lowest", async () => {
    const learningRates = learningRateGrid("exponential", 1.2, 10, 500);
    const { losses, initialLoss, end } = await sweepLearningRates(native, { training: planted(1), learningRates });
    expect(end).toBe("rose");
    const smoothed = [initialLoss, ...losses].map((_, t, all) => {
      const weights = all.slice(0, t + 1).map((_, i) => 0.98 ** (t - i));
      return weights.reduce((sum, w, i) => sum + w * all[i]!, 0) / weights.reduce((sum, w) => sum + w, 0);
    });
    const lowest = smoothed.map((_, t) => Math.min(...smoothed.slice(0, t + 1)));
    expect(smoothed.findIndex((value, t) => value > 4 * lowest[t]!)).toBe(losses.length);
  });

  test("a loss that is no number ends it, and only the first one's is an error", async () => {
    const learningRates = [1e25, 1e25, 1e25];
    const sweep = await sweepLearningRates(native, { training: planted(1), learningRates });
    expect(sweep.end).toBe("not finite");
    expect(sweep.losses.length).toBeLessThan(3);
    const { model } = planted(1);
    const weights = model.parameters.map((one) => ({
      ...one,
      initial: fromNumbers("float32", [1, 4], [1e30, 0, 0, 0]),
    }));
    const training = { ...planted(1), model: { ...model, parameters: weights } };
    await expect(sweepLearningRates(native, { training, learningRates })).rejects.toThrow(DivergedError);
  });
});

const data = clouds(192, [5], 3);
const softmax = (seed: number): TrainingOptions => {
  const loss = createLoss("cross_entropy");
  return { ...planted(1), model: regression(data, seed), train: data, validation: data, loss, window: [16, 16], seed };
};

describe("softmax regression", () => {
  test("three seeds agree, and the suggested rate learns faster than a tenth of it", async () => {
    const learningRates = learningRateGrid("exponential", 1e-4, 1e3, 150);
    const sweeps = [];
    for (const seed of [1, 2, 3])
      sweeps.push(await sweepLearningRates(native, { training: softmax(seed), learningRates }));
    const { suggestion, tenthOfMinimum } = suggestLearningRate(sweeps);
    const { value, lower, upper } = suggestion!;
    expect([lower <= value, value <= upper, upper < 10 * lower]).toEqual([true, true, true]);
    expect(tenthOfMinimum).toBeGreaterThan(learningRates[0]!);
    const lossAfter = async (learningRate: number) => {
      const events = await eventsOf(native, { ...softmax(1), learningRate, epochs: 3, logEvery: 1 });
      return events.findLast((event) => event.kind === "epoch")!.trainLoss;
    };
    expect(await lossAfter(value)).toBeLessThan(await lossAfter(value / 10));
  });

  test("trains a copy: the model and a second sweep are as before, bit for bit", async () => {
    const training = softmax(4);
    const before = training.model.parameters.map(({ initial }) => [...initial.data]);
    const options = { training, learningRates: learningRateGrid("linear", 0.1, 5, 12) };
    const first = await sweepLearningRates(native, options);
    expect(training.model.parameters.map(({ initial }) => [...initial.data])).toEqual(before);
    expect(await sweepLearningRates(native, options)).toEqual(first);
  });

  test("says how many rates are tried", async () => {
    const tried: number[] = [];
    const options = { training: softmax(4), learningRates: [0.1, 0.2, 0.3], onUpdate: (n: number) => tried.push(n) };
    await sweepLearningRates(native, options);
    expect(tried).toEqual([0, 1, 2, 3]);
  });
});

describe("learningRateGrid", () => {
  test.each<[SweepKind, number[]]>([
    ["exponential", [0.01, 0.1, 1]],
    ["linear", [0.01, 0.505, 1]],
  ])("%s", (kind, expected) => {
    learningRateGrid(kind, 0.01, 1, 3).forEach((rate, i) => {
      expect(rate).toBeCloseTo(expected[i]!, 12);
    });
  });

  test.each([
    [0, 1, 5, "expected 0 < from < to, got 0 and 1"],
    [2, 1, 5, "expected 0 < from < to, got 2 and 1"],
    [1, Number.POSITIVE_INFINITY, 5, "got 1 and Infinity"],
    [1, 2, 1, "expected at least 2, got 1"],
  ])("refuses %f … %f with %i rates", (from, to, count, words) => {
    expect(() => learningRateGrid("linear", from, to, count)).toThrow(UsageError);
    expect(() => learningRateGrid("linear", from, to, count)).toThrow(words);
  });
});
