import { alignedLines, labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { definitionLines } from "../../report/terminal/definitionTable.ts";
import { settingsOf } from "../../statistics/recommend/pilotTable.ts";
import { type PricedSetting, priceOf } from "../../statistics/recommend/recommendation.ts";
import type { Interval } from "../../statistics/types.ts";
import { durationInterval, durationText } from "../../text/duration.ts";
import { significant, whole } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import { plain } from "../../text/verdictParts.ts";
import { said } from "../../text/words.ts";
import { recommendCommands } from "../commands/recommendCommands.ts";
import type { Advice } from "../commands/recommendFound.ts";

/** What `recommend` prints: the answer, the commands, the alternatives, the rules, and why. */
export function recommendLines(advice: Advice, files: readonly string[], text: Text): string[] {
  const { recommend: words } = text;
  const { reasons, definitions } = advice;
  const page = files.find((file) => file.endsWith("report.html"));
  const commands = recommendCommands(advice);
  return separated([
    answerLines(advice.answer, text),
    [words.toRun, `  ${commands.train}`],
    ...(commands.judge === null ? [] : [[words.toCheck, `  ${commands.judge}`]]),
    [words.alternatives, ...alignedLines(alternativeRows(advice, text), (column) => column === 0)],
    [words.rules, ...alignedLines(ruleRows(advice, text), (column) => column === 0)],
    definitionLines(definitions, text),
    [words.reasoning, ...reasons.map((one) => `- ${said(one, words.reasons)}`)],
    page === undefined ? [] : labelledLines([[words.report, page]]),
  ]);
}

const windowText = ({ batchSize, accumulationSteps }: PricedSetting) =>
  `${whole(accumulationSteps)} × ${whole(batchSize)}`;

/** "1.2 [1.1, 1.3]" in its unit. */
const interval = ({ value, lower, upper }: Interval, show: (value: number) => string) =>
  `${show(value)} [${show(lower)}, ${Number.isFinite(upper) ? show(upper) : "∞"}]`;

const count = (value: number) => whole(Math.round(value));

function settingCells(one: PricedSetting): string[] {
  const { effectiveBatchSize, learningRate, beta2, seeds } = one;
  const cells = [whole(effectiveBatchSize), windowText(one), plain(learningRate)];
  return [...cells, beta2 === null ? "–" : plain(beta2), whole(seeds)];
}

function needCells(one: PricedSetting, { recommend: words }: Text): string[] {
  if (!one.reached) return [words.notReached(durationText(one.seconds.value)), "–", "–"];
  return [durationInterval(one.seconds), interval(one.examples, count), interval(one.updates, count)];
}

const headOf = ({ recommend: { columns } }: Text) => [
  ...[columns.batchSize, columns.window, columns.learningRate, columns.beta2, columns.seeds],
  ...[columns.seconds, columns.examples, columns.updates],
];

/** A row for the present setting and each alternative, the head first. */
export function alternativeRows({ found }: Advice, text: Text): string[][] {
  const { recommend: words } = text;
  const { advice, present, alternatives } = found.recommendation;
  const rows = alternatives.map((one) => [
    one.effectiveBatchSize === advice.effectiveBatchSize ? words.advised : words.alternative,
    ...settingCells(one),
    ...needCells(one, text),
  ]);
  return [
    [words.columns.setting, ...headOf(text)],
    ...rows,
    [words.present, ...settingCells(present), ...needCells(present, text)],
  ];
}

/** A row for each rule, the head first. */
export function ruleRows({ found }: Advice, text: Text): string[][] {
  const { recommend: words } = text;
  const rows = found.recommendation.rules.map((one) => [
    words.names[one.name],
    ...settingCells(one),
    one.reached ? `× ${interval(one.ratio, significant)}` : `> × ${significant(one.ratio.value)}`,
  ]);
  const { columns } = words;
  const head = [columns.setting, columns.batchSize, columns.window, columns.learningRate, columns.beta2, columns.seeds];
  return [[...head, columns.ratio], ...rows];
}

/** A row for every setting that was tried, by batch and rate; the head first. */
export function triedRows({ found: { table } }: Advice, text: Text): string[][] {
  const all = settingsOf(table).map((one) => priceOf(table, one));
  const sorted = all.toSorted((a, b) => a.effectiveBatchSize - b.effectiveBatchSize || a.learningRate - b.learningRate);
  return [headOf(text), ...sorted.map((one) => [...settingCells(one), ...needCells(one, text)])];
}
