import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Interval } from "../statistics/types.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";

/** A symmetric matrix by its products, in vectors of single precision of which memory holds few. */
export interface LargeOperator {
  /** Rows and columns. */
  readonly size: number;
  /** into += H·v. */
  addProduct(vector: Float32Array, into: Float32Array): Promise<void>;
}

/** How the largest eigenvalue is sought. */
export interface LargestOptions {
  /** Lanczos steps at most; it takes up to twice as many products and one. Default 30. */
  readonly steps?: number | undefined;
  /** The residual is small enough at this share of the largest |eigenvalue|. Default 10⁻². */
  readonly tolerance?: number | undefined;
  /** Of the start. Default 1. */
  readonly seed?: number | undefined;
  /** Told of each product. */
  readonly progress?: ((products: number) => void) | undefined;
}

/** value ± residual surely holds an eigenvalue, but for the rounding of products. */
export interface LargestEigenvalue extends Interval {
  /** ‖H·v − value·v‖ of the vector, by a product of its own. */
  readonly residual: number;
  /** Of length 1. */
  readonly vector: Float32Array;
  readonly products: number;
}

/** H in the basis of the steps: its diagonal, and what stands beside it. */
interface Tridiagonal {
  readonly diagonal: number[];
  readonly beside: number[];
}

/**
 * The largest eigenvalue with an interval, in the memory of three vectors: Lanczos by its three-term recurrence, and
 * the same steps once more to add up the vector (Cullum and Willoughby 1985). Without re-orthogonalisation eigenvalues
 * of the recurrence repeat, but none is wrong, and the residual is that of a fresh product. The rounding of products
 * is not in the interval. Throws `UsageError` for fewer than 2 steps.
 */
export async function largestEigenvalue(
  operator: LargeOperator,
  options: LargestOptions = {},
): Promise<LargestEigenvalue> {
  requireArguments("largestEigenvalue", { operator, options }, { operator: is.largeOperator, options: is.object });
  const { steps = 30, tolerance = 1e-2, seed = 1, progress = () => {} } = options;
  if (!(Number.isInteger(steps) && steps >= 2))
    throw new UsageError(`largestEigenvalue: expected at least 2 steps, got ${steps}; raise it`);
  let products = 0;
  const counted = {
    size: operator.size,
    async addProduct(vector: Float32Array, into: Float32Array) {
      await operator.addProduct(vector, into);
      progress(++products);
    },
  };
  const known: Tridiagonal = { diagonal: [], beside: [] };
  let weights: readonly number[] = [];
  await recur(counted, seed, known, () => {
    const { top, last, scale } = topOf(known);
    weights = top;
    return known.diagonal.length >= steps || Math.abs(known.beside.at(-1)! * last) <= tolerance * scale;
  });
  const vector = new Float32Array(operator.size);
  let step = 0;
  await recur(counted, seed, known, (direction) => {
    addTo(vector, weights[step++]!, direction);
    return step === weights.length;
  });
  scale(vector, 1 / norm(vector));
  const product = new Float32Array(operator.size);
  await counted.addProduct(vector, product);
  const value = dot(vector, product);
  addTo(product, -value, vector);
  const residual = norm(product);
  return { value, lower: value - residual, upper: value + residual, residual, vector, products };
}

/**
 * The recurrence from a random start, until `isDone` with the vector of a step. What `known` has of the matrix is
 * used, the rest is added to it; the last step of a known recurrence needs no product.
 */
async function recur(
  { size, addProduct }: LargeOperator,
  seed: number,
  known: Tridiagonal,
  isDone: (direction: Float32Array) => boolean,
): Promise<void> {
  const isKnown = known.diagonal.length > 0;
  const { normal } = random(seed);
  let [before, now]: Float32Array[] = [new Float32Array(size), Float32Array.from({ length: size }, () => normal())];
  scale(now!, 1 / norm(now!));
  for (let step = 0; ; step++) {
    if (isKnown && isDone(now!)) return;
    // The vector before the last becomes the next one.
    scale(before!, -(known.beside[step - 1] ?? 0));
    await addProduct(now!, before!);
    if (!isKnown) known.diagonal.push(dot(now!, before!));
    addTo(before!, -known.diagonal[step]!, now!);
    if (!isKnown) known.beside.push(norm(before!));
    const length = known.beside[step]!;
    if (!isKnown && (isDone(now!) || length === 0)) return;
    scale(before!, 1 / length);
    [before, now] = [now, before];
  }
}

/** The eigenvector of the largest eigenvalue, its last number, and the largest |eigenvalue|. */
function topOf({ diagonal, beside }: Tridiagonal) {
  const size = diagonal.length;
  const matrix = Matrix.diagonal(diagonal);
  for (let i = 1; i < size; i++) {
    matrix.set(i, i - 1, beside[i - 1]!);
    matrix.set(i - 1, i, beside[i - 1]!);
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const top = eigenvectorMatrix.getColumn(size - 1);
  return { top, last: top[size - 1]!, scale: Math.max(...realEigenvalues.map(Math.abs)) };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const norm = (a: Float32Array) => Math.sqrt(dot(a, a));

function scale(a: Float32Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i]! *= factor;
}

function addTo(into: Float32Array, factor: number, from: Float32Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * from[i]!;
}
