import { UsageError } from "../tensor/errors.ts";
import { type Random, random } from "../tensor/random.ts";
import { rowNorms } from "./cosine.ts";
import { drawRows, gramOfDrawn } from "./draw.ts";
import { largestEigenpairs } from "./lanczos.ts";
import { type MedianDirection, medianDirection } from "./medianDirection.ts";
import { studentTTail } from "./studentT.ts";
import type { Gram, OpposedRows } from "./types.ts";

const FEWEST = 8;
/** Of more, a stratified draw is tested. */
const MOST_TESTED = 1000;
/** Rows times draws that take a second or so. */
const MOST_NUMBERS = 2_000_000;

/**
 * Do some rows oppose the rest as a block, as the rows of a rare class do? A pair cannot show it: where a block carries
 * the noise, this fills one direction, and opposed pairs are what such noise gives. Two tests, and twice the smaller p:
 *
 * - a block: the larger of two p-values counts, that of the directions alone (`blockP`), whose lengths cannot deceive,
 * and
 *   that of the rows along their median (`tailP`), which noise along the gradient cannot deceive;
 * - two camps of like size: the kurtosis of the leading eigenvector of the centred Gram is low then, and that of normal
 *   numbers, or higher, without.
 *
 * A row opposes the rest where its mean cosine with the others is negative, so that rows with a common direction are in
 * no conflict however they scatter. O(K²), and `draws` · K. Of more than
 * 1000 rows a draw is tested. Throws `UsageError` for fewer than 39 draws.
 */
export function opposedRows(gram: Gram, { seed, draws = 999 }: { seed: number; draws?: number }): OpposedRows {
  if (!(draws >= 39)) throw new UsageError(`opposedRows: expected 39 draws or more, got ${draws}; leave it out`);
  const all = rowNorms(gram).flatMap((norm, k) => (norm > 0 ? [k] : []));
  const directed = drawRows(all.length, MOST_TESTED, seed, []).map((at) => all[at]!);
  const nothing = { rows: [], cosine: Number.NaN };
  if (directed.length < FEWEST) return { ...nothing, p: Number.NaN };
  const rows = gramOfDrawn(gram, directed);
  const units = unitRows(rows);
  const times = Math.min(draws, Math.max(199, Math.floor(MOST_NUMBERS / directed.length)));
  const rng = random(seed);
  const minority = againstOthers(units);
  const block = minority.length === 0 ? 1 : Math.max(tailP(rows, times, rng), blockP(units, times, rng));
  const { vector, smaller } = leadingCamps(rows);
  const camps = facing(units, smaller) < 0 ? campsP(vector, times, rng) : 1;
  const chosen = camps < block ? smaller : minority;
  const p = Math.min(1, 2 * Math.min(block, camps));
  if (chosen.length === 0) return { ...nothing, p };
  return { rows: chosen.map((at) => directed[at]!), cosine: facing(units, chosen), p };
}

function unitRows(gram: Gram): Gram {
  const norms = rowNorms(gram);
  const n = norms.length;
  return {
    counts: gram.counts,
    products: gram.products.map((x, at) => x / (norms[Math.floor(at / n)]! * norms[at % n]!)),
  };
}

/** Rows whose mean cosine with the others is negative, where they are no more than half. */
function againstOthers({ products, counts }: Gram): number[] {
  const n = counts.length;
  const others = (i: number) => products.subarray(i * n, (i + 1) * n).reduce((sum, x) => sum + x, -1);
  const against = counts.flatMap((_, i) => (others(i) < 0 ? [i] : []));
  return 2 * against.length <= n ? against : [];
}

/** Mean cosine between a set of rows and all others; NaN for an empty set. */
function facing({ products, counts }: Gram, set: readonly number[]): number {
  const n = counts.length;
  const inside = new Set(set);
  let sum = 0;
  for (const i of set) for (let j = 0; j < n; j++) if (!inside.has(j)) sum += products[i * n + j]!;
  return sum / (set.length * (n - set.length));
}

/**
 * With m the geometric median of the rows, ρ_k = ‖g_k − m‖ and t_k = cos(g_k − m, m): −Σ t_k³ and −Σ ρ_k t_k, both over
 * the median of |t_k|. Noise that favours no side of m has t_k that are independent of ρ_k and those of a sphere, t² ~
 * Beta(½, ν/2), with ν fitted to the median of |t_k|, which a block hardly moves. The p-value of the smaller of the two
 * p-values.
 */
function blockP(gram: Gram, draws: number, rng: Random): number {
  const median = medianDirection(gram);
  const freedom = freedomOf(median.cosines);
  const cosines = new Float64Array(median.cosines.length);
  const drawn = Array.from({ length: draws }, () => {
    let mean = 0;
    for (let k = 0; k < cosines.length; k++) {
      const along = rng.normal();
      cosines[k] = along / Math.sqrt(along ** 2 + 2 * gamma(freedom / 2, rng));
      mean += cosines[k]! / cosines.length;
    }
    // The directions from a geometric median add up to nothing.
    for (let k = 0; k < cosines.length; k++) cosines[k]! -= mean;
    return imbalance({ lengths: median.lengths, cosines });
  });
  return leastP(imbalance(median), drawn);
}

/**
 * With x_k = ⟨g_k − m, m⟩/‖m‖ along the geometric median m, less their median: the cubes below zero over those above,
 * against the same of symmetric noise with log-normal lengths. Their spread is that of the rows' lengths across m, by
 * the median deviation, which a block does not move and the position along m has no part in.
 */
function tailP(gram: Gram, draws: number, rng: Random): number {
  const { lengths, cosines } = medianDirection(gram);
  const observed = lowerTail(lengths.map((length, k) => length * cosines[k]!));
  const across = lengths.map((length, k) => Math.log(length * Math.sqrt(1 - cosines[k]! ** 2) + Number.MIN_VALUE));
  const middle = across.toSorted()[Math.floor(across.length / 2)]!;
  const spread = 1.4826 * medianSize(across.map((x) => x - middle));
  let asHigh = 0;
  for (let draw = 0; draw < draws; draw++)
    if (lowerTail(lengths.map(() => rng.normal() * Math.exp(spread * rng.normal()))) >= observed) asHigh++;
  return (1 + asHigh) / (1 + draws);
}

function lowerTail(values: Float64Array): number {
  const middle = values.toSorted()[Math.floor(values.length / 2)]!;
  let [below, above] = [0, 0];
  for (const x of values)
    if (x < middle) below += (middle - x) ** 3;
    else above += (x - middle) ** 3;
  return below / above;
}

const medianSize = (values: Float64Array) => values.map(Math.abs).sort()[Math.floor(values.length / 2)]!;

function imbalance({ lengths, cosines }: MedianDirection): readonly [number, number] {
  const scale = medianSize(cosines);
  let [cubes, lengthened] = [0, 0];
  for (let k = 0; k < cosines.length; k++) {
    cubes -= cosines[k]! ** 3;
    lengthened -= lengths[k]! * cosines[k]!;
  }
  return [cubes / scale ** 3, lengthened / scale];
}

/** ν of t² ~ Beta(½, ν/2) with the median of |t|: t √(ν/(1 − t²)) has Student's distribution then. */
function freedomOf(cosines: Float64Array): number {
  const middle = Math.min(1 - 1e-9, medianSize(cosines));
  let [low, high] = [0.05, 1e5];
  for (let i = 0; i < 40; i++) {
    const freedom = Math.sqrt(low * high);
    if (studentTTail(middle * Math.sqrt(freedom / (1 - middle ** 2)), freedom) > 0.5) low = freedom;
    else high = freedom;
  }
  return low;
}

/** Of unit scale by the rejection of Marsaglia and Tsang 2000, ACM TOMS 26. */
function gamma(shape: number, rng: Random): number {
  if (shape < 1) return gamma(shape + 1, rng) * rng.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = rng.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - rng.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** How often is the smaller of both p-values so small, by the same draws? */
function leastP(observed: readonly [number, number], drawn: readonly (readonly [number, number])[]): number {
  const sorted = [0, 1].map((s) => Float64Array.from(drawn, (values) => values[s]!).sort());
  const least = (values: readonly [number, number]) =>
    Math.min(atOrAbove(sorted[0]!, values[0]), atOrAbove(sorted[1]!, values[1]));
  // A draw counts itself, the observed is not among them.
  const reached = 1 + least(observed);
  return (1 + drawn.filter((values) => least(values) <= reached).length) / (1 + drawn.length);
}

function atOrAbove(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}

/** The leading eigenvector of the centred Gram, and the rows on its smaller side. */
function leadingCamps({ products, counts }: Gram) {
  const n = counts.length;
  const centred = (x: Float64Array) => {
    const mean = x.reduce((sum, value) => sum + value, 0) / n;
    return x.map((value) => value - mean);
  };
  const apply = (x: Float64Array, y: Float64Array) => {
    const from = centred(x);
    const product = new Float64Array(n);
    for (let k = 0; k < n; k++) for (let l = 0; l < n; l++) product[k]! += products[k * n + l]! * from[l]!;
    y.set(centred(product));
  };
  const { vector } = largestEigenpairs(apply, n, 1)[0]!;
  const side = (sign: number) => counts.flatMap((_, i) => (sign * vector[i]! > 0 ? [i] : []));
  const [one, other] = [side(1), side(-1)];
  return { vector, smaller: one.length <= other.length ? one : other };
}

/** How often have normal numbers so low a kurtosis? */
function campsP(vector: Float64Array, draws: number, rng: Random): number {
  const observed = kurtosis(vector);
  let asLow = 0;
  for (let draw = 0; draw < draws; draw++) if (kurtosis(vector.map(() => rng.normal())) <= observed) asLow++;
  return (1 + asLow) / (1 + draws);
}

function kurtosis(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  let [second, fourth] = [0, 0];
  for (const x of values) {
    second += (x - mean) ** 2;
    fourth += (x - mean) ** 4;
  }
  return (values.length * fourth) / second ** 2;
}
