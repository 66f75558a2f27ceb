import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { inTrainFlags } from "../../session/options/flags.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import type { RunRow } from "../../store/rowIndex.ts";
import { listRows } from "../../store/runIndex.ts";
import type { TrialPlace } from "../../store/studies/trials.ts";
import { resumeTrial, runTrial, type TrialEvent, type TrialRun } from "../trial.ts";
import { outcomeOf, readOutcome } from "./outcome.ts";
import type { HearEvaluation, MachineEnd, Trial, TrialEnd } from "./schedule.ts";

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
 * off or paused is gone on with, and one that another process still trains is waited for.
 */
export async function trainTrial(
  study: StudyPlace,
  trial: Trial,
  signal: AbortSignal,
  hear?: HearEvaluation,
): Promise<MachineEnd> {
  const { directory } = study;
  const trialOf = trialName(study.id, trial.key);
  const before = await restingRun(directory, trialOf, signal);
  const known = new Set(runsOfTrial(directory, trialOf).map(({ id }) => id));
  if (signal.aborted) return { state: "stopped", run: before?.id ?? null, reason: "stopped before it began" };
  const ended = before && (endOfRow(before) ?? pauseOf(directory, before, trial));
  if (ended) return measured(directory, ended, trial);
  const configuration = { ...unshown, ...trial.configuration, trialOf };
  const { until, fingerprints } = trial;
  const means = { store: directory, signal, until, fingerprints, ...(hear && { listen: heard(hear) }) };
  const resumed = before && isCutOff(before) ? await resumeTrial(before.id, means) : null;
  // A run that cannot be opened any more is left as it is.
  const isRefused = resumed?.kind === "failed" && resumed.by === null && resumed.result === undefined;
  const trained =
    resumed === null || isRefused ? await runTrial(configuration as unknown as TrainConfiguration, means) : resumed;
  // That of an earlier attempt is none of this one's.
  const made = runsOfTrial(directory, trialOf).find(({ id }) => !known.has(id));
  const run = trained.result?.run ?? made?.id ?? (trained === resumed ? before!.id : null);
  const end = measured(directory, { ...endOf(trained, signal), run }, trial);
  return trained.kind === "failed" && trained.isLacking ? { ...end, isLacking: true } : end;
}

function endOf(trained: TrialRun, signal: AbortSignal): Omit<TrialEnd, "run"> {
  if (trained.kind === "finished") return { state: "done", reason: null };
  if (trained.kind === "paused") return { state: "stopped", reason: null, early: "rung" };
  if (trained.kind === "stopped")
    return { state: signal.aborted ? "stopped" : "failed", reason: `stopped by ${trained.signal}` };
  const reason = trained.by ?? inTrainFlags(trained.lastWords);
  return { state: trained.exitCode === DIVERGED ? "diverged" : "failed", reason };
}

const isCutOff = ({ status }: RunRow) => status === "interrupted" || status === "lost";

/** The pause of a run that has come as far as it is to, where nobody wrote it down. */
function pauseOf(directory: string, row: RunRow, { until }: Trial): TrialEnd | null {
  if (until === undefined || !isCutOff(row) || readOutcome(directory, row.id, until) === null) return null;
  return { state: "stopped", run: row.id, reason: null, early: "rung" };
}

/** With what the run measured, for a sweep. */
function measured(directory: string, end: TrialEnd, { stage, until }: Trial): TrialEnd {
  if (stage !== "sweep" || end.run === null) return end;
  const result = readOutcome(directory, end.run, end.early === "rung" ? until : undefined);
  return result === null ? end : { ...end, result };
}

const heard =
  (hear: HearEvaluation) =>
  (event: TrialEvent): void => {
    if (event.kind !== "evaluation" && event.kind !== "epoch") return;
    if (!Number.isNaN(event.validationLoss)) hear(outcomeOf(event));
  };

/** How often a run is looked at that another process trains. */
const LOOK_MILLISECONDS = 500;

/** The run that holds of a trial once no process trains it any more, or the signal aborts; null where there is none. */
async function restingRun(directory: string, trialOf: string, signal: AbortSignal): Promise<RunRow | null> {
  for (;;) {
    const row = holdingRun(runsOfTrial(directory, trialOf));
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

/** Newest first. */
function runsOfTrial(directory: string, trialOf: string): RunRow[] {
  return listRows(directory).rows.filter((row) => row.trialOf === trialOf);
}

/** Whether the run of a trial has not been removed. */
export function isRunThere(directory: string, run: string): boolean {
  return existsSync(join(directory, "runs", run, "run.json"));
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
 * killed before it could write that down, and one whose run was removed, or is that of another trial, has not. Gives
 * what is to be written down.
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
    const own = rows.get(trialName(id, trial.key)) ?? [];
    const isSaid = place?.state === "done" || place?.state === "diverged";
    if (isSaid && (place.run === null || own.some((row) => row.id === place.run))) return [];
    const row = holdingRun(own);
    const end = row ? endOfRow(row) : null;
    if (end) return [{ trial, attempt, end }];
    if (!isSaid) return [];
    const reason = isRunThere(directory, place.run!)
      ? `its run ${place.run} is none of this trial`
      : "its run was removed";
    return [{ trial, attempt, end: { state: "stopped", run: null, reason } }];
  });
}
