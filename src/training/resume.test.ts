import { describe, expect, test } from "vitest";
import { arraysOf, checkpointsOf, clouds, eventsOf } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { decodeSafetensors, encodeSafetensors } from "../data/files/safetensors.ts";
import { mlp } from "../model/mlp.ts";
import { adamW } from "../optimizer/adam.ts";
import { schedules } from "../optimizer/schedules.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { DataError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import type { TrainingEvent } from "./events.ts";
import type { TrainingOptions } from "./options.ts";

const engine = nativeEngine();
const data = clouds(23);

// 23 examples in windows of 8: three steps and six micro-batches an epoch, the last of 3.
const base: TrainingOptions = {
  model: mlp({ shape: [5], classes: 3 }, random(5)),
  train: data,
  validation: clouds(10, [5], 3, 2),
  optimizer: sgd({ momentum: 0.9 }),
  learningRate: 0.05,
  window: [4, 4],
  epochs: 4,
  checkpointEvery: { steps: 1 },
  seed: 3,
  threads: 1,
  logEvery: 1,
};

/** Every version of an example is shifted by its draw: none is like another. */
function shifted(source: Dataset): Dataset {
  const read: Dataset["read"] = (indices, batch, draw = 0) => {
    source.read(indices, batch);
    const [x] = arraysOf(batch);
    x.forEach((value, i) => {
      x[i] = value + 0.1 * draw;
    });
  };
  return { ...source, read };
}

const cases: Record<string, Partial<TrainingOptions>> = {
  "stochastic gradient descent with momentum": {},
  "AdamW, clipped, its rate on a cosine": {
    optimizer: adamW(),
    clipNorm: 0.5,
    schedule: schedules.cosine({ learningRate: 0.01, warmupSteps: 2 }),
  },
  "one-cycle, which moves the momentum too": {
    schedule: schedules["one-cycle"]({ learningRate: 0.05 }),
  },
  "a plateau that cuts the rate": {
    schedule: schedules["reduce-on-plateau"]({ learningRate: 0.05, patience: 0, threshold: 0.2 }),
    evaluateEvery: { steps: 2 },
  },
  "a training accuracy that is enough": { stopAccuracy: 0.8, evaluateEvery: 3, epochs: 40 },
  "a validation loss that is enough, evaluated by examples": {
    stopLoss: 0.9,
    evaluateEvery: { examples: 7 },
    epochs: 40,
  },
  "early stopping": { monitor: { metric: "accuracy", patience: 5 }, evaluateEvery: { steps: 1 }, epochs: 9 },
  "a bound on the steps, evaluation every other epoch": {
    epochs: Number.POSITIVE_INFINITY,
    steps: 8,
    evaluateEvery: 2,
  },
  float16: { precision: "float16" },
  "float16 that skips steps": { precision: "float16", train: huge(data), learningRate: 1e-5 },
  "random versions of examples": { train: shifted(data) },
  "accumulation by epoch, rate by batch": {
    accumulation: {
      kind: "epochs",
      from: [
        [0, 1],
        [1, 3],
        [3, 2],
      ],
    },
    learningRateScaling: { rule: "sqrt", baseBatchSize: 8 },
    schedule: schedules.linear({ learningRate: 0.05 }),
  },
  "windows that grow with the examples, rate by batch": {
    accumulation: {
      kind: "examples",
      from: [
        [20, 3],
        [40, 5],
      ],
    },
    window: [2],
    learningRateScaling: { rule: "linear", baseBatchSize: 2 },
    schedule: schedules.cosine({ learningRate: 0.01 }),
  },
  "windows that grow where the schedule falls": {
    accumulation: { kind: "seesaw", maximum: 4 },
    window: [2],
    optimizer: adamW(),
    learningRateScaling: { rule: "sqrt", baseBatchSize: 2 },
    schedule: schedules.cosine({ learningRate: 0.01, warmupSteps: 3 }),
  },
  "windows that grow where a plateau cuts the rate": {
    accumulation: { kind: "seesaw", maximum: 6 },
    window: [2],
    learningRateScaling: { rule: "linear", baseBatchSize: 2 },
    schedule: schedules["reduce-on-plateau"]({ learningRate: 0.05, patience: 0, threshold: 0.2, factor: 0.5 }),
    evaluateEvery: { steps: 5 },
  },
  "an average of weights": { averaging: { start: 1, period: 2 }, optimizer: adamW() },
  "less memory": { gradientCheckpointing: true },
  dropout: { dropout: 0.3, window: [4, 2] },
  "dropout in float16, with the noise scale": { dropout: 0.3, precision: "float16", noiseScale: true, window: [4] },
  "the noise scale": { noiseScale: true, window: [3, 3, 2] },
  "the noise scale of single micro-batches": { noiseScale: true, window: [2] },
  "windows that grow with the noise scale": {
    noiseScale: true,
    window: [1, 1],
    epochs: 14,
    accumulation: { kind: "noise-scale", maximum: 6, ratio: 30 },
    learningRateScaling: { rule: "linear", baseBatchSize: 2 },
    schedule: schedules.cosine({ learningRate: 0.01 }),
  },
};

/** Gradients too long for float16 at the scale that training starts with. */
function huge(source: Dataset): Dataset {
  const read: Dataset["read"] = (indices, batch) => {
    source.read(indices, batch);
    const [x] = arraysOf(batch);
    x.forEach((value, i) => {
      x[i] = value * 50;
    });
  };
  return { ...source, read };
}

/** What must be equal: the records without their seconds. */
function recordsOf(events: readonly TrainingEvent[]) {
  const kinds = ["step", "evaluation", "epoch", "accumulation"];
  return events.filter((event) => kinds.includes(event.kind)).map((event) => ({ ...event, seconds: 0 }));
}

/** Everything after the i-th event must come again from its checkpoint. */
async function expectSame(options: TrainingOptions, whole: readonly TrainingEvent[], i: number) {
  const checkpoint = whole[i]!;
  if (checkpoint.kind !== "checkpoint") throw new Error("no checkpoint");
  const rest = await eventsOf(engine, { ...options, from: { bytes: checkpoint.bytes, file: "checkpoint" } });
  expect(recordsOf(rest)).toEqual(recordsOf(whole.slice(i)));
  const averageOf = (events: readonly TrainingEvent[]) => events.filter((event) => event.kind === "averaged");
  expect(averageOf(rest)).toEqual(averageOf(whole));
  expect(rest.at(-1)).toMatchObject({
    ...whole.at(-1),
    trainingSeconds: expect.any(Number),
    timedMicroBatches: expect.any(Number),
  });
  const last = checkpointsOf(whole).at(-1)!;
  // At the very end there is nothing left to do, and so no new checkpoint.
  expect(checkpointsOf(rest).at(-1)?.bytes ?? checkpoint.bytes).toEqual(last.bytes);
}

describe.each(Object.entries(cases))("goes on bit for bit: %s", (_, change) => {
  const options = { ...base, ...change };
  const events = eventsOf(engine, options);

  test("from checkpoints inside epochs, at their end, and at the end of all", async () => {
    const whole = await events;
    const places = whole.flatMap((event, i) => (event.kind === "checkpoint" ? [i] : []));
    expect(places.length).toBeGreaterThan(5);
    // Of an uninterrupted run the last checkpoint is that of the end.
    for (const i of [places[0]!, places[2]!, places[4]!, places.at(-2)!, places.at(-1)!])
      await expectSame(options, whole, i);
  });

  test("from interruptions", async () => {
    const whole = await events;
    for (const step of [1, 3, 5]) {
      const controller = new AbortController();
      const stop = (event: TrainingEvent) => event.kind === "step" && event.step === step && controller.abort();
      const some = { ...options, checkpointEvery: 100 };
      const before = await eventsOf(engine, some, stop, controller.signal);
      expect(before.at(-1)).toMatchObject({ kind: "end", reason: "interrupted", step });
      const [checkpoint] = checkpointsOf(before).slice(-1);
      const rest = await eventsOf(engine, { ...some, from: { bytes: checkpoint!.bytes, file: "checkpoint" } });
      expect([...recordsOf(before), ...recordsOf(rest)]).toEqual(recordsOf(whole));
      expect(checkpointsOf(rest).at(-1)!.bytes).toEqual(checkpointsOf(whole).at(-1)!.bytes);
    }
  });
});

test("a checkpoint that was due at the very step from which training goes on stays one to keep", async () => {
  const options = { ...base, checkpointEvery: { steps: 2 } };
  const [first] = checkpointsOf(await eventsOf(engine, options));
  expect(first).toMatchObject({ step: 2, passing: false });
  const from = { bytes: first!.bytes, file: "checkpoint" };
  const again = checkpointsOf(await eventsOf(engine, { ...options, from, checkpointIsDue: () => true }));
  expect(again[0]).toMatchObject({ step: 2, passing: false });
});

test("the cases do what they are for", async () => {
  const records = async (name: string) => eventsOf(engine, { ...base, ...cases[name] });
  const stopped = await records("early stopping");
  expect(stopped.at(-1)).toMatchObject({ kind: "end", reason: "stopped" });
  const skipping = await records("float16 that skips steps");
  expect(skipping.at(-1)).toMatchObject({ kind: "end", skippedSteps: expect.toSatisfy((n: number) => n > 0 && n < 9) });
  const grown = await records("windows that grow with the noise scale");
  const sizes = grown.flatMap((event) => (event.kind === "accumulation" ? [event.effectiveBatchSize] : []));
  expect(sizes.length).toBeGreaterThan(0);
  const rates = grown.flatMap((event) => (event.kind === "step" ? [event] : []));
  // The cosine alone only falls.
  expect(rates.some(({ learningRate }, i) => i > 0 && learningRate > rates[i - 1]!.learningRate)).toBe(true);
  const plateau = (await records("a plateau that cuts the rate")).filter((event) => event.kind === "step");
  expect(new Set(plateau.map((event) => event.learningRate)).size).toBeGreaterThan(2);
});

describe("is refused", () => {
  const checkpoint = eventsOf(engine, { ...base, epochs: 1 }).then((events) => checkpointsOf(events)[0]!.bytes);
  test.each<[string, Partial<TrainingOptions>, new (message: string) => Error, RegExp]>([
    [
      "with another model",
      { model: mlp({ shape: [5], classes: 4 }, random(5)) },
      DataError,
      /c\.safetensors: expected "output.weight"/,
    ],
    [
      "with another optimizer",
      { optimizer: adamW() },
      DataError,
      /c\.safetensors: expected "optimizer.mean.hidden.weight"/,
    ],
    [
      "with fewer data",
      { train: clouds(7), window: [4] },
      UsageError,
      /expected a position in \[0, 7\], got 8; resume with the data/,
    ],
  ])("%s", async (_, change, kind, message) => {
    const from = { bytes: await checkpoint, file: "c.safetensors" };
    const run = eventsOf(engine, { ...base, ...change, from });
    await expect(run).rejects.toThrow(kind);
    await expect(run).rejects.toThrow(message);
  });
});

test("seconds that end a training count those before it was gone on with", async () => {
  const options = { ...base, stopSeconds: 3600 };
  const [first] = checkpointsOf(await eventsOf(engine, options));
  const told = decodeSafetensors(first!.bytes, "first").metadata.batchscope!;
  const bytes = (trainedSeconds: number) => {
    const { tensors, metadata } = decodeSafetensors(first!.bytes, "first");
    return encodeSafetensors(tensors, {
      ...metadata,
      batchscope: JSON.stringify({ ...JSON.parse(told), trainedSeconds }),
    });
  };
  expect(JSON.parse(told).trainedSeconds).toBeGreaterThan(0);
  const goneOn = async (seconds: number) =>
    (await eventsOf(engine, { ...options, from: { bytes: bytes(seconds), file: "first" } })).at(-1);
  expect(await goneOn(3600)).toMatchObject({ reason: "timedOut", step: 1 });
  expect(await goneOn(0)).toMatchObject({ reason: "finished", step: 12 });
});
