import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError } from "../tensor/errors.ts";

/**
 * How well scores put positive examples before negative ones; only their order counts.
 *
 *   scores    [n], higher for what looks more positive
 *   positive  [n], whether it is
 */
export interface RankingScores {
  /**
   * Area under the ROC curve: the chance that a positive scores above a negative, ties counting half (Hanley & McNeil
   * 1982, doi:10.1148/radiology.143.1.7063747). NaN where one of the two is missing.
   */
  readonly rocAuc: number;
  /**
   * Area under the precision–recall curve as Σ (R_k − R_{k−1})·P_k over the thresholds, without interpolation. The
   * share of positives is what chance gives, so that it says more than ROC where they are rare (Davis & Goadrich 2006).
   * NaN without positives. Both are NaN where a score is.
   */
  readonly averagePrecision: number;
}

/** Throws `ShapeError` for lists of different length. O(n log n). */
export function rankingScores(scores: readonly number[], positive: readonly boolean[]): RankingScores {
  requireArguments("rankingScores", { scores, positive }, { scores: is.list, positive: is.list });
  if (scores.length !== positive.length)
    throw new ShapeError(
      `rankingScores: expected one label for each of ${scores.length} scores, got ${positive.length}; give both for every example`,
    );
  // No order of NaN can be meant.
  if (scores.some(Number.isNaN)) return { rocAuc: Number.NaN, averagePrecision: Number.NaN };
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const positives = positive.filter(Boolean).length;
  const negatives = scores.length - positives;
  let [hits, misses, area, precision] = [0, 0, 0, 0];
  for (let from = 0; from < order.length; ) {
    // Examples of one score pass the threshold together.
    let [tiedHits, tiedMisses] = [0, 0];
    const score = scores[order[from]!]!;
    for (; from < order.length && scores[order[from]!] === score; from++)
      if (positive[order[from]!]) tiedHits++;
      else tiedMisses++;
    area += tiedMisses * (hits + tiedHits / 2);
    hits += tiedHits;
    misses += tiedMisses;
    precision += (tiedHits * hits) / (hits + misses);
  }
  return { rocAuc: area / (positives * negatives), averagePrecision: precision / positives };
}
