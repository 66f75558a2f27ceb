import type { Dataset } from "../data/dataset.ts";
import { createSampler, type Sampler } from "../data/sampler.ts";
import { defaultLoss, divisor, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Engine } from "../runtime/engine.ts";
import type { EpochRecord, StepRecord } from "../store/schema.ts";
import { DivergedError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { encodeCheckpoint } from "./checkpoint.ts";
import { type Clock, startClock } from "./clock.ts";
import type { Precision } from "./graphs.ts";
import { createLossScaler, type LossScaler } from "./lossScaler.ts";
import {
  accuracyOf,
  addTotals,
  evaluationPass,
  gradientPass,
  meanLoss,
  noTotals,
  type Pass,
  type Totals,
} from "./microBatch.ts";
import { newTrainingState, type TrainingState } from "./state.ts";
import { createUpdater, type Updater } from "./update.ts";

export interface TrainingOptions {
  readonly model: Model;
  readonly train: Dataset;
  readonly validation: Dataset;
  /** Default cross-entropy. */
  readonly loss?: Loss;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  /** Micro-batch sizes of one full window (effective batch): [4, 4] is batch 4 with 2 accumulation steps. */
  readonly window: readonly number[];
  readonly epochs: number;
  /** Epochs between checkpoints; the last epoch always has one. */
  readonly checkpointEvery: number;
  readonly clipNorm?: number | undefined;
  /** Less memory for more time, with the same gradients: see `recompute`. Default false. */
  readonly gradientCheckpointing?: boolean;
  /** "float16" is emulated mixed precision (see `autocast`) with dynamic loss scaling. Default "float32". */
  readonly precision?: Precision;
  readonly seed: number;
  readonly threads: number;
  /** Optimizer steps between two step records. */
  readonly logEvery: number;
}

export type TrainingEvent = ProgressEvent | CheckpointEvent | StepRecord | EpochRecord | EndEvent;

/** At most every 50 ms: how far the epoch is. Loss and accuracy are means over the epoch so far. */
export interface ProgressEvent {
  readonly kind: "progress";
  readonly epoch: number;
  readonly microBatch: number;
  readonly microBatches: number;
  /** Micro-batches accumulated in the current window. */
  readonly accumulated: number;
  readonly loss: number;
  /** Undefined where the loss is none of classes. */
  readonly accuracy: number | undefined;
}

export interface CheckpointEvent {
  readonly kind: "checkpoint";
  readonly epoch: number;
  readonly step: number;
  readonly bytes: Uint8Array;
}

export interface EndEvent {
  readonly kind: "end";
  readonly reason: "finished" | "interrupted";
  /** Optimizer steps and examples in all, recorded or not. */
  readonly step: number;
  readonly examples: number;
  readonly microBatches: number;
  /** Spent in training alone, without evaluation. */
  readonly trainingSeconds: number;
  /** In float16: windows whose gradients overflowed, so that no step was made of them. */
  readonly skippedSteps?: number;
}

/** Independent random streams of one seed. */
export const streams = { initialization: 0, sampling: 1 } as const;

const EVALUATION_BATCH = 250;

/** What one run of the loop owns. Nothing else changes the state. */
interface Loop {
  readonly options: TrainingOptions;
  readonly state: TrainingState;
  readonly sampler: Sampler;
  readonly gradients: Pass;
  readonly evaluation: Pass;
  readonly updater: Updater;
  /** Only in float16. */
  readonly scaler: LossScaler | undefined;
  readonly clock: Clock;
  /** Completed so far, over all epochs. */
  step: number;
  examples: number;
  microBatches: number;
  skippedSteps: number;
}

/**
 * Trains, and tells what happens as events; whoever reads them changes nothing of the result. Counts three things by three names:
 * micro-batch, step (optimizer step, one per window) and epoch. When `signal` aborts, the current window is finished, a
 * checkpoint is given, and the end event says "interrupted". Throws `DivergedError` before a non-finite loss touches a parameter.
 */
export async function* train(
  engine: Engine,
  options: TrainingOptions,
  signal?: AbortSignal,
): AsyncGenerator<TrainingEvent> {
  const loop = await prepare(engine, options);
  try {
    for (let epoch = 1; epoch <= options.epochs; epoch++) {
      const totals = yield* trainEpoch(loop, epoch, signal);
      if (signal?.aborted) {
        yield checkpoint(loop, epoch - 1);
        yield end(loop, "interrupted");
        return;
      }
      yield await evaluate(loop, epoch, totals);
      if (epoch % options.checkpointEvery === 0 || epoch === options.epochs) yield checkpoint(loop, epoch);
    }
    yield end(loop, "finished");
  } finally {
    for (const resource of [loop.gradients, loop.evaluation, loop.updater, loop.scaler]) resource?.release();
  }
}

async function prepare(engine: Engine, options: TrainingOptions): Promise<Loop> {
  const { model, optimizer, train: data, window, seed, threads, gradientCheckpointing = false, precision } = options;
  const { loss = defaultLoss } = options;
  const sampler = createSampler({ size: data.size, window, random: random(seed, streams.sampling) });
  const state = newTrainingState(model, optimizer);
  const examples = window.reduce((sum, size) => sum + size, 0);
  const scaler = precision === "float16" ? await createLossScaler(engine, state, examples) : undefined;
  return {
    options,
    state,
    sampler,
    gradients: gradientPass(engine, model, state, { threads, loss, gradientCheckpointing, lossScale: scaler?.factor }),
    evaluation: evaluationPass(engine, model, state, { threads, loss }),
    updater: await createUpdater(engine, optimizer, state, { threads }),
    scaler,
    clock: startClock(),
    step: 0,
    examples: 0,
    microBatches: 0,
    skippedSteps: 0,
  };
}

async function* trainEpoch(
  loop: Loop,
  epoch: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainingEvent, Totals> {
  const { options, sampler, gradients, clock } = loop;
  const { loss = defaultLoss } = options;
  let [totals, microBatch, accumulated] = [noTotals, 0, 0];
  const progress = (sums: Totals): ProgressEvent => {
    const sofar = addTotals(totals, sums);
    const done = { epoch, microBatch, microBatches: sampler.microBatchesPerEpoch, accumulated };
    return { kind: "progress", ...done, loss: meanLoss(loss, sofar), accuracy: accuracyOf(sofar) };
  };
  for (const window of sampler.epoch()) {
    let sums = noTotals;
    accumulated = 0;
    for (const indices of window) {
      sums = addTotals(sums, await gradients.run(options.train, indices, accumulated === 0));
      accumulated++;
      microBatch++;
      if (clock.progressIsDue()) {
        yield progress(sums);
        await letOthersRun();
      }
    }
    loop.microBatches += window.length;
    const record = await update(loop, epoch, sums);
    totals = addTotals(totals, sums);
    if (record) yield record;
    if (signal?.aborted) break;
  }
  yield progress(noTotals);
  return totals;
}

/** One optimizer step for the window whose gradient sums lie in the state. Gives a record on every `logEvery`-th step. */
async function update(loop: Loop, epoch: number, sums: Totals): Promise<StepRecord | undefined> {
  const { options, updater, clock } = loop;
  const { learningRate, clipNorm } = options;
  const weight = divisor(options.loss ?? defaultLoss, sums.weight);
  const loss = sums.loss / weight;
  if (!Number.isFinite(sums.loss))
    throw diverged(`a finite loss, got ${loss} in epoch ${epoch} at step ${loop.step + 1}`, options);
  loop.examples += sums.examples;
  // Every label of the window is ignored or weighs nothing: there is nothing to learn from it.
  if (weight === 0) return undefined;
  if (!(await unscale(loop, epoch))) return undefined;
  loop.step++;
  const recorded = loop.step === 1 || loop.step % options.logEvery === 0;
  const gradientNorm = recorded || clipNorm !== undefined ? await updater.gradientNorm(weight) : Number.NaN;
  // Clipping by an infinite norm would quietly stop training. Without clipping the norm is only watched.
  if (clipNorm !== undefined && !Number.isFinite(gradientNorm))
    throw diverged(`a finite gradient norm, got ${gradientNorm} in epoch ${epoch} at step ${loop.step}`, options);
  await updater.step({ weight, learningRate, step: loop.step, clipNorm }, gradientNorm);
  if (!recorded) return undefined;
  const { step, examples } = loop;
  return { kind: "step", step, epoch, examples, loss, gradientNorm, learningRate, seconds: clock.seconds() };
}

/** Below it, even a gradient of 1 is nothing in float16: it is not the scale that makes gradients infinite. */
const LEAST_SCALE = 2 ** -24;

/** Takes the loss scale out of the sums. False where they overflowed: the window makes no step, the next has half the scale. */
async function unscale(loop: Loop, epoch: number): Promise<boolean> {
  const { scaler } = loop;
  if (!scaler || (await scaler.unscale())) return true;
  loop.skippedSteps++;
  if (scaler.current().scale >= LEAST_SCALE) return false;
  const place = `in epoch ${epoch} after step ${loop.step}`;
  throw diverged(`finite float16 gradients, got infinite ones ${place} at every loss scale`, loop.options);
}

function diverged(what: string, { learningRate }: TrainingOptions): DivergedError {
  return new DivergedError(`train: expected ${what}; lower the learning rate (now ${learningRate}) or clip gradients`);
}

async function evaluate(loop: Loop, epoch: number, trained: Totals): Promise<EpochRecord> {
  const { step, examples, clock } = loop;
  clock.pause();
  const validated = await evaluateAll(loop.evaluation, loop.options.validation);
  clock.resume();
  const { loss = defaultLoss } = loop.options;
  const [trainAccuracy, validationAccuracy] = [accuracyOf(trained), accuracyOf(validated)];
  if (!Number.isFinite(validated.loss))
    throw diverged(`a finite validation loss, got ${validated.loss} in epoch ${epoch}`, loop.options);
  return {
    kind: "epoch",
    epoch,
    step,
    examples,
    trainLoss: meanLoss(loss, trained),
    ...(trainAccuracy !== undefined && { trainAccuracy }),
    validationLoss: meanLoss(loss, validated),
    ...(validationAccuracy !== undefined && { validationAccuracy }),
    seconds: clock.seconds(),
  };
}

/** Sums over a whole data set, in its own order. */
export async function evaluateAll(pass: Pass, data: Dataset): Promise<Totals> {
  let totals = noTotals;
  for (let start = 0; start < data.size; start += EVALUATION_BATCH) {
    const length = Math.min(EVALUATION_BATCH, data.size - start);
    totals = addTotals(
      totals,
      await pass.run(
        data,
        Uint32Array.from({ length }, (_, i) => start + i),
        true,
      ),
    );
    await letOthersRun();
  }
  return totals;
}

/** Throws `DivergedError` where a parameter is no finite number any more: no checkpoint ever holds one. */
function checkpoint({ state, sampler, scaler, step, examples, options }: Loop, epoch: number): CheckpointEvent {
  const bad = state.parameters.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const { name } = state.layout.entries.findLast(({ offset }) => offset <= bad)!;
    throw diverged(`finite parameters, got ${state.parameters[bad]} in "${name}" after step ${step}`, options);
  }
  const scaling = scaler && { lossScale: scaler.current() };
  const bytes = encodeCheckpoint(state, { epoch, step, examples, sampler: sampler.state(), ...scaling });
  return { kind: "checkpoint", epoch, step, bytes };
}

function end(
  { step, examples, microBatches, clock, scaler, skippedSteps }: Loop,
  reason: EndEvent["reason"],
): EndEvent {
  const skipped = scaler && { skippedSteps };
  return { kind: "end", reason, step, examples, microBatches, trainingSeconds: clock.trainingSeconds(), ...skipped };
}

/** Gives signals and timers their turn: awaiting a short run alone would never leave the microtask queue. */
function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
