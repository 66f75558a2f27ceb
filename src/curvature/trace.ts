import { Matrix } from "ml-matrix";
import { studentTQuantile } from "../statistics/studentT.ts";
import type { Interval } from "../statistics/types.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import type { SymmetricOperator } from "./operator.ts";
import { dot, norm, orthogonalize, scaled } from "./vectors.ts";

/** The trace of a matrix with an interval that is meant to hold it in 95 % of trials; see `traceOf`. */
export interface Trace extends Interval {
  /** Standard error, 0 where the trace is exact. */
  readonly error: number;
  readonly products: number;
}

/** How a trace is estimated. */
export interface TraceOptions {
  /** Even, at least 4. Default 60; of a matrix that has no more rows each is looked at, and the trace is exact. */
  readonly products?: number | undefined;
  /** Of the test vectors. Default 1. */
  readonly seed?: number | undefined;
  /** Asked before each pair of products; true ends the estimate with those that there are, of which it needs 4. */
  readonly isOver?: (() => boolean) | undefined;
}

/**
 * The trace by XTrace (Epperly, Tropp and Webber 2024), with test vectors that are normalised: each of `products`/2
 * random vectors in turn is the test of the low-rank approximation that the others make. The interval is Student's t
 * over these estimates, which are not independent: with 60 products it held the trace in 94 % of 500 trials where the
 * spectrum is flat or has a flat bulk, but in 89 % where it falls as 1/i and in 83 % where it falls as 0.9ⁱ. Memory:
 * 3/2·`products` vectors.
 * Throws `UsageError` for an odd number of products, or fewer than 4.
 */
export async function traceOf(operator: SymmetricOperator, options: TraceOptions = {}): Promise<Trace> {
  requireArguments("traceOf", { operator, options }, { operator: is.operator, options: is.object });
  const { products = 60, seed = 1, isOver = () => false } = options;
  if (!(Number.isInteger(products) && products >= 4 && products % 2 === 0))
    throw new UsageError(`traceOf: expected an even number of at least 4 products, got ${products}; change it`);
  if (operator.size <= products) return exactTrace(operator);
  const space = await sketch(operator, products / 2, seed, isOver);
  const each = leaveOneOut(space, operator.size);
  const value = each.reduce((sum, x) => sum + x, 0) / each.length;
  const squares = each.reduce((sum, x) => sum + (x - value) ** 2, 0);
  const error = Math.sqrt(squares / (each.length * (each.length - 1)));
  const half = studentTQuantile(0.95, each.length - 1) * error;
  return { value, lower: value - half, upper: value + half, error, products: 2 * each.length };
}

async function exactTrace({ size, apply }: SymmetricOperator): Promise<Trace> {
  let value = 0;
  for (let i = 0; i < size; i++) {
    const unit = new Float64Array(size);
    unit[i] = 1;
    value += (await apply(unit))[i]!;
  }
  return { value, lower: value, upper: value, error: 0, products: size };
}

/** Test vectors Ω, an orthonormal Q with Q·R = A·Ω, and Z = A·Q. */
interface Sketch {
  readonly tests: readonly Float64Array[];
  readonly basis: readonly Float64Array[];
  readonly triangle: Matrix;
  readonly images: readonly Float64Array[];
}

async function sketch(operator: SymmetricOperator, count: number, seed: number, isOver: () => boolean) {
  const { normal } = random(seed);
  const [tests, basis, images]: [Float64Array[], Float64Array[], Float64Array[]] = [[], [], []];
  const rows: Float64Array[] = [];
  for (let i = 0; i < count && !(i >= 2 && isOver()); i++) {
    const test = Float64Array.from({ length: operator.size }, () => normal());
    tests.push(scaled(test, Math.sqrt(operator.size) / norm(test)));
    const image = await operator.apply(tests.at(-1)!);
    const whole = norm(image);
    const { shares, length } = orthogonalize(image, basis);
    // A matrix of lower rank leaves nothing: any direction serves, and counts for nothing.
    const isNew = length > 1e-12 * whole;
    const direction = isNew ? image : Float64Array.from({ length: operator.size }, () => normal());
    const left = isNew ? length : orthogonalize(direction, basis).length;
    rows.push(Float64Array.from([...shares, isNew ? length : 1e-14 * Math.max(whole, 1e-100)]));
    basis.push(scaled(direction, 1 / left));
    images.push(await operator.apply(basis.at(-1)!));
  }
  const triangle = Matrix.zeros(basis.length, basis.length);
  rows.forEach((row, j) => {
    row.forEach((x, i) => {
      triangle.set(i, j, x);
    });
  });
  return { tests, basis, triangle, images };
}

/** The estimate that each test vector gives with the space that all others span. */
function leaveOneOut({ tests, basis, triangle, images }: Sketch, size: number): number[] {
  const k = basis.length;
  const products = (a: readonly Float64Array[], b: readonly Float64Array[]) =>
    new Matrix(a.map((x) => b.map((y) => dot(x, y))));
  const inside = products(basis, images);
  const tested = products(basis, tests);
  const imaged = products(images, tests);
  const apart = directionsApart(triangle);
  const trace = inside.trace();
  return tests.map((test, i) => {
    const s = apart[i]!;
    const column = (matrix: Matrix) => Float64Array.from(matrix.getColumn(i));
    const [w, t, r] = [column(tested), column(imaged), column(triangle)];
    const share = dot(s, w);
    // What the others' space holds of the test vector, in coordinates of the basis.
    const held = w.map((x, j) => x - share * s[j]!);
    const rest = dot(w, r) - 2 * dot(t, held) + dot(held, times(inside, held));
    const squared = dot(test, test) - dot(held, held);
    return trace - dot(s, times(inside, s)) + ((size - k + 1) / squared) * rest;
  });
}

/** Unit vectors, in coordinates of the basis, at right angles to the images of all tests but one: columns of R⁻ᵀ. */
function directionsApart(triangle: Matrix): Float64Array[] {
  const inverse = invertUpper(triangle);
  return Array.from({ length: triangle.rows }, (_, i) => {
    const row = Float64Array.from(inverse.getRow(i));
    const most = row.reduce((a, x) => Math.max(a, Math.abs(x)), 0);
    const safe = row.map((x) => x / most);
    return scaled(safe, 1 / norm(safe));
  });
}

function invertUpper(triangle: Matrix): Matrix {
  const k = triangle.rows;
  const inverse = Matrix.zeros(k, k);
  for (let j = 0; j < k; j++)
    for (let i = j; i >= 0; i--) {
      let sum = i === j ? 1 : 0;
      for (let m = i + 1; m <= j; m++) sum -= triangle.get(i, m) * inverse.get(m, j);
      inverse.set(i, j, sum / triangle.get(i, i));
    }
  return inverse;
}

function times(matrix: Matrix, vector: Float64Array): Float64Array {
  return Float64Array.from(matrix.mmul(Matrix.columnVector(vector)).getColumn(0));
}
