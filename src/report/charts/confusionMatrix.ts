import type { EvaluationFile } from "../../store/schema.ts";
import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { percent, whole } from "../../text/format.ts";
import { columnAxis, nameAxis, nameWidth } from "./axes.ts";
import type { Chart } from "./chart.ts";
import { type Figure, MOST_ROWS } from "./figure.ts";
import { cellSeries, imageSeries, type MatrixCell, matrixImage } from "./matrix.ts";

/** More classes have no room for counts in their cells. */
const MOST_NUMBERED = 12;

/** An evaluation that counted answers by label. */
export type ClassEvaluation = EvaluationFile & Required<Pick<EvaluationFile, "classification">>;

export const confusionFigure: Figure<EvaluationFile> = {
  id: "confusion",
  file: () => "confusion",
  narrow: true,
  draw: (evaluation, words) => {
    const { classification } = evaluation;
    if (!classification || classification.classes.length > MOST_ROWS) return null;
    return confusionMatrix({ ...evaluation, classification }, words);
  },
};

/** How often each label got each answer: counts in the cells, coloured by the share of the label's examples. */
export function confusionMatrix(
  { classification, classNames, epoch }: ClassEvaluation,
  { confusion: text }: ChartText = chartsEnglish,
): Chart {
  const { confusion, labels, accuracy, majorityShare } = classification;
  const names = confusion.map((_, c) => classNames[c] ?? String(c));
  // Shares stand on the blue side of the palette.
  const shares = confusion.map((row, c) => row.map((count) => -count / classification.classes[c]!.support));
  const title = { nameLocation: "center", nameTextStyle: { fontWeight: "bold" } } as const;
  const { axis: columns, room } = columnAxis(names, 80);
  const side = nameWidth(names, 80);
  return {
    title: text.title(epoch),
    caption: text.caption({
      labels: whole(labels),
      accuracy: `${percent(accuracy.value)} [${percent(accuracy.lower)}, ${percent(accuracy.upper)}]`,
      common: percent(majorityShare),
    }),
    option: {
      grid: { left: side + 36, right: 16, top: 12, bottom: room + 28, outerBoundsMode: "none" },
      tooltip: { trigger: "item" },
      xAxis: { ...columns, ...title, name: text.prediction, nameGap: room + 8 },
      yAxis: { ...nameAxis(names, 80), inverse: true, ...title, name: text.label, nameGap: side + 14 },
      series: [imageSeries(0, matrixImage(shares, 1)), cellSeries(cells(classification, names, text), fontOf(names))],
    },
    frame: { width: widthOf(names), perWidth: 1, fixed: room - side - 12 },
  };
}

const fontOf = (names: readonly string[]) => (names.length > 6 ? 9 : names.length > 4 ? 11 : 14);

/** Two classes need no screen. */
const widthOf = (names: readonly string[]) => Math.min(560, 200 + 60 * names.length);

function cells(
  { confusion, classes }: ClassEvaluation["classification"],
  names: readonly string[],
  text: ChartText["confusion"],
): MatrixCell[] {
  return confusion.flatMap((counts, row) =>
    counts.map((count, column) => ({
      row,
      column,
      name: text.cell({
        label: names[row]!,
        prediction: names[column]!,
        count: whole(count),
        share: percent(count / classes[row]!.support),
      }),
      text: names.length > MOST_NUMBERED || count === 0 ? "" : whole(count),
      strength: count / classes[row]!.support,
    })),
  );
}
