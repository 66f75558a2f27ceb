import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainConfiguration } from "../session/options/options.ts";
import { trialWindow } from "./batchSize.ts";
import type { ProfileProcesses } from "./profile.ts";
import { runTrialProcess, runUpdatesProcess } from "./trialProcess.ts";

/** Updates of an epoch of a trial of memory: the second finds compiled what the first has. */
const UPDATES = 2;

export interface OwnProcesses {
  /** What is trained, with other batch sizes. */
  readonly configuration: TrainConfiguration;
  /** A process that holds more is ended. */
  readonly limitBytes: number;
  /** Ends the process that runs. */
  readonly signal: AbortSignal;
}

/**
 * Measurements by this program itself, each in a process of its own; their runs are in a folder that is removed in the
 * end.
 */
export async function inOwnProcesses<Result>(
  { configuration, limitBytes, signal }: OwnProcesses,
  use: (processes: ProfileProcesses, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const store = mkdtempSync(join(tmpdir(), "batchscope-trials-"));
  const processes: ProfileProcesses = {
    async tryMemory(batchSize) {
      const trial = { updates: UPDATES, whole: false, store };
      const work = { kind: "trial", configuration, window: [batchSize], trial } as const;
      const outcome = await runTrialProcess(work, limitBytes, { signal });
      rmSync(join(store, "runs"), { recursive: true, force: true });
      return outcome;
    },
    async timeWindow([batchSize, microBatch]) {
      const window = trialWindow(microBatch, batchSize, { examples: batchSize, whole: true });
      const found = await runUpdatesProcess({ kind: "updates", configuration, window }, { signal });
      return "stretches" in found ? found.stretches : found;
    },
  };
  try {
    return await use(processes, signal);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}
