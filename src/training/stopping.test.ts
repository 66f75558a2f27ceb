import { describe, expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { mlp } from "../model/mlp.ts";
import { schedules } from "../optimizer/schedules.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import type { CheckpointEvent, TrainingEvent } from "./events.ts";
import type { TrainingOptions } from "./options.ts";
import { train } from "./train.ts";

const engine = nativeEngine();

// A validation is three batches; an epoch is three steps.
const base: TrainingOptions = {
  model: mlp({ shape: [5], classes: 3 }, random(5)),
  train: clouds(23),
  validation: clouds(600, [5], 3, 2),
  optimizer: sgd({ momentum: 0.9 }),
  learningRate: 0.05,
  window: [4, 4],
  epochs: 3,
  checkpointEvery: 2,
  seed: 3,
  threads: 1,
  logEvery: 1,
};

const cases: readonly [string, Partial<TrainingOptions>][] = [
  ["at the end of epochs", {}],
  ["at the end of epochs, with checkpoints by steps", { checkpointEvery: { steps: 1 } }],
  ["inside epochs", { evaluateEvery: { steps: 2 }, checkpointEvery: { steps: 2 } }],
  ["at every step", { evaluateEvery: { steps: 1 }, checkpointEvery: { steps: 3 } }],
  ["at the very end", { evaluateEvery: { steps: 100 }, epochs: 9, steps: 5 }],
  [
    "while the rate and the end depend on it",
    {
      schedule: schedules["reduce-on-plateau"]({ learningRate: 0.05, patience: 0, threshold: 0.2 }),
      monitor: { metric: "loss", patience: 2 },
    },
  ],
  ["while weights are averaged", { averaging: { start: 1 } }],
];

/** The data, of which `stop` is called when the n-th batch was read. */
function stoppingAt(source: Dataset, n: number, stop: () => void): Dataset {
  let count = 0;
  return {
    ...source,
    read(indices, batch) {
      if (++count === n) stop();
      return source.read(indices, batch);
    },
  };
}

/** Events until the n-th batch of the validation data stops it. */
async function eventsUntil(options: TrainingOptions, n: number) {
  const controller = new AbortController();
  const validation = stoppingAt(options.validation, n, () => controller.abort());
  const events: TrainingEvent[] = [];
  for await (const event of train(engine, { ...options, validation }, controller.signal)) events.push(event);
  return events;
}

/**
 * What must be equal: records without their seconds, the average, and the last of the checkpoints of each name that
 * stay.
 */
function remaining(events: readonly TrainingEvent[]) {
  const kinds = ["step", "evaluation", "epoch", "averaged"];
  const kept = events.filter((event): event is CheckpointEvent => event.kind === "checkpoint" && !event.passing);
  return {
    records: events.filter(({ kind }) => kinds.includes(kind)).map((event) => ({ ...event, seconds: 0 })),
    checkpoints: Object.fromEntries(kept.map(({ epoch, step, bytes }) => [`${epoch}-${step}`, bytes])),
  };
}

const isInterrupted = (events: readonly TrainingEvent[]) => {
  const last = events.at(-1)!;
  return last.kind === "end" && last.reason === "interrupted";
};

describe.each(cases)("a validation %s", (_, change) => {
  const options = { ...base, ...change };

  test("stops between two of its batches, and is made anew when training goes on", async () => {
    const whole = remaining(await eventsUntil(options, Number.POSITIVE_INFINITY));
    const evaluations = whole.records.filter(
      (record) => record.kind !== "averaged" && "validationLoss" in record && !Number.isNaN(record.validationLoss),
    ).length;
    // The average is validated too, at the end.
    const validations = evaluations + whole.records.filter(({ kind }) => kind === "averaged").length;
    let stopped = 0;
    for (let n = 1; n <= 3 * validations; n++) {
      const first = await eventsUntil(options, n);
      if (!isInterrupted(first)) continue;
      stopped++;
      const last = first.filter((event) => event.kind === "checkpoint").at(-1)!;
      const rest = await eventsUntil({ ...options, from: { bytes: last.bytes, file: "checkpoint" } }, 0);
      expect(remaining([...first, ...rest]), `stopped at batch ${n}`).toEqual(whole);
    }
    // The last batch of the last validation ends training; that of any other is followed by its record.
    expect(stopped).toBe(3 * validations - 1);
  });

  test("reads no further batch", async () => {
    let read = 0;
    const validation = stoppingAt(options.validation, Number.NaN, () => {});
    const counted = {
      ...validation,
      read: (...argv: Parameters<Dataset["read"]>) => {
        read++;
        return validation.read(...argv);
      },
    };
    expect(isInterrupted(await eventsUntil({ ...options, validation: counted }, 1))).toBe(true);
    expect(read).toBe(1);
  });
});
