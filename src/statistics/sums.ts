import type { Gram } from "./types.ts";

/** All that the moments of the rows need of a Gram. Deleting a row changes each sum by one term. */
export interface Sums {
  readonly rows: number;
  /** Σ b_k. */
  readonly examples: number;
  /** Σ b_k². */
  readonly squaredCounts: number;
  /** Σ b_k ‖g_k‖². */
  readonly squares: number;
  /** Σ b_k² ‖g_k‖². */
  readonly diagonal: number;
  /** Σ_{k,l} b_k b_l ⟨g_k, g_l⟩ = (Σ b_k)² ‖ḡ‖². */
  readonly all: number;
  /** b_k, ‖g_k‖² and Σ_l b_l ⟨g_k, g_l⟩ of each row. */
  readonly each: readonly { readonly count: number; readonly square: number; readonly withAll: number }[];
}

/** O(K²). */
export function sumsOf({ products, counts }: Gram): Sums {
  const rows = counts.length;
  const each = counts.map((count, k) => {
    let withAll = 0;
    for (let l = 0; l < rows; l++) withAll += counts[l]! * products[k * rows + l]!;
    return { count, square: products[k * rows + k]!, withAll };
  });
  const sum = (term: (row: (typeof each)[number]) => number) => each.reduce((total, row) => total + term(row), 0);
  return {
    rows,
    examples: sum((row) => row.count),
    squaredCounts: sum((row) => row.count ** 2),
    squares: sum((row) => row.count * row.square),
    diagonal: sum((row) => row.count ** 2 * row.square),
    all: sum((row) => row.count * row.withAll),
    each,
  };
}

/** The sums without row k, in O(1); `each` still lists every row. */
export function without(sums: Sums, k: number): Sums {
  const { count, square, withAll } = sums.each[k]!;
  return {
    ...sums,
    rows: sums.rows - 1,
    examples: sums.examples - count,
    squaredCounts: sums.squaredCounts - count ** 2,
    squares: sums.squares - count * square,
    diagonal: sums.diagonal - count ** 2 * square,
    all: sums.all - 2 * count * withAll + count ** 2 * square,
  };
}
