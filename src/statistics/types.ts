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

/**
 * Everything `analyze` reports of one set of rows. Fields that may be absent were added after version 0.1.0, whose
 * analyses are still read.
 */
export interface GradientStatistics {
  readonly rows: number;
  /** Examples per row, when all rows have the same number; else their mean. */
  readonly batchSize: number;
  /** N, or null when the rows come from an unknown population. */
  readonly datasetSize: number | null;
  /** tr Σ of ONE example's gradient: unbiased: (Σ_k b_k‖g_k − ḡ‖²)/(K − 1), where b_k counts the examples of row k. */
  readonly traceCovariance: number;
  /** |G|²: unbiased, so it can be negative when noise dominates. */
  readonly squaredGradientNorm: number;
  /** ‖ḡ‖² of the mean of all rows: biased upward by traceCovariance / Σ b_k. */
  readonly squaredNormOfMean: number;
  /** trΣ/|G|²: the batch size at which noise and signal contribute equally, for fresh data. */
  readonly noiseScale: NoiseScale;
  /** S²/|G_D|² of the finite data set; null without N. */
  readonly datasetNoiseScale: NoiseScale | null;
  readonly noiseRatio: NoiseRatio;
  /** |G|²/(trΣ/B) for rows of B examples: B divided by the noise scale, negative where noise hides the gradient. */
  readonly batchSignalToNoise?: Interval;
  /** |G|²/trΣ, in 1/examples, without each of the rows in turn: what a test over checkpoints of the same rows needs. */
  readonly inverseWithoutRow?: readonly number[];
  /** How many examples would resolve the noise scale to ± 20 %; see `examplesToResolve`. */
  readonly examplesToResolve?: Interval;
  /** Norm, inner-product and orthogonality test of all rows as one batch. */
  readonly batchTests?: BatchAdequacy;
  /**
   * Of more than 1000 rows, the ones that `cosine`, `order`, `mostOpposedPair`, `norms` and the pictures are about,
   * upwards; position i there is row drawn[i]. Absent when they are about all rows.
   */
  readonly drawn?: readonly number[];
  /** K × K; rows of zero norm give NaN. */
  readonly cosine: readonly (readonly number[])[];
  /** Positions in `cosine` in the order in which alike rows stand together, `clusteredOrder`. */
  readonly order?: readonly number[];
  /** Over all pairs of rows, drawn or not. */
  readonly meanCosine: number;
  /** Cosine that two independent rows are expected to have: 1/(1 + noiseScale/b). */
  readonly expectedCosine: number;
  /** Standard deviation of the cosine between rows of pure noise, 1/√effectiveDimension. */
  readonly nullCosineDeviation: number;
  /** (trΣ)²/tr(Σ²): how many directions the noise fills. */
  readonly effectiveDimension: number;
  /** Rows that oppose the others as a block, and the chance of that; absent in analyses of version 0.1.0. */
  readonly opposedRows?: OpposedRows;
  /** Of all rows, as positions in `cosine`. */
  readonly mostOpposedPair: readonly [number, number];
  readonly norms: readonly number[];
  readonly embedding: Embedding;
  /** The same rows placed in other ways, `embedInSeveralWays`. */
  readonly embeddings?: readonly Embedding[];
}
