import { DivergedError, ShapeError, UsageError } from "../tensor/errors.ts";
import { cosineMatrix, expectedCosine, meanCosine, mostOpposedPair, rowNorms } from "./cosine.ts";
import { effectiveDimension } from "./effectiveDimension.ts";
import { embedRows } from "./embedding.ts";
import { noiseRatio } from "./noiseRatio.ts";
import { datasetNoiseScale, gradientMoments, noiseScale } from "./noiseScale.ts";
import type { GradientStatistics, Gram } from "./types.ts";

export interface DescribeOptions {
  /** N when the rows are drawn without replacement from N examples, each at most once; else null. */
  readonly datasetSize: number | null;
  /** Of the embedding; every other number has no randomness. */
  readonly seed: number;
  /** Of the embedding, at least 1; default 30, never more than (K − 1)/3. */
  readonly perplexity?: number;
}

/**
 * Every statistic of K ≥ 2 rows. O(K³ + 1000 K²) time for the embedding, O(K²) for the rest.
 * What the rows cannot tell is NaN. Throws `UsageError` for fewer than two rows, counts that are not positive, a data
 * set smaller than the rows or a perplexity below 1; `ShapeError` when the products are not K × K; `DivergedError`
 * when one of them is not finite.
 */
export function describeGradients(gram: Gram, options: DescribeOptions): GradientStatistics {
  assertUsable(gram);
  const { datasetSize, seed, perplexity } = options;
  const rows = gram.counts.length;
  const ratio = noiseRatio(gram, datasetSize);
  const moments = gradientMoments(gram);
  const cosine = cosineMatrix(gram);
  const dimension = effectiveDimension(gram);
  return {
    rows,
    batchSize: ratio.batchSize,
    datasetSize,
    ...moments,
    noiseScale: noiseScale(gram),
    datasetNoiseScale: datasetSize === null ? null : datasetNoiseScale(gram, datasetSize),
    noiseRatio: ratio,
    cosine,
    meanCosine: meanCosine(cosine),
    expectedCosine: expectedCosine(moments.squaredGradientNorm, moments.traceCovariance, ratio.batchSize),
    nullCosineDeviation: 1 / Math.sqrt(dimension),
    effectiveDimension: dimension,
    mostOpposedPair: mostOpposedPair(cosine),
    norms: rowNorms(gram),
    embedding: embedRows(cosine, perplexity === undefined ? { seed } : { seed, perplexity }),
  };
}

function assertUsable({ products, counts }: Gram): void {
  const rows = counts.length;
  if (rows < 2)
    throw new UsageError(
      `describeGradients: expected at least 2 rows, got ${rows}; cut the examples into more batches`,
    );
  if (!counts.every((count) => count > 0 && Number.isFinite(count)))
    throw new UsageError(
      `describeGradients: expected positive counts, got [${counts.join(", ")}]; leave out rows without examples`,
    );
  if (products.length !== rows ** 2)
    throw new ShapeError(
      `describeGradients: expected ${rows} × ${rows} products, got ${products.length}; pass the whole matrix`,
    );
  const bad = products.findIndex((product) => !Number.isFinite(product));
  if (bad >= 0)
    throw new DivergedError(
      `describeGradients: expected finite products, got ${products[bad]} for rows ${Math.floor(bad / rows)} and ${bad % rows}; lower the learning rate`,
    );
}
