import type { EventWriter } from "../export/eventFiles.ts";
import type { Engine } from "../runtime/engine.ts";
import type { TrainingFinding } from "../store/trainingFindings.ts";
import type { RunWriter } from "../store/writer.ts";
import { DivergedError, FindingError, option, UsageError } from "../tensor/errors.ts";
import type { AveragedEvent } from "../training/events.ts";
import { train } from "../training/train.ts";
import { InterruptedError, ReportedError } from "./ends.ts";
import { englishLog } from "./englishLog.ts";
import type { CopyEvent, RunEvent, SessionEvent } from "./events.ts";
import { type FailOn, failOnOf } from "./options/failOn.ts";
import type { SwapPlan } from "./options/swapPlan.ts";
import type { OpenRun, Prepared } from "./prepared.ts";
import { type Recorder, recordRun } from "./record.ts";
import type { RunResult } from "./result.ts";
import { lastNoise, noiseOf, regimeMeasured, savedRemarks } from "./scaleRemarks.ts";

/** Where a run has ended that is continued by copies, all that training and averaging them takes. */
export interface CopyScene {
  readonly engine: Engine;
  readonly prepared: Prepared;
  readonly plan: SwapPlan;
  readonly run: RunWriter;
  readonly tell: (event: CopyEvent) => void;
  readonly signal: AbortSignal;
}

export interface SessionMeans {
  readonly engine: Engine;
  /** Ends training after the update that runs, so that it can be gone on with. Default: nothing does. */
  readonly signal?: AbortSignal;
  /** Is told what happens, as it happens; what it throws ends the run as failed. */
  readonly listen?: (event: SessionEvent) => void;
  /** The lines of log.txt that an event is worth. Default `englishLog`. */
  readonly lines?: (event: SessionEvent) => readonly string[];
  /**
   * For runs that end with an average of copies (SWAP): trains and averages them; undefined where the signal aborts.
   */
  readonly averageCopies?: (scene: CopyScene) => Promise<AveragedEvent | undefined>;
}

/**
 * Trains and writes the run that `open` gives, which is asked once nothing can be refused any more. Prints nothing and
 * listens to no signal of the system. Gives a run whose status is "interrupted" where `signal` aborts before its end.
 * Throws what `train` and the writer throw, after it is written into the run, and `UsageError` for copies that nobody
 * can train.
 */
export async function trainRun(
  prepared: Prepared,
  open: () => OpenRun | Promise<OpenRun>,
  means: SessionMeans,
): Promise<RunResult> {
  if (prepared.swap && !means.averageCopies)
    throw new UsageError(
      "trainRun: expected averageCopies for a run with copies, got none; pass it, or leave them out",
    );
  const eventsOf = prepared.configuration.tensorboard ? await eventFiles() : undefined;
  const opened = await open();
  const { signal = new AbortController().signal } = means;
  const recorder = beginning(opened.writer, () => recorderOf(prepared, opened, means, eventsOf));
  await ending(recorder, () => trainOpened(prepared, opened, { ...means, recorder, signal }));
  const interruption = interruptionBy(signal);
  return recorder.close(interruption === null ? "finished" : "interrupted", interruption);
}

type Scene = SessionMeans & Required<Pick<SessionMeans, "signal">> & { readonly recorder: Recorder };

async function trainOpened(
  prepared: Prepared,
  { writer, from, remarks, before }: OpenRun,
  { engine, signal, recorder, averageCopies }: Scene,
): Promise<void> {
  recorder.take({ kind: "plan", accumulation: prepared.accumulation });
  const locks = writer.locked ? [] : [{ kind: "unlocked" } as const];
  const { scaled } = prepared;
  let noise = scaled && lastNoise(before);
  const first = prepared.remarks.flatMap((one) =>
    one.kind === "batchRegime" && noise ? regimeMeasured(scaled, noise, prepared.options.optimizer) : [one],
  );
  for (const remark of [...first, ...remarks, ...locks]) recorder.take({ kind: "remark", remark });
  const failOn = failOnOf(prepared.configuration.failOn);
  const checkpointIsDue = everyMinutes(prepared.configuration.checkpointMinutes);
  for await (const event of train(engine, { ...prepared.options, from, checkpointIsDue }, signal)) {
    recorder.take(event.kind === "averaged" ? { ...event, of: "epochs" } : event);
    if (event.kind === "finding") requireNone(failOn, event.finding);
    if (scaled && event.kind === "step") noise = noiseOf(event) ?? noise;
    if (event.kind === "end")
      for (const remark of savedRemarks(event, prepared.options)) recorder.take({ kind: "remark", remark });
  }
  if (noise)
    for (const remark of regimeMeasured(scaled, noise, prepared.options.optimizer))
      recorder.take({ kind: "remark", remark });
  const { swap: plan } = prepared;
  if (plan === undefined || signal.aborted) return;
  const tell = (event: RunEvent) => recorder.take(event);
  const averaged = await averageCopies!({ engine, prepared, plan, run: writer, tell, signal });
  if (averaged) tell({ ...averaged, of: "copies" });
}

/** Ends the run at a finding that is to end it. Where numbers are no longer finite, training ends by itself. */
function requireNone(failOn: FailOn | undefined, { kind, step, strength }: TrainingFinding): void {
  if (!failOn || kind === "not-finite" || !(failOn === "any" ? strength !== "note" : failOn.has(kind))) return;
  throw new FindingError(
    `train: expected nothing that ${option("failOn")} names, got ${kind} at update ${step}; see the line above, or leave ${option("failOn")} out`,
  );
}

/** Loaded only for a run that writes them. */
async function eventFiles(): Promise<(writer: RunWriter) => EventWriter> {
  const { openEvents } = await import("../export/eventFiles.ts");
  const { metricRecords } = await import("../store/metricsReader.ts");
  return (writer) => openEvents(writer, () => metricRecords(writer));
}

function recorderOf(
  { options, swap }: Prepared,
  { writer, before, found, readEvaluation }: OpenRun,
  { listen = () => {}, lines = englishLog }: SessionMeans,
  eventsOf: ((writer: RunWriter) => EventWriter) | undefined,
): Recorder {
  const warnings: string[] = [];
  const recorder = recordRun(writer, {
    monitor: options.monitor?.metric,
    classNames: options.validation.classNames,
    before,
    found,
    evaluation: readEvaluation?.((damage) => warnings.push(damage)),
    events: eventsOf?.(writer),
    awaitsAverage: swap !== undefined,
    lines,
    listen,
  });
  const fail = (reason: string) => void recorder.close("failed", reason);
  recorder.take({ kind: "opened", run: writer.id, path: writer.path, fail });
  for (const message of warnings) recorder.take({ kind: "warning", warning: { kind: "damaged", message } });
  return recorder;
}

/** What is written down as the reason where the signal aborted; null where it did not. */
function interruptionBy({ aborted, reason }: AbortSignal): string | null {
  if (!aborted) return null;
  if (reason instanceof InterruptedError) return reason.signal;
  return reason instanceof Error ? reason.message : String(reason);
}

/** Writes into the run why it failed before there was anyone to record it. */
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
async function ending(recorder: Recorder, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const diverged = error instanceof DivergedError || (error instanceof ReportedError && error.exitCode === 3);
    try {
      recorder.close(diverged ? "diverged" : "failed", reasonOf(error));
    } catch {
      // A disk that is full may not even take the reason: what went wrong first is what must be told.
    }
    throw error;
  }
}

function reasonOf(error: unknown): string {
  // A copy that failed has said why itself.
  if (error instanceof ReportedError) return error.message || "a copy failed";
  return error instanceof Error ? error.message : String(error);
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
