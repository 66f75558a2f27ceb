import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { classicalScaling } from "./scaling.ts";
import { tsne } from "./tsne.ts";
import type { Embedding } from "./types.ts";

const DEFAULT_PERPLEXITY = 30;

/** Fewer rows than this are drawn by classical scaling: a perplexity needs at least three neighbours. */
const FEWEST_ROWS = 4;

/**
 * A picture of the directions of K rows by t-SNE of their distances d² = 2(1 − cos), started from classical scaling
 * (PCA of the unit rows) with a tenth of its spread in seeded noise, so that other seeds show how stable the picture
 * is. Sizes of clusters and gaps between them carry no meaning; `neighborsKept` says how far neighbourhoods can be
 * trusted.
 *
 * The perplexity is at most (K − 1)/3, and `note` says when that lowered it. A row of zero norm (NaN cosine) has no
 * direction and is put at a right angle, d = √2, to every other. Fewer than four rows are placed by classical scaling,
 * with NaN for perplexity and divergence. Throws `UsageError` for a perplexity below 1.
 */
export function embedRows(
  cosine: readonly (readonly number[])[],
  options: { readonly seed: number; readonly perplexity?: number },
): Embedding {
  const { seed, perplexity: wanted = DEFAULT_PERPLEXITY } = options;
  if (!(wanted >= 1))
    throw new UsageError(
      `embedRows: expected a perplexity of at least 1, got ${wanted}; try 5 to ${DEFAULT_PERPLEXITY}`,
    );
  const rows = cosine.length;
  const distances = squaredDistances(cosine);
  const axes = classicalScaling(distances, rows);
  const perplexity = rows < FEWEST_ROWS ? Number.NaN : Math.min(wanted, (rows - 1) / 3);
  const layout =
    rows < FEWEST_ROWS
      ? { points: axes, iterations: 0, divergence: Number.NaN }
      : tsne(distances, startFrom(axes, seed), perplexity);
  const neighbors = Math.max(1, Math.min(10, Math.floor((rows - 1) / 3)));
  const notes = notesOn(cosine, wanted, perplexity);
  return {
    method: "t-SNE",
    points: cosine.map((_, k) => [layout.points[2 * k]!, layout.points[2 * k + 1]!]),
    perplexity,
    seed,
    iterations: layout.iterations,
    divergence: layout.divergence,
    neighborsKept: shareOfNeighborsKept(distances, layout.points, neighbors),
    neighbors,
    ...(notes.length > 0 && { note: notes.join(" ") }),
  };
}

/** 2(1 − cos), K × K; 2 for a pair without a cosine. */
function squaredDistances(cosine: readonly (readonly number[])[]): Float64Array {
  const values = cosine.flatMap((row, k) =>
    row.map((value, l) => (k === l ? 0 : Number.isNaN(value) ? 2 : 2 * (1 - value))),
  );
  return Float64Array.from(values);
}

/** The standard deviation along the first axis is 10⁻⁴, as scikit-learn starts, and that of the noise 10⁻⁵. */
function startFrom(axes: Float64Array, seed: number): Float64Array {
  const { normal } = random(seed);
  const rows = axes.length / 2;
  const variance = axes.reduce((sum, x, c) => (c % 2 === 0 ? sum + x * x : sum), 0) / rows;
  const scale = variance > 0 ? 1e-4 / Math.sqrt(variance) : 0;
  return axes.map((x) => scale * x + 1e-5 * normal());
}

function notesOn(cosine: readonly (readonly number[])[], wanted: number, perplexity: number): string[] {
  const rows = cosine.length;
  const undirected = cosine.filter((row, k) => Number.isNaN(row[k])).length;
  const notes: string[] = [];
  if (rows < FEWEST_ROWS)
    notes.push(`${rows} rows are too few for t-SNE; their positions are those of classical scaling (PCA).`);
  else if (perplexity < wanted)
    notes.push(`Perplexity lowered from ${wanted} to ${perplexity.toFixed(1)}, a third of the other ${rows - 1} rows.`);
  if (undirected > 0)
    notes.push(
      `${undirected} of ${rows} rows have zero norm and no direction; they stand at a right angle to all others.`,
    );
  return notes;
}

/**
 * Mean over the rows of the share of each row's `count` nearest points in the picture that are among its `count`
 * nearest rows. Rows tied with the last of these count as near, so that equal distances cost nothing. By chance:
 * count/(K − 1).
 */
function shareOfNeighborsKept(distances: Float64Array, points: Float64Array, count: number): number {
  const rows = points.length / 2;
  const shares = Array.from({ length: rows }, (_, k) => {
    const others = Array.from({ length: rows }, (_, l) => l).filter((l) => l !== k);
    const inPicture = (l: number) =>
      (points[2 * k]! - points[2 * l]!) ** 2 + (points[2 * k + 1]! - points[2 * l + 1]!) ** 2;
    const inRows = (l: number) => distances[k * rows + l]!;
    const reach = inRows(others.toSorted((a, b) => inRows(a) - inRows(b))[count - 1]!) + 1e-12;
    const near = others.toSorted((a, b) => inPicture(a) - inPicture(b)).slice(0, count);
    return near.filter((l) => inRows(l) <= reach).length / count;
  });
  return shares.reduce((sum, share) => sum + share, 0) / rows;
}
