import type { QueueEvent, WorkerEvent } from "../../store/studies/queueEvents.ts";
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
  },
  worker: {
    ...connection,
    ready: ({ place, queue, jobs }) => `takes ${counted(jobs, "trial")} at a time from the queue ${queue} at ${place}`,
    taken: ({ study, arm, seed }) => `${study}: ${arm}, seed ${seed} begins`,
    ended: ({ study, arm, seed, state, run, reason }) =>
      `${study}: ${arm}, seed ${seed} is ${state}${run === null ? "" : `, run ${run}`}${state === "done" || !reason ? "" : `: ${reason}`}`,
    returned: ({ study, arm, seed }) => `${study}: ${arm}, seed ${seed} goes back into the queue`,
    refused: ({ reason }) => `cannot train this: ${reason}`,
    trouble: ({ reason }) => `trouble with the queue: ${reason}`,
  },
  draining: "the trials that run end with a checkpoint and go back into the queue",
};

export interface QueueText {
  readonly study: Words<QueueEvent>;
  readonly worker: Words<WorkerEvent>;
  /** What a worker does that was told to end. */
  readonly draining: string;
}
