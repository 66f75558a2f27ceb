import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TrainConfiguration } from "../../session/options/options.ts";
import type { RunRow } from "../../store/rowIndex.ts";
import { listRows } from "../../store/runIndex.ts";
import type { TrialPlace } from "../../store/studies/trials.ts";
import { runTrial } from "../trial.ts";
import type { Trial, TrialEnd } from "./schedule.ts";

/** What a run says of the study and the trial that it is made for. */
export const trialName = (study: string, trial: string) => `${study}/${trial}`;

/** What decides nothing, and is no part of a trial's specification. */
const unshown = { description: "", tags: [], tensorboard: false, json: false, progress: "none" };

/** The exit code of a training that diverged. */
const DIVERGED = 3;

/** Trains a trial in a process of its own, as a run of the store `directory`. */
export async function trainTrial(
  { id, directory }: { readonly id: string; readonly directory: string },
  trial: Trial,
  signal: AbortSignal,
): Promise<TrialEnd> {
  const configuration = { ...unshown, ...trial.configuration, trialOf: trialName(id, trial.key) };
  const trained = await runTrial(configuration as unknown as TrainConfiguration, { store: directory, signal });
  const run = trained.result?.run ?? newestRun(directory, configuration.trialOf);
  if (trained.kind === "finished") return { state: "done", run, reason: null };
  if (trained.kind === "stopped")
    return { state: signal.aborted ? "stopped" : "failed", run, reason: `stopped by ${trained.signal}` };
  const reason = trained.by ?? trained.lastWords;
  return { state: trained.exitCode === DIVERGED ? "diverged" : "failed", run, reason };
}

/** Of a trial whose process could not say it. */
function newestRun(directory: string, trialOf: string): string | null {
  return listRows(directory).rows.find((row) => row.trialOf === trialOf)?.id ?? null;
}

/** The runs of a store that are trials of this study, newest first. */
export function runsOfStudy(directory: string, id: string): RunRow[] {
  return listRows(directory).rows.filter(({ trialOf }) => trialOf?.startsWith(`${id}/`));
}

/** What is to be written down of a trial. */
interface Settled {
  readonly trial: Trial;
  readonly end: TrialEnd;
  readonly attempt: number;
}

/**
 * Where trials stand by the runs that there are: one whose run is whole has ended, also where the study's process was
 * killed before it could write that down, and one whose run was removed has not. Gives what is to be written down.
 */
export function settled(
  { id, directory }: { readonly id: string; readonly directory: string },
  trials: readonly Trial[],
  places: ReadonlyMap<string, TrialPlace>,
): Settled[] {
  const rows = new Map(
    runsOfStudy(directory, id)
      .toReversed()
      .map((row) => [row.trialOf!, row]),
  );
  return trials.flatMap((trial): Settled[] => {
    const place = places.get(trial.key);
    const attempt = Math.max(1, place?.attempt ?? 1);
    if (place?.state === "done" || place?.state === "diverged") {
      if (place.run === null || existsSync(join(directory, "runs", place.run, "run.json"))) return [];
      return [{ trial, attempt, end: { state: "stopped", run: null, reason: "its run was removed" } }];
    }
    const row = rows.get(trialName(id, trial.key));
    const state = row?.status === "finished" ? "done" : row?.status === "diverged" ? "diverged" : null;
    if (!row || state === null) return [];
    return [{ trial, attempt, end: { state, run: row.id, reason: row.reason } }];
  });
}
