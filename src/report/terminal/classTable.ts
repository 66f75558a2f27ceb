import { commonestClass, rareClasses } from "../../advice/rareClasses.ts";
import type { EvaluationFile } from "../../store/schema.ts";
import type { RareClassesTried } from "../../store/verdicts.ts";
import { type TerminalText, terminalEnglish } from "../../text/en/terminal.ts";
import { percent, significant, whole } from "../../text/format.ts";
import { foldedLines } from "./folded.ts";

/** More classes are a table for a file, not for a screen. */
const MOST_ROWS = 20;

/**
 * What an evaluation found, in lines for the terminal: a table of the classes where there are at most 20, averages, and
 * a warning where the accuracy misleads; errors for numbers. A share that is not defined is "–". No line where there is
 * nothing to say.
 */
export function evaluationLines(
  { classification, ranking, regression, classNames }: EvaluationFile,
  { evaluation: text }: TerminalText = terminalEnglish,
  { tried = "nothing", columns }: Shown = {},
): string[] {
  if (regression) {
    const { rSquared, rmse, mae } = regression;
    return [text.errors({ rSquared: defined(rSquared, significant), rmse: significant(rmse), mae: significant(mae) })];
  }
  if (!classification) return [];
  const { macroF1, weightedF1, balancedAccuracy, accuracy } = classification;
  const areas = ranking
    ? [text.areas(defined(ranking.rocAuc, significant), defined(ranking.averagePrecision, significant))]
    : [];
  const table =
    classification.classes.length <= MOST_ROWS ? classTable(classification.classes, classNames, text, columns) : [];
  const averages = text.averages({
    macro: defined(macroF1),
    weighted: defined(weightedF1),
    balanced: defined(balancedAccuracy),
    accuracy: `${percent(accuracy.value)} [${percent(accuracy.lower)}, ${percent(accuracy.upper)}]`,
  });
  return [...table, averages, ...areas, ...misleading(classification, classNames, text, tried)];
}

interface Shown {
  /** What the training did for rare classes. */
  readonly tried?: RareClassesTried;
  /** Of the terminal; undefined where every table fits. */
  readonly columns?: number | undefined;
}

type Classification = NonNullable<EvaluationFile["classification"]>;

type Words = TerminalText["evaluation"];

function classTable(
  classes: Classification["classes"],
  names: readonly string[],
  text: Words,
  columns: number | undefined,
): string[] {
  const rows = [
    [text.class, text.precision, text.recall, "95 %", "F1", text.labels],
    ...classes.map(({ precision, recall, f1, support }, c) => [
      nameOf(c, names),
      defined(precision),
      defined(recall.value),
      support > 0 ? text.range(percent(recall.lower), percent(recall.upper)) : "–",
      defined(f1),
      whole(support),
    ]),
  ];
  return foldedLines(rows, columns);
}

/** Where a class is rare, what answering without looking would reach, and what the rare class itself got. */
function misleading(
  { classes, labels, majorityShare, accuracy }: Classification,
  names: readonly string[],
  text: Words,
  tried: RareClassesTried,
): string[] {
  const rare = rareClasses({ classes, labels });
  if (rare.length === 0) return [];
  const common = commonestClass({ classes });
  const listed = rare
    .slice(0, 5)
    .map(([c, { support, f1 }]) => text.rare(nameOf(c, names), percent(support / labels), defined(f1)));
  return [
    text.misleads({
      common: nameOf(common, names),
      share: percent(majorityShare),
      accuracy: percent(accuracy.value),
      rare: listed,
      more: rare.length - listed.length,
      tried,
    }),
  ];
}

function nameOf(c: number, names: readonly string[]): string {
  return names[c] ?? String(c);
}

function defined(value: number, show: (value: number) => string = percent): string {
  return Number.isNaN(value) ? "–" : show(value);
}
