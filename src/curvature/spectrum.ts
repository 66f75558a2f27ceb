import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import type { Spectrum } from "./certified.ts";
import { denseSpectrum } from "./dense.ts";
import { FLOAT64_ROUNDING, type SymmetricOperator } from "./operator.ts";
import { addTo, combination, dot, norm, orthogonalize, scaled } from "./vectors.ts";

/** How the ends of a spectrum are sought. */
export interface SpectrumOptions {
  /** Eigenvalues at each end. Default 3. */
  readonly count?: number | undefined;
  /** Products at most. Default 120. */
  readonly products?: number | undefined;
  /**
   * Which ends are sought. Of "largest" the search ends once they are found, and `smallest` is empty unless the matrix
   * was decomposed whole. Default both.
   */
  readonly until?: "both" | "largest" | undefined;
  /** Residuals are small enough at this share of the largest |eigenvalue|. Default 10⁻⁴. */
  readonly tolerance?: number | undefined;
  /** Vectors that are held; beyond them the iteration goes on from its best ones. Default as many as `products`. */
  readonly vectors?: number | undefined;
  /** Decomposed whole up to this size. Default 600. */
  readonly dense?: number | undefined;
  /** Of the start. Default 1. */
  readonly seed?: number | undefined;
  /** Asked after each product; true ends the search with what is found, of which one at each end is certified. */
  readonly isOver?: (() => boolean) | undefined;
}

/** The chance that an eigenvalue lies outside the enclosure. */
const CHANCE = 1e-6;

/**
 * The largest and smallest eigenvalues of a symmetric matrix, each with an interval value ± (‖Hv − value·v‖ + rounding)
 * that surely holds an eigenvalue (Parlett 1998, The Symmetric Eigenvalue Problem). Lanczos with full
 * re-orthogonalisation and thick restarts (Wu and Simon 2000), both ends out of one space; the residual is that of a
 * fresh product. The counts of signs are those of Ritz values, of which a matrix has at least as many (Courant and
 * Fischer); the enclosure is that of Kuczyński and Woźniakowski 1992. Small matrices are decomposed whole.
 * Throws `UsageError` for no count and for fewer products than twice the ends take.
 */
export async function eigenvaluesOf(operator: SymmetricOperator, options: SpectrumOptions = {}): Promise<Spectrum> {
  requireArguments("eigenvaluesOf", { operator, options }, { operator: is.operator, options: is.object });
  const { count = 3, products = 120, dense = 600 } = options;
  if (!(Number.isInteger(count) && count >= 1))
    throw new UsageError(`eigenvaluesOf: expected a whole number of at least 1 as count, got ${count}; change it`);
  if (operator.size <= dense) return denseSpectrum(operator, count);
  if (products < 4 * count)
    throw new UsageError(
      `eigenvaluesOf: expected at least ${4 * count} products for ${count} eigenvalues at each end, got ${products}; raise it`,
    );
  const found = await iterate(operator, { ...options, count, products });
  const certain = found.isCut ? 1 : count;
  return certify(operator, found, { count: certain, below: options.until === "largest" ? 0 : certain });
}

/** A subspace and the matrix in it. */
interface Found {
  readonly basis: readonly Float64Array[];
  readonly ritz: RitzPairs;
  /** Steps of the first cycle, on which the enclosure rests. */
  readonly steps: number;
  readonly products: number;
  /** Whether the time was over. */
  readonly isCut: boolean;
}

/** Ascending. */
interface RitzPairs {
  readonly values: readonly number[];
  readonly vectors: Matrix;
}

async function iterate(
  operator: SymmetricOperator,
  options: SpectrumOptions & { readonly count: number; readonly products: number },
): Promise<Found> {
  const { count, products: most, seed = 1, isOver = () => false } = options;
  const capacity = Math.max(2 * count + 3, options.vectors ?? most);
  const steps = most - 2 * count;
  const { normal } = random(seed);
  const fresh = (against: readonly Float64Array[]) => {
    const vector = Float64Array.from({ length: operator.size }, () => normal());
    const { length } = orthogonalize(vector, against);
    return scaled(vector, 1 / length);
  };
  let basis: Float64Array[] = [];
  let inside: number[][] = [];
  let next = fresh(basis);
  let first: number | undefined;
  let closings = 0;
  for (let done = 1; ; done++) {
    basis.push(next);
    const product = await operator.apply(next);
    const { shares, length } = orthogonalize(product, basis);
    inside = [...inside.map((row, i) => [...row, shares[i]!]), Array.from(shares)];
    const scale = Math.max(...inside.map((row, i) => Math.abs(row[i]!)), length);
    // A closed space holds one copy of a repeated eigenvalue: other starts find the others.
    const closed = !(length > 1e-12 * scale);
    if (closed) closings++;
    const isCut = isOver();
    const isLast = done >= steps || closings > count || basis.length === operator.size || isCut;
    // A look costs the cube of the vectors, which products pay for while they are few.
    if (isLast || basis.length <= 40 || done % 5 === 0 || basis.length === capacity) {
      const ritz = ritzOf(inside);
      if (isLast || (!closed && haveSettled(ritz, length, options)))
        return { basis, ritz, steps: first ?? done, products: done, isCut };
      if (basis.length === capacity) {
        first ??= done;
        [basis, inside] = restart(basis, ritz, count);
      }
    }
    next = closed ? fresh(basis) : scaled(product, 1 / length);
  }
}

function ritzOf(inside: readonly (readonly number[])[]): RitzPairs {
  const decomposed = new EigenvalueDecomposition(new Matrix(inside.map((row) => [...row])), { assumeSymmetric: true });
  // ml-matrix sorts the eigenvalues of a symmetric matrix upwards.
  return { values: decomposed.realEigenvalues, vectors: decomposed.eigenvectorMatrix };
}

function haveSettled(
  { values, vectors }: RitzPairs,
  length: number,
  { count, tolerance = 1e-4, until = "both" }: SpectrumOptions & { readonly count: number },
): boolean {
  const last = values.length - 1;
  if (last + 1 < 2 * count) return false;
  const scale = Math.max(Math.abs(values[0]!), Math.abs(values[last]!));
  const isSmall = (i: number) => Math.abs(length * vectors.get(last, i)) <= tolerance * scale;
  return Array.from({ length: count }, (_, i) => isSmall(last - i) && (until === "largest" || isSmall(i))).every(
    Boolean,
  );
}

/** The outermost Ritz vectors of both ends, more of them than are wanted, as the space to go on from. */
function restart(
  basis: readonly Float64Array[],
  { values, vectors }: RitzPairs,
  count: number,
): [Float64Array[], number[][]] {
  const size = values.length;
  const each = Math.max(count, Math.floor(Math.min(count + 3, (size - 1) / 2)));
  const kept = [...values.keys()].filter((i) => i < each || i >= size - each);
  const inside = kept.map((i) => kept.map((j) => (i === j ? values[i]! : 0)));
  return [kept.map((i) => combination(basis, vectors.getColumn(i))), inside];
}

/** `count` of the largest and `below` of the smallest. */
async function certify(
  operator: SymmetricOperator,
  found: Found,
  { count, below }: { readonly count: number; readonly below: number },
): Promise<Spectrum> {
  const { basis, ritz, steps } = found;
  const { values } = ritz;
  const last = values.length - 1;
  const scale = Math.max(Math.abs(values[0]!), Math.abs(values[last]!));
  const pairs = async (places: readonly number[]) => {
    const list = [];
    for (const i of places) list.push(await certified(operator, combination(basis, ritz.vectors.getColumn(i)), scale));
    return list;
  };
  const wanted = (most: number) => Array.from({ length: Math.min(most, values.length) }, (_, i) => i);
  const largest = (await pairs(wanted(count).map((i) => last - i))).sort((a, b) => b.value - a.value);
  const smallest = (await pairs(wanted(below))).sort((a, b) => a.value - b.value);
  const rounding = Math.max(...[...largest, ...smallest].map(({ rounding }) => rounding));
  // Every column of the matrix inside the space is off by a product's rounding.
  const off = rounding * Math.sqrt(values.length);
  return {
    largest,
    smallest,
    enclosure: enclosureOf(values[0]! - off, values[last]! + off, steps, operator.size),
    negative: values.filter((value) => value < -off).length,
    positive: values.filter((value) => value > off).length,
    complete: null,
    rounding,
    products: found.products + largest.length + smallest.length,
  };
}

async function certified(operator: SymmetricOperator, direction: Float64Array, scale: number) {
  const vector = scaled(direction, 1 / norm(direction));
  const rounding = (await operator.rounding?.(vector)) ?? FLOAT64_ROUNDING * scale;
  const product = await operator.apply(vector);
  const value = dot(vector, product);
  addTo(product, -value, vector);
  const residual = norm(product);
  return { value, lower: value - residual - rounding, upper: value + residual + rounding, residual, vector, rounding };
}

/** With ξ the outermost Ritz value after k steps, λ₁ − ξ ≤ ε(λ₁ − λₙ) but for a chance of 1.648·√n·exp(−√ε(2k − 1)). */
function enclosureOf(lowest: number, highest: number, steps: number, size: number) {
  const share = (Math.log((1.648 * Math.sqrt(size)) / CHANCE) / (2 * steps - 1)) ** 2;
  if (!(share < 0.5)) return { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  const beyond = (share * (highest - lowest)) / (1 - 2 * share);
  return { lower: lowest - beyond, upper: highest + beyond };
}
