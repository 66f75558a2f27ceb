import { separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { evaluationLines } from "../../report/terminal/classTable.ts";
import { findingLines } from "../../report/terminal/findingLines.ts";
import { lossLines } from "../../report/terminal/lossLines.ts";
import type { SessionEvent } from "../../session/events.ts";
import { averageLine, eventLines, scoresIn } from "../../session/log.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import type { ProgressMode } from "../../session/progressModes.ts";
import { rareClassesTried } from "../../session/rareClassesTried.ts";
import type { RunResult } from "../../session/result.ts";
import type { EpochRecord, EvaluationRecord } from "../../store/schema.ts";
import type { TrainingFindingKind } from "../../store/trainingFindings.ts";
import type { RunVerdict } from "../../store/verdicts.ts";
import { waitingText } from "../../text/duration.ts";
import type { TerminalText } from "../../text/en/terminal.ts";
import { intervalText, isTelling, significant } from "../../text/format.ts";
import { type Text, textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import type { EndEvent, ProgressEvent } from "../../training/events.ts";
import { inFlags } from "../inFlags.ts";
import { printedCommand, textWith } from "../printedCommands.ts";
import { subjectOf } from "../subject.ts";
import { chooseProgress, createProgress, describeEpoch, type ProgressStream, trainingNotes } from "./progress.ts";
import { columnsOf } from "./tableLines.ts";

export interface ShowOptions {
  /** Infinity where steps alone end the run. */
  readonly epochs: number;
  readonly progress: ProgressMode;
  /** The words of a language; English where none are given. */
  readonly text?: Text;
}

/** Shows a run on a terminal. */
export interface ShownRun {
  /** Takes the run's events as they come. */
  readonly listen: (event: SessionEvent) => void;
  /** Ends a line of progress that is not ended. */
  readonly finish: () => void;
  /** The result in words, for stdout, with what to do next. */
  readonly lines: (result: RunResult, told: Told) => string[];
}

/** What the records say of a run that has ended. */
export interface Told {
  readonly answer: readonly RunVerdict[];
  readonly records: { readonly epochs: readonly EpochRecord[] };
  /** What the run was told, for the commands that are proposed. */
  readonly configuration: TrainConfiguration;
  /** Checkpoints were saved, to analyze or to go on from. Default true. */
  readonly analyzable?: boolean;
}

export function showRun(stream: ProgressStream, options: ShowOptions): ShownRun {
  const { epochs, progress: mode, text = textIn("en") } = options;
  const clock = () => performance.now();
  const progress = createProgress(chooseProgress(mode, stream.isTTY === true, process.env.TERM), stream, clock);
  const words = text.terminal.progress;
  let [shown, left] = [0, Number.NaN];
  let ended: EndEvent | undefined;
  let average: string | undefined;
  let found: TrainingFindingKind | undefined;

  function advance(event: ProgressEvent) {
    const { epoch, microBatch, microBatches, accumulationSteps } = event;
    if (epoch !== shown)
      progress.start(describeEpoch({ epoch, epochs, accumulationSteps }, words), microBatches, microBatch);
    shown = epoch;
    const notes = microBatch === 0 ? [] : trainingNotes(event, words);
    progress.update(microBatch, found === undefined ? notes : [...notes, `! ${text.session.found.titles[found]}`]);
    left = microBatches - microBatch;
  }
  return {
    finish: progress.finish,
    listen(event) {
      if (event.kind === "progress") return advance(event);
      if (event.kind === "finding") found = event.finding.kind;
      if (event.kind === "end") ended = event;
      if (event.kind === "averaged") average = averageLine(event, event.of, text.terminal.training);
      // At the end of a run inside an epoch, too, the line stands above what is said of it.
      if (event.kind === "closed" || event.kind === "epoch" || (event.kind === "evaluation" && left === 0))
        progress.finish();
      const lines = event.kind === "warning" ? [said(event.warning, text.remarks)] : eventLines(event, text);
      lines.map(inFlags).forEach(progress.log);
    },
    lines: (result, { answer, records, configuration, analyzable = true }) =>
      separated([
        answerLines(answer, textWith(text, subjectOf({ id: result.run, path: result.path }, configuration))),
        findingLines(result.findings, text.session.found),
        lossLines(records.epochs, text),
        resultLines(result, { ended, average, analyzable, configuration }, text.terminal),
      ]),
  };
}

function resultLines(
  { run, path, status, summary }: RunResult,
  {
    ended,
    average,
    analyzable,
    configuration,
  }: Pick<Told, "analyzable" | "configuration"> & {
    readonly ended: EndEvent | undefined;
    readonly average: string | undefined;
  },
  terminal: TerminalText,
): string[] {
  const { evaluation, last, best, microBatchesPerSecond, peakMemoryBytes, seconds } = summary;
  const skipped = ended?.skippedSteps ?? 0;
  const text = terminal.training;
  const tried = rareClassesTried(configuration);
  return [
    ...(evaluation ? evaluationLines(evaluation, terminal, { tried, columns: columnsOf(process.stdout) }) : []),
    ...(last && Number.isFinite(last.trainLoss)
      ? [text.trained(last.trainLoss.toFixed(4), last.kind === "epoch")]
      : []),
    ...(last && best ? [text.best(scoresIn(last, text), placeOf(best, text), scoresIn(best, text))] : []),
    ...(average === undefined ? [] : [average]),
    ...(skipped > 0 ? [text.skipped(skipped)] : []),
    ...noiseLines(ended, text),
    ...(Number.isNaN(microBatchesPerSecond) ? [] : [text.speed(rateText(microBatchesPerSecond), waitingText(seconds))]),
    text.memory((peakMemoryBytes / 2 ** 20).toFixed(0)),
    text.run(path),
    ...(analyzable ? [nextLine(run, path, status, text)] : []),
  ];
}

/** Of a large model an update may take seconds. */
const rateText = (perSecond: number) => (perSecond < 10 ? significant(perSecond) : perSecond.toFixed(0));

function nextLine(run: string, path: string, status: RunResult["status"], text: Words): string {
  const said = (command: string) => printedCommand(command, { id: run, path });
  if (status === "finished") return text.next(said(`analyze ${run} --checkpoint all`));
  return text.goOn(said(`train --resume ${run}`));
}

type Words = TerminalText["training"];

const placeOf = (record: EpochRecord | EvaluationRecord, text: Words) =>
  record.kind === "epoch" ? text.epoch(record.epoch) : text.step(record.step);

/** The operator that mixes the examples of a micro-batch, as the refusal names it, with its node. */
function mixedBy(refusal: string): string | null {
  const [, op, node] = /, got (\w+) at node "([^"]*)"/.exec(refusal) ?? [];
  return op === undefined ? null : node ? `${op} ("${node}")` : op;
}

function noiseLines(ended: EndEvent | undefined, text: Words): string[] {
  const { noiseScale, unwatched } = ended ?? {};
  if (unwatched !== undefined) return [text.unwatched(mixedBy(unwatched))];
  if (!noiseScale) return [];
  const { lower, resolved } = noiseScale;
  if (!resolved && !isTelling(lower)) return [text.noiseUnknown];
  return [text.noise(intervalText(noiseScale), resolved)];
}
