import { createSampler, restoreSampler, type Sampler, type SamplerState } from "../data/sampler.ts";
import { defaultLoss } from "../model/loss.ts";
import type { WeightAverage } from "../optimizer/averageWeights.ts";
import type { Engine } from "../runtime/engine.ts";
import { type EngineScope, engineScope } from "../runtime/scope.ts";
import type { StepRecord } from "../store/schema.ts";
import { DivergedError, option, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { type AccumulationPlan, checkPlan, firstSteps } from "./accumulation.ts";
import {
  type CheckpointPosition,
  encodeCheckpoint,
  type Progress,
  restoreAverage,
  restoreCheckpoint,
  restoreOptimizer,
} from "./checkpoint.ts";
import { type Clock, startClock } from "./clock.ts";
import type { Contract } from "./contract/contract.ts";
import { contractOf, type Stamped, stampAt } from "./contract/whereabouts.ts";
import { type CriticalMeter, criticalMeter } from "./criticalMeter.ts";
import type { CheckpointEvent } from "./events.ts";
import { createLossScaler, type LossScaler } from "./lossScaler.ts";
import { dropoutRates } from "./masks.ts";
import { evaluationPass, gradientPass, noTotals, type Pass } from "./microBatch.ts";
import { newMonitor } from "./monitor.ts";
import { examplesEvery, newNoise } from "./noiseMemory.ts";
import { streams, type TrainingOptions } from "./options.ts";
import { type Descent, descentOf, requireDescent, seesawExponent } from "./seesaw.ts";
import { newTrainingState, type TrainingState } from "./state.ts";
import { createUpdater, type Updater } from "./update.ts";

/** What one run of the loop owns. Nothing else changes the state. */
export interface TrainingLoop {
  readonly options: TrainingOptions;
  /** The engine, as the owner of all that the run compiles. */
  readonly sessions: EngineScope;
  readonly state: TrainingState;
  readonly sampler: Sampler;
  /** Where the sampler was before it closed an epoch whose end was not reached, as its validation was stopped. */
  unclosed: SamplerState | undefined;
  readonly gradients: Pass;
  /**
   * The same pass with the norms of examples, compiled only when used. Undefined where the noise scale is not asked for
   * or not to be had.
   */
  watching: Pass | undefined;
  /** Of so many steps one may be watched by the norms of its examples. */
  readonly examplesEvery: number;
  /** Why the noise scale is not to be had. */
  unwatched: string | undefined;
  readonly evaluation: Pass;
  /** Where critical sharpness is asked for. */
  readonly critical: CriticalMeter | undefined;
  readonly updater: Updater;
  /** Only in float16. */
  readonly scaler: LossScaler | undefined;
  /** What the steps promise, where it is watched. */
  readonly contract: Contract | undefined;
  readonly clock: Clock;
  /** Updates of an epoch whose windows are as they were at the beginning. */
  readonly updatesPerEpoch: number;
  /** Where windows follow the schedule. */
  readonly descent: Descent | undefined;
  /** All that a checkpoint keeps beside tensors, random numbers and the loss scale; replaced as training goes on. */
  progress: Progress;
  /** Of weights, where asked for and begun. */
  average: WeightAverage | undefined;
  /** What the last checkpoint holds of it. */
  checkpointed: Progress | undefined;
  /** Of training, before the clock started. */
  readonly trainedBefore: number;
  /** Of the last optimizer step. */
  learningRate: number;
  /** Micro-batches since the clock started. */
  timedMicroBatches: number;
  /** The last steps since one was recorded, told of only where training diverges. */
  readonly unrecorded: StepRecord[];
}

/**
 * Everything compiled and, with `from`, as it was when the checkpoint was written. Throws as the checkpoint's and the
 * sampler's readers do.
 */
export async function prepare(engine: Engine, options: TrainingOptions): Promise<TrainingLoop> {
  const sessions = engineScope(engine);
  try {
    return await prepareIn(sessions, options);
  } catch (error) {
    sessions.release();
    throw error;
  }
}

async function prepareIn(sessions: EngineScope, options: TrainingOptions): Promise<TrainingLoop> {
  const { model, optimizer, train: data, from, accumulation, threads, gradientCheckpointing = false } = options;
  const { loss = defaultLoss } = options;
  if (accumulation) checkPlan(accumulation, options.window);
  checkAveraging(options);
  const state = newTrainingState(model, optimizer);
  const position = from && restoreCheckpoint(from.bytes, from.file, state);
  const { optimizerFrom } = options;
  const optimizerSteps = position || !optimizerFrom ? undefined : restoreOptimizer(optimizerFrom, state);
  const first = initialWindow(options);
  const updatesPerEpoch = createSampler({ size: data.size, window: first, random: random(0) }).windowsPerEpoch;
  const rates = dropoutRates(model, options.dropout);
  const every = options.noiseScale ? examplesEvery(options) : 1;
  const begun = () => ({ ...newProgress(options, first.length, rates.size > 0, every), optimizerSteps });
  const progress = position ? progressOf(position, every) : begun();
  const scaler = await scalerOf(sessions, state, options, position);
  const dropout = { rates, seed: options.seed };
  const sampler = samplerOf(options, first, position);
  const passing = { threads, loss, gradientCheckpointing, dropout, lossScale: scaler?.factor };
  return {
    options,
    sessions,
    state,
    sampler,
    unclosed: undefined,
    gradients: gradientPass(sessions, model, state, passing),
    watching: options.noiseScale ? gradientPass(sessions, model, state, { ...passing, squaredNorms: true }) : undefined,
    examplesEvery: every,
    unwatched: undefined,
    evaluation: evaluationPass(sessions, model, state, { threads, loss }),
    critical: options.criticalSharpnessEvery ? criticalMeter(sessions, { ...options, state }) : undefined,
    updater: await createUpdater(sessions, optimizer, state, { threads, movesMomentum: movesMomentum(options) }),
    scaler,
    contract: contractIn(sessions, { options, state, progress, sampler, scaler }, position),
    clock: startClock(),
    trainedBefore: position?.trainedSeconds ?? 0,
    updatesPerEpoch,
    descent: descentFor(options, updatesPerEpoch),
    progress,
    average: from && position && restoreAverage(from, state, position),
    checkpointed: position && progress,
    learningRate: Number.NaN,
    timedMicroBatches: 0,
    unrecorded: [],
  };
}

function contractIn(engine: Engine, stamped: Stamped, position: CheckpointPosition | undefined): Contract | undefined {
  const { options } = stamped;
  const nominalUpdates = windowsChange(options.accumulation);
  return contractOf({ engine, stamped, stamp: position?.stamp, movesMomentum: movesMomentum(options), nominalUpdates });
}

export function release({ sessions }: TrainingLoop): void {
  sessions.release();
}

/** Changes some of what the loop remembers. */
export function note(loop: TrainingLoop, change: Partial<Progress>): void {
  loop.progress = { ...loop.progress, ...change };
}

/** The sizes of a full window of `steps` micro-batches. */
export function windowOf({ window, accumulation }: TrainingOptions, steps: number): readonly number[] {
  return accumulation ? Array<number>(steps).fill(window[0]!) : window;
}

export function initialWindow(options: TrainingOptions): readonly number[] {
  return windowOf(options, firstSteps(options.accumulation, options.window.length));
}

/**
 * Throws `UsageError` for seesaw without a schedule that falls, or without a rule of the rate. A run that is ended by
 * its steps, as a short trial is, may end before its schedule falls.
 */
export function descentFor(options: TrainingOptions, updatesPerEpoch: number): Descent | undefined {
  const { accumulation, schedule, epochs, steps, learningRateScaling } = options;
  if (accumulation?.kind !== "seesaw") return undefined;
  seesawExponent(learningRateScaling);
  if (schedule === undefined)
    throw new UsageError(
      `${option("accumulationSchedule")}: expected a schedule of the learning rate for seesaw, got none; choose a ${option("schedule")}, as cosine`,
    );
  const totalUpdates = Math.min(epochs * updatesPerEpoch, steps ?? Number.POSITIVE_INFINITY);
  const course = { schedule, totalUpdates, updatesPerEpoch };
  if (steps === undefined) requireDescent(course);
  return descentOf(course);
}

function samplerOf(options: TrainingOptions, first: readonly number[], position: CheckpointPosition | undefined) {
  const { train: data, shuffle, seed } = options;
  const size = data.size;
  if (!position) return createSampler({ size, window: first, shuffle, random: random(seed, streams.sampling) });
  const window = windowOf(options, position.accumulationSteps);
  return restoreSampler({ size, window, shuffle }, position.sampler);
}

async function scalerOf(
  engine: Engine,
  state: TrainingState,
  { precision, window }: TrainingOptions,
  position: CheckpointPosition | undefined,
): Promise<LossScaler | undefined> {
  if (precision !== "float16") return undefined;
  const examples = window.reduce((sum, size) => sum + size, 0);
  return createLossScaler(engine, state, examples, position?.lossScale);
}

function newProgress(options: TrainingOptions, accumulationSteps: number, drops: boolean, every: number): Progress {
  const { schedule, noiseScale } = options;
  return {
    epoch: 0,
    step: 0,
    examples: 0,
    microBatches: 0,
    ...(drops && { masks: "example" }),
    skippedSteps: 0,
    totals: noTotals,
    epochMicroBatches: 0,
    accumulationSteps,
    schedule: schedule?.initial ?? null,
    monitor: newMonitor,
    evaluatedStep: 0,
    noise: noiseScale ? newNoise(every) : undefined,
    settledSteps: 0,
  };
}

function progressOf(position: CheckpointPosition, every: number): Progress {
  const {
    version: _version,
    sampler: _sampler,
    lossScale: _scale,
    stamp: _stamp,
    trainedSeconds: _seconds,
    ...progress
  } = position;
  const { noise, step } = progress;
  // In version 0.1.0 the memory counted measurements, whatever the steps between them.
  if (!noise || noise.share !== undefined) return progress;
  return { ...progress, noise: { ...newNoise(every), blocks: noise.blocks, step } };
}

function checkAveraging({ averaging, epochs }: TrainingOptions): void {
  if (!averaging) return;
  const { start, period = 1 } = averaging;
  for (const [name, value] of Object.entries({ period, start }))
    if (!Number.isInteger(value) || value < 1)
      throw new UsageError(`averaging: expected ${name} to be a whole number of at least 1, got ${value}; change it`);
  if (start > epochs)
    throw new UsageError(`averaging: expected a start of at most the ${epochs} epochs, got ${start}; lower it`);
}

/** Whether the schedule moves the momentum, and the optimizer has one. */
export function movesMomentum({ schedule, optimizer }: Pick<TrainingOptions, "schedule" | "optimizer">): boolean {
  return schedule?.momentum !== undefined && optimizer.momentum !== undefined;
}

/** Whether windows may change while training. */
export function windowsChange(plan: AccumulationPlan | undefined): boolean {
  if (plan?.kind === "epochs") return plan.from.length > 1;
  return plan !== undefined;
}

/** Seconds that training has taken, also before it was gone on with. */
export function trainedSeconds({ clock, trainedBefore }: TrainingLoop): number {
  return trainedBefore + clock.trainingSeconds();
}

/** How far the data were taken. */
export function samplerStateOf({ sampler, unclosed }: TrainingLoop): SamplerState {
  return unclosed ?? sampler.state();
}

/**
 * `passing` as in the event. Throws `DivergedError` where a parameter is no finite number any more: no checkpoint ever
 * holds one.
 */
export function checkpoint(loop: TrainingLoop, passing: boolean): CheckpointEvent {
  const { state, scaler, progress } = loop;
  const { epoch, step, monitor } = progress;
  const bad = state.parameters.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const { name } = state.layout.entries.findLast(({ offset }) => offset <= bad)!;
    throw diverged(`finite parameters, got ${state.parameters[bad]} in "${name}" after step ${step}`, loop);
  }
  loop.checkpointed = progress;
  const lossScale = scaler?.current();
  const averaged = loop.average?.count;
  const trained = loop.options.stopSeconds !== undefined && { trainedSeconds: trainedSeconds(loop) };
  const sampler = samplerStateOf(loop);
  const stamp = loop.contract && stampAt(loop, sampler, loop.contract.order.seen());
  const position = { ...progress, averaged, sampler, lossScale, ...(stamp && { stamp }), ...trained };
  const bytes = encodeCheckpoint(state, position, loop.average?.mean);
  return { kind: "checkpoint", epoch, step, best: step > 0 && monitor.best?.step === step, passing, bytes };
}

export function diverged(what: string, { options, learningRate }: TrainingLoop): DivergedError {
  const rate = Number.isNaN(learningRate) ? options.learningRate : learningRate;
  const { clipNorm } = options;
  const clip = clipNorm === undefined ? `pass ${option("clipNorm")} 1` : `${option("clipNorm")} (now ${clipNorm})`;
  return new DivergedError(`train: expected ${what}; lower ${option("learningRate")} (now ${rate}), or ${clip}`);
}
