import type { SamplerState } from "../data/sampler.ts";
import { averageWeights, isAveraged } from "../optimizer/averageWeights.ts";
import type { Engine } from "../runtime/engine.ts";
import { smoothNoiseScale } from "../statistics/noiseOverTime.ts";
import { DivergedError } from "../tensor/errors.ts";
import { averagedModel } from "./averagedModel.ts";
import { letOthersRun } from "./clock.ts";
import { afterEpoch } from "./contract/window.ts";
import { endOfEpoch, evaluate } from "./evaluate.ts";
import type { EndEvent, FindingEvent, TrainingEvent } from "./events.ts";
import {
  checkpoint,
  initialWindow,
  note,
  prepare,
  release,
  samplerStateOf,
  type TrainingLoop,
  trainedSeconds,
  windowsChange,
} from "./loop.ts";
import { accuracyOf, noTotals } from "./microBatch.ts";
import { outOfPatience } from "./monitor.ts";
import type { EvaluationPeriod } from "./options.ts";
import { type TrainOptions, trainingOptions } from "./trainOptions.ts";
import { unlessAborted } from "./unlessAborted.ts";
import { findingsOf, followEpochs, openWindow, progressEvent } from "./window.ts";

/**
 * Trains, and tells what happens as events; whoever reads them changes nothing of the result. What the options do not
 * say is as on the command line: AdamW at its usual rate, batches of 4, 30 epochs, and a fifth of `train` to validate
 * where no `validation` is given. Counts three things by three names: micro-batch, step (optimizer step, one per
 * window) and epoch. When `signal` aborts, the current window is finished (a validation stops between two batches, and
 * is made anew when training goes on), a checkpoint is given, and the end event says "interrupted".
 *
 * With `from`, training goes on where the checkpoint was written: parameters and records, seconds apart, are then those
 * of a run that was never interrupted, bit for bit, where options, engine and threads are the same. Throws `DataError`
 * for a checkpoint that does not fit, `UsageError` for options that it does not know or cannot use, and
 * `DivergedError` before a non-finite loss touches a parameter.
 */
export async function* train(engine: Engine, given: TrainOptions, signal?: AbortSignal): AsyncGenerator<TrainingEvent> {
  const loop = await prepare(engine, trainingOptions(engine, given));
  for await (const event of eventsOf(loop, signal)) {
    // What is done with an event, as writing it down, is no training: a slow disk ends none.
    loop.clock.pause();
    yield event;
    loop.clock.resume();
  }
}

async function* eventsOf(loop: TrainingLoop, signal: AbortSignal | undefined): AsyncGenerator<TrainingEvent, void> {
  const { options } = loop;
  try {
    if (taken(loop) > 0 && taken(loop) < options.train.size) yield* whatIsDue(loop, signal);
    try {
      while (!isOver(loop) && !signal?.aborted) yield* trainEpoch(loop, signal);
    } catch (error) {
      // Where training diverges, the steps before it come first.
      if (error instanceof DivergedError) {
        yield* loop.unrecorded;
        if (loop.contract) yield notFinite(loop);
      }
      throw error;
    }
    if (isOver(loop) && !isEvaluated(loop)) yield* evaluate(loop, signal);
    const over = isOver(loop) && isEvaluated(loop);
    const asked = over || (isDueAtStep(options.checkpointEvery, loop.progress.step) && !isMoreDue(loop));
    if (loop.checkpointed !== loop.progress) yield checkpoint(loop, !asked);
    const { average, sessions } = loop;
    const averaged =
      over && average ? await unlessAborted(signal, averagedModel(sessions, options, average, signal)) : null;
    if (averaged) yield { kind: "averaged", ...averaged };
    yield end(loop, over && averaged !== undefined ? reasonOf(loop) : "interrupted");
  } finally {
    release(loop);
  }
}

function notFinite({ progress, learningRate, options }: TrainingLoop): FindingEvent {
  const rate = Number.isNaN(learningRate) ? options.learningRate : learningRate;
  const evidence = [{ name: "learningRate", value: rate, unit: "" }] as const;
  return { kind: "finding", finding: { kind: "not-finite", step: progress.step, strength: "fault", evidence } };
}

/** The rest of the current epoch, all of it where none was begun. */
async function* trainEpoch(loop: TrainingLoop, signal: AbortSignal | undefined): AsyncGenerator<TrainingEvent, void> {
  const { sampler, options, clock } = loop;
  if (taken(loop) === 0) {
    const change = followEpochs(loop);
    if (change) yield change;
  }
  yield progressEvent(loop, noTotals, 0, 0);
  let [before, last, closing] = [taken(loop), 0, samplerStateOf(loop)];
  for (const window of sampler.epoch()) {
    const open = openWindow(loop, window.length, before);
    for (const indices of window) {
      await open.add(indices);
      if (!clock.progressIsDue()) continue;
      yield open.progress();
      await letOthersRun();
    }
    for (const record of await open.close()) yield record;
    if (signal?.aborted) return;
    before = taken(loop);
    last = window.length;
    // What comes next is the end of the epoch, which sees to the same.
    if (before === options.train.size) {
      closing = samplerStateOf(loop);
      continue;
    }
    if (isAnythingDue(loop)) yield* whatIsDue(loop, signal);
    if (signal?.aborted) return;
    if (isOver(loop)) break;
  }
  yield progressEvent(loop, noTotals, 0, last);
  if (taken(loop) === 0) yield* endEpoch(loop, closing, signal);
  if (loop.contract) yield* findingsOf(loop.contract);
}

/** Cheap, as it is asked after every step: whether `whatIsDue` may find something. */
function isAnythingDue(loop: TrainingLoop): boolean {
  const {
    options,
    progress: { step },
  } = loop;
  const { checkpointEvery, checkpointIsDue } = options;
  return checkpointIsDue !== undefined || isEvaluationDue(loop) || isDueAtStep(checkpointEvery, step);
}

/** Whether at this step something comes before a checkpoint that is due: the end of the epoch, or an evaluation. */
function isMoreDue(loop: TrainingLoop): boolean {
  return taken(loop) === loop.options.train.size || (isEvaluationDue(loop) && !isEvaluated(loop));
}

function isEvaluated({ progress: { step, evaluatedStep } }: TrainingLoop): boolean {
  return evaluatedStep === step;
}

/** Inside an epoch: what is to be done every so many steps. */
async function* whatIsDue(loop: TrainingLoop, signal: AbortSignal | undefined): AsyncGenerator<TrainingEvent, void> {
  const { options, progress } = loop;
  const { step } = progress;
  const evaluates = isEvaluationDue(loop) && !isEvaluated(loop);
  if (evaluates) yield* evaluate(loop, signal);
  if (evaluates && !isEvaluated(loop)) return;
  // The checkpoint of a stop before the evaluation does not know it.
  const isDue = isDueAtStep(options.checkpointEvery, step);
  const saves = isDue && (evaluates || loop.checkpointed?.step !== step);
  const passes = options.checkpointIsDue?.() || (evaluates && improves(loop));
  // One that is to stay does so, even if it is written again where the run goes on.
  if (saves || passes) yield checkpoint(loop, !isDue);
}

/**
 * `closing` is where the sampler was before it closed the epoch: there training goes on where the validation is
 * stopped.
 */
async function* endEpoch(
  loop: TrainingLoop,
  closing: SamplerState,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainingEvent, void> {
  const { progress } = loop;
  const { evaluateEvery = 1, checkpointEvery } = loop.options;
  const { epoch, step, totals } = loop.progress;
  note(loop, { epoch: epoch + 1, totals: noTotals, epochMicroBatches: 0, ...accurate(loop) });
  const evaluates = isDueAtEpoch(evaluateEvery, epoch + 1) || isEvaluationDue(loop) || isOver(loop);
  if (!(yield* endOfEpoch(loop, totals, { evaluated: evaluates, signal }))) {
    loop.progress = progress;
    loop.unclosed = closing;
    return;
  }
  if (loop.contract) afterEpoch(loop.contract);
  takeIntoAverage(loop);
  const saves = isDueAtEpoch(checkpointEvery, epoch + 1) || isDueAtStep(checkpointEvery, step);
  if (saves || (evaluates && improves(loop))) yield checkpoint(loop, !(saves || isOver(loop)));
}

/** Whether the epoch that ends has the training accuracy that is enough. */
function accurate({ options: { stopAccuracy }, progress: { totals } }: TrainingLoop): { accurate?: boolean } {
  return stopAccuracy === undefined ? {} : { accurate: (accuracyOf(totals) ?? Number.NaN) >= stopAccuracy };
}

/** The weights at the end of an epoch that is to be averaged. */
function takeIntoAverage(loop: TrainingLoop): void {
  const { averaging } = loop.options;
  if (averaging && isAveraged(loop.progress.epoch, averaging))
    loop.average = averageWeights(loop.average, loop.state.parameters);
}

/** Examples taken of the current epoch: 0 before its first, all of them until it is closed. */
function taken(loop: TrainingLoop): number {
  return samplerStateOf(loop).position;
}

function isOver(loop: TrainingLoop): boolean {
  // An epoch that is complete must be closed first.
  if (taken(loop) === loop.options.train.size) return false;
  const { accurate = false, reached = false } = loop.progress;
  return isLengthOver(loop) || accurate || reached || isTimeOver(loop) || stopsEarly(loop);
}

function isLengthOver({ options, progress: { epoch, step } }: TrainingLoop): boolean {
  const { epochs, steps = Number.POSITIVE_INFINITY } = options;
  return epoch >= epochs || step >= steps;
}

/** Never before the first update. */
function isTimeOver(loop: TrainingLoop): boolean {
  const { stopSeconds } = loop.options;
  return stopSeconds !== undefined && loop.progress.step > 0 && trainedSeconds(loop) >= stopSeconds;
}

function reasonOf(loop: TrainingLoop): EndEvent["reason"] {
  if (loop.progress.accurate) return "accurate";
  if (loop.progress.reached) return "reached";
  if (!isLengthOver(loop) && isTimeOver(loop)) return "timedOut";
  return stopsEarly(loop) ? "stopped" : "finished";
}

function stopsEarly({ options: { monitor }, progress }: TrainingLoop): boolean {
  return monitor !== undefined && outOfPatience(progress.monitor, monitor);
}

/** Whether the evaluation of this step is the best, where someone watches for it. */
function improves({ options, progress }: TrainingLoop): boolean {
  return options.monitor !== undefined && progress.monitor.best?.step === progress.step;
}

function isDueAtEpoch(interval: EvaluationPeriod, epoch: number): boolean {
  return typeof interval === "number" && epoch % interval === 0;
}

function isDueAtStep(interval: EvaluationPeriod | undefined, step: number): boolean {
  return typeof interval === "object" && "steps" in interval && step > 0 && step % interval.steps === 0;
}

/** Inside an epoch or at its end, what steps or examples ask for. */
function isEvaluationDue({ options: { evaluateEvery: interval }, progress }: TrainingLoop): boolean {
  if (typeof interval !== "object" || "steps" in interval) return isDueAtStep(interval, progress.step);
  const { examples, evaluatedExamples = 0 } = progress;
  return Math.floor(examples / interval.examples) > Math.floor(evaluatedExamples / interval.examples);
}

function end(loop: TrainingLoop, reason: EndEvent["reason"]): EndEvent {
  const { progress, clock, scaler, timedMicroBatches, unwatched, options } = loop;
  const { step, examples, microBatches, skippedSteps, noise } = progress;
  const watched = noise && noise.blocks.length > 0 && { noiseScale: smoothNoiseScale(noise).noiseScale };
  const skipped = scaler && { skippedSteps };
  const time = { trainingSeconds: clock.trainingSeconds(), timedMicroBatches };
  return {
    kind: "end",
    reason,
    step,
    examples,
    microBatches,
    ...time,
    ...skipped,
    ...watched,
    ...(windowsChange(options.accumulation) && { constantBatchUpdates: updatesOfFirst(loop) }),
    ...(unwatched && { unwatched }),
  };
}

/** Updates that windows as large as the first would have made of the examples that were seen. */
function updatesOfFirst({ options, progress: { examples }, updatesPerEpoch }: TrainingLoop): number {
  const { size } = options.train;
  const first = initialWindow(options).reduce((sum, microBatch) => sum + microBatch, 0);
  return Math.floor(examples / size) * updatesPerEpoch + Math.ceil((examples % size) / first);
}
