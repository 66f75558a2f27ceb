import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTarget } from "../session/options/accumulation.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import type { TrialEnd } from "../store/findings.ts";
import {
  findMicroBatch,
  type MicroBatchSearch,
  sizesThatFit,
  type Trial,
  type TrialOutcome,
} from "./microBatchSearch.ts";
import type { MicroBatchTimes } from "./microBatchTimes.ts";
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
  readonly configuration: TrainConfiguration;
  /** Examples of an update, where that is asked for. */
  readonly target: number | undefined;
  readonly limitBytes: number;
  /** The largest size that is tried, and the examples that there are. */
  readonly most: number;
  readonly examples: number;
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
  const { configuration, target, limitBytes, most, examples } = plan;
  const allowed = (1 - HEADROOM) * limitBytes;
  const store = mkdtempSync(join(tmpdir(), "batchscope-trials-"));
  try {
    const search = await findMicroBatch(async (size, purpose) => {
      const whole = purpose === "verification";
      const window = trialWindow(size, target, { examples, whole });
      const trial = { updates: UPDATES[purpose], whole, store };
      const outcome = await runTrialProcess({ kind: "trial", configuration, window, trial }, allowed, { signal });
      rmSync(join(store, "runs"), { recursive: true, force: true });
      listen({ kind: "tried", size, purpose, outcome });
      return outcome;
    }, most);
    const sizes = sizesThatFit(search);
    if (sizes.length === 0) return { search, timing: { times: [], clock: "wall", share: Number.NaN } };
    listen({ kind: "timing", sizes });
    const timing = await runTimingProcess({ kind: "times", configuration, sizes }, { signal });
    return { search, timing };
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
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
