import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Interval } from "../statistics/types.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { random } from "../tensor/random.ts";
import { meanInterval } from "./meanInterval.ts";
import type { SymmetricOperator } from "./operator.ts";
import { norm, orthogonalize, scaled } from "./vectors.ts";

/** How the eigenvalues are spread. */
export interface SpectralDensity {
  /** Eigenvalues, ascending and equally far apart. */
  readonly at: Float64Array;
  /** Share of eigenvalues per unit of the eigenvalue, smoothed by `width`, and its interval of 95 %. */
  readonly value: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Standard deviation of the Gaussian that smooths, in the unit of the eigenvalue. */
  readonly width: number;
  /** Share of the eigenvalues below −width. */
  readonly negativeShare: Interval;
  readonly products: number;
}

/** How a density is estimated. */
export interface DensityOptions {
  /** Random starts. Default 6. */
  readonly repetitions?: number | undefined;
  /** Lanczos steps of each. Default 30. */
  readonly steps?: number | undefined;
  /** Places where the density is given. Default 200. */
  readonly points?: number | undefined;
  /** Of the starts. Default 1. */
  readonly seed?: number | undefined;
  /** Asked before each start; true ends with those that there are, of which it needs 2. */
  readonly isOver?: (() => boolean) | undefined;
}

/** Eigenvalues and weights that add up to 1. */
interface Rule {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/**
 * The spectral density by stochastic Lanczos quadrature (Ubaru, Chen and Saad 2017): of each random start the
 * eigenvalues of its tridiagonal matrix, weighted by the squares of the first components of its eigenvectors. Starts
 * are repeated, so that the spread between them gives the interval.
 */
export async function spectralDensity(
  operator: SymmetricOperator,
  options: DensityOptions = {},
): Promise<SpectralDensity> {
  requireArguments("spectralDensity", { operator, options }, { operator: is.operator, options: is.object });
  const { repetitions = 6, points = 200, seed = 1, isOver = () => false } = options;
  const steps = Math.min(options.steps ?? 30, operator.size);
  const { normal } = random(seed);
  const rules: Rule[] = [];
  for (let i = 0; i < repetitions && !(i >= 2 && isOver()); i++)
    rules.push(await quadrature(operator, steps, () => normal()));
  const nodes = rules.flatMap((rule) => rule.nodes);
  const [low, high] = [Math.min(...nodes), Math.max(...nodes)];
  const width = Math.max((high - low) / 100, Number.MIN_VALUE);
  const at = Float64Array.from(
    { length: points },
    (_, i) => low - 3 * width + ((high - low + 6 * width) * i) / (points - 1),
  );
  const bands = Array.from(at, (x) => meanInterval(rules.map((rule) => smoothed(rule, x, width))));
  return {
    at,
    value: Float64Array.from(bands, ({ value }) => value),
    lower: Float64Array.from(bands, ({ lower }) => Math.max(0, lower)),
    upper: Float64Array.from(bands, ({ upper }) => upper),
    width,
    negativeShare: shareOf(rules, width),
    products: rules.length * steps,
  };
}

function shareOf(rules: readonly Rule[], width: number): Interval {
  const below = rules.map(({ nodes, weights }) =>
    nodes.reduce((sum, node, i) => sum + (node < -width ? weights[i]! : 0), 0),
  );
  const { value, lower, upper } = meanInterval(below);
  return { value, lower: Math.max(0, lower), upper: Math.min(1, upper) };
}

async function quadrature(operator: SymmetricOperator, steps: number, normal: () => number): Promise<Rule> {
  const start = Float64Array.from({ length: operator.size }, normal);
  const basis = [scaled(start, 1 / norm(start))];
  const matrix: number[][] = [];
  for (let step = 0; step < steps; step++) {
    const product = await operator.apply(basis[step]!);
    const { shares, length } = orthogonalize(product, basis);
    matrix.push(Array.from(shares));
    if (!(length > 1e-12 * Math.max(...shares.map(Math.abs), length))) break;
    basis.push(scaled(product, 1 / length));
  }
  const size = matrix.length;
  const symmetric = new Matrix(size, size);
  matrix.forEach((row, i) => {
    row.forEach((x, j) => {
      symmetric.set(i, j, x);
      symmetric.set(j, i, x);
    });
  });
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  return { nodes: realEigenvalues, weights: eigenvectorMatrix.getRow(0).map((x) => x * x) };
}

function smoothed({ nodes, weights }: Rule, x: number, width: number): number {
  const peak = 1 / (width * Math.sqrt(2 * Math.PI));
  return nodes.reduce((sum, node, i) => sum + weights[i]! * peak * Math.exp(-(((x - node) / width) ** 2) / 2), 0);
}
