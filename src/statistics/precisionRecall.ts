import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError } from "../tensor/errors.ts";

/** How precision falls as a threshold lets more positives through. */
export interface PrecisionRecall {
  /** [recall, precision] at falling thresholds, both 0–1. */
  readonly points: readonly (readonly [number, number])[];
  /** The precision of scores without meaning, 0–1. */
  readonly positiveShare: number;
}

/**
 * Points of a curve: recall rises by at least 1/200 from one to the next, which is less than a pixel of most pictures.
 */
const MOST_POINTS = 200;

/**
 * The precision–recall curve, one point for each threshold that is a score, thinned to at most 201 points, the last of
 * them at recall 1. Examples of one score pass the threshold together; nothing is interpolated (Davis and Goadrich
 * 2006). `rankingScores` gives its area.
 *
 *   scores    [n], higher for what looks more positive
 *   positive  [n], whether it is
 *
 * No points without positives or where a score is NaN. Throws `ShapeError` for lists of different length. O(n log n).
 */
export function precisionRecall(scores: readonly number[], positive: readonly boolean[]): PrecisionRecall {
  requireArguments("precisionRecall", { scores, positive }, { scores: is.list, positive: is.list });
  if (scores.length !== positive.length)
    throw new ShapeError(
      `precisionRecall: expected one label for each of ${scores.length} scores, got ${positive.length}; give both for every example`,
    );
  const positives = positive.filter(Boolean).length;
  const positiveShare = positives / scores.length;
  if (positives === 0 || scores.some(Number.isNaN)) return { points: [], positiveShare };
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const points: [number, number][] = [];
  let hits = 0;
  order.forEach((example, i) => {
    if (positive[example]) hits++;
    if (i + 1 < order.length && scores[order[i + 1]!] === scores[example]) return;
    const before = points.at(-1);
    const complete = hits === positives && before?.[0] !== 1;
    if (before === undefined || complete || (hits / positives - before[0]) * MOST_POINTS >= 1)
      points.push([hits / positives, hits / (i + 1)]);
  });
  return { points, positiveShare };
}
