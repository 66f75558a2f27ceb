import type { Chart } from "./chart.ts";
import type { ComparedArm, ComparedNorms, FigureWords } from "./compared.ts";
import { accuracies } from "./comparisonAccuracy.ts";
import { type Curves, curves } from "./comparisonCurves.ts";
import { squaredNorms } from "./comparisonNorms.ts";
import { fourPanels } from "./comparisonPanels.ts";
import { timesToTarget } from "./comparisonTarget.ts";

/** A figure of a comparison, with the name of its file without an ending. */
export interface ComparisonFigure {
  readonly file: string;
  readonly chart: Chart;
}

/** Those for which there is something to draw, in the order of the page. */
export function comparisonFigures(
  arms: readonly ComparedArm[],
  norms: ComparedNorms | null,
  words: FigureWords,
): ComparisonFigure[] {
  const over = (file: string, title: string, axis: string, of: Curves["of"]) =>
    arms.some((arm) => of(arm).length > 0) ? [{ file, chart: curves(arms, { of, title, axis, words }) }] : [];
  const hasAccuracy = arms.filter(({ accuracy }) => accuracy !== null).length > 1;
  return [
    { file: "comparison", chart: fourPanels(arms, words) },
    ...(arms.some(({ target }) => target !== null)
      ? [{ file: "time_to_target", chart: timesToTarget(arms, words) }]
      : []),
    ...over("validation_loss", words.validation, words.validationLoss, ({ validation }) => validation),
    ...over("smoothed_loss", words.smoothed, words.trainingLoss, ({ smoothed }) => smoothed),
    ...over("gradient_norm", words.norms, words.gradientNorm, ({ gradientNorm }) => gradientNorm),
    ...(norms === null ? [] : [{ file: "gradient_norm_by_batch", chart: squaredNorms(norms, words) }]),
    ...(hasAccuracy ? [{ file: "accuracy_by_batch", chart: accuracies(arms, words) }] : []),
  ];
}
