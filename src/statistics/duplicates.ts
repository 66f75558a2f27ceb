import { UsageError } from "../tensor/errors.ts";
import { largestEigenpairs } from "./lanczos.ts";
import type { Features } from "./outliers.ts";

/** Directions whose coordinates rule out most pairs before all D features are read. */
const DIRECTIONS = 12;

export interface DuplicateGroup {
  /** Two or more examples, upwards. */
  readonly examples: readonly number[];
  /** True when all features of all of them are equal, bit for bit. */
  readonly exact: boolean;
  /** The smallest cosine that was needed to join them; 1 when exact. */
  readonly leastCosine: number;
}

/**
 * Groups of examples that are the same or nearly so: equal features, found by hash, or a cosine of at least `threshold`
 * with another example of the group (single linkage: a chain of near neighbours is one group, however far its ends are
 * apart). Exact, not sampled. Subtract the features' mean beforehand where all are alike, as cosines of raw pixels are.
 *
 * Unit vectors of cosine c are √(2 − 2c) apart, and no further along any direction: examples are sorted along the first
 * principal axis and compared only while they are that near on it, first by their coordinates on the 12 leading axes.
 * The closer `threshold` is to 1 the fewer pairs are left; O(N² D) at worst, N·(D + 12) float32 numbers of memory.
 *
 * Largest groups first, then by first example. An example of zero norm has no direction and only exact duplicates.
 * Throws `UsageError` unless 0 < threshold ≤ 1.
 */
export function findDuplicates(features: Features, threshold: number): DuplicateGroup[] {
  if (!(threshold > 0 && threshold <= 1))
    throw new UsageError(
      `findDuplicates: expected a threshold above 0 and at most 1, got ${threshold}; try 0.99 for features, 1 for exact`,
    );
  const copies = exactCopies(features);
  const firsts = Uint32Array.from(copies, (examples) => examples[0]!);
  const parent = Uint32Array.from(firsts, (_, at) => at);
  const least = new Float64Array(firsts.length).fill(1);
  forNearPairs(features, firsts, threshold, (a, b, cosine) => {
    const [first, second] = [rootOf(parent, a), rootOf(parent, b)];
    if (first === second) return;
    parent[second] = first;
    least[first] = Math.min(least[first]!, least[second]!, cosine);
  });
  const groups = new Map<number, number[]>();
  copies.forEach((examples, at) => {
    const root = rootOf(parent, at);
    const group = groups.get(root) ?? [];
    groups.set(root, group);
    for (const example of examples) group.push(example);
  });
  return [...groups]
    .filter(([, examples]) => examples.length > 1)
    .map(([root, examples]) => ({
      examples: examples.sort((a, b) => a - b),
      exact: copies[root]!.length === examples.length,
      leastCosine: least[root]!,
    }))
    .sort((a, b) => b.examples.length - a.examples.length || a.examples[0]! - b.examples[0]!);
}

/** Examples of equal features together, by first example. */
function exactCopies({ values, width }: Features): number[][] {
  const bytes = width * values.BYTES_PER_ELEMENT;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
  const buckets = new Map<number, number[][]>();
  const copies: number[][] = [];
  for (let i = 0; i < values.length / width; i++) {
    const row = words.subarray((i * bytes) / 4, ((i + 1) * bytes) / 4);
    const same = (other: readonly number[]) => {
      const start = (other[0]! * bytes) / 4;
      return row.every((word, at) => word === words[start + at]);
    };
    const key = hash(row);
    const bucket = buckets.get(key) ?? [];
    buckets.set(key, bucket);
    const found = bucket.find(same);
    if (found !== undefined) found.push(i);
    else {
      const group = [i];
      bucket.push(group);
      copies.push(group);
    }
  }
  return copies;
}

/** FNV-1a over 32-bit words (Fowler, Noll and Vo); equal rows are compared in full. */
function hash(words: Uint32Array): number {
  let value = 0x811c9dc5;
  for (const word of words) value = Math.imul(value ^ word, 0x01000193);
  return value;
}

/** Calls `found` with positions in `examples` of each pair whose cosine is at least `threshold`. */
function forNearPairs(
  { values, width }: Features,
  examples: Uint32Array,
  threshold: number,
  found: (a: number, b: number, cosine: number) => void,
): void {
  const { units, positions } = unitRows(values, width, examples);
  const count = positions.length;
  const axes = leadingCoordinates(units, count, width);
  const along = axes.length / Math.max(1, count);
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => axes[a * along]! - axes[b * along]!);
  // Float32 coordinates carry errors of 10⁻⁷ times a few.
  const reach = 2 - 2 * threshold + 1e-5;
  const window = Math.sqrt(reach);
  for (let from = 0; from < count; from++) {
    const a = order[from]!;
    for (let to = from + 1; to < count; to++) {
      const b = order[to]!;
      if (axes[b * along]! - axes[a * along]! > window) break;
      if (squaredDistance(axes, along, a, b, reach) > reach) continue;
      const cosine = 1 - squaredDistance(units, width, a, b, reach) / 2;
      if (cosine >= threshold - 1e-6) found(positions[a]!, positions[b]!, Math.min(1, cosine));
    }
  }
}

/** The sum of squares, or any number beyond `reach` as soon as it is that. */
function squaredDistance(rows: Float32Array, width: number, a: number, b: number, reach: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) {
    const difference = rows[a * width + d]! - rows[b * width + d]!;
    sum += difference * difference;
    if (sum > reach) return sum;
  }
  return sum;
}

/** The examples that have a direction, brought to length one, and where they stand in `examples`. */
function unitRows(values: Float32Array | Float64Array, width: number, examples: Uint32Array) {
  const norms = Float64Array.from(examples, (example) => {
    let square = 0;
    for (let d = 0; d < width; d++) square += values[example * width + d]! ** 2;
    return Math.sqrt(square);
  });
  const positions = Uint32Array.from(examples, (_, at) => at).filter((at) => norms[at]! > 0);
  const units = new Float32Array(positions.length * width);
  positions.forEach((at, i) => {
    for (let d = 0; d < width; d++) units[i * width + d] = values[examples[at]! * width + d]! / norms[at]!;
  });
  return { units, positions };
}

/** Coordinates of the rows on their leading principal axes, count × (12 or the width, when that is less). */
function leadingCoordinates(units: Float32Array, count: number, width: number): Float32Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < units.length; i++) mean[i % width]! += units[i]! / count;
  const project = (i: number, axis: Float64Array) => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += (units[i * width + d]! - mean[d]!) * axis[d]!;
    return sum;
  };
  const covariance = (x: Float64Array, y: Float64Array) => {
    y.fill(0);
    for (let i = 0; i < count; i++) {
      const share = project(i, x) / count;
      for (let d = 0; d < width; d++) y[d]! += share * (units[i * width + d]! - mean[d]!);
    }
  };
  const pairs = count < 2 ? [] : largestEigenpairs(covariance, width, Math.min(DIRECTIONS, width));
  const along = Math.max(1, pairs.length);
  const coordinates = new Float32Array(count * along);
  pairs.forEach(({ vector }, axis) => {
    for (let i = 0; i < count; i++) coordinates[i * along + axis] = project(i, vector);
  });
  return coordinates;
}

function rootOf(parent: Uint32Array, node: number): number {
  let root = node;
  while (parent[root] !== root) root = parent[root]!;
  // Paths are cut short, so that later look-ups are quick.
  for (let at = node; at !== root; ) {
    const next = parent[at]!;
    parent[at] = root;
    at = next;
  }
  return root;
}
