import { UsageError } from "../tensor/errors.ts";
import { exitCodeOf, messageOf } from "./ends.ts";
import { endWithParent } from "./parent.ts";
import { listenTo } from "./signals.ts";
import { exitCodeOfSignal, stopSignals } from "./stopSignals.ts";
import { TASK_WORD, type Task, type TaskFunction, type TaskMessage } from "./task.ts";

/**
 * The program of a process that another of ours started for one task (`runTask`): waits for it, runs it, sends what it
 * gives, and gives the exit code. Signals end it in order; a terminal that is gone does so through the parent, which
 * knows whether that is to be ignored.
 */
export async function main(_argv: readonly string[], hangup?: { release(): void }): Promise<number> {
  process.on("SIGHUP", () => {});
  hangup?.release();
  if (process.channel === undefined) return refuse();
  endWithParent();
  const heard = stopSignals.filter((signal) => signal !== "SIGHUP");
  const { aborted, received } = listenTo(heard);
  const marks = new Set<(reason: string) => void>();
  endOnCrash(marks);
  const { module, argument } = await givenTask();
  try {
    const { run } = (await import(module)) as { run: TaskFunction<unknown, unknown> };
    const tell = (event: unknown) => void send({ kind: "event", event });
    const result = await run(argument, { signal: aborted, tell, onCrash: (mark) => void marks.add(mark) });
    await send({ kind: "result", result });
  } catch (error) {
    await send({ kind: "error", message: messageOf(error) });
    return exitCodeOf(error);
  }
  const signal = received();
  return signal === undefined ? 0 : exitCodeOfSignal(signal);
}

function refuse(): number {
  const error = new UsageError(`${TASK_WORD}: expected to be started by batchscope itself, got no task; leave it out`);
  process.stderr.write(`batchscope: error: ${messageOf(error)}\n`);
  return exitCodeOf(error);
}

function givenTask(): Promise<Task> {
  // Nothing else keeps this process alive until the task is there.
  process.channel!.ref();
  return new Promise((resolve) =>
    process.once("message", (task: Task) => {
      process.channel?.unref();
      resolve(task);
    }),
  );
}

/** Ends once the parent has it, or is gone. */
function send(message: TaskMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, () => resolve());
    else resolve();
  });
}

/** Should anything be thrown that nobody catches. */
function endOnCrash(marks: ReadonlySet<(reason: string) => void>): void {
  const crash = async (error: unknown) => {
    for (const mark of marks) {
      try {
        mark(`internal: ${error instanceof Error ? error.message : String(error)}`);
      } catch {
        // A full disk may not even take the reason.
      }
    }
    await send({ kind: "error", message: messageOf(error) });
    process.exit(exitCodeOf(error));
  };
  process.on("uncaughtException", crash).on("unhandledRejection", crash);
}
