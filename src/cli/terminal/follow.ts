import type { EventWriter } from "../../export/eventFiles.ts";
import { evaluationLines } from "../../report/terminal/classTable.ts";
import { peakMemory } from "../../session/memory.ts";
import type { ProgressMode } from "../../session/progressModes.ts";
import {
  type EpochRecord,
  type EvaluationFile,
  type EvaluationRecord,
  type MetricRecord,
  type RunStatus,
  type RunSummary,
  SCHEMA_VERSION,
} from "../../store/schema.ts";
import type { RunWriter } from "../../store/writer.ts";
import { type TerminalText, terminalEnglish } from "../../text/en/terminal.ts";
import { percent, significant } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import type { AveragedEvent, EndEvent, ProgressEvent, ScoresEvent, TrainingEvent } from "../../training/events.ts";
import type { MonitoredMetric } from "../../training/monitor.ts";
import { chooseProgress, createProgress, describeEpoch, trainingNotes } from "./progress.ts";

/** What `train --json` prints of one run. */
export interface RunResult {
  readonly run: string;
  readonly path: string;
  readonly status: RunStatus;
  readonly summary: RunSummary;
}

export interface FollowerOptions {
  /** Infinity where steps alone end the run. */
  readonly epochs: number;
  readonly progress: ProgressMode;
  /** What tells the best evaluation from the others; the loss where nothing is said. */
  readonly monitor?: MonitoredMetric | undefined;
  /** Of the validation data, for its table of classes. */
  readonly classNames: readonly string[];
  /** What the run recorded before it was gone on with. */
  readonly before?: readonly MetricRecord[];
  /** What its last evaluation found in full. */
  readonly evaluation?: EvaluationFile | undefined;
  /** For TensorBoard, where asked for. */
  readonly events?: EventWriter | undefined;
  /** The run is whole only with an average of weights, which comes after training. */
  readonly awaitsAverage?: boolean | undefined;
  /** The words of a language; English where none are given. */
  readonly text?: TerminalText | undefined;
}

/** Writes what happens in training to the run's files and to the terminal. */
export interface Follower {
  /** A line for the log and the terminal. */
  say(line: string): void;
  take(event: TrainingEvent): void;
  /** Ends the run on disk, whatever the reason, and gives its summary. */
  close(status: Exclude<RunStatus, "running">, reason: string | null): RunResult;
  /** The result in words, for stdout. */
  lines(): string[];
}

function isBetter(
  metric: MonitoredMetric,
  a: EpochRecord | EvaluationRecord,
  b: EpochRecord | EvaluationRecord,
): boolean {
  if (metric === "loss") return a.validationLoss < b.validationLoss;
  return (a.validationAccuracy ?? 0) > (b.validationAccuracy ?? 0);
}

type Words = TerminalText["training"];

function validated(record: Omit<EpochRecord, "kind">, text: Words): string {
  const { validationLoss, validationAccuracy: accuracy, validationScores } = record;
  const shown = (value: number | undefined) => (value === undefined ? undefined : significant(value));
  return text.scores({
    loss: validationLoss.toFixed(4),
    perplexity: shown(validationScores?.perplexity),
    accuracy: accuracy === undefined ? undefined : percent(accuracy),
    rSquared: shown(validationScores?.rSquared),
    rmse: shown(validationScores?.rmse),
  });
}

const placeOf = (record: EpochRecord | EvaluationRecord, text: Words) =>
  record.kind === "epoch" ? text.epoch(record.epoch) : text.step(record.step);

function described(metric: Exclude<MetricRecord, { kind: "step" }>, text: Words): string {
  if (metric.kind === "epoch") return text.validation(validated(metric, text));
  if (metric.kind === "evaluation") return text.validationAt(metric.step, validated(metric, text));
  const { accumulationSteps, effectiveBatchSize, noiseScale } = metric;
  return text.accumulation({
    steps: accumulationSteps,
    examples: effectiveBatchSize,
    noiseScale: Number.isFinite(noiseScale) ? significant(noiseScale) : null,
  });
}

function noiseLines(ended: EndEvent | undefined, text: Words): string[] {
  const { noiseScale, unwatched } = ended ?? {};
  if (unwatched !== undefined) return [text.unwatched(unwatched)];
  if (!noiseScale) return [];
  const { value, lower, upper } = noiseScale;
  // At least nothing, or at least infinity, says nothing.
  if (Number.isNaN(value) && !(lower > 0 && Number.isFinite(lower))) return [text.noiseUnknown];
  return [
    Number.isNaN(value)
      ? text.noiseAtLeast(significant(lower))
      : text.noise(significant(value), significant(lower), significant(upper)),
  ];
}

/** Of epochs or of copies. */
function averageIn(
  { count, validationLoss, validationAccuracy }: NonNullable<RunSummary["averaged"]>,
  ofCopies: boolean,
  { average, averageOfCopies, scores }: TerminalText["training"],
): string {
  const accuracy = validationAccuracy === undefined ? undefined : percent(validationAccuracy);
  return (ofCopies ? averageOfCopies : average)(count, scores({ loss: validationLoss.toFixed(4), accuracy }));
}

export function createFollower(run: RunWriter, options: FollowerOptions): Follower {
  const { epochs, progress: mode, before = [], events, monitor = "loss", text = terminalEnglish } = options;
  const stream = process.stderr;
  const progress = createProgress(chooseProgress(mode, stream.isTTY === true, process.env.TERM), stream, () =>
    performance.now(),
  );
  const records: (EpochRecord | EvaluationRecord)[] = before.filter(
    (record) => record.kind === "epoch" || record.kind === "evaluation",
  );
  let [shown, left] = [0, Number.NaN];
  const { seconds: secondsBefore, ...reached } = before.at(-1) ?? { step: 0, examples: 0, seconds: 0 };
  let { step, examples } = reached;
  let ended: EndEvent | undefined;
  let { evaluation } = options;
  let average: RunSummary["averaged"];
  let averageLine: string | undefined;
  const started = performance.now();

  function show(event: ProgressEvent) {
    const { epoch, microBatch, microBatches, accumulationSteps } = event;
    if (epoch !== shown) progress.start(describeEpoch(epoch, epochs, accumulationSteps), microBatches, microBatch);
    shown = epoch;
    progress.update(microBatch, microBatch === 0 ? [] : trainingNotes(event));
    left = microBatches - microBatch;
    run.heartbeat();
  }
  function say(line: string) {
    progress.log(line);
    run.log(printable(line.trim()));
  }
  function record(event: MetricRecord) {
    const metric = { ...event, seconds: event.seconds + secondsBefore };
    run.appendMetric(metric);
    run.writing(() => events?.append(metric));
    ({ step, examples } = metric);
    if (metric.kind === "step") return;
    if (metric.kind !== "accumulation") records.push(metric);
    // At the end of a run inside an epoch, too, the line stands above what is said of it.
    if (metric.kind === "epoch" || (metric.kind === "evaluation" && left === 0)) progress.finish();
    if (metric.kind === "accumulation" || !Number.isNaN(metric.validationLoss))
      say(`  ${described(metric, text.training)}`);
  }
  function keep({ epoch, step, at, scores }: ScoresEvent) {
    evaluation = { schemaVersion: SCHEMA_VERSION, epoch, step, classNames: options.classNames, ...scores };
    run.writeEvaluation(at === "epoch" ? `epoch_${epoch}` : `step_${step}`, evaluation);
  }
  function saveAverage({ count, validationLoss, validationAccuracy, bytes }: AveragedEvent) {
    const sha256 = run.saveAverage(bytes);
    average = { count, validationLoss, ...(validationAccuracy !== undefined && { validationAccuracy }), sha256 };
    averageLine = averageIn(average, options.awaitsAverage === true, text.training);
    say(`  ${averageLine}`);
  }
  // A signal that comes after the last update interrupts nothing.
  const isWhole = () => ended && ended.reason !== "interrupted" && (!options.awaitsAverage || average !== undefined);
  function summary(): RunSummary {
    const evaluated = records.filter(({ validationLoss }) => !Number.isNaN(validationLoss));
    const best = evaluated.reduce<EpochRecord | EvaluationRecord | null>(
      (a, b) => (a && !isBetter(monitor, b, a) ? a : b),
      null,
    );
    return {
      epochs: records.filter(({ kind }) => kind === "epoch").length,
      steps: step,
      examples,
      last: records.at(-1) ?? null,
      best,
      ...(evaluation && { evaluation }),
      ...(average && { averaged: average }),
      ...(ended?.noiseScale && { noiseScale: ended.noiseScale }),
      seconds: secondsBefore + (performance.now() - started) / 1000,
      microBatchesPerSecond: ended?.timedMicroBatches ? ended.timedMicroBatches / ended.trainingSeconds : Number.NaN,
      peakMemoryBytes: peakMemory(),
    };
  }
  return {
    say,
    take(event) {
      if (event.kind === "progress") show(event);
      else if (event.kind === "checkpoint") run.saveCheckpoint(event);
      else if (event.kind === "scores") keep(event);
      else if (event.kind === "averaged") saveAverage(event);
      else if (event.kind !== "end") record(event);
      else {
        ended = event;
        ({ step, examples } = event);
      }
    },
    close(status, reason) {
      const whole = isWhole() === true;
      const why = whole ? earlyEnds[ended!.reason] : reason;
      try {
        const result = {
          run: run.id,
          path: run.path,
          status: whole ? ("finished" as const) : status,
          summary: summary(),
        };
        progress.finish();
        run.writing(() => events?.close());
        run.log(why === null ? result.status : `${result.status}: ${why}`);
        run.writeSummary(result.summary);
        run.finish(result.status, why);
        return result;
      } catch (error) {
        // A run is finished with its summary; and on a full disk, too, it is told why one failed: there is room set aside.
        run.finish(whole ? "failed" : status, whole ? messageOf(error) : why);
        throw error;
      }
    },
    lines: () => resultLines({ run, ended, evaluation, averageLine, whole: isWhole() === true }, summary(), text),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why a run ended before its length. */
const earlyEnds: Readonly<Record<EndEvent["reason"], string | null>> = {
  finished: null,
  interrupted: null,
  stopped: "stopped early: no better evaluation came",
  accurate: "stopped early: the training accuracy that was asked for",
};

interface Ended {
  readonly run: RunWriter;
  readonly ended: EndEvent | undefined;
  readonly evaluation: EvaluationFile | undefined;
  readonly averageLine: string | undefined;
  readonly whole: boolean;
}

/** What stdout gets at the end, with what to do next. */
function resultLines(
  { run, ended, evaluation, averageLine, whole }: Ended,
  { last, best, microBatchesPerSecond, peakMemoryBytes }: RunSummary,
  terminal: TerminalText,
): string[] {
  const skipped = ended?.skippedSteps ?? 0;
  const text = terminal.training;
  return [
    ...(evaluation ? evaluationLines(evaluation, terminal) : []),
    ...(last && best ? [text.best(validated(last, text), placeOf(best, text), validated(best, text))] : []),
    ...(averageLine === undefined ? [] : [averageLine]),
    ...(skipped > 0 ? [text.skipped(skipped)] : []),
    ...noiseLines(ended, text),
    ...(Number.isNaN(microBatchesPerSecond) ? [] : [text.speed(microBatchesPerSecond.toFixed(0))]),
    text.memory((peakMemoryBytes / 2 ** 20).toFixed(0)),
    text.run(run.path),
    whole
      ? text.next(`batchscope analyze ${run.id} --checkpoint all`)
      : text.goOn(`batchscope train --resume ${run.id}`),
  ];
}
