import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Queue } from "bullmq";
import type { QueueEvent } from "../../store/studies/queueEvents.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { TrialEnd } from "../studies/schedule.ts";
import type { QueueAddress } from "./address.ts";
import { type Connection, type ConnectionMeans, connect } from "./connection.ts";
import { JOB_NAME, type JobEnd, jobsOf, KEY_PREFIX, readEnd, readJob, type TrialJob } from "./jobs.ts";
import type { TrialQueue } from "./openedQueue.ts";

/** How often the queue is asked for what became of a trial. */
const ASK_MILLISECONDS = 250;
/** How long a worker is waited for that was told to end a trial. */
const STOP_MILLISECONDS = 60_000;

/** Throws what `connect` throws. */
export async function openTrialQueue(
  address: QueueAddress,
  { tell = () => {}, patience }: Omit<ConnectionMeans, "tell"> & { readonly tell?: (event: QueueEvent) => void } = {},
): Promise<TrialQueue> {
  const connection = await connect(address, { ...(patience !== undefined && { patience }), tell });
  const { Queue } = await import("bullmq");
  const queue = new Queue<TrialJob, JobEnd>(address.name, {
    connection: connection.client as never,
    prefix: KEY_PREFIX,
  });
  queue.on("error", () => {});
  let isTold = false;
  const tellNoWorkers = async () => {
    if (isTold) return;
    isTold = true;
    // Some servers do not list who is connected.
    const workers = await queue.getWorkersCount().catch(() => 1);
    if (workers === 0) tell({ kind: "noWorkers", place: connection.place, queue: address.name });
  };
  const refusals = new Set<string>();
  const tellRefusals = (reasons: readonly string[]) => {
    for (const reason of reasons) if (!refusals.has(reason)) tell({ kind: "refused", reason });
    for (const reason of reasons) refusals.add(reason);
  };
  return {
    starter: (study) => {
      const jobOf = jobsOf(study);
      const scene = { queue, connection, name: address.name, directory: study.directory, tellRefusals };
      return async (trial, signal, begun) => {
        const asked = trained({ ...scene, ...jobOf(trial) }, signal, begun);
        void tellNoWorkers().catch(() => {});
        return asked;
      };
    },
    async close() {
      await queue.close().catch(() => {});
      connection.close();
    },
  };
}

interface Scene {
  readonly queue: Queue<TrialJob, JobEnd>;
  readonly connection: Connection;
  readonly name: string;
  readonly directory: string;
  readonly id: string;
  readonly job: TrialJob;
  readonly tellRefusals: (reasons: readonly string[]) => void;
}

/** Waits for the end of a trial that it puts into the queue where it is not there; takes it out where it has ended. */
async function trained(scene: Scene, signal: AbortSignal, begun: () => void): Promise<TrialEnd> {
  const { connection } = scene;
  // While the server is away nothing can be taken back, and a stop does not wait for it.
  const away = new AbortController();
  const leave = () => connection.client.status !== "ready" && away.abort(stopped);
  signal.addEventListener("abort", leave);
  const end = AbortSignal.any([connection.lost, away.signal]);
  try {
    return await answeredTrial(scene, (asked) => unless(end, asked), signal, begun);
  } catch (error) {
    if (error === stopped) return stopped;
    throw error;
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

async function answeredTrial(
  scene: Scene,
  answered: <T>(asked: Promise<T>) => Promise<T>,
  signal: AbortSignal,
  begun: () => void,
): Promise<TrialEnd> {
  const { queue, id, tellRefusals } = scene;
  let stopAt = Number.NaN;
  await answered(put(scene));
  for (;;) {
    const state = await answered(queue.getJobState(id));
    if (state === "completed" || state === "failed") return answered(takeOut(scene));
    if (state === "active") begun();
    if (state === "delayed") tellRefusals((await answered(queue.getJob(id)))?.data.refusals ?? []);
    // The server was started anew without its memory.
    if (state === "unknown" && !signal.aborted) await answered(put(scene));
    if (signal.aborted && Number.isNaN(stopAt)) {
      stopAt = performance.now() + STOP_MILLISECONDS;
      if (await answered(cancel(scene))) return stopped;
    }
    if (state === "unknown" && signal.aborted) return stopped;
    // Its worker gave it back, which the stop did not meet there.
    if (state === "delayed" && signal.aborted && (await answered(cancel(scene)))) return stopped;
    if (performance.now() > stopAt) return stopped;
    await setTimeout(ASK_MILLISECONDS);
  }
}

const stopped: TrialEnd = { state: "stopped", run: null, reason: "the study was stopped" };

/** What is asked, unless the signal aborts, for whose reason it throws. */
function unless<T>(end: AbortSignal, asked: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(end.reason);
    if (end.aborted) fail();
    end.addEventListener("abort", fail, { once: true });
    asked
      .then(resolve, (error) => reject(end.aborted ? end.reason : error))
      .finally(() => end.removeEventListener("abort", fail));
  });
}

/** Sees to it that the queue has the job, as this program would put it, or an end of it that still holds. */
async function put({ queue, name, directory, id, job }: Scene): Promise<void> {
  const before = await queue.getJob(id);
  if (before) {
    const isEnded = before.finishedOn !== undefined && before.finishedOn !== null;
    if (!isEnded) return before.updateData(job);
    if (before.failedReason === undefined && holds(readEnd(name, before.returnvalue), directory)) return;
    await before.remove();
  }
  await queue.add(JOB_NAME, job, { jobId: id });
}

/** Whether an end that nobody has written down is still so. */
function holds(end: JobEnd, directory: string): boolean {
  if (end.state !== "done" && end.state !== "diverged" && !(end.state === "stopped" && end.early)) return false;
  return end.run !== null && existsSync(join(directory, "runs", end.run, "run.json"));
}

async function takeOut({ queue, name, id }: Scene): Promise<TrialEnd> {
  const job = await queue.getJob(id);
  if (!job) return stopped;
  const { failedReason } = job;
  const end = failedReason ? failedBy(failedReason) : readEnd(name, job.returnvalue);
  // Where this is lost, the end is found once more, and is the same.
  await job.remove();
  if (end.state === "refused") throw new UsageError(end.reason);
  return end;
}

/** BullMQ's own words for what has lost its workers too often are of jobs. */
function failedBy(reason: string): TrialEnd {
  const isStalled = reason.includes("stalled");
  return { state: "failed", run: null, reason: isStalled ? "one worker after the other was lost with it" : reason };
}

/** Takes the job out of the queue, or has its worker end it; whether it is out. */
async function cancel({ queue, name, id }: Scene): Promise<boolean> {
  const job = await queue.getJob(id);
  if (!job) return true;
  try {
    await job.remove();
    return true;
  } catch {
    // A worker has it.
    await job.updateData({ ...readJob(name, job.data), isCancelled: true });
    return false;
  }
}
