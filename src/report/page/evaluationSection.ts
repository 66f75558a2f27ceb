import type { EvaluationFile } from "../../store/schema.ts";
import type { PageText } from "../../text/en/page.ts";
import { percent, significant, whole } from "../../text/format.ts";
import { htmlTable } from "./htmlTable.ts";
import { factList } from "./sections.ts";

/**
 * What the last evaluation found beyond a loss: averages, a row for each class, errors of numbers; then its figures.
 */
export function evaluationSection(evaluation: EvaluationFile | null, figures: string, text: PageText): string {
  if (!evaluation) return "";
  const { classification, ranking, regression } = evaluation;
  const facts = [
    ...(classification ? classFacts(classification, text) : []),
    ...(ranking
      ? ([
          [text.rocAuc, defined(ranking.rocAuc, significant)],
          [text.averagePrecision, defined(ranking.averagePrecision, significant)],
        ] as const)
      : []),
    ...(regression
      ? ([
          [text.rSquared, defined(regression.rSquared, significant)],
          [text.rmse, significant(regression.rmse)],
          [text.mae, significant(regression.mae)],
        ] as const)
      : []),
  ];
  const table = classification ? classTable(classification, evaluation.classNames, text) : "";
  const unit = regression ? `<p class="muted">${text.errorUnit}</p>\n` : "";
  return `<section><h2>${text.evaluationTitle}</h2>\n${factList(facts)}\n${unit}${table}\n${figures}</section>`;
}

type Classification = NonNullable<EvaluationFile["classification"]>;

function classFacts(scores: Classification, text: PageText): (readonly [string, string])[] {
  const { accuracy, macroF1, balancedAccuracy, majorityShare } = scores;
  return [
    [text.accuracy, `${percent(accuracy.value)} [${percent(accuracy.lower)}, ${percent(accuracy.upper)}]`],
    [text.alwaysCommonest, percent(majorityShare)],
    [text.macroF1, defined(macroF1)],
    [text.balancedAccuracy, defined(balancedAccuracy)],
  ];
}

function classTable({ classes }: Classification, names: readonly string[], text: PageText): string {
  const columns = [
    { name: text.ofClass, unit: "" },
    { name: text.precision, unit: "" },
    { name: text.recall, unit: "" },
    { name: text.recall, unit: text.interval },
    { name: "F1", unit: "" },
    { name: text.labels, unit: "" },
    { name: text.predicted, unit: "" },
  ];
  const rows = classes.map(({ precision, recall, f1, support, predicted }, c) => [
    names[c] ?? String(c),
    defined(precision),
    defined(recall.value),
    support > 0 ? `${percent(recall.lower)} – ${percent(recall.upper)}` : "–",
    defined(f1),
    whole(support),
    whole(predicted),
  ]);
  return htmlTable(columns, rows);
}

function defined(value: number, show: (value: number) => string = percent): string {
  return Number.isNaN(value) ? "–" : show(value);
}
