import { studentTQuantile } from "../statistics/studentT.ts";
import type { Interval } from "../statistics/types.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { FLOAT64_ROUNDING, type SymmetricOperator } from "./operator.ts";
import { addTo, dot, norm, orthogonalize, scaled } from "./vectors.ts";

/** The trace of a matrix with an interval that is meant to hold it in 95 % of trials; see `traceOf`. */
export interface Trace extends Interval {
  /** Standard error, 0 where the trace is exact. */
  readonly error: number;
  readonly products: number;
}

/** How a trace is estimated. */
export interface TraceOptions {
  /** At least 4. Default 60; of a matrix that has no more rows each is looked at, and the trace is exact. */
  readonly products?: number | undefined;
  /** Of the start and the test vectors. Default 1. */
  readonly seed?: number | undefined;
  /** Asked before each product; true ends the estimate with those that there are, of which it needs 4. */
  readonly isOver?: (() => boolean) | undefined;
}

/**
 * The trace in two parts, as Hutch++ splits it (Meyer, Musco, Musco and Woodruff 2021): exact on a Krylov space, which
 * two thirds of the products span (Chen and Hallman 2023), and by independent test vectors on all directions at right
 * angles to it. The test vectors are uniform on the sphere, where the variance of a quadratic form uᵀBu is twice the
 * mean of ‖Bu − (uᵀBu)u‖² over the dimension: the squared gradients of a spherical harmonic of second degree. That mean
 * varies less than the square of a spread does, so Student's quantile has the degrees of freedom of its own variance
 * (Satterthwaite 1946). `docs/landscape.md` has the coverage that was measured. Memory: 4/3·`products` vectors.
 * Throws `UsageError` for fewer than 4 products.
 */
export async function traceOf(operator: SymmetricOperator, options: TraceOptions = {}): Promise<Trace> {
  requireArguments("traceOf", { operator, options }, { operator: is.operator, options: is.object });
  const { products = 60, seed = 1, isOver = () => false } = options;
  if (!(Number.isInteger(products) && products >= 4))
    throw new UsageError(`traceOf: expected at least 4 products, got ${products}; raise it`);
  if (operator.size <= products) return exactTrace(operator);
  const found = await drawTests(operator, products, seed, isOver);
  const rounding = Math.sqrt(operator.size) * found.rounding;
  const { mean, error, freedom } = traceOfRest(found, operator.size);
  const value = found.inside + mean;
  const half = studentTQuantile(0.95, freedom) * error + rounding;
  return { value, lower: value - half, upper: value + half, error, products: found.products };
}

async function exactTrace(operator: SymmetricOperator): Promise<Trace> {
  const { size } = operator;
  let [value, scale] = [0, 0];
  for (let i = 0; i < size; i++) {
    const unit = new Float64Array(size);
    unit[i] = 1;
    const column = await operator.apply(unit);
    value += column[i]!;
    scale = Math.max(scale, norm(column));
  }
  const half = Math.sqrt(size) * (await roundingOf(operator, Float64Array.of(1, ...Array(size - 1).fill(0)), scale));
  return { value, lower: value - half, upper: value + half, error: 0, products: size };
}

const roundingOf = async ({ rounding }: SymmetricOperator, vector: Float64Array, scale: number) =>
  (await rounding?.(vector)) ?? FLOAT64_ROUNDING * scale;

/** An orthonormal Krylov space, the trace inside it, and test vectors with their products. */
interface Tested {
  readonly basis: readonly Float64Array[];
  readonly inside: number;
  /** What the product of the last vector of the basis has outside of it. */
  readonly rest: Float64Array;
  readonly tests: readonly { readonly vector: Float64Array; readonly product: Float64Array }[];
  /** Of one product. */
  readonly rounding: number;
  readonly products: number;
}

/** Both in turn, so that the estimate can end at any time: the space must not know the test vectors. */
async function drawTests(operator: SymmetricOperator, most: number, seed: number, isOver: () => boolean) {
  const { normal } = random(seed);
  const drawn = () => Float64Array.from({ length: operator.size }, () => normal());
  const basis: Float64Array[] = [];
  const tests: { vector: Float64Array; product: Float64Array }[] = [];
  let [inside, scale, left] = [0, 0, 0];
  let rest: Float64Array = new Float64Array(operator.size);
  let done = 0;
  for (; done < most && !(done >= 4 && isOver()); done++) {
    if (tests.length < 2 ? done % 2 === 1 : done % 3 === 2) {
      const vector = drawn();
      tests.push({ vector, product: await operator.apply(vector) });
      continue;
    }
    // A closed space goes on from anywhere.
    const isClosed = !(left > 1e-12 * scale);
    const start = isClosed ? drawn() : rest;
    basis.push(scaled(start, 1 / (isClosed ? orthogonalize(start, basis).length : left)));
    rest = await operator.apply(basis.at(-1)!);
    scale = Math.max(scale, norm(rest));
    const { shares, length } = orthogonalize(rest, basis);
    inside += shares.at(-1)!;
    left = length;
  }
  const rounding = await roundingOf(operator, basis[0]!, scale);
  return { basis, inside, rest, tests, rounding, products: done } satisfies Tested;
}

/** The trace of B = PHP, P the projection out of the basis, and its standard error with degrees of freedom. */
function traceOfRest({ basis, rest, tests }: Tested, size: number) {
  const dimension = size - basis.length;
  const samples = tests.map(({ vector, product }) => {
    const { shares, length } = orthogonalize(vector, basis);
    // The basis is a Krylov space: H carries only its last vector out of it.
    orthogonalize(product, basis);
    addTo(product, -shares.at(-1)!, rest);
    const share = dot(vector, product) / length ** 2;
    addTo(product, -share, vector);
    return { trace: dimension * share, variance: 2 * dimension * (norm(product) / length) ** 2 };
  });
  const count = samples.length;
  const mean = samples.reduce((sum, { trace }) => sum + trace, 0) / count;
  const variance = samples.reduce((sum, one) => sum + one.variance, 0) / count;
  const spread = samples.reduce((sum, one) => sum + (one.variance - variance) ** 2, 0) / (count * (count - 1));
  const freedom = spread > 0 ? Math.min(1000, Math.max(1, (2 * variance ** 2) / spread)) : count - 1;
  return { mean, error: Math.sqrt(variance / count), freedom };
}
