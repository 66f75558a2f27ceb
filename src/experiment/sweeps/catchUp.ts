import type { RunRow } from "../../store/rowIndex.ts";
import type { Sweep, SweepFile } from "../../store/studies/sweep.ts";
import { appendTrial, type TrialRecord } from "../../store/studies/trials.ts";
import { readOutcome } from "../studies/outcome.ts";
import type { Trial } from "../studies/schedule.ts";
import { isRunThere, runsOfStudy, trialName } from "../studies/trial.ts";
import { type SweepState, take } from "./sweepState.ts";

/** A sweep that this process holds, and where it stands. */
export interface SweepScene {
  readonly sweep: Sweep;
  readonly state: SweepState;
  /** The store. */
  readonly directory: string;
}

/** Where a sweep stands. */
export interface StandingSweep {
  readonly path: string;
  readonly file: SweepFile;
  readonly state: SweepState;
  /** Whether nothing is left to be trained. */
  readonly complete: boolean;
}

/**
 * What the runs say that the log does not: a trial whose run is whole has ended, also where the sweep's process was
 * killed before it could write that down; one whose run is unfinished is gone on with; one whose run was removed begins
 * anew.
 */
export function catchUp(scene: SweepScene): void {
  const { sweep, state, directory } = scene;
  const { id } = sweep.file;
  const rows = new Map<string, RunRow>();
  for (const row of runsOfStudy(directory, id).toReversed()) rows.set(row.trialOf!, row);
  const last = state.rungs.length - 1;
  for (const progress of state.trials.values()) {
    const { trial, attempt, run } = progress;
    if (run !== null && !isRunThere(directory, run)) {
      const again = { state: "stopped", run: null, reason: "its run was removed" } as const;
      write(scene, trial, { ...again, attempt, rung: Math.max(0, state.rungOf[progress.setting]!) });
    }
    const row = rows.get(trialName(id, trial.key));
    if (!row || progress.state === "done" || progress.state === "diverged" || progress.stopped) continue;
    const found = { run: row.id, attempt: Math.max(1, attempt), reason: row.reason };
    const result = readOutcome(directory, row.id) ?? undefined;
    if (row.status === "finished") write(scene, trial, { ...found, state: "done", rung: last, result });
    if (row.status === "diverged") {
      const rung = Math.max(0, state.rungOf[progress.setting]!);
      write(scene, trial, { ...found, state: "diverged", rung, result });
    }
  }
}

/** Writes a line of the log, and takes it in. */
export function write(
  { sweep, state }: SweepScene,
  { key, arm, seed, stage }: Trial,
  what: Omit<TrialRecord, "at" | "trial" | "arm" | "seed" | "stage">,
): void {
  take(state, appendTrial(sweep, { trial: key, arm, seed, stage, ...what }));
}
