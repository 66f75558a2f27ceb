import type { ComparisonText } from "../../text/en/comparison.ts";
import type { Chart } from "./chart.ts";
import { accuracies } from "./comparisonAccuracy.ts";
import { type Curves, curves } from "./comparisonCurves.ts";
import { squaredNorms } from "./comparisonNorms.ts";
import { fourPanels } from "./comparisonPanels.ts";
import { timesToTarget } from "./comparisonTarget.ts";

/** A value over seeds, with its interval where there is one. */
export interface ComparedMean {
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface ComparedPoint extends ComparedMean {
  readonly examples: number;
}

/** What the figures of a comparison are drawn from. */
export interface ComparedArm {
  readonly name: string;
  readonly isBaseline: boolean;
  readonly effectiveBatchSize: number;
  readonly training: readonly ComparedPoint[];
  readonly smoothed: readonly ComparedPoint[];
  readonly validation: readonly ComparedPoint[];
  readonly gradientNorm: readonly ComparedPoint[];
  readonly meanLoss: ComparedMean;
  /** On the validation data; NaN where no trial is whole. */
  readonly finalLoss: number;
  readonly seconds: number;
  /** Bytes. */
  readonly peakMemoryBytes: number;
  readonly accuracy: ComparedMean | null;
  readonly trainAccuracy: ComparedMean | null;
  /** With the one value that suits the baseline best; null where nothing was tuned. */
  readonly fixed: {
    readonly value: number;
    readonly accuracy: ComparedMean | null;
    readonly trainAccuracy: ComparedMean | null;
  } | null;
  /** When each trial reached the loss that was asked for; null where none was. */
  readonly target: ComparedTarget | null;
}

export interface ComparedTarget {
  readonly trials: readonly { readonly reached: boolean; readonly seconds: number; readonly examples: number }[];
  /** Null where too few trials reached it. */
  readonly seconds: number | null;
  readonly examples: number | null;
}

/** Mean squared gradient norms against the batch, and the line |G|² + tr Σ/B where one fits. */
export interface ComparedNorms {
  readonly points: readonly (ComparedMean & { readonly batchSize: number })[];
  readonly line: { readonly signal: number; readonly noise: number } | null;
}

/** A figure of a comparison, with the name of its file without an ending. */
export interface ComparisonFigure {
  readonly file: string;
  readonly chart: Chart;
}

export type FigureWords = ComparisonText["figures"];

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
