import { limit } from "../data/dataset.ts";
import type { Engine } from "../runtime/engine.ts";
import type { TrainingEvent } from "./events.ts";
import type { TrainingOptions } from "./options.ts";
import { train } from "./train.ts";

/** What a run of two steps shows. */
export interface DevRun {
  /** Mean losses of the two windows. */
  readonly losses: readonly number[];
  /** On the first examples of the validation data. */
  readonly validationLoss: number;
  readonly validationAccuracy: number | undefined;
  readonly checkpointBytes: number;
}

/** Validation examples that are looked at. */
const FEW = 250;

/**
 * Every part of training once, for a first look at a new model, new data or new options: two windows, an evaluation and
 * a checkpoint after each; then the second again, from the first one's checkpoint. Writes nothing. Throws what training
 * throws, and an error where resuming does not end with the same bits.
 */
export async function devRun(engine: Engine, options: TrainingOptions): Promise<DevRun> {
  const short: TrainingOptions = {
    ...options,
    validation: limit(options.validation, FEW),
    epochs: Number.POSITIVE_INFINITY,
    steps: 2,
    evaluateEvery: { steps: 1 },
    checkpointEvery: { steps: 1 },
    monitor: undefined,
    logEvery: 1,
  };
  const events = await eventsOf(engine, short);
  const [first, last] = checkpointsOf(events);
  const resumed = await eventsOf(engine, { ...short, from: { bytes: first!, file: "the first checkpoint" } });
  const again = checkpointsOf(resumed).at(-1);
  if (again?.length !== last!.length || again.some((byte, i) => byte !== last![i]))
    throw new Error("internal: devRun: expected the same bits after resuming, got others; please report it");
  const evaluated = events.findLast((event) => event.kind === "evaluation" || event.kind === "epoch")!;
  return {
    losses: events.flatMap((event) => (event.kind === "step" ? [event.loss] : [])),
    validationLoss: evaluated.validationLoss,
    validationAccuracy: evaluated.validationAccuracy,
    checkpointBytes: last!.length,
  };
}

async function eventsOf(engine: Engine, options: TrainingOptions): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of train(engine, options)) events.push(event);
  return events;
}

function checkpointsOf(events: readonly TrainingEvent[]): Uint8Array[] {
  return events.flatMap((event) => (event.kind === "checkpoint" ? [event.bytes] : []));
}
