import type { ChartText } from "../../text/en/charts.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import { NEUTRAL } from "./chart.ts";
import { type Point, thin } from "./series.ts";
import { curve, lineOnly, MAX_POINTS, type Panel, type TrainingRecords } from "./trainingPanels.ts";

/** Steps whose critical sharpness was found. */
const measured = ({ steps }: TrainingRecords) => steps.filter(({ criticalSharpness = 0 }) => criticalSharpness > 0);

/** Checkpoints whose largest eigenvalue of the Hessian was found; one of 0 or below has no place on the axis. */
const largestOf = ({ curvature = [] }: TrainingRecords): Point[] =>
  curvature.flatMap(({ step, largest }) => (largest && largest.value > 0 ? [[step, largest.value] as const] : []));

/**
 * The norm of the gradient, beside the sharpness only: small where training is stuck at a critical point, large where
 * it bounces between the walls of a valley while the loss of both stands still.
 */
export function gradientNormPanel(records: TrainingRecords, words: ChartText): Panel | undefined {
  const { curvature = [] } = records;
  const full = curvature.flatMap(({ step, gradientNorm }): Point[] => (gradientNorm ? [[step, gradientNorm]] : []));
  if (measured(records).length + full.length === 0) return undefined;
  const norms = records.steps
    .filter(({ gradientNorm }) => gradientNorm > 0 && Number.isFinite(gradientNorm))
    .map(({ step, gradientNorm }): Point => [step, gradientNorm]);
  const values = [...norms, ...full].map(([, norm]) => norm);
  if (values.length === 0) return undefined;
  const text = words.training;
  const alone = full.length === 0;
  return {
    title: alone ? text.gradientNormAxis : text.gradientNormsAxis,
    word: text.gradientNorm,
    height: 116,
    legend: alone ? [] : [lineOnly(text.gradientNorm), text.fullGradient],
    yAxis: logAxis(values),
    labels: logLabelWidth(values),
    series: [
      curve(text.gradientNorm, thin(norms, MAX_POINTS), words),
      ...(alone ? [] : [curve(text.fullGradient, full, words, "diamond")]),
    ],
  };
}

/**
 * Critical sharpness where it was measured while training, the largest eigenvalue of the Hessian at checkpoints, and
 * 2/η: above it a step along the update, or of gradient descent along the eigenvector, raises the loss.
 */
export function sharpnessPanel(records: TrainingRecords, words: ChartText): Panel | undefined {
  const text = words.training;
  const sharpness = measured(records).map(({ step, criticalSharpness }): Point => [step, criticalSharpness!]);
  const largest = largestOf(records);
  if (sharpness.length + largest.length === 0) return undefined;
  const edge = records.steps
    .filter(({ learningRate }) => learningRate > 0)
    .map(({ step, learningRate }): Point => [step, 2 / learningRate]);
  const values = [...sharpness, ...largest, ...edge].map(([, value]) => value);
  const shown = sharpness.length > 0 ? [[text.criticalSharpness, thin(sharpness, MAX_POINTS), "circle"] as const] : [];
  return {
    title: text.sharpnessAxis,
    word: text.sharpness,
    height: 150,
    legend: [
      ...shown.map(([name]) => name),
      ...(largest.length > 0 ? [text.largestEigenvalue] : []),
      lineOnly(text.edge),
    ],
    yAxis: logAxis(values),
    labels: logLabelWidth(values),
    series: [
      ...shown.map(([name, points, symbol]) => curve(name, points, words, symbol)),
      ...(largest.length > 0 ? [curve(text.largestEigenvalue, largest, words, "diamond")] : []),
      { ...curve(text.edge, thin(edge, MAX_POINTS), words), color: NEUTRAL, lineStyle: { width: 2, type: "dashed" } },
    ],
  };
}
