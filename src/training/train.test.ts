import { describe, expect, test, vi } from "vitest";
import { slowBatch, weightsOf } from "../../test/slowRegression.ts";
import { arraysOf, checkpointsOf, clouds, eventsOf, regression, tensorsAfter } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { createSampler } from "../data/sampler.ts";
import { mlp } from "../model/mlp.ts";
import type { Model } from "../model/model.ts";
import { adamW } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import { bindingEngine } from "../runtime/binding.ts";
import { nativeEngine } from "../runtime/native.ts";
import { DivergedError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
import type { EndEvent, TrainingEvent } from "./events.ts";
import { streams, type TrainingOptions } from "./options.ts";

const native = nativeEngine();
const data = clouds(23);
const slowModel = regression(data);

const base: TrainingOptions = {
  model: slowModel,
  train: data,
  validation: clouds(10, [5], 3, 2),
  optimizer: sgd(),
  learningRate: 0.5,
  window: [4, 4],
  epochs: 2,
  checkpointEvery: 1,
  seed: 3,
  threads: 1,
  logEvery: 1,
};
const deep: TrainingOptions = {
  ...base,
  model: mlp({ shape: [5], classes: 3 }, random(5)),
  optimizer: adamW(),
  learningRate: 0.01,
};

/** The windows that training takes, as lists of examples. */
function windowsOf({ train, window, seed, epochs }: TrainingOptions): number[][] {
  const sampler = createSampler({ size: train.size, window, random: random(seed, streams.sampling) });
  return Array.from({ length: epochs }, () => [...sampler.epoch()])
    .flat()
    .map((microBatches) => microBatches.flatMap((indices) => [...indices]));
}

/** The same training in plain loops. */
function slowTraining(options: TrainingOptions) {
  const weights = weightsOf(options.model);
  const steps = windowsOf(options).map((indices) => {
    const { loss, gradient } = slowBatch(weights, options.train, indices);
    const norm = Math.hypot(...gradient);
    const clip = Math.min(1, (options.clipNorm ?? Number.POSITIVE_INFINITY) / norm);
    gradient.forEach((value, i) => {
      weights[i]! -= options.learningRate * clip * value;
    });
    return { loss, norm, examples: indices.length };
  });
  return { weights, steps };
}

const parametersAfter = (events: readonly TrainingEvent[]) => {
  const tensors = tensorsAfter(events);
  return ["output.weight", "output.bias"].flatMap((name) => toNumbers(tensors[name]!));
};
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe("against plain loops in float64", () => {
  test.each([[[4, 4]], [[4, 4, 2]], [[5]], [[23]], [[1, 1, 1]], [[20, 3]]])(
    "windows of %j, the last one cut, weigh every example alike",
    async (window) => {
      const options = { ...base, window };
      const events = await eventsOf(native, options);
      const { weights, steps } = slowTraining(options);
      expect(farthest(parametersAfter(events), weights)).toBeLessThan(1e-5);
      const recorded = events.filter((event) => event.kind === "step");
      expect(recorded.map(({ step }) => step)).toEqual(steps.map((_, i) => i + 1));
      recorded.forEach((record, i) => {
        expect(Math.abs(record.loss - steps[i]!.loss)).toBeLessThan(1e-5);
        expect(Math.abs(record.gradientNorm - steps[i]!.norm)).toBeLessThan(1e-5);
      });
      expect(recorded.at(-1)).toMatchObject({ epoch: 2, examples: 46, learningRate: 0.5 });
    },
  );

  test("a gradient is clipped once per window, by its global norm", async () => {
    const options = { ...base, window: [4, 4, 2], clipNorm: 0.7 };
    const { weights, steps } = slowTraining(options);
    const longer = steps.filter(({ norm }) => norm > 0.7).length;
    expect(longer).toBeGreaterThan(0);
    expect(longer).toBeLessThan(steps.length);
    const events = await eventsOf(native, options);
    expect(farthest(parametersAfter(events), weights)).toBeLessThan(1e-5);
    // Recorded before clipping.
    const norms = events.filter((event) => event.kind === "step").map((event) => event.gradientNorm);
    expect(
      farthest(
        norms,
        steps.map(({ norm }) => norm),
      ),
    ).toBeLessThan(1e-5);
    expect(
      farthest(parametersAfter(await eventsOf(native, { ...options, clipNorm: undefined })), weights),
    ).toBeGreaterThan(0.01);
  });

  test("an epoch's record holds the means over its examples and over the validation data", async () => {
    // More than one evaluation batch of 250, and a ragged last one.
    const options = { ...base, learningRate: 1e-9, validation: clouds(507, [5], 3, 2), epochs: 1 };
    const events = await eventsOf(native, options);
    const record = events.find((event) => event.kind === "epoch")!;
    const all = (size: number) => Array.from({ length: size }, (_, i) => i);
    const trained = slowBatch(weightsOf(slowModel), data, all(23));
    const validated = slowBatch(weightsOf(slowModel), options.validation, all(507));
    expect(record).toMatchObject({ epoch: 1, step: 3, examples: 23 });
    expect(record.trainLoss).toBeCloseTo(trained.loss, 5);
    expect(record.trainAccuracy).toBeCloseTo(trained.accuracy, 6);
    expect(record.validationLoss).toBeCloseTo(validated.loss, 5);
    expect(record.validationAccuracy).toBeCloseTo(validated.accuracy, 6);
    const last = events.filter((event) => event.kind === "progress").at(-1);
    expect(last).toMatchObject({ epoch: 1, microBatch: 6, microBatches: 6, loss: record.trainLoss, accumulated: 2 });
  });
});

describe("bit for bit", () => {
  test("the same seed gives the same run, another one another", async () => {
    const [first, again, other] = await Promise.all(
      [deep, deep, { ...deep, seed: 4 }].map(async (options) => tensorsAfter(await eventsOf(nativeEngine(), options))),
    );
    expect(Object.keys(first!)).toContain("optimizer.square.hidden.weight");
    expect(again).toEqual(first);
    expect(other!["hidden.weight"]).not.toEqual(first!["hidden.weight"]);
  });

  test.each<[string, Partial<TrainingOptions>, boolean]>([
    ["with few records", { logEvery: 1000 }, false],
    ["with a bound on the norm that nothing reaches", { clipNorm: 1e9 }, false],
    ["with few checkpoints", { checkpointEvery: 1000 }, false],
    ["read slowly", {}, true],
  ])("watching changes nothing: %s", async (_, change, slowly) => {
    const plain = tensorsAfter(await eventsOf(native, deep));
    const wait = () => slowly && new Promise((resolve) => setImmediate(resolve));
    expect(tensorsAfter(await eventsOf(native, { ...deep, ...change }, wait))).toEqual(plain);
  });

  test("native and binding train alike", async () => {
    const [a, b] = [await eventsOf(native, deep), await eventsOf(bindingEngine(), deep)];
    expect(tensorsAfter(b)).toEqual(tensorsAfter(a));
  });
});

test("records: the first step and every logEvery-th; checkpoints: every so many epochs and the last", async () => {
  const events = await eventsOf(native, { ...base, epochs: 5, checkpointEvery: 2, logEvery: 4 });
  const steps = events.filter((event) => event.kind === "step").map(({ step }) => step);
  expect(steps).toEqual([1, 4, 8, 12]);
  expect(checkpointsOf(events).map(({ epoch, step }) => [epoch, step])).toEqual([
    [2, 6],
    [4, 12],
    [5, 15],
  ]);
  expect(events.at(-1)).toMatchObject({ kind: "end", reason: "finished", step: 15, examples: 115, microBatches: 30 });
});

/** Events until the error, and the error. */
async function untilError(options: TrainingOptions): Promise<{ events: TrainingEvent[]; error: unknown }> {
  const events: TrainingEvent[] = [];
  const error = await eventsOf(native, options, (event) => events.push(event)).catch((reason: unknown) => reason);
  return { events, error };
}

/** Evaluation does not see what became of the parameters. */
const blind: Model = {
  ...slowModel,
  forward: (g, io) => {
    const { logits, state } = slowModel.forward(g, io);
    return { logits: io.mode === "training" ? logits : g.zeros("float32", logits.shape), state };
  },
};

/** Reads as before, and nothing but NaN after so many micro-batches. */
function poisonedAfter(microBatches: number): Dataset["read"] {
  let left = microBatches;
  return (indices, batch) => {
    data.read(indices, batch);
    if (left-- <= 0) arraysOf(batch)[0].fill(Number.NaN);
  };
}

function scaled(factor: number): Dataset {
  const read: Dataset["read"] = (indices, batch) => {
    data.read(indices, batch);
    const [x] = arraysOf(batch);
    x.forEach((value, i) => {
      x[i] = value * factor;
    });
  };
  return { ...data, read };
}

test("training ends after the first epoch of the accuracy that is enough, evaluated and saved", async () => {
  const events = await eventsOf(native, { ...base, epochs: 50, stopAccuracy: 0.7, evaluateEvery: 100 });
  const epochs = events.filter((event) => event.kind === "epoch");
  expect(epochs.length).toBeLessThan(50);
  expect(epochs.map(({ trainAccuracy }) => trainAccuracy! >= 0.7)).toEqual([...epochs.slice(1).map(() => false), true]);
  expect(epochs.at(-1)!.validationLoss).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({ kind: "end", reason: "accurate" });
  expect(checkpointsOf(events).at(-1)!.epoch).toBe(epochs.length);
});

test("evaluations by examples are at the same examples, whatever the size of an update and where epochs end", async () => {
  const seen = async (window: readonly number[]) =>
    (await eventsOf(native, { ...base, window, epochs: 2, evaluateEvery: { examples: 10 } })).flatMap((event) =>
      (event.kind === "evaluation" || event.kind === "epoch") && event.validationLoss > 0 ? [event.examples] : [],
    );
  const size = base.train.size;
  const due = (update: number) => {
    const ends = [0, 1].flatMap((epoch) =>
      Array.from({ length: Math.ceil(size / update) }, (_, i) => epoch * size + Math.min(size, update * (i + 1))),
    );
    return ends.filter((end, i) => Math.floor(end / 10) > Math.floor((ends[i - 1] ?? 0) / 10) || end === 2 * size);
  };
  expect(await seen([2])).toEqual(due(2));
  expect(await seen([4, 4])).toEqual(due(8));
});

test("training ends after the evaluation of the loss that is enough", async () => {
  const losses = async (stopLoss?: number) => {
    const events = await eventsOf(native, { ...base, epochs: 8, stopLoss });
    return {
      of: events.flatMap((event) => (event.kind === "epoch" ? [event.validationLoss] : [])),
      end: events.at(-1),
    };
  };
  const whole = await losses();
  const enough = whole.of[3]!;
  const stopped = await losses(enough);
  expect(stopped.of).toEqual(whole.of.slice(0, whole.of.findIndex((loss) => loss <= enough) + 1));
  expect(stopped.end).toMatchObject({ kind: "end", reason: "reached" });
  expect(whole.end).toMatchObject({ reason: "finished" });
});

test("training ends, evaluated and saved, with the update at which its seconds are over", async () => {
  const events = await eventsOf(native, { ...base, epochs: 50, stopSeconds: 1e-9 });
  expect(events.filter(({ kind }) => kind === "step")).toHaveLength(1);
  expect(events.filter(({ kind }) => kind === "evaluation")).toHaveLength(1);
  expect(checkpointsOf(events)).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ kind: "end", reason: "timedOut", step: 1 });
});

test("what is done with events ends no training by its seconds, and is none of them", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 1;
    return now;
  });
  const write = () => {
    now += 1e9;
  };
  try {
    const events = await eventsOf(native, { ...base, stopSeconds: 1000 }, write);
    expect(events.at(-1)).toMatchObject({ reason: "finished", step: 6 });
    expect((events.at(-1) as EndEvent).trainingSeconds).toBeLessThan(1000);
  } finally {
    vi.restoreAllMocks();
  }
});

test("every step has the norm of its gradient, with the bits that clipping would find, watched or not", async () => {
  const norms = async (change: Partial<TrainingOptions>) =>
    (await eventsOf(native, { ...deep, epochs: 4, ...change })).flatMap((event) =>
      event.kind === "step" ? [event.gradientNorm] : [],
    );
  const plain = await norms({});
  expect(plain).toHaveLength(12);
  expect(plain.every((norm) => norm > 0)).toBe(true);
  expect(await norms({ clipNorm: 1e9 })).toEqual(plain);
  expect(await norms({ noiseScale: true })).toEqual(plain);
});

test("the records of a long run carry the noise scale ever more rarely, those of rare records always", async () => {
  const measured = async (change: Partial<TrainingOptions>) =>
    (await eventsOf(native, { ...base, learningRate: 1e-6, noiseScale: true, epochs: 100, ...change })).flatMap(
      (event) => (event.kind === "step" ? [event.noiseScaleLow !== undefined] : []),
    );
  const all = await measured({});
  expect(all).toHaveLength(300);
  expect(all.slice(0, 128).every(Boolean)).toBe(true);
  expect([127, 128, 129, 130, 131].map((i) => all[i])).toEqual([true, false, true, false, true]);
  expect(all.slice(-5)).toEqual([true, false, false, false, true]);
  expect((await measured({ logEvery: 30 })).every(Boolean)).toBe(true);
});

describe("divergence", () => {
  test("the steps before it are recorded, whatever logEvery says", async () => {
    const failing = { ...data, read: poisonedAfter(12) };
    const { events } = await untilError({ ...base, train: failing, epochs: 5, logEvery: 4 });
    const steps = events.flatMap((event) => (event.kind === "step" ? [event] : []));
    // Two micro-batches a step: the seventh meets what is no number.
    expect(steps.map(({ step }) => step)).toEqual([1, 4, 5, 6]);
    expect(steps.every(({ loss, gradientNorm }) => Number.isFinite(loss) && gradientNorm > 0)).toBe(true);
  });

  test("a loss that is no number ends training before it touches a parameter", async () => {
    const { events, error } = await untilError({ ...base, learningRate: 1e38 });
    expect(error).toBeInstanceOf(DivergedError);
    expect((error as Error).message).toBe(
      "train: expected a finite loss, got NaN in epoch 1 at step 3; lower `learningRate` (now 1e+38), or pass `clipNorm` 1",
    );
    expect(events.filter((event) => event.kind === "step").map(({ step }) => step)).toEqual([1, 2]);
    expect(checkpointsOf(events)).toEqual([]);
  });

  test("earlier checkpoints stay as they were given", async () => {
    const failing = { ...data, read: poisonedAfter(12) };
    const { events, error } = await untilError({ ...deep, train: failing, epochs: 5 });
    expect(error).toBeInstanceOf(DivergedError);
    const good = await eventsOf(native, { ...deep, epochs: 2 });
    expect(checkpointsOf(events).map(({ bytes }) => bytes)).toEqual(checkpointsOf(good).map(({ bytes }) => bytes));
  });

  test.each<[string, Partial<TrainingOptions>, RegExp]>([
    // One step per epoch: its loss is finite, what it leaves is not.
    [
      "a validation loss",
      { window: [23], learningRate: 1e38 },
      /expected a finite validation loss, got .* in epoch 1;/,
    ],
    [
      "a parameter",
      { window: [23], learningRate: 1e38, train: scaled(1e4), model: blind },
      /expected finite parameters, got -?Infinity in "output.weight" after step 1;/,
    ],
    [
      "a norm to clip by",
      { train: scaled(1e20), clipNorm: 1 },
      /expected a finite gradient norm, got Infinity in epoch 1 at step 1;/,
    ],
  ])("%s that is no number never reaches a checkpoint", async (_, change, message) => {
    const { events, error } = await untilError({ ...base, epochs: 1, ...change });
    expect(error).toBeInstanceOf(DivergedError);
    expect((error as Error).message).toMatch(message);
    expect(checkpointsOf(events)).toEqual([]);
  });
});

test("random versions of examples change with the epoch, not with the cut into micro-batches; evaluation has none", async () => {
  const drawsOf = async (change: Partial<TrainingOptions>) => {
    const draws = new Set<string>();
    const watched = (name: string, source: Dataset): Dataset => ({
      ...source,
      read(indices, batch, draw) {
        for (const index of indices) draws.add(`${name} ${index} ${draw}`);
        return source.read(indices, batch, draw);
      },
    });
    const { validation } = base;
    const options = {
      ...base,
      ...change,
      train: watched("train", data),
      validation: watched("validation", validation),
    };
    await eventsOf(native, options);
    return draws;
  };
  const draws = await drawsOf({});
  const all = (size: number) => Array.from({ length: size }, (_, i) => i);
  expect(draws).toEqual(
    new Set([
      ...[0, 1].flatMap((epoch) => all(23).map((index) => `train ${index} ${epoch}`)),
      ...all(10).map((index) => `validation ${index} undefined`),
    ]),
  );
  expect(await drawsOf({ window: [5, 2] })).toEqual(draws);
});

test("data that are not the model's are refused by name before anything runs", async () => {
  const other = { ...base, train: clouds(23, [6]) };
  await expect(eventsOf(native, other)).rejects.toThrow(
    'regression_gradient: expected data with "x" as float32[4, 5], got float32[4, 6]; choose a model',
  );
});

test("progress counts to the last step where that ends the run inside an epoch", async () => {
  const events = await eventsOf(native, { ...base, epochs: Number.POSITIVE_INFINITY, steps: 5 });
  const last = events.filter((event) => event.kind === "progress").at(-1);
  // An epoch of 23 examples has three windows of two micro-batches of 4, the last one cut to 7 examples.
  expect(last).toMatchObject({ epoch: 2, microBatch: 4, microBatches: 4, accumulated: 2 });
});
