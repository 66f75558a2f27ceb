import { limit } from "../data/dataset.ts";
import type { Engine } from "../runtime/engine.ts";
import { peakMemory } from "../session/memory.ts";
import { UsageError } from "../tensor/errors.ts";
import { prepare, release } from "../training/loop.ts";
import type { TrainingOptions } from "../training/options.ts";
import { train } from "../training/train.ts";
import type { ExampleTime } from "./microBatchSearch.ts";

/** Validation examples that are looked at: as many as one pass of an evaluation takes. */
const FEW = 250;
/** Micro-batches that are timed: at least and at most, and the time after which the least is enough. */
const TIMED = { least: 7, most: 50, seconds: 0.5 };
const WARM_UP = 2;

export interface MicroBatchTrial {
  /** Of the whole process so far. */
  readonly peakBytes: number;
  readonly secondsPerExample: ExampleTime;
}

/**
 * Trains for `updates` updates and everything else that a run does once: the micro-batches that the end of the data
 * cuts short, an evaluation and a checkpoint. The learning rate is 0, so that nothing diverges. `onPeak` is told the
 * peak memory of the process before the micro-batches of the first size are timed. Meant for a process that does
 * nothing else. Throws what `train` throws.
 */
export async function tryMicroBatch(
  engine: Engine,
  options: TrainingOptions,
  updates: number,
  onPeak: (bytes: number) => void,
): Promise<MicroBatchTrial> {
  const trial = shortened(options, updates);
  for await (const _event of train(engine, trial));
  const peakBytes = peakMemory();
  onPeak(peakBytes);
  return { peakBytes, secondsPerExample: await timeMicroBatches(engine, trial) };
}

/** One epoch of some updates and of the rest that the last window of the whole data has. */
function shortened(options: TrainingOptions, updates: number): TrainingOptions {
  const { window, train: data, validation } = options;
  const examples = window.reduce((sum, size) => sum + size, 0);
  if (examples > data.size)
    throw new UsageError(
      `tryMicroBatch: expected at most the ${data.size} examples of ${data.name}, got ${examples}; lower the size`,
    );
  const kept = Math.min(data.size, updates * examples + (data.size % examples));
  const atRest = { name: "at rest", initial: null, rate: () => 0, evaluated: () => null };
  return {
    ...options,
    train: limit(data, kept),
    validation: limit(validation, Math.min(FEW, validation.size)),
    schedule: atRest,
    accumulation: undefined,
    averaging: undefined,
    monitor: undefined,
    epochs: 1,
    steps: undefined,
  };
}

async function timeMicroBatches(engine: Engine, options: TrainingOptions): Promise<ExampleTime> {
  const { train: data, window } = options;
  const size = window[0]!;
  const loop = await prepare(engine, options);
  const times: number[] = [];
  try {
    const start = performance.now();
    for (let run = 0; run < TIMED.most + WARM_UP; run++) {
      const indices = Uint32Array.from({ length: size }, (_, i) => (run * size + i) % data.size);
      const began = performance.now();
      await loop.gradients.run(data, indices, true);
      if (run >= WARM_UP) times.push((performance.now() - began) / 1000 / size);
      if (times.length >= TIMED.least && performance.now() - start > 1000 * TIMED.seconds) break;
    }
  } finally {
    release(loop);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return { median: quantile(0.5), lower: quantile(0.25), upper: quantile(0.75), runs: times.length };
}
