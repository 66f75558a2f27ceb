import { percent, significant, whole } from "../advice/format.ts";
import type { EvaluationFile } from "../store/schema.ts";

/** More classes are a table for a file, not for a screen. */
const MOST_ROWS = 20;

/** A class that is rarer than this, and than half its share among equals, is drowned in the accuracy. */
const RARE = 0.05;

/**
 * What an evaluation found, in lines for the terminal: a table of the classes where there are at most 20, averages, and a warning where
 * the accuracy misleads; errors for numbers. A share that is not defined is "–". No line where there is nothing to say.
 */
export function evaluationLines({ classification, ranking, regression, classNames }: EvaluationFile): string[] {
  if (regression)
    return [
      `R² ${significant(regression.rSquared)}, RMSE ${significant(regression.rmse)}, MAE ${significant(regression.mae)} ` +
        "(of tables and series in standard deviations of the target, else in its own unit)",
    ];
  if (!classification) return [];
  const { macroF1, weightedF1, balancedAccuracy, accuracy } = classification;
  const areas = ranking
    ? [
        `ROC AUC ${defined(ranking.rocAuc, significant)}, average precision ${defined(ranking.averagePrecision, significant)}`,
      ]
    : [];
  const table = classification.classes.length <= MOST_ROWS ? classTable(classification.classes, classNames) : [];
  return [
    ...table,
    `macro F1 ${defined(macroF1)}, weighted F1 ${defined(weightedF1)}, balanced accuracy ${defined(balancedAccuracy)}, ` +
      `accuracy ${percent(accuracy.value)} [${percent(accuracy.lower)}, ${percent(accuracy.upper)}]`,
    ...areas,
    ...misleading(classification, classNames),
  ];
}

type Classification = NonNullable<EvaluationFile["classification"]>;

function classTable(classes: Classification["classes"], names: readonly string[]): string[] {
  const rows = [
    ["class", "precision", "recall", "95 %", "F1", "labels"],
    ...classes.map(({ precision, recall, f1, support }, c) => [
      nameOf(c, names),
      defined(precision),
      defined(recall.value),
      support > 0 ? `${percent(recall.lower)} to ${percent(recall.upper)}` : "–",
      defined(f1),
      whole(support),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join("  "),
  );
}

/** Where a class is rare, what answering without looking would reach, and what the rare class itself got. */
function misleading({ classes, labels, majorityShare, accuracy }: Classification, names: readonly string[]): string[] {
  const limit = labels * Math.min(RARE, 0.5 / classes.length);
  const rare = [...classes.entries()].filter(([, { support }]) => support > 0 && support < limit);
  if (rare.length === 0) return [];
  const common = classes.findIndex(({ support }) => support === majorityShare * labels);
  const listed = rare
    .slice(0, 5)
    .map(([c, { support, f1 }]) => `"${nameOf(c, names)}" (${percent(support / labels)}, F1 ${defined(f1)})`);
  const more = rare.length > listed.length ? ` and ${rare.length - listed.length} more` : "";
  return [
    `accuracy misleads: always answering "${nameOf(common, names)}" gives ${percent(majorityShare)}, the model ${percent(accuracy.value)}; rare: ${listed.join(", ")}${more}`,
  ];
}

function nameOf(c: number, names: readonly string[]): string {
  return names[c] ?? String(c);
}

function defined(value: number, show: (value: number) => string = percent): string {
  return Number.isNaN(value) ? "–" : show(value);
}
