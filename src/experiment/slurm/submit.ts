import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { appendWhole } from "../../store/appendWhole.ts";
import { writeAtomically } from "../../store/document.ts";
import { readRecordText } from "../../store/file.ts";
import { parseRecord } from "../../store/parseRecord.ts";
import { count, record, text, time } from "../../store/records.ts";
import { option, ServiceUnavailableError } from "../../tensor/errors.ts";
import type { Trial } from "../studies/schedule.ts";
import type { StudyPlace } from "../studies/trial.ts";
import { arrayScript, jobName } from "./script.ts";
import { plannedTasks, slurmFolder, takeFailures, tasksFor, tasksOf, type WriteEnd } from "./tasks.ts";

/** An array of jobs that was handed to the cluster. */
interface Submission {
  readonly job: string;
  readonly tasks: readonly number[];
  /** Not said of those of earlier versions. */
  readonly at?: string | undefined;
}

const submission = record<Submission>({ job: text, tasks: z.array(count), at: time.optional() });

const submissionsPath = (study: StudyPlace) => join(slurmFolder(study), "submissions.jsonl");

/** What became of trials that a cluster is to train. */
export interface Submitted {
  /** The cluster's number of the new array; null where it has all of them already. */
  readonly job: string | null;
  readonly script: string | null;
  /** Trials of the new array. */
  readonly submitted: number;
  /** Trials of earlier ones that wait or run there. */
  readonly there: number;
}

/**
 * Hands those of the trials to Slurm that it has not: writes `slurm/array.sbatch` into the study's folder and submits
 * it. Throws `ServiceUnavailableError` where there is no Slurm or it refuses.
 */
export async function submit(
  study: StudyPlace,
  trials: readonly Trial[],
  options: readonly string[],
): Promise<Submitted> {
  const all = tasksFor(study, trials);
  const has = await tasksThere(study);
  const tasks = all.filter((task) => !has.has(task)).toSorted((a, b) => a - b);
  const there = all.length - tasks.length;
  if (tasks.length === 0) return { job: null, script: null, submitted: 0, there };
  const script = join(slurmFolder(study), "array.sbatch");
  writeAtomically(script, scriptOf(study, tasks, options));
  const answer = await slurm("sbatch", ["--parsable", script]);
  const job = answer.trim().split(";")[0]!;
  appendWhole(submissionsPath(study), `${JSON.stringify({ job, tasks, at: new Date().toISOString() })}\n`, {
    sync: true,
  });
  return { job, script, submitted: tasks.length, there };
}

/** The script that would be submitted for these trials; null without any. Writes nothing and asks no cluster. */
export function plannedScript(study: StudyPlace, trials: readonly Trial[], options: readonly string[]): string | null {
  const tasks = plannedTasks(study, trials).toSorted((a, b) => a - b);
  return tasks.length === 0 ? null : scriptOf(study, tasks, options);
}

function scriptOf(study: StudyPlace, tasks: readonly number[], options: readonly string[]): string {
  const [directory, logs] = [resolve(study.directory), resolve(slurmFolder(study))];
  return arrayScript({ study: study.id, directory, logs, tasks, options });
}

/**
 * Gives `write` what the tasks of a study came to since it was asked last: those that failed, those that were ended in
 * order, and those that Slurm has no more though neither they nor their trials said a word, as after `kill -9`. `open`
 * says of each trial that has not ended when something was last written of it, "" where nothing was.
 */
export async function gather(
  study: StudyPlace,
  write: WriteEnd,
  open: () => ReadonlyMap<string, string>,
): Promise<void> {
  takeFailures(study, write);
  const waiting = open();
  const trials = tasksOf(study);
  // Of a task that was submitted again, the last time counts.
  const last = new Map(submissions(study).flatMap((one) => one.tasks.map((task) => [task, one] as const)));
  const silent = [...last].filter(([task, { at = "" }]) => {
    const key = trials[task - 1]?.key ?? "";
    return waiting.has(key) && at > waiting.get(key)!;
  });
  if (silent.length === 0) return;
  const has = await tasksThere(study);
  for (const [task, { job }] of silent)
    if (!has.has(task))
      write(trials[task - 1]!, {
        state: "failed",
        reason: `task ${task} of Slurm's job ${job} ended without a word; its log is slurm/${job}_${task}.log of the study`,
      });
}

function submissions(study: StudyPlace): Submission[] {
  const path = submissionsPath(study);
  const lines = (readRecordText(path) ?? "").split("\n").slice(0, -1);
  return lines.map((line, i) => parseRecord(`${path}:${i + 1}`, submission, JSON.parse(line)));
}

/** The trials of a study, by their numbers, that wait or run in Slurm. */
export async function tasksThere(study: StudyPlace): Promise<ReadonlySet<number>> {
  const jobs = submissions(study).map(({ job }) => job);
  if (jobs.length === 0) return new Set();
  const listed = await slurm("squeue", ["--noheader", "--array", `--name=${jobName(study.id)}`, "--format=%F %K"]);
  const pairs = listed.split("\n").map((line) => line.trim().split(/\s+/));
  return new Set(pairs.flatMap(([job, task]) => (jobs.includes(job!) ? [Number(task)] : [])));
}

/** What a command of Slurm prints. Slurm writes the environment of who submits into its files: no password is in it. */
async function slurm(program: string, argv: readonly string[]): Promise<string> {
  const { BATCHSCOPE_REDIS_PASSWORD: _, ...env } = process.env;
  try {
    return (await promisify(execFile)(program, argv, { env })).stdout;
  } catch (error) {
    const { code, stderr = "", message } = error as Error & { code?: unknown; stderr?: string };
    const got = code === "ENOENT" ? "no such command" : stderr.trim().split("\n").at(-1) || message.split("\n")[0];
    throw new ServiceUnavailableError(
      `${option("slurm")}: expected ${program} to do it, got: ${got}; run this where Slurm is, or look at its state`,
    );
  }
}
