export interface Merge {
  /** Two clusters: below n a row, else n + the position of an earlier merge. */
  readonly left: number;
  readonly right: number;
  /** Mean distance between the rows of the two. */
  readonly height: number;
}

/**
 * The order in which K rows stand when alike rows stand together, as a permutation of 0 … K−1: average-linkage
 * clustering (UPGMA, Sokal and Michener 1958) of the distances 1 − cos. At every merge the two clusters are turned so
 * that the rows that come to touch are the most alike of their four ends: not the best of all leaf orders, which would
 * cost O(K⁴), but never one with a worse turn at the merge itself. Deterministic; of equal turns the first is taken,
 * and the cluster with the smaller first row stands left. A row without direction (NaN) counts as at a right angle to
 * all. O(K²) time and numbers of memory.
 *
 * The order makes blocks visible and proves none: in noise, too, neighbours come out more alike than others.
 */
export function clusteredOrder(cosine: readonly (readonly number[])[]): number[] {
  const n = cosine.length;
  const distances = Float64Array.from({ length: n * n }, (_, index) => {
    const value = cosine[Math.floor(index / n)]![index % n]!;
    return Number.isNaN(value) ? 1 : 1 - value;
  });
  const clusters: number[][] = Array.from({ length: n }, (_, k) => [k]);
  for (const { left, right } of averageLinkage(distances, n))
    clusters.push(joinEnds(clusters[left]!, clusters[right]!, distances, n));
  return clusters.at(-1) ?? [];
}

function joinEnds(a: number[], b: number[], distances: Float64Array, n: number): number[] {
  const [left, right] = Math.min(...ends(a)) <= Math.min(...ends(b)) ? [a, b] : [b, a];
  const turns = [
    { first: left, second: right },
    { first: left, second: right.toReversed() },
    { first: left.toReversed(), second: right },
    { first: left.toReversed(), second: right.toReversed() },
  ];
  const gap = ({ first, second }: (typeof turns)[number]) => distances[first.at(-1)! * n + second[0]!]!;
  const best = turns.reduce((least, turn) => (gap(turn) < gap(least) ? turn : least));
  return [...best.first, ...best.second];
}

const ends = (rows: readonly number[]) => [rows[0]!, rows.at(-1)!];

/**
 * Average-linkage clustering of n rows by their n × n distances: n − 1 merges in order of height. By chains of nearest
 * neighbours (Murtagh 1983, Computer Journal 26), which give the same tree as joining the two nearest clusters again
 * and again, in O(n²).
 */
export function averageLinkage(distances: Float64Array, n: number): Merge[] {
  const between = Float64Array.from(distances);
  const sizes = new Float64Array(n).fill(1);
  const alive = new Uint8Array(n).fill(1);
  const found: { a: number; b: number; height: number }[] = [];
  const chain: number[] = [];
  while (found.length < n - 1) {
    if (chain.length === 0) chain.push(alive.indexOf(1));
    const last = chain.at(-1)!;
    const nearest = nearestTo(last, chain.at(-2) ?? -1, between, alive);
    if (nearest !== chain.at(-2)) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    const [a, b] = last < nearest ? [last, nearest] : [nearest, last];
    found.push({ a, b, height: between[a * n + b]! });
    absorb(a, b, between, sizes, alive);
  }
  return inOrder(found, n);
}

/** The nearest cluster that is alive; `preferred` wins a tie, so that chains come to an end. */
function nearestTo(cluster: number, preferred: number, between: Float64Array, alive: Uint8Array): number {
  const n = alive.length;
  let best = preferred;
  let least = preferred < 0 ? Number.POSITIVE_INFINITY : between[cluster * n + preferred]!;
  for (let other = 0; other < n; other++) {
    if (alive[other] === 0 || other === cluster || !(between[cluster * n + other]! < least)) continue;
    best = other;
    least = between[cluster * n + other]!;
  }
  return best;
}

/** Cluster a takes in b; its distances become the means weighted by size (Lance and Williams 1967). */
function absorb(a: number, b: number, between: Float64Array, sizes: Float64Array, alive: Uint8Array): void {
  const n = alive.length;
  const total = sizes[a]! + sizes[b]!;
  alive[b] = 0;
  for (let other = 0; other < n; other++) {
    if (alive[other] === 0 || other === a) continue;
    const mean = (sizes[a]! * between[a * n + other]! + sizes[b]! * between[b * n + other]!) / total;
    between[a * n + other] = mean;
    between[other * n + a] = mean;
  }
  sizes[a] = total;
}

/** Merges by height, with clusters named by the merge that made them instead of by their first row. */
function inOrder(found: readonly { a: number; b: number; height: number }[], n: number): Merge[] {
  const name = Int32Array.from({ length: n }, (_, k) => k);
  // The sort is stable, and a cluster's parts merge no higher than it does.
  return found
    .toSorted((x, y) => x.height - y.height)
    .map(({ a, b, height }, position) => {
      const merge = { left: name[a]!, right: name[b]!, height };
      name[a] = n + position;
      return merge;
    });
}
