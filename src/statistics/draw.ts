import { random } from "../tensor/random.ts";
import type { Gram } from "./types.ts";

/**
 * At most `most` of `count` rows, as sorted indices: one at random from each of `most` equally long stretches, so that
 * the order in which rows were drawn, or the classes they are sorted by, keep their shares. Each row of `always` takes
 * the place of the one drawn from its stretch. All rows when they are no more than `most`.
 */
export function drawRows(count: number, most: number, seed: number, always: readonly number[]): Uint32Array {
  if (count <= most) return Uint32Array.from({ length: count }, (_, k) => k);
  const { integer } = random(seed);
  const start = (stretch: number) => Math.floor((stretch * count) / most);
  const drawn = Array.from(
    { length: most },
    (_, stretch) => start(stretch) + integer(start(stretch + 1) - start(stretch)),
  );
  const kept = new Set<number>();
  for (const row of always) {
    // Two of them may share a stretch; the next one then gives way.
    let stretch = Math.floor(((row + 1) * most - 1) / count);
    while (kept.has(stretch)) stretch = (stretch + 1) % most;
    kept.add(stretch);
    drawn[stretch] = row;
  }
  return Uint32Array.from(drawn).sort();
}

/** The Gram of some of the rows, in the order of `rows`. */
export function gramOfDrawn({ products, counts }: Gram, rows: Uint32Array): Gram {
  const drawn = new Float64Array(rows.length ** 2);
  rows.forEach((row, k) => {
    for (let l = 0; l < rows.length; l++) drawn[k * rows.length + l] = products[row * counts.length + rows[l]!]!;
  });
  return { products: drawn, counts: Array.from(rows, (row) => counts[row]!) };
}
