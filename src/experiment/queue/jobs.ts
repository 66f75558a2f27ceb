import { join } from "node:path";
import { z } from "zod";
import { packageVersion } from "../../store/describeEnvironment.ts";
import { readDocument } from "../../store/document.ts";
import { parseRecord } from "../../store/parseRecord.ts";
import { programDigest } from "../../store/programDigest.ts";
import { count, record, text } from "../../store/records.ts";
import { digestOf } from "../../store/studies/canonicalJson.ts";
import { studyPath } from "../../store/studies/study.ts";
import { trialOutcome } from "../../store/studies/trials.ts";
import { NotFoundError, option, UsageError } from "../../tensor/errors.ts";
import type { Trial, TrialEnd } from "../studies/schedule.ts";
import type { StudyPlace } from "../studies/trial.ts";

/** What keys of ours begin with, so that queues of other programs are never met. */
export const KEY_PREFIX = "batchscope";

/** What all jobs of ours are called. */
export const JOB_NAME = "trial";

/** Raised where what a job says is said in another way. */
const JOB_FORMAT = 2;

/** A trial as it is put into a queue. */
export interface TrialJob {
  readonly format: number;
  /** Of Batchscope, which put it there. */
  readonly version: string;
  /** The digest of its code: two checkouts of one version may train differently. */
  readonly code?: string | undefined;
  readonly study: string;
  /** When the study began: of two stores only one has the study. */
  readonly createdAt: string;
  /** Where relative paths begin. */
  readonly folder: string;
  readonly trial: Trial;
  /** Whether its training is to end, with a checkpoint. */
  readonly isCancelled: boolean;
  /** Why workers did not take it. */
  readonly refusals?: readonly string[];
}

/** What became of a job: an end of the trial, or why a worker cannot train it at all. */
export type JobEnd = TrialEnd | { readonly state: "refused"; readonly reason: string };

const trial = record<Trial>({
  key: text,
  arm: text,
  seed: count,
  stage: text as z.ZodType<Trial["stage"]>,
  configuration: z.record(z.string(), z.unknown()),
  fingerprints: z.record(z.string(), text),
  until: count.optional(),
});

const trialJob = record<TrialJob>({
  format: count,
  version: text,
  code: text.optional(),
  study: text,
  createdAt: text,
  folder: text,
  trial,
  isCancelled: z.boolean(),
  refusals: z.array(text).optional(),
});

const jobEnd: z.ZodType<JobEnd> = z.union([
  record<TrialEnd>({
    state: z.enum(["done", "diverged", "failed", "stopped"]),
    run: text.nullable(),
    reason: text.nullable(),
    early: z.enum(["rung", "median"]).optional(),
    result: trialOutcome.optional(),
  }),
  record<Extract<JobEnd, { state: "refused" }>>({ state: z.literal("refused"), reason: text }),
]);

/** The study as the jobs of its trials name it. Throws `NotFoundError` where the store has none of this name. */
export function jobsOf({
  id,
  directory,
}: StudyPlace): (trial: Trial) => { readonly id: string; readonly job: TrialJob } {
  const createdAt = beginOf(directory, id);
  if (createdAt === null)
    throw new NotFoundError(`${studyPath(directory, id)}: expected a study, got nothing; start it again`);
  const own = { format: JOB_FORMAT, version: ownVersion(), code: programDigest() };
  const study = { ...own, study: id, createdAt, folder: process.cwd() };
  const mark = digestOf({ id, createdAt }, 8);
  return (one) => ({
    // The way to each pause is a job of its own.
    id: [id, mark, one.key, ...(one.until === undefined ? [] : [one.until])].join("_"),
    job: { ...study, trial: one, isCancelled: false },
  });
}

/** When a study of a store began; null where there is none. */
function beginOf(directory: string, id: string): string | null {
  const file = readDocument(join(studyPath(directory, id), "study.json"), record({ createdAt: text }));
  return file?.createdAt ?? null;
}

const ownVersion = () => packageVersion(".") ?? "";

/** What a job of the queue says. Throws `DataError` for what no program of ours has put there. */
export function readJob(queue: string, value: unknown): TrialJob {
  return parseRecord(`queue ${queue}`, trialJob, value);
}

/** What a job came to. Throws `DataError` as `readJob`. */
export function readEnd(queue: string, value: unknown): JobEnd {
  return parseRecord(`queue ${queue}`, jobEnd, value);
}

/** Throws `UsageError` where a worker with the store `directory` cannot train a job, and why. */
export function requireTrainable(job: TrialJob, directory: string): void {
  const { format, version, code, study, createdAt } = job;
  if (format !== JOB_FORMAT || version !== ownVersion())
    throw new UsageError(
      `worker: expected a trial of Batchscope ${ownVersion()}, got one of ${version}; use one version for a study and all its workers`,
    );
  if (code !== programDigest())
    throw new UsageError(
      `worker: expected a trial of Batchscope ${version} with the code ${programDigest()}, got one with the code ${code ?? "?"}; use the same checkout, or the same package, for a study and all its workers`,
    );
  if (beginOf(directory, study) === createdAt) return;
  throw new UsageError(
    `${option("dir")}: expected the store of the study ${study}, which its worker shares, got ${directory}, which has ${beginOf(directory, study) === null ? "none" : "another"} of this name; give it that store`,
  );
}
