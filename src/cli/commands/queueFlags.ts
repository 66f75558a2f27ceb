import { parseQueue, type QueueAddress } from "../../experiment/queue/address.ts";
import type { TrialQueue } from "../../experiment/queue/openedQueue.ts";
import { openTrialQueue } from "../../experiment/queue/trialQueue.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";

/** Options of a command whose trials a queue may train. */
export interface QueueFlags {
  readonly queue?: string;
  readonly queueName?: string;
}

/** Trials that are in a queue at a time where nothing is said. */
const IN_QUEUE = 64;

/** Null where no queue is asked for. Throws what `parseQueue` throws. */
export function queueAddress({ queue, queueName }: QueueFlags): QueueAddress | null {
  return queue === undefined ? null : parseQueue(queue, queueName, process.env.BATCHSCOPE_REDIS_PASSWORD);
}

/** What says which queue trains. What is wrong with it is said before anything is loaded. */
export function queueFlagsOf({ queue, queueName }: { [Name in keyof QueueFlags]: string | undefined }): QueueFlags {
  const flags = { ...(queue !== undefined && { queue }), ...(queueName !== undefined && { queueName }) };
  queueAddress(flags);
  return flags;
}

/** How many trials at a time: of processes here one, of a queue as many as keep its workers busy. */
export function jobsOf(jobs: string | undefined, queue: string | undefined): number {
  return jobs === undefined ? (queue === undefined ? 1 : IN_QUEUE) : wholeNumber("--jobs", jobs, 1);
}

/** Opens the queue that is asked for, null where none is, for as long as `use` works; what befalls it is logged. */
export async function withQueue<T>(
  flags: QueueFlags,
  log: (line: string) => void,
  use: (queue: TrialQueue | null) => Promise<T>,
): Promise<T> {
  const address = queueAddress(flags);
  if (address === null) return use(null);
  const { study } = textIn(languageOf(process.env)).queue;
  const queue = await openTrialQueue(address, { tell: (event) => log(said(event, study)) });
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}
