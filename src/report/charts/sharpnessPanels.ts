import type { ChartText } from "../../text/en/charts.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import { NEUTRAL } from "./chart.ts";
import { type Point, thin } from "./series.ts";
import { curve, lineOnly, MAX_POINTS, type Panel, type TrainingRecords } from "./trainingPanels.ts";

/** Steps whose critical sharpness was found. */
const measured = ({ steps }: TrainingRecords) => steps.filter(({ criticalSharpness = 0 }) => criticalSharpness > 0);

/**
 * The norm of the gradient, beside the sharpness only: small where training is stuck at a critical point, large where
 * it bounces between the walls of a valley while the loss of both stands still.
 */
export function gradientNormPanel(records: TrainingRecords, words: ChartText): Panel | undefined {
  if (measured(records).length === 0) return undefined;
  const norms = records.steps
    .filter(({ gradientNorm }) => gradientNorm > 0 && Number.isFinite(gradientNorm))
    .map(({ step, gradientNorm }): Point => [step, gradientNorm]);
  if (norms.length === 0) return undefined;
  const values = norms.map(([, norm]) => norm);
  return {
    title: words.training.gradientNormAxis,
    word: words.training.gradientNorm,
    height: 116,
    legend: [],
    yAxis: logAxis(values),
    labels: logLabelWidth(values),
    series: [curve(words.training.gradientNorm, thin(norms, MAX_POINTS), words)],
  };
}

/** Critical sharpness where it was measured while training, and 2/η, above which a step raises the loss. */
export function sharpnessPanel(records: TrainingRecords, words: ChartText): Panel | undefined {
  const text = words.training;
  const found = measured(records);
  if (found.length === 0) return undefined;
  const sharpness = found.map(({ step, criticalSharpness }): Point => [step, criticalSharpness!]);
  const edge = records.steps
    .filter(({ learningRate }) => learningRate > 0)
    .map(({ step, learningRate }): Point => [step, 2 / learningRate]);
  const values = [...sharpness, ...edge].map(([, value]) => value);
  return {
    title: text.sharpnessAxis,
    word: text.sharpness,
    height: 150,
    legend: [text.criticalSharpness, lineOnly(text.edge)],
    yAxis: logAxis(values),
    labels: logLabelWidth(values),
    series: [
      curve(text.criticalSharpness, thin(sharpness, MAX_POINTS), words, "circle"),
      { ...curve(text.edge, thin(edge, MAX_POINTS), words), color: NEUTRAL, lineStyle: { width: 2, type: "dashed" } },
    ],
  };
}
