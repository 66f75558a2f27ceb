import { percent } from "../advice/format.ts";
import type { EpochRecord, RunStatus, RunSummary } from "../store/schema.ts";
import type { RunWriter } from "../store/writer.ts";
import type { EndEvent, ProgressEvent, TrainingEvent } from "../training/events.ts";
import { chooseProgress, createProgress, describeEpoch, type ProgressMode, trainingNotes } from "./progress.ts";

/** What `train --json` prints of one run. */
export interface RunResult {
  readonly run: string;
  readonly path: string;
  readonly status: RunStatus;
  readonly summary: RunSummary;
}

/** Writes what happens in training to the run's files and to the terminal. */
export interface Follower {
  take(event: TrainingEvent): void;
  /** Ends the run on disk, whatever the reason, and gives its summary. */
  close(status: Exclude<RunStatus, "running">, reason: string | null): RunResult;
  /** The result in words, for stdout. */
  lines(): string[];
}

/** By accuracy, and by the loss where there is none. */
function isBetter(a: EpochRecord, b: EpochRecord): boolean {
  if (a.validationAccuracy === undefined || b.validationAccuracy === undefined)
    return a.validationLoss < b.validationLoss;
  return a.validationAccuracy > b.validationAccuracy;
}

function validated({ validationLoss, validationAccuracy }: EpochRecord): string {
  const accuracy = validationAccuracy === undefined ? "" : `, accuracy ${percent(validationAccuracy)}`;
  return `loss ${validationLoss.toFixed(4)}${accuracy}`;
}

export function createFollower(
  run: RunWriter,
  { epochs, steps, progress: mode }: { epochs: number; steps: number; progress: ProgressMode },
): Follower {
  const stream = process.stderr;
  const progress = createProgress(chooseProgress(mode, stream.isTTY === true, process.env.TERM), stream, () =>
    performance.now(),
  );
  const records: EpochRecord[] = [];
  let [shown, step, examples] = [0, 0, 0];
  let ended: EndEvent | undefined;
  const started = performance.now();

  function show({ epoch, microBatch, microBatches, accumulated, loss, accuracy }: ProgressEvent) {
    if (epoch !== shown) progress.start(describeEpoch(epoch, epochs, steps), microBatches);
    shown = epoch;
    progress.update(microBatch, trainingNotes({ loss, accuracy, accumulated, accumulationSteps: steps }));
    run.heartbeat();
  }
  function summary(): RunSummary {
    const best = records.reduce<EpochRecord | null>((a, b) => (a && !isBetter(b, a) ? a : b), null);
    return {
      epochs: records.length,
      steps: step,
      examples,
      last: records.at(-1) ?? null,
      best,
      seconds: (performance.now() - started) / 1000,
      microBatchesPerSecond: ended ? ended.microBatches / ended.trainingSeconds : Number.NaN,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  }
  return {
    take(event) {
      if (event.kind === "progress") show(event);
      else if (event.kind === "checkpoint") run.saveCheckpoint(event);
      else if (event.kind === "end") ended = event;
      else run.appendMetric(event);
      if (event.kind === "step" || event.kind === "epoch" || event.kind === "end") ({ step, examples } = event);
      if (event.kind !== "epoch") return;
      records.push(event);
      progress.finish();
      progress.log(`  validation: ${validated(event)}`);
    },
    close(status, reason) {
      progress.finish();
      // A signal that comes after the last update interrupts nothing.
      const finished = ended?.reason === "finished";
      const result = {
        run: run.id,
        path: run.path,
        status: finished ? ("finished" as const) : status,
        summary: summary(),
      };
      run.writeSummary(result.summary);
      run.finish(result.status, finished ? null : reason);
      return result;
    },
    lines() {
      const { last, best, microBatchesPerSecond } = summary();
      const result =
        last && best ? [`validation: ${validated(last)}; best epoch ${best.epoch}: ${validated(best)}`] : [];
      const skipped = ended?.skippedSteps
        ? [`${ended.skippedSteps} steps skipped because float16 gradients overflowed`]
        : [];
      const speed = `${microBatchesPerSecond.toFixed(0)} micro-batches per second`;
      return [
        ...result,
        ...skipped,
        speed,
        `run ${run.path}`,
        `next: batchscope analyze ${run.id} --checkpoint all`,
        "",
      ];
    },
  };
}
