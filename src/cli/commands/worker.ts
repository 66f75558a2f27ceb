import { work } from "../../experiment/queue/worker.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { requireStore } from "../../store/create.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import type { WorkerEvent } from "../../store/studies/queueEvents.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { say } from "../terminal/print.ts";
import { type QueueFlags, queueAddress } from "./queueFlags.ts";

/** Options of `worker` as commander gives them. */
export interface WorkerFlags extends QueueFlags {
  readonly queue: string;
  readonly jobs: string;
  readonly lostAfter: string;
  readonly dir?: string;
}

/** The command `worker`: trains trials of a queue until it is told to end. */
export async function runWorker(flags: WorkerFlags): Promise<void> {
  const jobs = wholeNumber("--jobs", flags.jobs, 1);
  const lockDuration = 1000 * wholeNumber("--lost-after", flags.lostAfter, 1);
  const address = queueAddress(flags)!;
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
