import { batchAdequacy } from "./batchAdequacy.ts";
import { expectedCosine } from "./cosine.ts";
import { datasetNoiseScale, inverseNoiseScale, noiseScale } from "./noiseScale.ts";
import { opposedRows } from "./opposedRows.ts";
import { examplesToResolve } from "./resolution.ts";
import { batchSignalToNoise } from "./signalToNoise.ts";
import { always, nullable, optional, type Statement, type Statistic, stated, type Values } from "./statistic.ts";
import type { Shapes } from "./types.ts";

/**
 * Every statistic of one set of rows, in the order of the files. Their types, the schema of the store, and the findings
 * that state one of them are made from this table.
 */
export const statistics = {
  rows: always("count", ({ gram }) => gram.counts.length),
  /** Examples per row, when all rows have the same number; else their mean. */
  batchSize: always("number", ({ ratio }) => ratio.batchSize),
  /** N, or null when the rows come from an unknown population. */
  datasetSize: nullable("number", ({ datasetSize }) => datasetSize),
  /** tr Σ of ONE example's gradient: unbiased: (Σ_k b_k‖g_k − ḡ‖²)/(K − 1), where b_k counts the examples of row k. */
  traceCovariance: always("number", ({ moments }) => moments.traceCovariance),
  /** |G|²: unbiased, so it can be negative when noise dominates. */
  squaredGradientNorm: always("number", ({ moments }) => moments.squaredGradientNorm),
  /** ‖ḡ‖² of the mean of all rows: biased upward by traceCovariance / Σ b_k. */
  squaredNormOfMean: always("number", ({ moments }) => moments.squaredNormOfMean),
  /** trΣ/|G|²: the batch size at which noise and signal contribute equally, for fresh data. */
  noiseScale: always("noiseScale", ({ gram }) => noiseScale(gram)),
  /** S²/|G_D|² of the finite data set; null without N. */
  datasetNoiseScale: nullable("noiseScale", ({ gram, datasetSize }) =>
    datasetSize === null ? null : datasetNoiseScale(gram, datasetSize),
  ),
  noiseRatio: always("noiseRatio", ({ ratio }) => ratio),
  /** |G|²/(trΣ/B) for rows of B examples: B divided by the noise scale, negative where noise hides the gradient. */
  batchSignalToNoise: stated(
    optional("interval", ({ gram }) => batchSignalToNoise(gram)),
    { kind: "batchSignal", evidence: { batchSize: "number", signalToNoise: "interval" } },
    (signalToNoise, { batchSize }) => (Number.isFinite(signalToNoise.lower) ? { batchSize, signalToNoise } : null),
  ),
  /** |G|²/trΣ, in 1/examples, without each of the rows in turn: what a test over checkpoints of the same rows needs. */
  inverseWithoutRow: optional("numbers", ({ gram }) => inverseNoiseScale(gram, 0).withoutRow),
  /** How many examples would resolve the noise scale to ± 20 %; see `examplesToResolve`. */
  examplesToResolve: optional("interval", ({ gram }) => examplesToResolve(gram, 0.2)),
  /** Norm, inner-product and orthogonality test of all rows as one batch. */
  batchTests: optional("batchAdequacy", ({ gram }) => batchAdequacy(gram)),
  /** Over all pairs of rows, drawn or not. */
  meanCosine: always("number", ({ cosines }) => cosines.mean),
  /** Cosine that two independent rows are expected to have: 1/(1 + noiseScale/b). */
  expectedCosine: always("number", ({ moments, ratio }) =>
    expectedCosine(moments.squaredGradientNorm, moments.traceCovariance, ratio.batchSize),
  ),
  /** Standard deviation of the cosine between rows of pure noise, 1/√effectiveDimension. */
  nullCosineDeviation: always("number", ({ dimension }) => 1 / Math.sqrt(dimension)),
  /** (trΣ)²/tr(Σ²): how many directions the noise fills. */
  effectiveDimension: always("number", ({ dimension }) => dimension),
  /** Rows that oppose the others as a block, and the chance of that; absent in analyses of version 0.1.0. */
  opposedRows: optional("opposedRows", ({ gram }) => opposedRows(gram, { seed: 1 })),
  /**
   * Of more than 1000 rows, the ones that `cosine`, `order`, `mostOpposedPair`, `norms` and the pictures are about,
   * upwards; position i there is row drawn[i]. Absent when they are about all rows.
   */
  drawn: optional("counts", ({ pictures }) => pictures.drawn),
  /** K × K; rows of zero norm give NaN. */
  cosine: always("matrix", ({ pictures }) => pictures.cosine),
  /** Positions in `cosine` in the order in which alike rows stand together, `clusteredOrder`. */
  order: optional("counts", ({ pictures }) => pictures.order),
  /** Of all rows, as positions in `cosine`. */
  mostOpposedPair: always("pair", ({ pictures }) => pictures.mostOpposedPair),
  norms: always("numbers", ({ pictures }) => pictures.norms),
  embedding: always("embedding", ({ pictures }) => pictures.embedding),
  /** The same rows placed in other ways, `embedInSeveralWays`. */
  embeddings: optional("embeddings", ({ pictures }) => pictures.embeddings),
} as const;

type Table = typeof statistics;

/**
 * Everything `analyze` reports of one set of rows. Fields that may be absent were added after version 0.1.0, whose
 * analyses are still read.
 */
export type GradientStatistics = {
  readonly [Name in keyof Table as Optional<Name, never, Name>]: ValueOf<Table[Name]>;
} & { readonly [Name in keyof Table as Optional<Name, Name, never>]?: ValueOf<Table[Name]> };

type Optional<Name extends keyof Table, Then, Else> = Table[Name]["presence"] extends "optional" ? Then : Else;

type ValueOf<Row extends Statistic> = Shapes[Row["shape"]] | (Row["presence"] extends "nullable" ? null : never);

/** A finding that states one of them. */
export type StatisticFinding = {
  [Name in keyof Table]: Table[Name] extends { readonly statement: Statement<infer Kind, infer Of> }
    ? { readonly kind: Kind } & Values<Of>
    : never;
}[keyof Table];
