import { is, requireArguments } from "../tensor/arguments.ts";

/** The loss, its slope along the step, and the variances of both, at one end of a step. */
export interface StepEnd {
  readonly loss: number;
  /** ⟨∇L, θ′ − θ⟩, along the whole step from θ to θ′. */
  readonly slope: number;
  /** Of `loss` and `slope`, as sample variances of the mini-batch divided by its size; both 0: known exactly. */
  readonly lossVariance: number;
  readonly slopeVariance: number;
}

/**
 * Where a step landed on the parabola along it (Schneider, Dangel and Hennig 2021, Cockpit, arXiv:2102.06604, §3.1):
 * α = −1 where it has not moved, 0 at the minimum, 1 on the other side at the same height, above 1 higher up than it
 * came from: it bounces in a valley. The parabola w₀ + w₁t + w₂t², t from 0 to 1, is fitted to losses and slopes at
 * both ends by least squares, each weighted by one over its variance. A gradient step on a quadratic along an
 * eigenvector lands at α = ηλ − 1, so that 1 is the edge of stability. NaN where the fit is not convex or nothing goes
 * down, for no minimum lies ahead.
 */
export function stepOnParabola(from: StepEnd, to: StepEnd): number {
  requireArguments("stepOnParabola", { from, to }, { from: stepEnd, to: stepEnd });
  const seen = [from.loss, to.loss, from.slope, to.slope];
  const [, w1, w2] = weightedFit(seen, [from.lossVariance, to.lossVariance, from.slopeVariance, to.slopeVariance]);
  if (!(w2 > 0) || !(w1 < 0)) return Number.NaN;
  return (2 * w2) / -w1 - 1;
}

const stepEnd = is.objectOf("one end of a step", {
  loss: is.anyNumber,
  slope: is.anyNumber,
  lossVariance: is.anyNumber,
  slopeVariance: is.anyNumber,
});

/** What the three coefficients add to the loss at 0 and 1, and to the slope at 0 and 1. */
const ROWS = [
  [1, 0, 0],
  [1, 1, 1],
  [0, 1, 0],
  [0, 1, 2],
] as const;

/** Three coefficients by the normal equations, the variances brought to one scale first. */
function weightedFit(seen: readonly number[], variances: readonly number[]): readonly [number, number, number] {
  // An exact value among uncertain ones weighs as much as a variance far below all others can.
  const largest = Math.max(...variances);
  const floor = largest > 0 ? 1e-8 * largest : 1;
  const weights = variances.map((variance) => 1 / Math.max(variance, floor));
  const product = (a: number, b: number) => ROWS.reduce((sum, row, k) => sum + weights[k]! * row[a]! * row[b]!, 0);
  const right = (a: number) => ROWS.reduce((sum, row, k) => sum + weights[k]! * row[a]! * seen[k]!, 0);
  const columns = [0, 1, 2].map((b) => [0, 1, 2].map((a) => product(a, b)));
  const target = [0, 1, 2].map(right);
  const whole = determinant(columns);
  const [w0, w1, w2] = [0, 1, 2].map((k) => determinant(columns.with(k, target)) / whole);
  return [w0!, w1!, w2!];
}

/** Of three columns. */
function determinant([a, b, c]: readonly (readonly number[])[]): number {
  const [a0, a1, a2] = a as [number, number, number];
  const [b0, b1, b2] = b as [number, number, number];
  const [c0, c1, c2] = c as [number, number, number];
  return a0 * (b1 * c2 - b2 * c1) - b0 * (a1 * c2 - a2 * c1) + c0 * (a1 * b2 - a2 * b1);
}
