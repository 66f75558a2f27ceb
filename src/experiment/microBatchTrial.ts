import { limit } from "../data/dataset.ts";
import type { Schedule } from "../optimizer/schedule.ts";
import type { Engine } from "../runtime/engine.ts";
import { createSessionRun } from "../session/create.ts";
import { peakMemory } from "../session/memory.ts";
import type { Prepared } from "../session/prepared.ts";
import { trainRun } from "../session/run.ts";
import { UsageError } from "../tensor/errors.ts";
import type { TrainingOptions } from "../training/options.ts";

/** Validation examples that a trial which searches looks at: as many as one pass of an evaluation takes. */
const FEW = 250;
/** The second epoch evaluates, writes and trains with all that the first has compiled in memory. */
const EPOCHS = 2;

/** A learning rate of 0, at which nothing diverges. */
export const atRest: Schedule = { name: "at rest", initial: null, rate: () => 0, evaluated: () => null };

/** What one trial trains. */
export interface MicroBatchTrial {
  /** Updates of an epoch, beside what the end of the data cuts short. */
  readonly updates: number;
  /** All of the validation data, as `train` evaluates them. */
  readonly whole: boolean;
  /** A store that may be thrown away: the run is written as `train` writes it. */
  readonly store: string;
}

/**
 * Trains and records a run as `train` does, but short: two epochs of some updates and of the micro-batches that the end
 * of the data cuts short, each with an evaluation and a checkpoint. The learning rate is 0, so that nothing diverges.
 * The peak memory of the process, in bytes; meant for a process that does nothing else. Throws what `trainRun` throws.
 */
export async function tryMicroBatch(engine: Engine, prepared: Prepared, trial: MicroBatchTrial): Promise<number> {
  const { configuration, options } = prepared;
  const short: Prepared = {
    ...prepared,
    configuration: { ...configuration, dir: trial.store },
    options: shortened(options, trial),
  };
  await trainRun(short, () => createSessionRun(short), { engine });
  return peakMemory();
}

function shortened(options: TrainingOptions, { updates, whole }: MicroBatchTrial): TrainingOptions {
  const { window, train: data, validation } = options;
  const examples = window.reduce((sum, size) => sum + size, 0);
  if (examples > data.size)
    throw new UsageError(
      `tryMicroBatch: expected at most the ${data.size} examples of ${data.name}, got ${examples}; lower the size`,
    );
  const kept = Math.min(data.size, updates * examples + (data.size % examples));
  return {
    ...options,
    train: limit(data, kept),
    validation: whole ? validation : limit(validation, Math.min(FEW, validation.size)),
    schedule: atRest,
    accumulation: undefined,
    averaging: undefined,
    epochs: EPOCHS,
    steps: undefined,
  };
}
