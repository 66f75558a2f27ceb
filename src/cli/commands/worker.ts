import { work } from "../../experiment/queue/worker.ts";
import { trainTask } from "../../experiment/slurm/tasks.ts";
import { ReportedError } from "../../session/ends.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { requireStore } from "../../store/create.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import type { WorkerEvent } from "../../store/studies/queueEvents.ts";
import { DivergedError, UsageError } from "../../tensor/errors.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { say } from "../terminal/print.ts";
import { type QueueFlags, queueAddress } from "./queueFlags.ts";

/** Options of `worker` as commander gives them. */
export interface WorkerFlags extends QueueFlags {
  readonly trial?: string;
  readonly jobs: string;
  readonly lostAfter: string;
  readonly dir?: string;
}

/** The command `worker`: trains trials of a queue until it is told to end. */
export async function runWorker(flags: WorkerFlags): Promise<void> {
  if (flags.trial !== undefined) return trainOne(flags.trial, flags);
  const jobs = wholeNumber("--jobs", flags.jobs, 1);
  const lockDuration = 1000 * wholeNumber("--lost-after", flags.lostAfter, 1);
  const address = queueAddress(flags);
  if (address === null) throw new UsageError("--queue: expected an address, or --trial, got neither; give one of them");
  const directory = storeDirectory(flags.dir);
  requireStore(directory);
  const { queue: words } = textIn(languageOf(process.env));
  const signals = onSignals(words.draining);
  try {
    const tell = (event: WorkerEvent) => say(`${new Date().toISOString()} ${said(event, words.worker)}`);
    await work(address, { directory, jobs, lockDuration, signal: signals.aborted, tell });
    signals.aborted.throwIfAborted();
  } finally {
    signals.stopListening();
  }
}

/** One trial of a study that was handed to a cluster. */
async function trainOne(trial: string, { queue, dir }: WorkerFlags): Promise<void> {
  if (queue !== undefined)
    throw new UsageError("--trial: expected no --queue beside it, got both; leave one of them out");
  const { queue: words, comparison } = textIn(languageOf(process.env));
  const signals = onSignals(comparison.stopping);
  try {
    const { state, run, reason } = await trainTask(storeDirectory(dir), trial, signals.aborted);
    signals.aborted.throwIfAborted();
    say(words.trainedOne({ trial, state, run, reason }));
    if (state === "diverged") throw new DivergedError(reason ?? "");
    if (state !== "done") throw new ReportedError(1, null);
  } finally {
    signals.stopListening();
  }
}
