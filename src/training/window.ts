import { defaultLoss, divisor } from "../model/loss.ts";
import { addStep, smoothNoiseScale } from "../statistics/noiseOverTime.ts";
import type { AccumulationRecord, StepRecord } from "../store/schema.ts";
import { firstSteps, stepsAfter, stepsByNoise, stepsInEpoch } from "./accumulation.ts";
import { type Contract, takeFindings } from "./contract/contract.ts";
import { lookBeforeUnscale, lookBeforeUpdate } from "./contract/movement.ts";
import { afterMicroBatch, afterSkip, afterUpdate, beforeWindow, type UpdateMade } from "./contract/window.ts";
import type { CriticalMeter } from "./criticalMeter.ts";
import type { FindingEvent, MetricEvent, ProgressEvent } from "./events.ts";
import { learningRateFactor, schedulePosition } from "./learningRate.ts";
import { diverged, movesMomentum, note, samplerStateOf, type TrainingLoop, windowOf, windowsChange } from "./loop.ts";
import { accuracyOf, addTotals, meanLoss, noTotals, type Totals } from "./microBatch.ts";
import { type NoiseMeter, watchWindow } from "./noise.ts";
import { seesawExponent, seesawSteps } from "./seesaw.ts";

/** A window whose micro-batches are being run. */
export interface OpenWindow {
  add(indices: Uint32Array): Promise<void>;
  progress(): ProgressEvent;
  /** Makes one optimizer step of what was added, and gives what is to be recorded. */
  close(): Promise<readonly (MetricEvent | FindingEvent)[]>;
}

/**
 * A window of `size` micro-batches, of whose epoch `taken` examples came before. No generator: a step may take a tenth
 * of a millisecond.
 */
export function openWindow(loop: TrainingLoop, size: number, taken: number): OpenWindow {
  const { options, gradients, progress } = loop;
  const { epoch, microBatches } = progress;
  const draw = options.augmentation === false ? undefined : epoch;
  const watch = watchWindow(loop, size);
  let [sums, accumulated] = [noTotals, 0];
  const { contract } = loop;
  if (contract) beforeWindow(contract);
  return {
    async add(indices) {
      const example = progress.masks === "example" ? progress.examples + sums.examples : undefined;
      const place = { draw, microBatch: microBatches + accumulated, example };
      const first = accumulated === 0;
      const result = watch ? watch.run(indices, first, place) : gradients.run(options.train, indices, first, place);
      const found = await result;
      if (contract) afterMicroBatch(contract, indices, found);
      sums = addTotals(sums, found);
      accumulated++;
    },
    progress: () => progressEvent(loop, sums, accumulated),
    async close() {
      loop.timedMicroBatches += accumulated;
      const record = await update(loop, { sums, taken, accumulated, watch });
      note(loop, {
        totals: addTotals(progress.totals, sums),
        examples: progress.examples + sums.examples,
        microBatches: microBatches + accumulated,
        epochMicroBatches: progress.epochMicroBatches + accumulated,
      });
      const change = followNoise(loop) ?? followCourse(loop);
      const events = [...(record ? [record] : []), ...(change ? [change] : [])];
      return contract && contract.found.length > 0 ? [...events, ...findingsOf(contract)] : events;
    },
  };
}

/** What the contract found, as events. */
export function findingsOf(contract: Contract): FindingEvent[] {
  return takeFindings(contract).map((finding) => ({ kind: "finding", finding }));
}

/** Micro-batches of this epoch when the last step of the run is made, were no window cut or resized until then. */
function untilLastStep({ options: { steps = Number.POSITIVE_INFINITY }, progress }: TrainingLoop): number {
  return progress.epochMicroBatches + (steps - progress.step) * progress.accumulationSteps;
}

/** `pending` micro-batches of the current window, with these sums, are not yet in the loop's progress. */
export function progressEvent(loop: TrainingLoop, sums: Totals, pending: number, accumulated = pending): ProgressEvent {
  const { sampler, options, progress, learningRate } = loop;
  const soFar = addTotals(progress.totals, sums);
  return {
    kind: "progress",
    epoch: progress.epoch + 1,
    microBatch: progress.epochMicroBatches + pending,
    microBatches: Math.min(sampler.microBatchesPerEpoch, untilLastStep(loop)),
    accumulated,
    accumulationSteps: progress.accumulationSteps,
    loss: meanLoss(options.loss ?? defaultLoss, soFar),
    accuracy: accuracyOf(soFar),
    learningRate,
    noiseScale: progress.noise && smoothNoiseScale(progress.noise).noiseScale,
  };
}

interface Window {
  readonly sums: Totals;
  readonly taken: number;
  /** Micro-batches. */
  readonly accumulated: number;
  readonly watch: NoiseMeter | undefined;
}

/**
 * One optimizer step for the window whose gradient sums lie in the state. Gives a record on the first and on every
 * `logEvery`-th step.
 */
async function update(loop: TrainingLoop, window: Window): Promise<StepRecord | undefined> {
  const { options, updater, progress } = loop;
  const { sums, watch } = window;
  const { clipNorm } = options;
  const weight = divisor(options.loss ?? defaultLoss, sums.weight);
  const loss = sums.loss / weight;
  const step = progress.step + 1;
  const place = () => `in epoch ${progress.epoch + 1} at step ${step}`;
  if (!Number.isFinite(sums.loss)) throw diverged(`a finite loss, got ${loss} ${place()}`, loop);
  // Every label of the window is ignored or weighs nothing: there is nothing to learn from it.
  if (weight === 0) return undefined;
  if (!(await unscale(loop))) return undefined;
  const known = clipNorm === undefined ? Number.NaN : await updater.gradientNorm(weight);
  // Clipping by an infinite norm would quietly stop training. Without clipping the norm is only watched.
  if (clipNorm !== undefined && !Number.isFinite(known))
    throw diverged(`a finite gradient norm, got ${known} ${place()}`, loop);
  const planned = scheduled(loop, window.taken);
  const { learningRate, momentum } = planned;
  loop.learningRate = learningRate;
  const taken = step + (progress.optimizerSteps ?? 0);
  const critical =
    step % (options.criticalSharpnessEvery ?? Number.POSITIVE_INFINITY) === 0 ? loop.critical : undefined;
  critical?.begin();
  const { contract } = loop;
  if (contract) lookBeforeUpdate(contract);
  const gradientNorm = await updater.step({ weight, learningRate, step: taken, momentum, clipNorm }, known);
  if (contract) await afterUpdate(contract, { ...planned, momentum, weight, loss, gradientNorm, step: taken });
  const moments = watch?.moments(sums, gradientNorm * weight);
  const noise = progress.noise && moments ? addStep(progress.noise, { ...moments, step }) : progress.noise;
  note(loop, { step, noise, settledSteps: progress.settledSteps + (moments ? 1 : 0) });
  const record = stepRecord(loop, window, { loss, gradientNorm, momentum });
  if (step === 1 || step % options.logEvery === 0 || critical) {
    loop.unrecorded.length = 0;
    const whole = critical ? await withCritical(record, loop, critical) : record;
    return noiseIsDue(step, options.logEvery) ? withNoise(whole, loop) : whole;
  }
  if (loop.unrecorded.push(record) > STEPS_BEFORE_DIVERGENCE) loop.unrecorded.shift();
  return undefined;
}

/** Steps that are told of when training diverges, whatever `logEvery` says. */
const STEPS_BEFORE_DIVERGENCE = 32;

/**
 * Whether the record of a step carries the noise scale, which is smoothed over a share of the run: 64 to 128 times
 * while the run doubles its length, so that the records of a long run stay short.
 */
function noiseIsDue(step: number, logEvery: number): boolean {
  const between = Math.max(1, 2 ** (25 - Math.clz32(step)));
  return step === 1 || Math.floor(step / between) > Math.floor((step - logEvery) / between);
}

function stepRecord(
  { progress, learningRate, clock }: TrainingLoop,
  { sums, accumulated }: Window,
  values: { readonly loss: number; readonly gradientNorm: number; readonly momentum?: number | undefined },
): StepRecord {
  const { loss, gradientNorm, momentum } = values;
  const { step, examples } = progress;
  const epoch = progress.epoch + 1;
  const seen = examples + sums.examples;
  const kind = "step";
  const seconds = clock.seconds();
  const microBatches = accumulated;
  // Written out, as there may be millions: copies of parts take twice the time.
  return momentum === undefined
    ? { kind, step, epoch, examples: seen, loss, gradientNorm, learningRate, microBatches, seconds }
    : { kind, step, epoch, examples: seen, loss, gradientNorm, learningRate, momentum, microBatches, seconds };
}

async function withCritical(record: StepRecord, { clock }: TrainingLoop, meter: CriticalMeter): Promise<StepRecord> {
  clock.pause();
  const { kind, value } = await meter.measure(record.learningRate);
  clock.resume();
  return kind === "found" ? { ...record, criticalSharpness: value } : record;
}

function withNoise(record: StepRecord, { progress: { noise } }: TrainingLoop): StepRecord {
  if (!noise) return record;
  const { traceCovariance, squaredGradientNorm, noiseScale } = smoothNoiseScale(noise);
  const { value, lower, upper } = noiseScale;
  return {
    ...record,
    traceCovariance,
    squaredGradientNorm,
    noiseScale: value,
    noiseScaleLow: lower,
    noiseScaleHigh: upper,
  };
}

interface Scheduled extends Pick<UpdateMade, "learningRate" | "rate" | "factor"> {
  readonly momentum?: number | undefined;
  readonly asked?: UpdateMade["asked"];
}

/** What the schedule says for the next step; a momentum where it moves the optimizer's. */
function scheduled(loop: TrainingLoop, taken: number): Scheduled {
  const { options, progress } = loop;
  const { schedule, learningRate, learningRateScaling } = options;
  if (!schedule && !learningRateScaling) return { learningRate, rate: learningRate, factor: 1 };
  const examples = windowOf(options, progress.accumulationSteps).reduce((sum, size) => sum + size, 0);
  const factor = learningRateFactor(learningRateScaling, examples);
  if (!schedule) return { learningRate: learningRate * factor, rate: learningRate, factor };
  const position = positionIn(loop, taken);
  const rate = schedule.rate(position, progress.schedule);
  return {
    learningRate: rate * factor,
    rate,
    factor,
    asked: position,
    momentum: movesMomentum(options) ? schedule.momentum?.(position) : undefined,
  };
}

/** `taken` examples of the epoch before the next window. */
function positionIn({ options, progress, updatesPerEpoch }: TrainingLoop, taken: number) {
  const { epochs, steps, train, accumulation } = options;
  const place = { step: progress.step, epoch: progress.epoch, taken, epochExamples: train.size };
  return schedulePosition(place, { epochs, steps, updatesPerEpoch, windowsChange: windowsChange(accumulation) });
}

/** Below it, even a gradient of 1 is nothing in float16: it is not the scale that makes gradients infinite. */
const LEAST_SCALE = 2 ** -24;

/**
 * Takes the loss scale out of the sums. False where they overflowed: the window makes no step, the next has half the
 * scale.
 */
async function unscale(loop: TrainingLoop): Promise<boolean> {
  const { scaler, progress } = loop;
  if (!scaler) return true;
  if (loop.contract) lookBeforeUnscale(loop.contract, Number(scaler.factor.data[0]));
  if (await scaler.unscale()) return true;
  if (loop.contract) afterSkip(loop.contract);
  note(loop, { skippedSteps: progress.skippedSteps + 1 });
  if (scaler.current().scale >= LEAST_SCALE) return false;
  const place = `in epoch ${progress.epoch + 1} after step ${progress.step}`;
  throw diverged(`finite float16 gradients, got infinite ones ${place} at every loss scale`, loop);
}

/** Before the first window of an epoch: the number of micro-batches that the plan has for it. */
export function followEpochs(loop: TrainingLoop): AccumulationRecord | undefined {
  const { accumulation } = loop.options;
  if (accumulation?.kind !== "epochs") return followCourse(loop);
  return changeWindow(loop, stepsInEpoch(accumulation, loop.progress.epoch), Number.NaN);
}

/** After a window and before an epoch: what the plan has for the examples seen, or for where the schedule stands. */
function followCourse(loop: TrainingLoop): AccumulationRecord | undefined {
  const { options, progress, sampler } = loop;
  const { accumulation: plan, window } = options;
  if (plan?.kind !== "examples" && plan?.kind !== "seesaw") return undefined;
  const steps = plan.kind === "seesaw" ? stepsOfSeesaw(loop) : stepsAfter(plan, progress.examples, window.length);
  return changeWindow(loop, Math.min(steps, sampler.microBatchesPerEpoch), Number.NaN);
}

function stepsOfSeesaw(loop: TrainingLoop): number {
  const { options, progress, descent } = loop;
  const { accumulation: plan, window, schedule, learningRateScaling } = options;
  if (plan?.kind !== "seesaw" || !schedule || !descent) return progress.accumulationSteps;
  const position = positionIn(loop, samplerStateOf(loop).position);
  const isWarm = position.update >= descent.from;
  const share = isWarm ? Math.min(1, schedule.rate(position, progress.schedule) / descent.peak) : 1;
  const first = firstSteps(plan, window.length);
  return seesawSteps(first, share, seesawExponent(learningRateScaling), plan.maximum);
}

function followNoise(loop: TrainingLoop): AccumulationRecord | undefined {
  const { options, progress, sampler } = loop;
  const { accumulation: plan, window } = options;
  if (plan?.kind !== "noise-scale" || !progress.noise) return undefined;
  const { noiseScale } = smoothNoiseScale(progress.noise);
  const maximum = Math.min(plan.maximum, sampler.microBatchesPerEpoch);
  const { accumulationSteps: steps, settledSteps: settled } = progress;
  const next = stepsByNoise({ ...plan, maximum }, { steps, microBatch: window[0]!, noiseScale, settled });
  return changeWindow(loop, next, noiseScale.value);
}

function changeWindow(loop: TrainingLoop, steps: number, noiseScale: number): AccumulationRecord | undefined {
  const { options, progress, sampler, clock } = loop;
  if (steps === progress.accumulationSteps) return undefined;
  const window = windowOf(options, steps);
  sampler.resize(window);
  note(loop, { accumulationSteps: steps, settledSteps: 0 });
  return {
    kind: "accumulation",
    step: progress.step,
    epoch: progress.epoch + 1,
    examples: progress.examples,
    accumulationSteps: steps,
    effectiveBatchSize: window.reduce((sum, size) => sum + size, 0),
    noiseScale,
    seconds: clock.seconds(),
  };
}
