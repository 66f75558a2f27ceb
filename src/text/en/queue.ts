import type { QueueEvent, WorkerEvent } from "../../store/studies/queueEvents.ts";
import { whole } from "../format.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

const connection = {
  lost: ({ place, seconds }: { readonly place: string; readonly seconds: number }) =>
    `Redis at ${place} is gone; trying again for ${seconds} s`,
  back: ({ place }: { readonly place: string }) => `Redis at ${place} is back`,
};

/** The words of queues of trials and of their workers, in English. */
export const queueEnglish: QueueText = {
  study: {
    ...connection,
    noWorkers: ({ place, queue }) =>
      `No worker takes trials from the queue ${queue} at ${place} yet. ` +
      "Start one on any machine that shares the store: batchscope worker --queue <address> --dir <store>",
    refused: ({ reason }) => `A worker cannot train this, which waits for another worker: ${reason}`,
  },
  worker: {
    ...connection,
    ready: ({ place, queue, jobs }) => `takes ${counted(jobs, "trial")} at a time from the queue ${queue} at ${place}`,
    taken: ({ study, arm, seed }) => `${study}: ${arm}, seed ${seed} begins`,
    ended: ({ study, arm, seed, state, run, reason }) =>
      `${study}: ${arm}, seed ${seed} is ${state}${run === null ? "" : `, run ${run}`}${state === "done" || !reason ? "" : `: ${reason}`}`,
    returned: ({ study, arm, seed }) => `${study}: ${arm}, seed ${seed} goes back into the queue`,
    refused: ({ reason }) => `cannot train this, which goes back into the queue: ${reason}`,
    trouble: ({ reason }) => `trouble with the queue: ${reason}`,
  },
  trainedOne: ({ trial, state, run, reason }) =>
    `${trial} is ${state}${run === null ? "" : `, run ${run}`}${state === "done" || !reason ? "" : `: ${reason}`}`,
  slurm: ({ study, job, submitted, there, trials, ended }) =>
    [
      `${study}: ${counted(ended, "trial")} of ${whole(trials)} ended.`,
      ...(job === null ? [] : [`Submitted ${counted(submitted, "trial")} to Slurm as job ${job}.`]),
      ...(there === 0 ? [] : [`Waiting or running there from before: ${whole(there)}.`]),
      "The same command says how far they are, submits what failed again, and answers once all have ended.",
    ].join(" "),
  nothingForSlurm: (study) => `${study}: nothing waits, so that nothing would be submitted.`,
  draining: "the trials that run end with a checkpoint and go back into the queue",
};

/** Where a study stands that Slurm trains. */
export interface SlurmFacts {
  readonly study: string;
  /** The array that was submitted now; null where there was nothing to submit. */
  readonly job: string | null;
  readonly submitted: number;
  /** Of earlier arrays, that wait or run. */
  readonly there: number;
  readonly trials: number;
  readonly ended: number;
}

export interface QueueText {
  readonly study: Words<QueueEvent>;
  readonly worker: Words<WorkerEvent>;
  readonly trainedOne: (end: {
    readonly trial: string;
    readonly state: "done" | "diverged" | "failed" | "stopped";
    readonly run: string | null;
    readonly reason: string | null;
  }) => string;
  readonly slurm: (found: SlurmFacts) => string;
  readonly nothingForSlurm: (study: string) => string;
  /** What a worker does that was told to end. */
  readonly draining: string;
}
