/**
 * The inner products of K gradient rows: all that any statistic of this folder ever sees.
 * A row is the MEAN gradient over its own examples, of the data loss alone (no weight decay, no clipping).
 */
export interface Gram {
  /** K × K, row-major, symmetric: products[i·K + j] = ⟨g_i, g_j⟩, in loss²/parameter². */
  readonly products: Float64Array;
  /** Examples behind each row, b_k. */
  readonly counts: readonly number[];
}

export interface Interval {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** trΣ/|G|² in examples with its interval; see `noiseScale`. */
export interface NoiseScale extends Interval {
  /** Nominal coverage of [lower, upper], 0.95. */
  readonly level: number;
  /** False when `upper` is infinite: the rows only show that the noise scale is at least `lower`. */
  readonly resolved: boolean;
  readonly unit: "examples";
}

/** E‖g_B − g_D‖²/‖g_D‖²: a pure number that belongs to ONE batch size. */
export interface NoiseRatio {
  readonly batchSize: number;
  /** (1/K) Σ‖g_k − ḡ‖² / ‖ḡ‖², the estimate by plugging in; biased low where noise dominates. */
  readonly plugIn: number;
  /** noiseScale / B, drawn afresh from the population. NaN when unresolved. */
  readonly population: number;
  /** With D the finite data set of N examples: S²(1/B − 1/N) / |G_D|². NaN when N is unknown or |G_D|² ≤ 0. */
  readonly finitePopulation: number;
}

export interface Embedding {
  readonly method: "t-SNE" | "PCA" | "UMAP";
  /** K × 2. */
  readonly points: readonly (readonly [number, number])[];
  /** Of t-SNE; NaN for the other methods and for too few rows. */
  readonly perplexity: number;
  readonly seed: number;
  readonly iterations: number;
  /** Of t-SNE: Kullback–Leibler divergence that is left, in nats. */
  readonly divergence: number;
  /** Share of each row's k nearest neighbours (by cosine) that are still its neighbours in the picture, 0–1. */
  readonly neighborsKept: number;
  readonly neighbors: number;
  /** Venna and Kaski 2001, `placementQuality`; 1 at best, 0.5 by chance. Absent in analyses of version 0.1.0. */
  readonly trustworthiness?: number;
  /** Of PCA: the share of the directions' variance along each of the two axes, 0–1. */
  readonly explained?: readonly [number, number];
  /** What the reader must know of the picture. Absent where there is nothing, and in analyses of version 0.1.0. */
  readonly notes?: readonly PictureNote[] | undefined;
  /** The same in English, as files hold it. */
  readonly note?: string | undefined;
}

/** Three tests of all rows as one batch, by `batchAdequacy`; the smaller, the better. */
export interface BatchAdequacy {
  /** n = Σ b_k, the batch that is tested: all rows together. */
  readonly examples: number;
  readonly norm: number;
  readonly innerProduct: number;
  readonly orthogonality: number;
}

/** Of a picture of rows: which are shown, and why it is not what was asked for. */
export type PictureNote =
  | { readonly kind: "drawn"; readonly shown: number; readonly rows: number }
  | { readonly kind: "fewRows"; readonly rows: number }
  | {
      readonly kind: "perplexityLowered";
      readonly wanted: number;
      readonly perplexity: number;
      /** A row's neighbours, of which the perplexity is a third at most. */
      readonly others: number;
    }
  /** Rows of zero norm stand at a right angle to all others. */
  | { readonly kind: "undirected"; readonly undirected: number; readonly rows: number };

/** Rows whose directions stand against those of the others, and whether beyond chance; `opposedRows`. */
export interface OpposedRows {
  /** Of all rows, upwards; empty where no row does. */
  readonly rows: readonly number[];
  /** Mean cosine between these and the others; NaN without any. */
  readonly cosine: number;
  /** Without any conflict, how often would rows stand against the others as these do? NaN for fewer than 8 rows. */
  readonly p: number;
}

/** What the value of a statistic can be, by the name that its row gives: the store has a schema for each. */
export interface Shapes {
  readonly count: number;
  readonly counts: readonly number[];
  readonly number: number;
  readonly numbers: readonly number[];
  readonly matrix: readonly (readonly number[])[];
  readonly pair: readonly [number, number];
  readonly interval: Interval;
  readonly noiseScale: NoiseScale;
  readonly noiseRatio: NoiseRatio;
  readonly batchAdequacy: BatchAdequacy;
  readonly opposedRows: OpposedRows;
  readonly embedding: Embedding;
  readonly embeddings: readonly Embedding[];
}
