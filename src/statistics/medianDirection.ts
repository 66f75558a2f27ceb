import type { Gram } from "./types.ts";

export interface MedianDirection {
  /** ‖g_k − m‖ from the geometric median m. */
  readonly lengths: Float64Array;
  /** cos(g_k − m, m); 0 where row and median are one. */
  readonly cosines: Float64Array;
}

/** Rounds of Weiszfeld's iteration; what is made of it needs no more digits. */
const ROUNDS = 25;

/** The geometric median of all rows, which fewer than half of them cannot carry away, from the Gram alone. O(25 K²). */
export function medianDirection({ products, counts }: Gram): MedianDirection {
  const n = counts.length;
  let weights = new Float64Array(n).fill(1 / n);
  for (let round = 0; ; round++) {
    const along = new Float64Array(n);
    for (let k = 0; k < n; k++) for (let l = 0; l < n; l++) along[k]! += weights[l]! * products[k * n + l]!;
    const own = Math.max(
      0,
      along.reduce((sum, x, k) => sum + x * weights[k]!, 0),
    );
    const lengths = along.map((product, k) => Math.sqrt(Math.max(0, products[k * (n + 1)]! - 2 * product + own)));
    const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    if (round === ROUNDS || !(longest > 0)) return { lengths, cosines: cosinesOf(along, own, lengths) };
    const pull = lengths.map((length) => 1 / Math.max(length, 1e-9 * longest));
    const total = pull.reduce((sum, x) => sum + x, 0);
    weights = pull.map((x) => x / total);
  }
}

function cosinesOf(along: Float64Array, own: number, lengths: Float64Array): Float64Array {
  return along.map((product, k) => {
    const scale = lengths[k]! * Math.sqrt(own);
    return scale > 0 ? Math.max(-1, Math.min(1, (product - own) / scale)) : 0;
  });
}
