import { join } from "node:path";
import { makeFolder } from "../../data/files/folders.ts";
import { filesFrom } from "../../session/runConfiguration.ts";
import { appendWhole } from "../../store/appendWhole.ts";
import { readRecordText } from "../../store/file.ts";
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
  requireTrainable(job, directory);
  const configuration = filesFrom(job.folder, job.trial.configuration as never);
  return trainShared({ directory, id }, { ...job.trial, configuration: { ...configuration } }, signal);
}
