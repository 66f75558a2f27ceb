import { commandLine } from "../session/childRun.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { prepareTraining } from "../session/prepare.ts";
import type { TrainingOptions } from "../training/options.ts";
import { findMicroBatch, type MicroBatchSearch, type Trial, type TrialOutcome } from "./microBatchSearch.ts";
import type { StudyMeans } from "./study.ts";
import { runTrialProcess } from "./trialProcess.ts";

/** Updates of a trial that searches, and of one that verifies. */
const UPDATES = { search: 2, verification: 6 };

export interface BatchSizeSearch {
  /** Target of an update, where there is one. */
  readonly target: number | undefined;
  readonly limitBytes: number;
  /** The largest size that is tried, and the examples that there are. */
  readonly most: number;
  readonly examples: number;
  /** Arguments of the command line that make one trial (`optionsOfTrial`, written with `writeTrial`). */
  readonly trial: (window: readonly number[], updates: number) => readonly string[];
}

/** A size was tried. */
export interface TriedEvent {
  readonly size: number;
  readonly purpose: Trial["purpose"];
  readonly outcome: TrialOutcome;
}

/** Searches with trials in processes of their own. Throws the reason of `signal` where it aborts. */
export function searchInProcesses(
  { target, limitBytes, most, examples, trial }: BatchSizeSearch,
  { signal, listen = () => {} }: StudyMeans<TriedEvent> = {},
): Promise<MicroBatchSearch> {
  return findMicroBatch(async (size, purpose) => {
    const argv = commandLine(trial(trialWindow(size, target, examples), UPDATES[purpose]));
    const outcome = await runTrialProcess(process.execPath, argv, limitBytes, signal);
    listen({ size, purpose, outcome });
    return outcome;
  }, most);
}

/** What a trial with updates of these micro-batches trains. Throws as `prepareTraining`. */
export async function optionsOfTrial(
  configuration: TrainConfiguration,
  window: readonly number[],
): Promise<TrainingOptions> {
  const { options } = await prepareTraining(single(configuration, window[0]!));
  return { ...options, window };
}

/** The same training with updates of these micro-batches. */
function single(configuration: TrainConfiguration, batchSize: number): TrainConfiguration {
  const { targetBatchSize: _target, gradientAccumulationSteps: _steps, ...rest } = configuration;
  return { ...rest, batchSize, enableAutoGradientAccumulation: false, gradientAccumulationSteps: 1 };
}

/** Two micro-batches, so that sums of gradients are formed, and the smaller last one of the target's windows. */
function trialWindow(size: number, target: number | undefined, examples: number): number[] {
  const remainder = target !== undefined && target > size ? target % size : 0;
  const window = [size, size, ...(remainder > 0 ? [remainder] : [])];
  return window.reduce((sum, one) => sum + one, 0) <= examples ? window : [size];
}
