import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { TrainConfiguration } from "../../session/options/options.ts";
import type { RunRow } from "../../store/rowIndex.ts";
import { listRows } from "../../store/runIndex.ts";
import type { TrialPlace } from "../../store/studies/trials.ts";
import { resumeTrial, runTrial } from "../trial.ts";
import type { Trial, TrialEnd } from "./schedule.ts";

/** What a run says of the study and the trial that it is made for. */
export const trialName = (study: string, trial: string) => `${study}/${trial}`;

/** What decides nothing, and is no part of a trial's specification. */
const unshown = { description: "", tags: [], tensorboard: false, json: false, progress: "none" };

/** The exit code of a training that diverged. */
const DIVERGED = 3;

/** The study that a trial is of, in a store. */
export interface StudyPlace {
  readonly id: string;
  /** The store. */
  readonly directory: string;
}

/**
 * Trains a trial in a process of its own, as a run of the store. A run of it that ended is its end, one that was cut
 * off is gone on with, and one that another process still trains is waited for.
 */
export async function trainTrial(study: StudyPlace, trial: Trial, signal: AbortSignal): Promise<TrialEnd> {
  const { directory } = study;
  const trialOf = trialName(study.id, trial.key);
  const before = await restingRun(directory, trialOf, signal);
  if (signal.aborted) return { state: "stopped", run: before?.id ?? null, reason: "stopped before it began" };
  const ended = before && endOfRow(before);
  if (ended) return ended;
  const configuration = { ...unshown, ...trial.configuration, trialOf };
  const means = { store: directory, signal };
  const isCutOff = before?.status === "interrupted" || before?.status === "lost";
  const resumed = isCutOff ? await resumeTrial(before.id, means) : null;
  // A run that cannot be opened any more is left as it is.
  const isRefused = resumed?.kind === "failed" && resumed.by === null && resumed.result === undefined;
  const trained =
    resumed === null || isRefused ? await runTrial(configuration as unknown as TrainConfiguration, means) : resumed;
  const run = trained.result?.run ?? newestRun(directory, trialOf)?.id ?? null;
  if (trained.kind === "finished") return { state: "done", run, reason: null };
  if (trained.kind === "stopped")
    return { state: signal.aborted ? "stopped" : "failed", run, reason: `stopped by ${trained.signal}` };
  const reason = trained.by ?? trained.lastWords;
  return { state: trained.exitCode === DIVERGED ? "diverged" : "failed", run, reason };
}

/** How often a run is looked at that another process trains. */
const LOOK_MILLISECONDS = 500;

/** The run that holds of a trial once no process trains it any more, or the signal aborts; null where there is none. */
async function restingRun(directory: string, trialOf: string, signal: AbortSignal): Promise<RunRow | null> {
  for (;;) {
    const row = holdingRun(listRows(directory).rows.filter((one) => one.trialOf === trialOf));
    if (row?.status !== "running" || signal.aborted) return row;
    await setTimeout(LOOK_MILLISECONDS, undefined, { signal }).catch(() => {});
  }
}

/** Of the runs of one trial, newest first: the one that ended, else one that is trained, else the newest. */
function holdingRun(rows: readonly RunRow[]): RunRow | null {
  return rows.find((row) => endOfRow(row)) ?? rows.find(({ status }) => status === "running") ?? rows[0] ?? null;
}

/** What a run says that reached an end of its own; null for all others. */
function endOfRow({ id, status, reason }: RunRow): TrialEnd | null {
  if (status === "finished") return { state: "done", run: id, reason: null };
  return status === "diverged" ? { state: "diverged", run: id, reason } : null;
}

function newestRun(directory: string, trialOf: string): RunRow | null {
  return listRows(directory).rows.find((row) => row.trialOf === trialOf) ?? null;
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
  { id, directory }: StudyPlace,
  trials: readonly Trial[],
  places: ReadonlyMap<string, TrialPlace>,
): Settled[] {
  const rows = Map.groupBy(runsOfStudy(directory, id), ({ trialOf }) => trialOf!);
  return trials.flatMap((trial): Settled[] => {
    const place = places.get(trial.key);
    const attempt = Math.max(1, place?.attempt ?? 1);
    if (place?.state === "done" || place?.state === "diverged") {
      if (place.run === null || existsSync(join(directory, "runs", place.run, "run.json"))) return [];
      return [{ trial, attempt, end: { state: "stopped", run: null, reason: "its run was removed" } }];
    }
    const row = holdingRun(rows.get(trialName(id, trial.key)) ?? []);
    const end = row ? endOfRow(row) : null;
    return end ? [{ trial, attempt, end }] : [];
  });
}
