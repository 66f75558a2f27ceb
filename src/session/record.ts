import type { EventWriter } from "../export/eventFiles.ts";
import {
  type EpochRecord,
  type EvaluationFile,
  type EvaluationRecord,
  type MetricRecord,
  type RunStatus,
  type RunSummary,
  SCHEMA_VERSION,
} from "../store/schema.ts";
import type { TrainingFinding } from "../store/trainingFindings.ts";
import type { RunWriter } from "../store/writer.ts";
import { printable } from "../text/printable.ts";
import type { EndEvent, ScoresEvent } from "../training/events.ts";
import type { MonitoredMetric } from "../training/monitor.ts";
import type { RunAverageEvent, SessionEvent } from "./events.ts";
import { peakMemory } from "./memory.ts";
import type { RunResult } from "./result.ts";

export interface RecordOptions {
  /** What tells the best evaluation from the others; the loss where nothing is said. */
  readonly monitor?: MonitoredMetric | undefined;
  /** Of the validation data, for its table of classes. */
  readonly classNames: readonly string[];
  /** What the run recorded before it was gone on with. */
  readonly before?: readonly MetricRecord[];
  /** What its last evaluation found in full. */
  readonly evaluation?: EvaluationFile | undefined;
  /** What was found before it was gone on with. */
  readonly found?: readonly TrainingFinding[] | undefined;
  /** For TensorBoard, where asked for. */
  readonly events?: EventWriter | undefined;
  /** The run is whole only with an average of weights, which comes after training. */
  readonly awaitsAverage?: boolean | undefined;
  /** The lines of log.txt that an event is worth. */
  readonly lines: (event: SessionEvent) => readonly string[];
  /** Is told of every event once it is recorded, and before its lines are. */
  readonly listen: (event: SessionEvent) => void;
}

/** Writes what happens in training to the run's files. */
export interface Recorder {
  take(event: Exclude<SessionEvent, { kind: "closed" }>): void;
  /** Ends the run on disk, whatever the reason, and gives its summary; a second time it does nothing. */
  close(status: Exclude<RunStatus, "running">, reason: string | null): RunResult;
}

/** What the summary is made of. */
interface Recorded {
  readonly records: (EpochRecord | EvaluationRecord)[];
  readonly findings: TrainingFinding[];
  step: number;
  examples: number;
  ended?: EndEvent;
  evaluation?: EvaluationFile | undefined;
  averaged?: RunSummary["averaged"];
}

/** Records a run that `writer` writes. Each function throws what the writer throws. */
export function recordRun(run: RunWriter, options: RecordOptions): Recorder {
  const { before = [], events, classNames, lines, listen } = options;
  const { seconds: secondsBefore, step, examples } = before.at(-1) ?? { step: 0, examples: 0, seconds: 0 };
  const records = before.filter((record) => record.kind === "epoch" || record.kind === "evaluation");
  const findings = [...(options.found ?? [])];
  const recorded: Recorded = { records, findings, step, examples, evaluation: options.evaluation };
  const started = performance.now();
  const tell = (event: SessionEvent) => {
    listen(event);
    for (const line of lines(event)) run.log(printable(line.trim()));
  };
  const metric = (event: MetricRecord) => {
    const inAll = secondsBefore === 0 ? event : { ...event, seconds: event.seconds + secondsBefore };
    run.appendMetric(inAll);
    if (events) run.writing(() => events.append(inAll));
    recorded.step = inAll.step;
    recorded.examples = inAll.examples;
    if (inAll.kind === "epoch" || inAll.kind === "evaluation") records.push(inAll);
    // A step is worth no line, and there may be millions.
    if (inAll.kind === "step") listen(inAll);
    else tell(inAll);
  };
  let result: RunResult | undefined;
  return {
    take(event) {
      if (isMetric(event)) return metric(event);
      if (event.kind === "finding" && isKnown(findings, event.finding)) return;
      keep(run, recorded, event, classNames);
      tell(event);
    },
    close(status, reason) {
      if (result) return result;
      const seconds = secondsBefore + (performance.now() - started) / 1000;
      const summary = () => summaryOf(recorded, options.monitor, seconds);
      result = endRun(run, { status, reason, ...wholeness(recorded, options), summary, findings, events });
      listen({ kind: "closed", result });
      return result;
    },
  };
}

const metricKinds: ReadonlySet<string> = new Set(["step", "evaluation", "epoch", "accumulation"]);

function isMetric(event: SessionEvent): event is MetricRecord {
  return metricKinds.has(event.kind);
}

/** Records what is no line of metrics.jsonl. */
function keep(run: RunWriter, recorded: Recorded, event: SessionEvent, classNames: readonly string[]): void {
  if (event.kind === "progress") run.heartbeat();
  else if (event.kind === "finding") keepFinding(run, recorded, event.finding);
  else if (event.kind === "checkpoint") run.saveCheckpoint(event);
  else if (event.kind === "scores") recorded.evaluation = keepScores(run, event, classNames);
  else if (event.kind === "averaged") recorded.averaged = keepAverage(run, event);
  else if (event.kind === "end") Object.assign(recorded, { ended: event, step: event.step, examples: event.examples });
}

/** A run that goes on finds again what was found before. */
function isKnown(findings: readonly TrainingFinding[], { kind, strength }: TrainingFinding): boolean {
  return findings.some((one) => one.kind === kind && one.strength === strength);
}

function keepFinding(run: RunWriter, { findings }: Recorded, finding: TrainingFinding): void {
  run.appendFinding(finding);
  findings.push(finding);
}

function keepScores(
  run: RunWriter,
  { epoch, step, at, scores }: ScoresEvent,
  classNames: readonly string[],
): EvaluationFile {
  const evaluation = { schemaVersion: SCHEMA_VERSION, epoch, step, classNames, ...scores };
  run.writeEvaluation(at === "epoch" ? `epoch_${epoch}` : `step_${step}`, evaluation);
  return evaluation;
}

function keepAverage(run: RunWriter, { count, validationLoss, validationAccuracy, bytes }: RunAverageEvent) {
  const sha256 = run.saveAverage(bytes);
  return { count, validationLoss, ...(validationAccuracy !== undefined && { validationAccuracy }), sha256 };
}

/** Why a run ended whose monitor had no more patience. */
export const STOPPED_EARLY = "stopped early: no better evaluation came";

/** Why a run ended before its length. */
const earlyEnds: Readonly<Record<EndEvent["reason"], string | null>> = {
  finished: null,
  interrupted: null,
  stopped: STOPPED_EARLY,
  accurate: "stopped early: the training accuracy that was asked for",
  reached: "stopped early: the validation loss that was asked for",
  timedOut: "stopped early: the seconds that were asked for",
};

/** A signal that comes after the last update interrupts nothing. */
function wholeness({ ended, averaged }: Recorded, { awaitsAverage }: RecordOptions) {
  const whole = ended !== undefined && ended.reason !== "interrupted" && (!awaitsAverage || averaged !== undefined);
  return { whole, early: ended ? earlyEnds[ended.reason] : null };
}

interface Ending extends ReturnType<typeof wholeness> {
  readonly status: Exclude<RunStatus, "running">;
  readonly reason: string | null;
  readonly summary: () => RunSummary;
  readonly findings: readonly TrainingFinding[];
  readonly events: EventWriter | undefined;
}

function endRun(run: RunWriter, { status, reason, whole, early, summary, findings, events }: Ending): RunResult {
  const why = whole ? early : reason;
  try {
    const reached = whole ? "finished" : status;
    const result = { run: run.id, path: run.path, status: reached, summary: summary(), findings };
    run.writing(() => events?.close());
    run.log(why === null ? reached : `${reached}: ${why}`);
    run.writeSummary(result.summary);
    run.finish(reached, why);
    return result;
  } catch (error) {
    // A run is finished with its summary; and on a full disk, too, it is told why one failed: there is room set aside.
    const failure = error instanceof Error ? error.message : String(error);
    run.finish(whole ? "failed" : status, whole ? failure : why);
    throw error;
  }
}

function summaryOf(recorded: Recorded, monitor: MonitoredMetric = "loss", seconds: number): RunSummary {
  const { records, step, examples, ended, evaluation, averaged } = recorded;
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
    ...(averaged && { averaged }),
    ...(ended?.noiseScale && { noiseScale: ended.noiseScale }),
    ...(ended?.constantBatchUpdates !== undefined && { constantBatchUpdates: ended.constantBatchUpdates }),
    seconds,
    microBatchesPerSecond: ended?.timedMicroBatches ? ended.timedMicroBatches / ended.trainingSeconds : Number.NaN,
    peakMemoryBytes: peakMemory(),
  };
}

function isBetter(
  metric: MonitoredMetric,
  a: EpochRecord | EvaluationRecord,
  b: EpochRecord | EvaluationRecord,
): boolean {
  if (metric === "loss") return a.validationLoss < b.validationLoss;
  return (a.validationAccuracy ?? 0) > (b.validationAccuracy ?? 0);
}
