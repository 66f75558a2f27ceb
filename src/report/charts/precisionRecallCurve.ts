import type { EvaluationFile } from "../../store/schema.ts";
import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { percent, significant } from "../../text/format.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL } from "./chart.ts";
import type { Figure } from "./figure.ts";

/** An evaluation of two classes, with the scores of the second. */
export type RankedEvaluation = EvaluationFile & Required<Pick<EvaluationFile, "ranking" | "precisionRecall">>;

export const rankingFigure: Figure<EvaluationFile> = {
  id: "ranking",
  file: () => "ranking",
  narrow: true,
  draw: (evaluation, words) => {
    const { classification, ranking, precisionRecall } = evaluation;
    if (!classification || !ranking || !precisionRecall || precisionRecall.points.length === 0) return null;
    return precisionRecallCurve({ ...evaluation, ranking, precisionRecall }, words);
  },
};

/**
 * Precision against recall of class 1 as the steps whose area is the average precision, and the share of positives as a
 * line.
 */
export function precisionRecallCurve(
  { precisionRecall, ranking, classNames, epoch }: RankedEvaluation,
  { ranking: text }: ChartText = chartsEnglish,
): Chart {
  const { points, positiveShare } = precisionRecall;
  const [negative = "0", positive = "1"] = classNames;
  const share = percent(positiveShare);
  const axis = { type: "value", min: 0, max: 1, interval: 0.2, nameLocation: "center" };
  const line = { type: "line", symbol: "none", lineStyle: { width: 2 } };
  const chance = text.chance(share);
  const data = points.map(([recall, precision]) => ({
    name: text.point(percent(recall), percent(precision)),
    value: [json(recall), json(precision)],
  }));
  const plain = { itemStyle: { opacity: 0 } };
  return {
    title: text.title(epoch),
    caption: text.caption({ positive, negative, average: significant(ranking.averagePrecision), share }),
    option: {
      legend: {
        left: 0,
        top: 4,
        itemWidth: 24,
        padding: 0,
        data: [text.curve, chance].map((name) => ({ name, ...plain })),
      },
      tooltip: { trigger: "item" },
      grid: { left: 52, right: 20, top: 36, bottom: 46, outerBoundsMode: "none" },
      xAxis: { ...axis, name: text.recall, nameGap: 28 },
      yAxis: { ...axis, name: text.precision, nameGap: 36 },
      series: [
        {
          ...line,
          name: text.curve,
          data,
          step: "start",
          symbol: "circle",
          symbolSize: 3,
          tooltip: { formatter: "{b}" },
        },
        {
          ...line,
          name: chance,
          data: [0, 1].map((recall): Json => [recall, json(positiveShare)]),
          color: NEUTRAL,
          lineStyle: { width: 1.5, type: "dashed" },
          silent: true,
        },
      ],
    },
    frame: { width: 520, perWidth: 1, fixed: 0 },
  };
}
