import { is, requireArguments } from "../tensor/arguments.ts";
import { DivergedError, ShapeError, UsageError } from "../tensor/errors.ts";
import { summarizeCosines } from "./cosine.ts";
import { effectiveDimension } from "./effectiveDimension.ts";
import type { EmbeddingOptions } from "./embedding.ts";
import { noiseRatio } from "./noiseRatio.ts";
import { gradientMoments } from "./noiseScale.ts";
import { picturesOf } from "./pictures.ts";
import type { Basis } from "./statistic.ts";
import { type GradientStatistics, statistics } from "./table.ts";
import type { Gram } from "./types.ts";

/** The seed is of the pictures: every other number is the same with any. A perplexity is never more than (K − 1)/3. */
export interface DescribeOptions extends EmbeddingOptions {
  /** N when the rows are drawn without replacement from N examples, each at most once; else null. */
  readonly datasetSize: number | null;
}

/** More rows than this are drawn from for the matrix of cosines and the pictures: 1000² cosines are 20 MB of JSON. */
const MOST_PICTURED = 1000;

/**
 * Every statistic of K ≥ 2 rows, in O(K²) time for any K: the numbers are of all rows, without a second matrix of their
 * size. `cosine`, `order`, `norms` and the pictures are of all rows up to 1000; of more, they are of a stratified
 * draw of 1000 that holds the most opposed pair, whose rows `drawn` lists. The pictures take O(1000²) for each of
 * 1000 steps. What the rows cannot tell is NaN. Throws `UsageError` for fewer than two rows, counts that are not
 * positive, a data set smaller than the rows or a perplexity below 1; `ShapeError` when the products are not K × K;
 * `DivergedError` when one of them is not finite.
 */
export function describeGradients(gram: Gram, options: DescribeOptions): GradientStatistics {
  requireArguments("describeGradients", { gram }, { gram: is.gram });
  assertUsable(gram);
  const { datasetSize, ...pictures } = options;
  const cosines = summarizeCosines(gram);
  const basis: Basis = {
    gram,
    datasetSize,
    ratio: noiseRatio(gram, datasetSize),
    moments: gradientMoments(gram),
    dimension: effectiveDimension(gram),
    cosines,
    pictures: picturesOf(gram, cosines.mostOpposed, { ...pictures, most: MOST_PICTURED }),
  };
  const found: [string, unknown][] = Object.entries(statistics).map(([name, { of }]) => [name, of(basis)]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined)) as unknown as GradientStatistics;
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
