import type { EpochRecord, EvaluationRecord, MetricRecord, RunSummary } from "../store/schema.ts";
import type { TerminalText } from "../text/en/terminal.ts";
import { findingLine } from "../text/findingLine.ts";
import { percent, significant } from "../text/format.ts";
import type { Text } from "../text/text.ts";
import { said } from "../text/words.ts";
import type { CopyEvent, SessionEvent } from "./events.ts";
import type { Accumulation } from "./options/accumulation.ts";

type Words = TerminalText["training"];

export type LogText = Pick<Text, "terminal" | "session" | "remarks">;

/**
 * The lines that an event is worth, in the words of a language, for the run's log and for a terminal; none for most
 * events.
 */
export function eventLines(event: SessionEvent, { terminal, session, remarks }: LogText): string[] {
  const text = terminal.training;
  switch (event.kind) {
    case "plan":
      return accumulationLines(event.accumulation, terminal.banner);
    case "remark":
      return [said(event.remark, remarks)];
    case "finding":
      return [`  ${findingLine(event.finding, session.found)}`];
    case "copy":
      return [copyLine(event, session.copy)];
    case "averaged":
      return [`  ${averageLine(event, event.of, text)}`];
    case "accumulation":
      return [`  ${metricLine(event, text)}`];
    case "epoch":
    case "evaluation":
      return Number.isNaN(event.validationLoss) ? [] : [`  ${metricLine(event, text)}`];
    default:
      return [];
  }
}

/** The lines that say how gradients are accumulated, before training starts; one plain line when they are not. */
export function accumulationLines(
  { batchSize, steps, remainder, effectiveBatchSize }: Omit<Accumulation, "window" | "why">,
  text: TerminalText["banner"],
): string[] {
  if (steps === 1) return [text.none(batchSize)];
  const last = remainder === 0 ? "" : ` = ${steps - 1} × ${batchSize} + ${remainder}`;
  return [text.steps(steps), `   ${text.actual(batchSize)}`, `   ${text.effective(effectiveBatchSize)}${last}`];
}

function copyLine(event: CopyEvent, text: Text["session"]["copy"]): string {
  const { copy, copies } = event;
  if (event.state === "failed") return text.failed(copy, event.reason);
  if (event.state !== "finished") return (event.state === "started" ? text.starts : text.goesOn)(copy, copies);
  const { validationLoss, validationAccuracy } = event;
  const accuracy = validationAccuracy === undefined ? null : percent(validationAccuracy);
  return text.finished(copy, copies, validationLoss.toFixed(4), accuracy);
}

function metricLine(metric: Exclude<MetricRecord, { kind: "step" }>, text: Words): string {
  if (metric.kind === "epoch") return text.validation(metric.epoch, scoresIn(metric, text));
  if (metric.kind === "evaluation") return text.validationAt(metric.step, scoresIn(metric, text));
  const { accumulationSteps, effectiveBatchSize, noiseScale } = metric;
  return text.accumulation({
    steps: accumulationSteps,
    examples: effectiveBatchSize,
    noiseScale: Number.isFinite(noiseScale) ? significant(noiseScale) : null,
  });
}

/** What an evaluation found, in one line. */
export function scoresIn(record: Omit<EpochRecord | EvaluationRecord, "kind">, text: Words): string {
  const { validationLoss, validationAccuracy: accuracy, validationScores } = record;
  const shown = (value: number | undefined) =>
    value === undefined ? undefined : Number.isNaN(value) ? "–" : significant(value);
  return text.scores({
    loss: validationLoss.toFixed(4),
    perplexity: shown(validationScores?.perplexity),
    accuracy: accuracy === undefined ? undefined : percent(accuracy),
    rSquared: shown(validationScores?.rSquared),
    rmse: shown(validationScores?.rmse),
  });
}

/** What the averaged model does. */
export function averageLine(
  { count, validationLoss, validationAccuracy }: NonNullable<RunSummary["averaged"]>,
  of: "epochs" | "copies",
  { average, averageOfCopies, scores }: Words,
): string {
  const accuracy = validationAccuracy === undefined ? undefined : percent(validationAccuracy);
  return (of === "copies" ? averageOfCopies : average)(count, scores({ loss: validationLoss.toFixed(4), accuracy }));
}
