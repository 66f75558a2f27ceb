import { hostname } from "node:os";
import type { Job } from "bullmq";
import { filesFrom } from "../../session/runConfiguration.ts";
import type { WorkerEvent } from "../../store/studies/queueEvents.ts";
import { DataError, UsageError } from "../../tensor/errors.ts";
import type { Trial } from "../studies/schedule.ts";
import type { QueueAddress } from "./address.ts";
import { type ConnectionMeans, connect } from "./connection.ts";
import { JOB_NAME, type JobEnd, KEY_PREFIX, readJob, requireTrainable, type TrialJob } from "./jobs.ts";
import { trainShared } from "./sharedTrial.ts";

export interface WorkerMeans extends Omit<ConnectionMeans, "tell"> {
  /** The store, which it shares with the studies. */
  readonly directory: string;
  /** Trials at a time. */
  readonly jobs: number;
  /** Ends it in order: its trials end with a checkpoint, and others go on with them. */
  readonly signal: AbortSignal;
  readonly tell?: (event: WorkerEvent) => void;
  /** For how long a trial stays its own without a sign of life, in milliseconds. Default half a minute. */
  readonly lockDuration?: number;
}

/** Workers that may be lost with one trial, one after the other, before it counts as failed. */
const MOST_LOST = 20;
/** Milliseconds after which a trial that a worker refused is offered again. */
const OFFER_MILLISECONDS = 2000;
/** How often it is asked whether a trial is still wanted. */
const ASK_MILLISECONDS = 1000;

/**
 * Takes trials from a queue and trains them, until the signal aborts. Throws what `connect` throws, and its
 * `ServiceUnavailableError` where the connection is lost for good.
 */
export async function work(address: QueueAddress, means: WorkerMeans): Promise<void> {
  const { directory, jobs, signal, tell = () => {}, lockDuration = 30_000, patience } = means;
  const connection = await connect(address, { ...(patience !== undefined && { patience }), tell });
  const { Worker, WaitingError, DelayedError, Job: Jobs } = await import("bullmq");
  const end = AbortSignal.any([signal, connection.lost]);
  const lostLocks = new Map<string, AbortController>();
  const refused = new Map<string, string>();
  const isCancelled = async (id: string) => (await Jobs.fromId<TrialJob>(worker, id))?.data.isCancelled === true;
  const processor = async (job: Job<TrialJob, JobEnd>, token?: string): Promise<JobEnd> => {
    const lock = new AbortController();
    lostLocks.set(job.id!, lock);
    try {
      const own = AbortSignal.any([end, lock.signal]);
      const ended = await done(job, { directory, tell, isCancelled, refused, name: address.name, end: own });
      if (ended === "refused") {
        await job.moveToDelayed(Date.now() + OFFER_MILLISECONDS, token);
        throw new DelayedError();
      }
      if (ended !== "returned") return ended;
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      lostLocks.delete(job.id!);
    }
  };
  const worker = new Worker<TrialJob, JobEnd>(address.name, processor, {
    connection: connection.client as never,
    prefix: KEY_PREFIX,
    concurrency: jobs,
    lockDuration,
    stalledInterval: lockDuration,
    maxStalledCount: MOST_LOST,
    removeOnComplete: { age: 7 * 24 * 3600 },
    removeOnFail: { age: 7 * 24 * 3600 },
    name: hostname(),
  });
  worker.on("lockRenewalFailed", (ids) => {
    for (const id of ids) lostLocks.get(id)?.abort(new Error("another worker has taken the trial"));
  });
  worker.on("error", (error) => {
    if (!isExpected(error)) tell({ kind: "trouble", reason: error.message });
  });
  try {
    await worker.waitUntilReady();
    tell({ kind: "ready", place: connection.place, queue: address.name, jobs });
    if (!end.aborted) await new Promise((resolve) => end.addEventListener("abort", resolve, { once: true }));
    await worker.close(connection.lost.aborted);
    connection.lost.throwIfAborted();
  } finally {
    connection.close();
  }
}

/** Of the connection, which tells that itself, and of a trial that another worker has taken. */
function isExpected(error: Error): boolean {
  return (
    "code" in error || "syscall" in error || /Connection is closed|[Mm]issing (lock|key)|renew lock/.test(error.message)
  );
}

interface Scene {
  readonly directory: string;
  /** Of the queue. */
  readonly name: string;
  readonly end: AbortSignal;
  readonly tell: (event: WorkerEvent) => void;
  readonly isCancelled: (job: string) => Promise<boolean>;
  /** What this worker has not the data or files for, and why. */
  readonly refused: Map<string, string>;
}

/**
 * What a job came to, unless it goes back as this worker ends, or cannot train it. Throws where that is an end of the
 * job too.
 */
async function done(job: Job<TrialJob, JobEnd>, scene: Scene): Promise<JobEnd | "returned" | "refused"> {
  const { directory, end, tell, refused } = scene;
  const read = trialIn(job, scene);
  if (typeof read === "string") {
    tell({ kind: "refused", reason: read });
    return { state: "refused", reason: saidHere(read) };
  }
  const unfit = whyNot(() => requireTrainable(read, directory));
  if (unfit !== null) return refuse(job, unfit, scene);
  const { study, trial, folder } = read;
  const located = { ...trial, configuration: filesFrom(folder, trial.configuration as never) } as Trial;
  const needed = neededBy(located);
  const known = refused.get(needed);
  if (known !== undefined) return refuse(job, known, scene);
  const named = { study, arm: trial.arm, seed: trial.seed };
  if (end.aborted) return "returned";
  tell({ kind: "taken", ...named });
  const cancelled = new AbortController();
  const asking = setInterval(() => {
    scene.isCancelled(job.id!).then(
      (is) => is && cancelled.abort(),
      () => {},
    );
  }, ASK_MILLISECONDS);
  try {
    const stop = AbortSignal.any([end, cancelled.signal]);
    const { isLacking, ...ended } = await trainShared({ directory, id: study }, located, stop);
    if (ended.state === "stopped" && !ended.early && !cancelled.signal.aborted) {
      tell({ kind: "returned", ...named });
      return "returned";
    }
    if (isLacking) {
      refused.set(needed, ended.reason ?? "");
      return await refuse(job, ended.reason ?? "", scene);
    }
    tell({ kind: "ended", ...named, ...ended });
    // Of the same trial another machine may say something else.
    return ended.state === "failed" ? { ...ended, reason: `${ended.reason} (on ${hostname()})` } : ended;
  } finally {
    clearInterval(asking);
  }
}

/** The data and files of a trial: who lacks those of one lacks those of all that need the same. */
const neededBy = ({ fingerprints, configuration: { data, model, initFrom } }: Trial) =>
  JSON.stringify([fingerprints, data, model, initFrom]);

const saidHere = (reason: string) => `${reason} (said by the worker on ${hostname()})`;

/** Sees to it that who waits for the job gets to know why this worker does not take it, which it says once itself. */
async function refuse(job: Job<TrialJob, JobEnd>, reason: string, { tell }: Scene): Promise<"refused"> {
  const said = saidHere(reason);
  const { refusals = [] } = job.data;
  if (refusals.includes(said)) return "refused";
  tell({ kind: "refused", reason });
  await job.updateData({ ...job.data, refusals: [...refusals, said] });
  return "refused";
}

/** The trial of a job, or why it is none, which no worker can train. */
function trialIn(job: Job<TrialJob, JobEnd>, { name }: Scene): TrialJob | string {
  if (job.name !== JOB_NAME)
    return `queue ${name}: expected trials, got ${JSON.stringify(job.name)}; use another queue`;
  let read: TrialJob | undefined;
  const damaged = whyNot(() => {
    read = readJob(name, job.data);
  });
  return damaged ?? read!;
}

/** What is wrong for which `ask` throws; null where it does not. */
function whyNot(ask: () => void): string | null {
  try {
    ask();
    return null;
  } catch (error) {
    if (error instanceof UsageError || error instanceof DataError) return error.message;
    throw error;
  }
}
