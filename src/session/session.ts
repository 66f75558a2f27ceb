import { onCrash } from "../cli/crash.ts";
import { exitCodeOf } from "../cli/exit.ts";
import { languageOf } from "../cli/language.ts";
import { onSignals, type Signals, tellParent } from "../cli/signals.ts";
import { accumulationBanner } from "../cli/terminal/banner.ts";
import type { RunResult } from "../cli/terminal/follow.ts";
import { createFollower, type Follower } from "../cli/terminal/follow.ts";
import { print, say } from "../cli/terminal/print.ts";
import { averageCopies } from "../experiment/swapCopies.ts";
import { openEvents } from "../export/eventFiles.ts";
import type { Engine } from "../runtime/engine.ts";
import { readLastEvaluation } from "../store/evaluation.ts";
import { metricRecords } from "../store/metricsReader.ts";
import { storeDirectory } from "../store/runs.ts";
import type { RunWriter } from "../store/writer.ts";
import { textIn } from "../text/text.ts";
import { train } from "../training/train.ts";
import { InterruptedError, ReportedError } from "./ends.ts";
import { openChosenEngine } from "./engine.ts";
import type { OpenRun, Prepared } from "./prepared.ts";

/** Trains and writes the run that `open` gives, which is asked once nothing can be refused any more. */
export async function trainSession(prepared: Prepared, open: () => OpenRun | Promise<OpenRun>): Promise<RunResult> {
  const engine = await openChosenEngine(process.env, prepared.configuration.device);
  // From its first moment on a run ends in order.
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.update);
  tellParent(storeDirectory(prepared.configuration.dir));
  try {
    return await trainOpened(prepared, { engine, signals }, await open());
  } finally {
    signals.stopListening();
  }
}

interface Means {
  readonly engine: Engine;
  readonly signals: Signals;
}

async function trainOpened(prepared: Prepared, { engine, signals }: Means, open: OpenRun): Promise<RunResult> {
  const { configuration, accumulation, options, remarks } = prepared;
  const { writer, from, remarks: more } = open;
  const language = languageOf(process.env);
  const follower = beginning(writer, () => followerOf(prepared, open));
  const forget = onCrash((reason) => void follower.close("failed", reason));
  const checkpointIsDue = everyMinutes(configuration.checkpointMinutes);
  const { aborted } = signals;
  await ending(follower, async () => {
    for (const line of accumulationBanner(accumulation, language).split("\n")) follower.say(line);
    for (const line of [...remarks, ...more, ...unlocked(writer)]) follower.say(line);
    for await (const event of train(engine, { ...options, from, checkpointIsDue }, aborted)) follower.take(event);
    if (prepared.swap === undefined || aborted.aborted) return;
    const scene = { engine, prepared, plan: prepared.swap, run: writer, say: follower.say, aborted };
    const averaged = await averageCopies(scene);
    if (averaged) follower.take(averaged);
  }).finally(forget);
  const interruption = signals.received();
  const result = follower.close(interruption ? "interrupted" : "finished", interruption ?? null);
  if (!configuration.json) print(...follower.lines());
  if (interruption) throw new InterruptedError(interruption);
  return result;
}

function unlocked({ locked }: RunWriter): string[] {
  if (locked) return [];
  return [
    "the store's file system has no locks: only the signs of life in run.json keep a second process from this run; go on with it from one place at a time",
  ];
}

function followerOf({ configuration, options, swap }: Prepared, { writer, before }: OpenRun): Follower {
  return createFollower(writer, {
    epochs: options.epochs,
    monitor: options.monitor?.metric,
    progress: configuration.progress,
    classNames: options.validation.classNames,
    before,
    evaluation: readLastEvaluation(writer, before, say),
    events: configuration.tensorboard ? openEvents(writer, () => metricRecords(writer)) : undefined,
    awaitsAverage: swap !== undefined,
    text: textIn(languageOf(process.env)).terminal,
  });
}

/** Writes into the run why it failed before there was anyone to follow it. */
function beginning<T>(writer: RunWriter, begin: () => T): T {
  try {
    // Writes of others than the writer fail for the same reasons.
    return writer.writing(begin);
  } catch (error) {
    try {
      writer.finish("failed", error instanceof Error ? error.message : String(error));
    } catch {
      // As in `ending`.
    }
    throw error;
  }
}

/** Writes into the run why it failed, where it does. */
async function ending(follower: Follower, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const status = exitCodeOf(error) === 3 ? "diverged" : "failed";
    // A copy that failed has said why itself.
    const reason =
      error instanceof ReportedError
        ? error.message || "a copy failed"
        : error instanceof Error
          ? error.message
          : String(error);
    try {
      follower.close(status, reason);
    } catch {
      // A disk that is full may not even take the reason: what went wrong first is what must be told.
    }
    throw error;
  }
}

/** True once in so many minutes. */
function everyMinutes(minutes: number | undefined): (() => boolean) | undefined {
  if (minutes === undefined) return undefined;
  let last = performance.now();
  return () => {
    const due = performance.now() - last >= minutes * 60_000;
    if (due) last = performance.now();
    return due;
  };
}
