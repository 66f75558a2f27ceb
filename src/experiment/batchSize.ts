import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../session/childRun.ts";
import { requireTarget } from "../session/options/accumulation.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { prepareTraining } from "../session/prepare.ts";
import type { Prepared } from "../session/prepared.ts";
import type { TrialEnd } from "../store/findings.ts";
import {
  findMicroBatch,
  type MicroBatchSearch,
  sizesThatFit,
  type Trial,
  type TrialOutcome,
} from "./microBatchSearch.ts";
import type { MicroBatchTimes } from "./microBatchTimes.ts";
import type { MicroBatchTrial } from "./microBatchTrial.ts";
import type { StudyMeans } from "./study.ts";
import { runTimingProcess, runTrialProcess } from "./trialProcess.ts";

/** Updates of an epoch of a trial that searches, and of one that verifies. */
const UPDATES = { search: 4, verification: 20 };

/**
 * The share of the limit that a trial must leave: the peak of one and the same training differs by so much, with when
 * Node collects what is no longer needed.
 */
export const HEADROOM = 1 / 16;

export interface BatchSizeSearch {
  /** Examples of an update, where that is asked for. */
  readonly target: number | undefined;
  readonly limitBytes: number;
  /** The largest size that is tried, and the examples that there are. */
  readonly most: number;
  readonly examples: number;
  /** Arguments of the command line that make one trial (`tryMicroBatch`). */
  readonly trial: (window: readonly number[], trial: MicroBatchTrial) => readonly string[];
  /** Arguments of the command line that time these sizes (`timeMicroBatches`). */
  readonly timing: (sizes: readonly number[]) => readonly string[];
}

/** What a search tells its listener. */
export type BatchSizeEvent =
  | {
      readonly kind: "tried";
      readonly size: number;
      readonly purpose: Trial["purpose"];
      readonly outcome: TrialOutcome;
    }
  /** These sizes are timed now. */
  | { readonly kind: "timing"; readonly sizes: readonly number[] };

export interface BatchSizeResult {
  readonly search: MicroBatchSearch;
  /** Of the sizes that fit, or why there are none. */
  readonly timing: MicroBatchTimes | TrialEnd;
}

/**
 * Searches with trials in processes of their own, which record their runs in a folder that is removed; then times what
 * fitted, in one process. Throws the reason of `signal` where it aborts.
 */
export async function searchInProcesses(
  plan: BatchSizeSearch,
  { signal, listen = () => {} }: StudyMeans<BatchSizeEvent> = {},
): Promise<BatchSizeResult> {
  const { target, limitBytes, most, examples, trial } = plan;
  const allowed = (1 - HEADROOM) * limitBytes;
  const store = mkdtempSync(join(tmpdir(), "batchscope-trials-"));
  try {
    const search = await findMicroBatch(async (size, purpose) => {
      const whole = purpose === "verification";
      const window = trialWindow(size, target, { examples, whole });
      const argv = commandLine(trial(window, { updates: UPDATES[purpose], whole, store }));
      const outcome = await runTrialProcess(process.execPath, argv, allowed, signal);
      rmSync(join(store, "runs"), { recursive: true, force: true });
      listen({ kind: "tried", size, purpose, outcome });
      return outcome;
    }, most);
    const sizes = sizesThatFit(search);
    if (sizes.length === 0) return { search, timing: { times: [], clock: "wall", share: Number.NaN } };
    listen({ kind: "timing", sizes });
    const timing = await runTimingProcess(process.execPath, commandLine(plan.timing(sizes)), signal);
    return { search, timing };
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

/** What a trial with updates of these micro-batches trains. Throws as `prepareTraining`. */
export async function prepareTrial(configuration: TrainConfiguration, window: readonly number[]): Promise<Prepared> {
  const prepared = await prepareTraining(single(configuration, window[0]!));
  return { ...prepared, options: { ...prepared.options, window } };
}

/**
 * The largest micro-batch that `train` takes with this many examples an epoch. Throws `UsageError` for a target that no
 * epoch has.
 */
export function mostOf(
  examples: number,
  { target, maximum }: { target?: number | undefined; maximum: number },
): number {
  requireTarget(target, examples);
  return Math.min(examples, maximum, target ?? Number.POSITIVE_INFINITY);
}

/** The same training with updates of these micro-batches. */
function single(configuration: TrainConfiguration, batchSize: number): TrainConfiguration {
  const { targetBatchSize: _target, gradientAccumulationSteps: _steps, ...rest } = configuration;
  return { ...rest, batchSize, enableAutoGradientAccumulation: false, gradientAccumulationSteps: 1 };
}

/** Full micro-batches of a window that stand for all of them, where only memory is looked at. */
const FULL = 3;

/**
 * The micro-batches of an update as `train` makes them: of the target, or one. Unless `whole`, no more than are needed.
 */
export function trialWindow(
  size: number,
  target: number | undefined,
  { examples, whole }: { readonly examples: number; readonly whole: boolean },
): number[] {
  const wanted = Math.min(target ?? size, examples);
  const full = Math.floor(wanted / size);
  const remainder = wanted % size;
  return [...Array<number>(whole ? full : Math.min(full, FULL)).fill(size), ...(remainder > 0 ? [remainder] : [])];
}

/** "24x3,16x1" of [24, 24, 24, 16], for a command line. */
export function windowArgument(window: readonly number[]): string {
  const runs: [size: number, count: number][] = [];
  for (const size of window) {
    const last = runs.at(-1);
    if (last?.[0] === size) last[1]++;
    else runs.push([size, 1]);
  }
  return runs.map(([size, count]) => `${size}x${count}`).join(",");
}
