import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { makeFolder } from "../../data/files/folders.ts";
import { inTrainFlags } from "../../session/options/flags.ts";
import { filesFrom } from "../../session/runConfiguration.ts";
import { appendWhole } from "../../store/appendWhole.ts";
import { readDocument, writeAtomically } from "../../store/document.ts";
import { namesIn, readRecordText } from "../../store/file.ts";
import { count, record, text } from "../../store/records.ts";
import { canonicalJson } from "../../store/studies/canonicalJson.ts";
import { studyPath } from "../../store/studies/study.ts";
import { NotFoundError, option, UsageError } from "../../tensor/errors.ts";
import { jobsOf, readJob, requireTrainable, type TrialJob } from "../queue/jobs.ts";
import { trainShared } from "../queue/sharedTrial.ts";
import type { Trial, TrialEnd } from "../studies/schedule.ts";
import type { StudyPlace } from "../studies/trial.ts";

/** Where what a cluster needs of a study stands. */
export const slurmFolder = ({ directory, id }: StudyPlace) => join(studyPath(directory, id), "slurm");

const tasksPath = (study: StudyPlace) => join(slurmFolder(study), "tasks.jsonl");

const linesOf = (study: StudyPlace) => (readRecordText(tasksPath(study)) ?? "").split("\n").slice(0, -1);

/**
 * The numbers, from 1, by which a cluster knows these trials: lines of a file that is only added to, so that what is
 * submitted already keeps its number.
 */
export function tasksFor(study: StudyPlace, trials: readonly Trial[]): number[] {
  const jobOf = jobsOf(study);
  const lines = linesOf(study);
  makeFolder(slurmFolder(study));
  return trials.map((trial) => {
    const line = canonicalJson(jobOf(trial).job);
    const known = lines.indexOf(line);
    if (known >= 0) return known + 1;
    appendWhole(tasksPath(study), `${line}\n`, { sync: true });
    return lines.push(line);
  });
}

/** The same without writing anything: the numbers that these trials have, or would be given. */
export function plannedTasks(study: StudyPlace, trials: readonly Trial[]): number[] {
  const known = tasksOf(study).map(({ key }) => key);
  let last = known.length;
  return trials.map(({ key }) => (known.includes(key) ? known.lastIndexOf(key) + 1 : ++last));
}

/** The trials of a study that a cluster was ever given, in the order of their numbers. Throws as `readJob`. */
export function tasksOf(study: StudyPlace): Trial[] {
  return linesOf(study).map((line) => readJob(study.id, JSON.parse(line)).trial);
}

/** What a task came to without an end of its run: nobody waits for it who could write that down. */
interface FailedTask {
  readonly task: number;
  readonly reason: string;
  /** Whether it was ended in order, which is no failure. */
  readonly isStopped?: boolean | undefined;
}

const failedTask = record<FailedTask>({ task: count, reason: text, isStopped: z.boolean().optional() });

const failuresPath = (study: StudyPlace) => join(slurmFolder(study), "failed");

/** Writes down what became of a task's trial. */
export type WriteEnd = (trial: Trial, end: Pick<TrialEnd, "reason"> & { readonly state: "failed" | "stopped" }) => void;

/**
 * Gives each trial whose task failed or was stopped since it was asked last, with its last reason, to `write`, and
 * forgets it then. For who holds the study's lock.
 */
export function takeFailures(study: StudyPlace, write: WriteEnd): void {
  const folder = failuresPath(study);
  const trials = tasksOf(study);
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const failed = name.endsWith(".json") ? readDocument(path, failedTask) : null;
    const trial = failed && trials[failed.task - 1];
    if (trial) write(trial, { state: failed.isStopped ? "stopped" : "failed", reason: failed.reason });
    rmSync(path, { force: true });
  }
}

/**
 * Trains the trial that `STUDY/N` names, in the store `directory`. Throws `UsageError` for what is no such name, or of
 * another version, and `NotFoundError` where the store has no such trial.
 */
export async function trainTask(directory: string, name: string, signal: AbortSignal): Promise<TrialEnd> {
  const [, id, number] = /^([^/]+)\/([1-9]\d{0,8})$/.exec(name) ?? [];
  if (id === undefined)
    throw new UsageError(`${option("trial")}: expected STUDY/N, got ${JSON.stringify(name)}; change it`);
  const line = linesOf({ directory, id })[Number(number) - 1];
  if (line === undefined)
    throw new NotFoundError(
      `${tasksPath({ directory, id })}: expected line ${number}, got no such line; see ${option("dir")}`,
    );
  const job: TrialJob = readJob(id, JSON.parse(line));
  const study = { directory, id };
  const path = join(failuresPath(study), `${number}.json`);
  const note = (reason: string, isStopped = false) => {
    const said = { task: Number(number), reason: `${reason} (on ${hostname()})`, ...(isStopped && { isStopped }) };
    writeAtomically(path, `${JSON.stringify(said)}\n`);
  };
  // Of an earlier attempt.
  rmSync(path, { force: true });
  try {
    requireTrainable(job, directory);
    const configuration = { ...filesFrom(job.folder, job.trial.configuration as never) };
    const end = await trainShared(study, { ...job.trial, configuration }, signal);
    if (end.state === "failed" || end.state === "stopped") note(end.reason ?? "", end.state === "stopped");
    return end;
  } catch (error) {
    note(inTrainFlags((error as Error).message));
    throw error;
  }
}
