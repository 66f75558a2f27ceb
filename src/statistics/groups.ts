import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { rowNorms } from "./cosine.ts";
import { drawRows } from "./draw.ts";
import { type MeanProduct, meanProduct } from "./meanProduct.ts";
import { benjaminiHochberg, holm } from "./pValues.ts";
import type { Gram, Interval } from "./types.ts";

/** Rows of a group that enter the test at most: 200 see a mean cosine of −0.01 where the null deviation is 0.1. */
const MOST_TESTED = 200;
const LEVEL = 0.05;

export interface GroupOptions {
  /**
   * m, the shuffles of each pair; no p-value is below 1/(m + 1), so that Holm needs at least 20 for each pair.
   * Default 999.
   */
  readonly permutations?: number;
  readonly seed: number;
}

export interface GroupPair {
  /** Positions in `groups`, first < second. */
  readonly first: number;
  readonly second: number;
  /** Mean cosine over the pairs of rows of the two groups. */
  readonly stiffness: number;
  /** Cosine of the two mean gradients. */
  readonly cosineOfMeans: number;
  /** (1 + b)/(1 + m): of m random exchanges of rows between the two groups, b agree as little or less. */
  readonly p: number;
  readonly benjaminiHochberg: number;
  readonly holm: number;
  /** ⟨G_a, G_b⟩ of the groups' true mean gradients, unbiased; `meanProduct`. Absent in analyses of version 0.1.0. */
  readonly product?: Interval;
  /** One-sided p-value of ⟨G_a, G_b⟩ < 0, after Benjamini and Hochberg. Absent in analyses of version 0.1.0. */
  readonly opposition?: number;
  /** The mean gradients oppose each other beyond chance (`opposition` ≤ 0.05), and so do the rows on average. */
  readonly conflict: boolean;
}

export interface GroupConflicts {
  /** The names that occur in `groupOf`, upwards. */
  readonly groups: readonly number[];
  /** Rows with a direction in each group. */
  readonly sizes: readonly number[];
  /** G × G mean cosine between rows of two groups, without a row and itself; NaN inside a group of one row. */
  readonly stiffness: readonly (readonly number[])[];
  /** G × G mean sign of ⟨g_k, g_l⟩, as `stiffness`. */
  readonly signStiffness: readonly (readonly number[])[];
  /**
   * G × G cosines of the groups' mean gradients, each the mean over its examples; short of the truth where noise is
   * large.
   */
  readonly cosineOfMeans: readonly (readonly number[])[];
  /** Mean cosine over all pairs of rows of one group, and of two. */
  readonly within: number;
  readonly between: number;
  /** All pairs of groups, the least p-value first, then the least stiffness. */
  readonly pairs: readonly GroupPair[];
}

/**
 * Do FIXED groups of rows (a class, a source, an annotator, a file) pull against each other? Stiffness by sign and by
 * cosine within and between groups (Fort et al. 2019, arXiv 1901.09491), and a permutation test for each pair of
 * groups: were the labels of the two exchangeable, would their rows agree so little across? A pair may differ, with
 * rows of a group closer to each other, without any conflict: `conflict` asks instead whether the inner product of the
 * true mean gradients is below zero beyond chance. Shuffled mini-batches are no groups: every one is a sample of the
 * same mixture.
 *
 * Rows must be independent; `groupOf[k]` names the group of row k. Of more than 200 rows of a group a stratified draw
 * enters the test. Rows of zero norm take no part. O(K²), and 200² for each shuffle of each pair. Throws `ShapeError`
 * unless there is one group for each row, `UsageError` for fewer than two groups with a direction.
 */
export function groupConflicts(gram: Gram, groupOf: readonly number[], options: GroupOptions): GroupConflicts {
  requireArguments("groupConflicts", { gram, groupOf }, { gram: is.gram, groupOf: is.list });
  if (groupOf.length !== gram.counts.length)
    throw new ShapeError(
      `groupConflicts: expected a group for each of ${gram.counts.length} rows, got ${groupOf.length}; give one name per row`,
    );
  const norms = rowNorms(gram);
  const groups = [...new Set(groupOf.filter((_, k) => norms[k]! > 0))].sort((a, b) => a - b);
  if (groups.length < 2)
    throw new UsageError(`groupConflicts: expected at least 2 groups, got ${groups.length}; group the rows by a label`);
  const members = groups.map((group) => groupOf.flatMap((name, k) => (name === group && norms[k]! > 0 ? [k] : [])));
  const sums = blockSums(gram, norms, members);
  const means = cosinesOfMeans(sums.products);
  const pairs = testPairs(gram, norms, members, options).map((pair) => ({
    ...pair,
    stiffness: sums.stiffness[pair.first]![pair.second]!,
    cosineOfMeans: means[pair.first]![pair.second]!,
    mean: meanProduct(gram, members[pair.first]!, members[pair.second]!),
  }));
  return {
    groups,
    sizes: members.map(({ length }) => length),
    stiffness: sums.stiffness,
    signStiffness: sums.signStiffness,
    cosineOfMeans: means,
    within: sums.within,
    between: sums.between,
    pairs: judged(pairs),
  };
}

/** Sums over the blocks of two groups. */
function blockSums({ products, counts }: Gram, norms: readonly number[], members: readonly (readonly number[])[]) {
  const n = counts.length;
  const empty = () => members.map(() => Array<number>(members.length).fill(0));
  const [stiffness, signStiffness, meanProducts] = [empty(), empty(), empty()];
  const total = { within: 0, between: 0, withinPairs: 0, betweenPairs: 0 };
  members.forEach((rows, a) => {
    members.forEach((others, b) => {
      let [cosines, signs, weighted] = [0, 0, 0];
      for (const k of rows)
        for (const l of others) {
          const product = products[k * n + l]!;
          weighted += counts[k]! * counts[l]! * product;
          if (k === l) continue;
          cosines += product / (norms[k]! * norms[l]!);
          signs += Math.sign(product);
        }
      const pairs = rows.length * others.length - (a === b ? rows.length : 0);
      stiffness[a]![b] = cosines / pairs;
      signStiffness[a]![b] = signs / pairs;
      meanProducts[a]![b] = weighted;
      total[a === b ? "within" : "between"] += cosines;
      total[a === b ? "withinPairs" : "betweenPairs"] += pairs;
    });
  });
  const within = total.within / total.withinPairs;
  return { stiffness, signStiffness, products: meanProducts, within, between: total.between / total.betweenPairs };
}

/** The factors 1/Σb_k of the means cancel. NaN for a mean of zero length. */
function cosinesOfMeans(products: readonly (readonly number[])[]): number[][] {
  const norms = products.map((row, a) => Math.sqrt(Math.max(0, row[a]!)));
  return products.map((row, a) =>
    row.map((product, b) =>
      norms[a]! * norms[b]! > 0 ? Math.max(-1, Math.min(1, product / (norms[a]! * norms[b]!))) : Number.NaN,
    ),
  );
}

/** p-values of all pairs, first < second. */
function testPairs(
  gram: Gram,
  norms: readonly number[],
  members: readonly (readonly number[])[],
  { permutations = 999, seed }: GroupOptions,
) {
  const n = gram.counts.length;
  const { integer } = random(seed);
  const tested = members.map((rows) => Array.from(drawRows(rows.length, MOST_TESTED, seed, []), (at) => rows[at]!));
  return tested.flatMap((first, a) =>
    tested.slice(a + 1).map((second, offset) => {
      const rows = [...first, ...second];
      const cosines = new Float64Array(rows.length ** 2);
      rows.forEach((k, i) => {
        rows.forEach((l, j) => {
          if (k !== l) cosines[i * rows.length + j] = gram.products[k * n + l]! / (norms[k]! * norms[l]!);
        });
      });
      return { first: a, second: a + 1 + offset, p: exchangeP(cosines, first.length, permutations, integer) };
    }),
  );
}

/**
 * Are the first `size` of the rows less in agreement with the others than as many drawn at random are with the rest?
 * The sum across two sets is the row sums of the smaller set less twice its inner pairs, so only those are added up.
 */
function exchangeP(cosines: Float64Array, size: number, permutations: number, integer: (n: number) => number): number {
  const rows = Math.sqrt(cosines.length);
  const totals = Float64Array.from({ length: rows }, (_, i) =>
    cosines.subarray(i * rows, (i + 1) * rows).reduce((sum, x) => sum + x, 0),
  );
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  const across = (set: Uint32Array) => {
    let sum = 0;
    for (let i = 0; i < set.length; i++) {
      let inner = 0;
      for (let j = 0; j < i; j++) inner += cosines[set[i]! * rows + set[j]!]!;
      sum += totals[set[i]!]! - 2 * inner;
    }
    return sum;
  };
  // Across the two sets it is the same sum from either side.
  const smaller = Math.min(size, rows - size);
  const observed = across(size <= rows - size ? order.slice(0, size) : order.slice(size));
  // A draw that is the same set in another order may differ by rounding.
  const tolerance = 1e-9 * (1 + Math.abs(observed));
  let asLow = 0;
  for (let shuffle = 0; shuffle < permutations; shuffle++) {
    for (let i = 0; i < smaller; i++) {
      const j = i + integer(rows - i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    if (across(order.subarray(0, smaller)) <= observed + tolerance) asLow++;
  }
  return (1 + asLow) / (1 + permutations);
}

type Tested = Omit<GroupPair, "benjaminiHochberg" | "holm" | "product" | "opposition" | "conflict"> & {
  readonly mean: MeanProduct;
};

function judged(pairs: readonly Tested[]): GroupPair[] {
  const p = pairs.map((pair) => pair.p);
  const [discovery, family] = [benjaminiHochberg(p), holm(p)];
  const opposition = benjaminiHochberg(pairs.map(({ mean }) => mean.p));
  return pairs
    .map(({ mean, ...pair }, i) => ({
      ...pair,
      benjaminiHochberg: discovery[i]!,
      holm: family[i]!,
      product: mean.product,
      opposition: opposition[i]!,
      conflict: opposition[i]! <= LEVEL && pair.stiffness < 0 && pair.cosineOfMeans < 0,
    }))
    .sort((x, y) => x.p - y.p || x.stiffness - y.stiffness);
}
