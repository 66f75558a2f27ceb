import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { meanOf, varianceOf } from "./comparison/sample.ts";
import { rateVertex, type TriedRate, type Vertex, wholeRates } from "./rateVertex.ts";
import { studentTQuantile } from "./studentT.ts";
import type { Interval } from "./types.ts";

/** What training came to at one batch size, with several learning rates and seeds. */
export interface RateCurve {
  readonly batchSize: number;
  /** Ascending. Seeds in one order for all rates and all batches. */
  readonly rates: readonly TriedRate[];
}

/**
 * Whether the best rate is known: it may lie at the smallest or the largest rate that was tried or beyond, or the loss
 * may not tell rates apart.
 */
export type RateState = "found" | "smallest" | "largest" | "flat";

/** The best learning rate at a batch size. */
export interface BatchRate {
  readonly batchSize: number;
  readonly state: RateState;
  /** Null unless it is found. */
  readonly learningRate: Interval | null;
}

/** How the best learning rate follows the batch: η ∝ B^α. */
export interface ExponentFit {
  /** α; null where fewer than three batches have a best rate. */
  readonly exponent: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** The fitted rate at the geometric mean of the batches, through which the line goes. */
  readonly centre: { readonly batchSize: number; readonly learningRate: number } | null;
  /**
   * By how much α of the upper batches exceeds that of the lower: coefficient of a parabola through the logarithms,
   * times twice their range. An interval without 0 says that one power does not fit.
   */
  readonly bend: Interval | null;
  readonly batches: readonly BatchRate[];
}

/** Batches that a power and a deviation from it take. */
export const FEWEST_BATCHES = 3;

/**
 * The exponent α of η ∝ B^α from the losses at several rates and batches: the least-squares line through the
 * logarithms of the best rates, each the vertex of a smoothed curve (`rateVertex`). Intervals are Student's over the
 * seeds, by what each seed does to first order to all vertices at once (the infinitesimal jackknife, Jaeckel 1972), so
 * that what seeds share between batches is no noise; derived here, with coverage by simulation in
 * `bench/learningRateExponent.ts`. Rates at which a seed diverged are worse than all others. A batch whose best rate
 * lies at an end, or whose curve bends upward in no way that shows (one-sided 5 % by Student's t), has none.
 *
 * Throws `UsageError` for fewer than three batches or two seeds, batches or rates that do not ascend, and lists that
 * differ in length.
 */
export function learningRateExponent(curves: readonly RateCurve[], level = 0.95): ExponentFit {
  requireArguments(
    "learningRateExponent",
    { curves, level },
    { curves: is.listOf("curves", is.object), level: is.number },
  );
  const seeds = requireCurves(curves);
  const t = studentTQuantile(level, seeds - 1);
  const found = curves.map(bestOf);
  const batches = found.map(({ batchSize, state, vertex }): BatchRate => {
    if (vertex === null) return { batchSize, state, learningRate: null };
    const log = over(vertex.influences, vertex.logRate, t);
    return {
      batchSize,
      state,
      learningRate: { value: Math.exp(log.value), lower: Math.exp(log.lower), upper: Math.exp(log.upper) },
    };
  });
  const known = found.flatMap(({ batchSize, vertex }) => (vertex ? [{ at: Math.log(batchSize), ...vertex }] : []));
  if (known.length < FEWEST_BATCHES)
    return { exponent: null, lower: null, upper: null, centre: null, bend: null, batches };
  const { slope, bend } = weightsOf(known.map(({ at }) => at));
  const { value, lower, upper } = combined(slope, known, t);
  const centre = {
    batchSize: Math.exp(meanOf(known.map(({ at }) => at))),
    learningRate: Math.exp(meanOf(known.map(({ logRate }) => logRate))),
  };
  return { exponent: value, lower, upper, centre, bend: combined(bend, known, t), batches };
}

/** The rate that a fit gives a batch size, whether it was tried or not; null without a fit. */
export function fittedRate(fit: Pick<ExponentFit, "exponent" | "centre">, batchSize: number): number | null {
  requireArguments("fittedRate", { fit, batchSize }, { fit: is.object, batchSize: is.above0 });
  const { exponent, centre } = fit;
  if (exponent === null || centre === null) return null;
  return centre.learningRate * (batchSize / centre.batchSize) ** exponent;
}

/** The best of the rates of which no seed diverged, and where it stands among all; null where all diverged. */
export function lowestRate(rates: readonly TriedRate[]): { readonly place: number; readonly loss: number } | null {
  const whole = wholeRates(rates);
  const best = whole.reduce<(typeof whole)[number] | null>(
    (a, b) => (a === null || meanOf(b.losses) < meanOf(a.losses) ? b : a),
    null,
  );
  if (best === null) return null;
  return {
    place: rates.findIndex(({ learningRate }) => learningRate === best.learningRate),
    loss: meanOf(best.losses),
  };
}

/** The best rate of one batch by the same rules as `learningRateExponent`. */
export function bestOf({ batchSize, rates }: RateCurve): {
  readonly batchSize: number;
  readonly state: RateState;
  readonly vertex: Vertex | null;
} {
  const lowest = lowestRate(rates);
  if (lowest === null) return { batchSize, state: "smallest", vertex: null };
  if (lowest.place === 0) return { batchSize, state: "smallest", vertex: null };
  if (lowest.place === rates.length - 1) return { batchSize, state: "largest", vertex: null };
  const vertex = rateVertex(wholeRates(rates));
  return vertex && isBent(vertex) ? { batchSize, state: "found", vertex } : { batchSize, state: "flat", vertex: null };
}

function isBent({ curvature, curvatures }: Vertex): boolean {
  const seeds = curvatures.length;
  if (seeds < 2) return false;
  return curvature > studentTQuantile(0.9, seeds - 1) * Math.sqrt(varianceOf(curvatures) / seeds);
}

/** Weights of least squares: of the slope, and of the difference between its ends of a parabola's. */
function weightsOf(xs: readonly number[]): { readonly slope: number[]; readonly bend: number[] } {
  const mean = meanOf(xs);
  const centred = xs.map((x) => x - mean);
  const squares = centred.reduce((sum, x) => sum + x ** 2, 0);
  const slope = centred.map((x) => x / squares);
  const meanSquare = squares / xs.length;
  const tilt = centred.reduce((sum, x) => sum + x ** 3, 0) / squares;
  const parabola = centred.map((x) => x ** 2 - meanSquare - tilt * x);
  const norm = parabola.reduce((sum, one) => sum + one ** 2, 0);
  const range = Math.max(...xs) - Math.min(...xs);
  return { slope, bend: parabola.map((one) => (2 * range * one) / norm) };
}

function combined(weights: readonly number[], known: readonly Vertex[], t: number): Interval {
  const sum = (of: (vertex: Vertex) => number) => known.reduce((all, vertex, i) => all + weights[i]! * of(vertex), 0);
  const influences = known[0]!.influences.map((_, seed) => sum((vertex) => vertex.influences[seed]!));
  return over(
    influences,
    sum(({ logRate }) => logRate),
    t,
  );
}

function over(influences: readonly number[], value: number, t: number): Interval {
  const half = t * Math.sqrt(varianceOf(influences) / influences.length);
  return { value, lower: value - half, upper: value + half };
}

/** The number of seeds. */
function requireCurves(curves: readonly RateCurve[]): number {
  const sizes = curves.map(({ batchSize }) => batchSize);
  if (curves.length < FEWEST_BATCHES || sizes.some((size, i) => !(size > (sizes[i - 1] ?? 0))))
    throw new UsageError(
      `learningRateExponent: expected three or more batch sizes that ascend, got ${sizes.join(", ") || "none"}; add some`,
    );
  const seeds = curves[0]!.rates[0]?.losses.length ?? 0;
  for (const { batchSize, rates } of curves) {
    const wrong = rates.find(({ learningRate }, i) => !(learningRate > (rates[i - 1]?.learningRate ?? 0)));
    if (rates.length < 2 || wrong !== undefined)
      throw new UsageError(
        `learningRateExponent: expected two or more learning rates that ascend at batch ${batchSize}, got ${rates.map(({ learningRate }) => learningRate).join(", ") || "none"}; change them`,
      );
    if (seeds < 2 || rates.some(({ losses }) => losses.length !== seeds))
      throw new UsageError(
        `learningRateExponent: expected the same two or more seeds of each rate, got ${rates.map(({ losses }) => losses.length).join(", ")} at batch ${batchSize}; add some`,
      );
  }
  return seeds;
}
