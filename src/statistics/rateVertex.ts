import { meanOf } from "./comparison/sample.ts";

/** The loss against one learning rate. */
export interface TriedRate {
  readonly learningRate: number;
  /** By seed, in one order for all rates; null where training diverged. */
  readonly losses: readonly (number | null)[];
}

/** Where the loss of a smoothed curve is least, over the logarithm of the rate. */
export interface Vertex {
  readonly logRate: number;
  /** Second derivative of the curve. */
  readonly curvature: number;
  /** Of each seed: by how much its own curve would move the vertex. They sum to 0. */
  readonly influences: readonly number[];
  /** Of each seed: the second derivative of its own curve. They have the mean `curvature`. */
  readonly curvatures: readonly number[];
}

/** A cubic needs four points, and one more to be smoothed. */
const FEWEST = 5;
/** Half the width of the window, in the logarithm of the rate. */
const HALF = Math.log(4);
const STEPS = 100;
const ENOUGH = 1e-7;

/** Rates at which no seed diverged, ascending. */
export function wholeRates(
  rates: readonly TriedRate[],
): { readonly learningRate: number; readonly losses: number[] }[] {
  return rates.flatMap(({ learningRate, losses }) =>
    losses.length > 0 && losses.every((loss) => loss !== null && Number.isFinite(loss))
      ? [{ learningRate, losses: losses as number[] }]
      : [],
  );
}

/**
 * The vertex of mean losses over the logarithm of the rate: where the slope of a cubic is 0 that is fitted to the rates
 * within a factor of 4 of it (further where that holds fewer than five), with Cleveland's tricube weights (1979,
 * J. Am. Stat. Assoc. 74), so that a curve that rises steeper on one side is followed. Fitted is the logarithm of the
 * mean loss where all are above 0, as losses beyond the best rate grow by orders of magnitude, which moves no minimum.
 * Null where the slope is 0 nowhere between the rates, or at no minimum. `rates` ascend; fewer than five give null.
 */
export function rateVertex(rates: readonly { readonly learningRate: number; readonly losses: readonly number[] }[]) {
  if (rates.length < FEWEST) return null;
  const curve = curveOf(rates);
  const { xs, means } = curve;
  let x = xs[means.indexOf(Math.min(...means))]!;
  for (let step = 0; step < STEPS; step++) {
    const local = localCubic(curve, x);
    if (local === null || !(local.curvature > 0)) return null;
    const move = (0.7 * -local.slope) / local.curvature;
    if (Math.abs(move) < ENOUGH) return vertexAt(curve, x);
    x += Math.max(-HALF / 2, Math.min(HALF / 2, move));
    if (!(x >= xs[0]! && x <= xs.at(-1)!)) return null;
  }
  return null;
}

interface Curve {
  readonly xs: readonly number[];
  readonly means: readonly number[];
  /** By rate, then by seed; their means over seeds are `means` to first order. */
  readonly bySeed: readonly (readonly number[])[];
}

function curveOf(rates: readonly { readonly learningRate: number; readonly losses: readonly number[] }[]): Curve {
  const xs = rates.map(({ learningRate }) => Math.log(learningRate));
  const means = rates.map(({ losses }) => meanOf(losses));
  if (!means.every((mean) => mean > 0)) return { xs, means, bySeed: rates.map(({ losses }) => losses) };
  const logs = means.map(Math.log);
  const bySeed = rates.map(({ losses }, i) => losses.map((loss) => logs[i]! + loss / means[i]! - 1));
  return { xs, means: logs, bySeed };
}

/** Of a cubic around x: what its slope and curvature there are by each of the points. */
function localCubic({ xs, means }: Curve, x: number) {
  const distances = xs.map((one) => Math.abs(one - x));
  const half = Math.max(HALF, 1.05 * distances.toSorted((a, b) => a - b)[FEWEST - 1]!);
  const places = xs.flatMap((_, i) => (distances[i]! < half ? [i] : []));
  const scaled = places.map((i) => (xs[i]! - x) / half);
  const weights = scaled.map((z) => (1 - Math.abs(z) ** 3) ** 3);
  const rows = coefficientsBy(scaled, weights);
  if (rows === null) return null;
  const slopeBy = rows[1]!.map((one) => one / half);
  const curvatureBy = rows[2]!.map((one) => (2 * one) / half ** 2);
  const of = (by: readonly number[]) => by.reduce((sum, one, i) => sum + one * means[places[i]!]!, 0);
  return { places, slopeBy, curvatureBy, slope: of(slopeBy), curvature: of(curvatureBy) };
}

function vertexAt(curve: Curve, x: number): Vertex | null {
  const local = localCubic(curve, x);
  if (local === null) return null;
  const { places, slopeBy, curvatureBy, curvature } = local;
  const seeds = curve.bySeed[0]!.map((_, seed) => seed);
  const of = (by: readonly number[], seed: number) =>
    by.reduce((sum, one, i) => sum + one * curve.bySeed[places[i]!]![seed]!, 0);
  return {
    logRate: x,
    curvature,
    influences: seeds.map((seed) => -of(slopeBy, seed) / curvature),
    curvatures: seeds.map((seed) => of(curvatureBy, seed)),
  };
}

/**
 * Rows of the matrix that makes the coefficients of a weighted cubic from the values at `xs`; null where these do not
 * settle them. By Gauss and Jordan with pivots.
 */
function coefficientsBy(xs: readonly number[], weights: readonly number[]): number[][] | null {
  const powers = [0, 1, 2, 3];
  const rows = powers.map((a) => [
    ...powers.map((b) => xs.reduce((sum, x, i) => sum + weights[i]! * x ** (a + b), 0)),
    ...xs.map((x, i) => weights[i]! * x ** a),
  ]);
  for (const column of powers) {
    const pivot = powers
      .slice(column)
      .reduce((a, b) => (Math.abs(rows[b]![column]!) > Math.abs(rows[a]![column]!) ? b : a));
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const by = rows[column]![column]!;
    if (Math.abs(by) < 1e-12) return null;
    rows[column] = rows[column]!.map((one) => one / by);
    for (const other of powers)
      if (other !== column) {
        const factor = rows[other]![column]!;
        rows[other] = rows[other]!.map((one, i) => one - factor * rows[column]![i]!);
      }
  }
  return rows.map((row) => row.slice(powers.length));
}
