import { join } from "node:path";
import type { ComparisonFacts } from "../../api/comparisonJudged.ts";
import type { ArmComparison, ArmResult } from "../../experiment/studies/comparison.ts";
import { gradientsOf } from "../../experiment/studies/gradients.ts";
import type { RanComparison } from "../../experiment/studies/runComparison.ts";
import type { SeedMean } from "../../experiment/studies/seedMean.ts";
import type { TriedRate, TunedArm } from "../../experiment/studies/tuning.ts";
import { labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import type { TimeToTargetSummary } from "../../statistics/comparison/kaplanMeier.ts";
import { kebab } from "../../tensor/kebab.ts";
import { durationText } from "../../text/duration.ts";
import { finePercent, percent, significant, whole, withInterval } from "../../text/format.ts";
import { sizeText } from "../../text/size.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { tableLines } from "./tableLines.ts";

/** What `compare` prints: the answer, the table of arms, the differences, and what follows. */
export function comparisonLines(ran: RanComparison, { answer, findings }: ComparisonFacts, text: Text): string[] {
  const words = text.comparison;
  return separated([
    answerLines(answer, text),
    tableLines(armRows(ran, text)),
    ...targetTables(ran, text).map(({ title, rows }) => [title, ...tableLines(rows)]),
    ...differenceTables(ran, text).map(({ title, rows }) => [
      title,
      ...tableLines(rows, (column) => column === 0 || column > 3),
    ]),
    ...(ran.tuned === null ? [] : [[tuningTitle(ran, text), ...tableLines(tuningRows(ran.tuned, text))]]),
    gradientTable(ran.arms, text),
    findings.map((found) => said(found, words.findings)),
    labelledLines([
      [words.study, ran.path],
      [words.report, join(ran.path, "report.html")],
    ]),
  ]);
}

/** "0.512 [0.49, 0.53]" */
export function meanText({ value, lower, upper }: SeedMean, show = significant): string {
  if (Number.isNaN(value)) return "–";
  if (lower === null || upper === null) return show(value);
  return show === significant
    ? withInterval({ value, lower, upper })
    : `${show(value)} [${show(lower)}, ${show(upper)}]`;
}

const orDash = (value: number, show: (value: number) => string) => (Number.isFinite(value) ? show(value) : "–");

/** The table of arms, its head first. */
export function armRows({ arms, tuned, file }: Pick<RanComparison, "arms" | "tuned" | "file">, text: Text): string[][] {
  const { comparison: words } = text;
  const { columns } = words;
  const hasAccuracy = arms.some(({ finalAccuracy }) => finalAccuracy !== null);
  const rate = (of: string) => (tuned === null ? [] : [of]);
  const first = [
    columns.arm,
    columns.effectiveBatchSize,
    ...rate(words.tuning.value(kebab(file.specification.tuning?.option ?? ""))),
  ];
  const head = [...first, columns.seeds, columns.meanLoss, columns.finalLoss];
  const tail = [columns.seconds, columns.peakMemory, columns.examplesPerSecond];
  const rows = arms.map((one) => [
    one.arm.name,
    whole(one.arm.effectiveBatchSize),
    ...rate(orDash(tuned?.find(({ name }) => name === one.arm.name)?.chosen ?? Number.NaN, significant)),
    whole(one.trials.length),
    meanText(one.meanLoss),
    meanText(one.finalLoss),
    ...(hasAccuracy ? [one.finalAccuracy ? meanText(one.finalAccuracy, percent) : "–"] : []),
    orDash(one.seconds, durationText),
    orDash(one.peakMemoryBytes, sizeText),
    orDash(one.examplesPerSecond, significant),
  ]);
  return [[...head, ...(hasAccuracy ? [columns.finalAccuracy] : []), ...tail], ...rows];
}

/** What the table of the values tried shows. */
export function tuningTitle({ file }: RanComparison, { comparison: { tuning } }: Text): string {
  const { specification } = file;
  const measure = specification.budget.kind === "target-loss" ? "target" : "loss";
  const { option, seeds } = specification.tuning!;
  return tuning.title(kebab(option), seeds.length, measure);
}

/** The table of the values tried, its head first. */
export function tuningRows(tuned: readonly TunedArm[], { comparison: words }: Text): string[][] {
  const cell = ({ result, lost, score }: TriedRate) => {
    if (Number.isNaN(score.value)) return "–";
    return lost === 0
      ? significant(score.value)
      : `${significant(score.value)} (${words.tuning.diverged(lost, result.trials.length)})`;
  };
  const head = [words.columns.arm, ...tuned[0]!.tried.map(({ value }) => significant(value))];
  const rows = tuned.map(({ name, tried, chosen }) => [
    name,
    ...tried.map((one) => (one.value === chosen ? `${cell(one)} *` : cell(one))),
  ]);
  return [head, ...rows];
}

interface TitledRows {
  readonly title: string;
  readonly rows: string[][];
}

/** Where a loss ends the trainings: how often and when each arm reached it, its head first. Else none. */
export function targetTables({ target }: RanComparison, { comparison: { target: words } }: Text): TitledRows[] {
  if (target === null) return [];
  const { columns } = words;
  const head = [columns.arm, columns.reached, columns.seconds, columns.examples, columns.pairs, columns.p];
  const rows = target.arms.map(({ arm, seconds, examples }) => {
    const pairs = target.pairs.find((one) => one.arm === arm)?.seconds;
    return [
      arm,
      words.of(seconds?.reached ?? 0, seconds?.trials ?? 0),
      seconds ? medianText(seconds.median) : "–",
      examples ? medianText(examples.median) : "–",
      pairs ? words.of(pairs.earlier, pairs.earlier + pairs.later + pairs.ties) : "–",
      pairs?.p == null ? "–" : significant(pairs.p),
    ];
  });
  return [{ title: words.title(significant(target.loss)), rows: [head, ...rows] }];
}

/** An end that nothing bounds is left open. */
function medianText({ value, lower, upper }: TimeToTargetSummary["median"]): string {
  const end = (one: number | null, open: string) => (one === null ? open : significant(one));
  return value === null ? "–" : `${significant(value)} [${end(lower, "0")}, ${end(upper, "∞")}]`;
}

/** The tables of differences to the baseline: of the final loss, or of time and examples to a loss. */
export function differenceTables(ran: RanComparison, text: Text): TitledRows[] {
  const { baseline, comparisons, target } = ran;
  const { comparison: words } = text;
  if (target === null) return [{ title: words.differences(baseline), rows: differenceRows(comparisons, words) }];
  return [
    { title: words.target.seconds(baseline), rows: differenceRows(comparisons, words) },
    { title: words.target.examples(baseline), rows: differenceRows(target.examples, words) },
  ];
}

function differenceRows(comparisons: readonly ArmComparison[], words: Text["comparison"]): string[][] {
  const { differenceColumns: columns } = words;
  const isOne = comparisons.length === 1;
  const p = isOne ? columns.p : columns.adjustedP;
  const head = [columns.arm, columns.difference, p, columns.improvement, columns.verdict, columns.pairing];
  return [head, ...comparisons.map((one) => differenceRow(one, isOne, words))];
}

function differenceRow(
  { arm, unpairedBy, result, verdict, adjustedP, moreSeeds }: ArmComparison,
  isOne: boolean,
  words: Text["comparison"],
): string[] {
  const { value = null, lower = null, upper = null } = result?.difference ?? {};
  const several = isOne || adjustedP === null ? "" : ` (${significant(adjustedP)})`;
  return [
    arm,
    value === null ? "–" : meanText({ value, lower, upper }),
    result?.p == null ? "–" : `${significant(result.p)}${several}`,
    result ? percent(result.probabilityOfImprovement.value) : "–",
    verdict === "no difference shown" && moreSeeds !== null
      ? words.openYet(whole(moreSeeds), moreSeeds)
      : words.verdicts[verdict]!,
    unpairedBy === null ? words.paired : words.unpaired,
  ];
}

function gradientTable(arms: readonly ArmResult[], text: Text): string[] {
  return [text.comparison.gradients, ...tableLines(gradientRows(arms, text))];
}

/** The table of gradient norms and of how the loss scatters, its head first. */
export function gradientRows(arms: readonly ArmResult[], { comparison: words }: Text): string[][] {
  const { gradientColumns: columns } = words;
  const rows = arms
    .map(gradientsOf)
    .map(({ arm, norm, standardDeviation, coefficientOfVariation }) => [
      arm,
      meanText(norm),
      meanText(standardDeviation),
      meanText(coefficientOfVariation, finePercent),
    ]);
  return [[columns.arm, columns.norm, columns.deviation, columns.coefficient], ...rows];
}
