import type { ComparisonText } from "../../text/en/comparison.ts";

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

export type FigureWords = ComparisonText["figures"];
