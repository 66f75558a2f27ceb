import { join } from "node:path";
import type { JudgementFacts } from "../../api/judgementFacts.ts";
import { measuredBy } from "../../experiment/judgements/metric.ts";
import type { JudgementState } from "../../experiment/judgements/run.ts";
import { seedMean } from "../../experiment/studies/seedMean.ts";
import { labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { differenceBar } from "../../report/terminal/differenceBar.ts";
import { durationText } from "../../text/duration.ts";
import { significant, whole } from "../../text/format.ts";
import { metricValue, signedDifference } from "../../text/judgeParts.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { meanText } from "./showComparison.ts";
import { tableLines } from "./tableLines.ts";

/** Findings that are shown without being asked for: what says whether the verdict can be trusted. */
const SHOWN = 2;

/** What `judge` prints: the answer, the interval as a line, numbers, and what they rest on. */
export function judgementLines(
  state: JudgementState,
  facts: JudgementFacts,
  { text, verbose }: { readonly text: Text; readonly verbose: boolean },
): string[] {
  const { judge: words, answers } = text;
  const sentences = facts.findings.map((found) => said(found, words.findings));
  const folded = sentences.length - SHOWN;
  return separated([
    answerLines(facts.answer, text),
    barLines(state, facts, text),
    labelledLines(numberRows(state, facts, text)),
    tableLines(sideRows(state, facts, text)),
    ...(verbose && state.looks.length > 0 ? [[words.looksTable, ...tableLines(lookRows(state, text))]] : []),
    verbose || folded <= 0 ? sentences : [...sentences.slice(0, SHOWN), answers.folded(folded)],
    labelledLines([
      [words.labels.study, state.path],
      [words.labels.report, join(state.path, "report.html")],
    ]),
  ]);
}

function barLines({ file, looks }: JudgementState, { smallerIsBetter }: JudgementFacts, { judge }: Text): string[] {
  const { metric, minimumEffect } = file.specification.judging!;
  const difference = looks.at(-1)?.difference;
  if (difference?.value == null) return [];
  const bar = differenceBar({ ...difference, value: difference.value }, minimumEffect);
  const [left, right] = smallerIsBetter
    ? [judge.figure.better, judge.figure.worse]
    : [judge.figure.worse, judge.figure.better];
  const end = (value: number) => metricValue(metric, value);
  return [`${left} ${end(bar.from)} ${bar.text} ${end(bar.to)} ${right}`];
}

/** What the last look says, in numbers. */
export function numberRows(
  { file, looks, confirmation }: JudgementState,
  { p, unpairedBy }: JudgementFacts,
  { judge: { labels, seeds, pairing } }: Text,
): [string, string][] {
  const { metric, minimumEffect, mostSeeds } = file.specification.judging!;
  const last = looks.at(-1);
  return [
    [labels.difference, last ? signedDifference(metric, last.difference) : "–"],
    [labels.minimumEffect, metricValue(metric, minimumEffect)],
    [labels.p, p === null ? "–" : significant(p)],
    [labels.seeds, seeds(last?.seeds ?? 0, mostSeeds)],
    [labels.pairing, pairing[unpairedBy ?? "none"]],
    ...(confirmation
      ? ([[labels.confirmation, signedDifference(metric, confirmation.difference)]] as [string, string][])
      : []),
  ];
}

/** The table of the two sides, its head first. */
export function sideRows({ file }: JudgementState, { arms }: JudgementFacts, text: Text): string[][] {
  const { judge: words } = text;
  const { metric } = file.specification.judging!;
  const { columns } = words;
  const orDash = (value: number, show: (value: number) => string) => (Number.isFinite(value) ? show(value) : "–");
  const rows = arms.map(({ arm, trials, examples, seconds }) => [
    arm.name,
    whole(arm.effectiveBatchSize),
    whole(trials.length),
    meanText(seedMean(trials.map((trial) => measuredBy(metric, trial))), (value) => metricValue(metric, value)),
    orDash(examples, whole),
    orDash(seconds, durationText),
  ]);
  const head = [columns.side, columns.batch, columns.trials, words.metrics[metric], columns.examples, columns.seconds];
  return [head, ...rows];
}

/** The table of looks, its head first. */
export function lookRows({ file, looks }: JudgementState, { judge: words }: Text): string[][] {
  const { metric } = file.specification.judging!;
  const { lookColumns: columns } = words;
  return [
    [columns.seeds, columns.difference, columns.level, columns.verdict],
    ...looks.map(({ seeds, difference, level, verdict }) => [
      whole(seeds),
      signedDifference(metric, difference),
      `${significant(100 * level)} %`,
      words.verdicts[verdict],
    ]),
  ];
}
