import { expect, test } from "vitest";
import { clouds, readArrays, regression } from "../../test/training.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { examplesOf, stratifiedFolds } from "./folds.ts";
import { readInputs } from "./inputs.ts";
import { type FoldTraining, measuredEpochs, newFoldScores, type TrainedFold, trainFold } from "./training.ts";

const engine = nativeEngine();
const data = clouds(90);
const foldOf = stratifiedFolds(
  data.labels,
  Uint32Array.from({ length: 90 }, (_, i) => i),
  3,
  { seed: 0, stream: 3 },
);

async function optionsOf(change: Partial<FoldTraining> = {}): Promise<FoldTraining> {
  return {
    data,
    inputs: await readInputs([data]),
    foldOf,
    folds: 3,
    modelOf: async () => regression(data),
    epochs: 1,
    measureEvery: 1,
    batchSize: 8,
    learningRate: 0.01,
    seed: 0,
    atEnd: async () => {},
    ...change,
  };
}

/** Softmax regression in float64: p of each class, and what an example's gradient is made of. */
function judge({ model, state }: TrainedFold, example: number) {
  const { x, y } = readArrays(data, [example]);
  const at = (name: string) => {
    const { offset } = state.layout.entries.find((entry) => entry.name === name)!;
    return (i: number) => state.parameters[offset + i]!;
  };
  const [weight, bias] = [at("output.weight"), at("output.bias")];
  const outputsFirst = model.parameters[0]!.initial.shape[0] === 3;
  const scores = [0, 1, 2].map((c) =>
    x.reduce((sum, one, d) => sum + one * weight(outputsFirst ? c * 5 + d : d * 3 + c), bias(c)),
  );
  const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
  const p = scores.map((score) => Math.exp(score) / total);
  const label = Number(y[0]);
  const error = p.reduce((sum, one, c) => sum + (one - (c === label ? 1 : 0)) ** 2, 0);
  // The gradient of the loss is (p − y) ⊗ [x, 1].
  const squaredNorm = error * x.reduce((sum, one) => sum + one * one, 1);
  return { p, errorNorm: Math.sqrt(error), squaredNorm };
}

test("a fold is judged by the model that has not seen it, its neighbour by the one that has", async () => {
  const scores = newFoldScores(data);
  let trained: TrainedFold | undefined;
  const options = await optionsOf({
    atEnd: async (fold, one) => {
      expect(fold).toBe(1);
      trained = one;
    },
  });
  const shares: number[] = [];
  expect(await trainFold(engine, options, 1, scores, (share) => shares.push(share), undefined)).toBe(true);
  expect(shares.at(-1)).toBe(1);
  expect([...trained!.heldOut]).toEqual([...examplesOf(foldOf, (fold) => fold === 1)]);
  for (const i of foldOf.keys()) {
    const { p, errorNorm, squaredNorm } = judge(trained!, i);
    const [heldOut, seen] = [foldOf[i] === 1, foldOf[i] === 2];
    p.forEach((one, c) => {
      expect(scores.logProbabilities[i * 3 + c]).toBeCloseTo(heldOut ? Math.log(one) : 0, 5);
    });
    expect(scores.errorNorm[i]).toBeCloseTo(seen ? errorNorm : 0, 5);
    expect(scores.selfInfluence[i]).toBeCloseTo(seen ? 0.01 * squaredNorm : 0, 5);
    if (!heldOut) expect(scores.outliers.inputs[i]).toBe(0);
  }
});

test("several measurements are averaged, self-influence is summed, and the last epoch is always measured", async () => {
  expect(measuredEpochs({ epochs: 7, measureEvery: 3 })).toEqual([3, 6, 7]);
  const after = async (epochs: number) => {
    const scores = newFoldScores(data);
    await trainFold(engine, await optionsOf({ epochs, measureEvery: epochs }), 0, scores, () => {}, undefined);
    return scores;
  };
  const [first, second, both] = [await after(1), await after(2), newFoldScores(data)];
  await trainFold(engine, await optionsOf({ epochs: 2 }), 0, both, () => {}, undefined);
  for (const name of ["errorNorm", "logProbabilities", "selfInfluence"] as const)
    both[name].forEach((value, i) => {
      const sum = first![name][i]! + second![name][i]!;
      expect(value).toBeCloseTo(name === "selfInfluence" ? sum : sum / 2, 10);
    });
});

test("a model whose single gradients cannot be followed has no self-influence, and all else", async () => {
  const scores = newFoldScores(data);
  const refusing = {
    ...engine,
    load: (...[graph, options]: Parameters<typeof engine.load>) => {
      if (graph.outputs.has("example:squaredNorms")) throw new UnsupportedError("rows: expected another model");
      return engine.load(graph, options);
    },
  };
  await trainFold(refusing, await optionsOf(), 0, scores, () => {}, undefined);
  expect(scores.untraced).toBe("rows: expected another model");
  expect(scores.selfInfluence.every((value) => value === 0)).toBe(true);
  for (const i of foldOf.keys()) expect(scores.errorNorm[i]! > 0).toBe(foldOf[i] === 1);
});

test("an aborted fold says so, and judges nothing at its end", async () => {
  const controller = new AbortController();
  const atEnd = () => Promise.reject(new Error("not at its end"));
  const options = await optionsOf({ epochs: 50, atEnd });
  const stop = () => controller.abort();
  expect(await trainFold(engine, options, 0, newFoldScores(data), stop, controller.signal)).toBe(false);
});
