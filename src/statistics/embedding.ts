import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { placementQuality } from "./placement.ts";
import { type PrincipalAxes, principalAxes } from "./scaling.ts";
import { tsne } from "./tsne.ts";
import type { Embedding, PictureNote } from "./types.ts";
import { umap } from "./umap.ts";

const DEFAULT_PERPLEXITY = 30;

/** Beside the chosen one, so that what changes with the perplexity is not taken for structure. */
const OTHER_PERPLEXITIES = [5, 15, 50];

/** Fewer rows than this are drawn by classical scaling: a perplexity needs at least three neighbours. */
const FEWEST_ROWS = 4;

export const embeddingMethods = ["tsne", "pca", "umap"] as const;
export type EmbeddingMethod = (typeof embeddingMethods)[number];

export interface EmbeddingOptions {
  readonly seed: number;
  readonly perplexity?: number;
  /** Of the t-SNE pictures beside the first. Default 5, 15 and 50. */
  readonly otherPerplexities?: readonly number[];
  /** Pictures beside the first one, which is always t-SNE. Default all. */
  readonly methods?: readonly EmbeddingMethod[];
}

/** What every picture of one set of rows needs. */
interface Directions {
  readonly rows: number;
  readonly distances: Float64Array;
  readonly axes: PrincipalAxes;
  /** Rows of zero norm. */
  readonly undirected: number;
}

/**
 * A picture of the directions of K rows by t-SNE of their distances d² = 2(1 − cos), started from classical scaling
 * (PCA of the unit rows) with a tenth of its spread in seeded noise, so that other seeds show how stable the picture
 * is. Sizes of clusters and gaps between them carry no meaning; `neighborsKept` and `trustworthiness` say how far
 * neighbourhoods can be trusted. Exact, O(K²) an iteration: draw about 1000 rows of a larger set (`drawRows`).
 *
 * The perplexity is at most (K − 1)/3, and `note` says when that lowered it. A row of zero norm (NaN cosine) has no
 * direction and is put at a right angle, d = √2, to every other. Fewer than four rows are placed by classical scaling,
 * with NaN for perplexity and divergence. Throws `UsageError` for a perplexity below 1.
 */
export function embedRows(cosine: readonly (readonly number[])[], options: EmbeddingOptions): Embedding {
  return byTsne(directionsOf(cosine), wantedPerplexity(options), options.seed);
}

/**
 * The picture of `embedRows` first, then the same rows by PCA with the share of variance that its axes explain, by
 * UMAP, and by t-SNE at 5, 15 and 50, or as asked for, as far as the rows allow them: what shows in one picture only is
 * an artefact of it. Fewer than four rows have the first picture alone.
 */
export function embedInSeveralWays(
  cosine: readonly (readonly number[])[],
  options: EmbeddingOptions,
): readonly Embedding[] {
  const directions = directionsOf(cosine);
  const wanted = wantedPerplexity(options);
  const first = byTsne(directions, wanted, options.seed);
  if (directions.rows < FEWEST_ROWS) return [first];
  const { methods = embeddingMethods, otherPerplexities = OTHER_PERPLEXITIES } = options;
  const others = otherPerplexities.filter((other) => other !== first.perplexity && other <= largest(directions));
  return [
    first,
    ...(methods.includes("pca") ? [byPrincipalAxes(directions, options.seed)] : []),
    ...(methods.includes("umap") ? [byUmap(directions, options.seed)] : []),
    ...(methods.includes("tsne") ? others.map((other) => byTsne(directions, other, options.seed)) : []),
  ];
}

function wantedPerplexity({ perplexity = DEFAULT_PERPLEXITY, otherPerplexities = [] }: EmbeddingOptions): number {
  const wrong = [perplexity, ...otherPerplexities].find((value) => !(value >= 1));
  if (wrong === undefined) return perplexity;
  throw new UsageError(`embedRows: expected a perplexity of at least 1, got ${wrong}; try 5 to ${DEFAULT_PERPLEXITY}`);
}

const largest = ({ rows }: Directions) => (rows - 1) / 3;

function byTsne(directions: Directions, wanted: number, seed: number): Embedding {
  const { rows, distances, axes } = directions;
  const few = rows < FEWEST_ROWS;
  const perplexity = few ? Number.NaN : Math.min(wanted, largest(directions));
  const layout = few
    ? { points: axes.points, iterations: 0, divergence: Number.NaN }
    : tsne(distances, startFrom(axes.points, seed), perplexity);
  const notes: PictureNote[] = few
    ? [{ kind: "fewRows", rows }]
    : perplexity < wanted
      ? [{ kind: "perplexityLowered", wanted, perplexity, others: rows - 1 }]
      : [];
  const { points, iterations, divergence } = layout;
  return { method: "t-SNE", perplexity, seed, iterations, divergence, ...placed(directions, points, notes) };
}

function byPrincipalAxes(directions: Directions, seed: number): Embedding {
  const { points, explained } = directions.axes;
  const form = {
    method: "PCA",
    perplexity: Number.NaN,
    seed,
    iterations: 0,
    divergence: Number.NaN,
    explained,
  } as const;
  return { ...form, ...placed(directions, points, []) };
}

function byUmap(directions: Directions, seed: number): Embedding {
  const { points, epochs } = umap(directions.distances, directions.axes.points, seed);
  const form = { method: "UMAP", perplexity: Number.NaN, seed, iterations: epochs, divergence: Number.NaN } as const;
  return { ...form, ...placed(directions, points, []) };
}

/** The points as pairs, how far to trust them, and what the reader must know. */
function placed({ rows, distances, undirected }: Directions, points: Float64Array, notes: readonly PictureNote[]) {
  const all: readonly PictureNote[] = undirected > 0 ? [...notes, { kind: "undirected", undirected, rows }] : notes;
  return {
    points: Array.from({ length: rows }, (_, k) => [points[2 * k]!, points[2 * k + 1]!] as const),
    ...placementQuality(distances, points),
    ...(all.length > 0 && { notes: all }),
  };
}

function directionsOf(cosine: readonly (readonly number[])[]): Directions {
  const rows = cosine.length;
  const distances = squaredDistances(cosine);
  return {
    rows,
    distances,
    axes: principalAxes(distances, rows),
    undirected: cosine.filter((row, k) => Number.isNaN(row[k])).length,
  };
}

/** 2(1 − cos), K × K; 2 for a pair without a cosine. */
function squaredDistances(cosine: readonly (readonly number[])[]): Float64Array {
  const rows = cosine.length;
  const distances = new Float64Array(rows * rows);
  for (let k = 0; k < rows; k++)
    for (let l = 0; l < rows; l++) {
      const value = cosine[k]![l]!;
      if (k !== l) distances[k * rows + l] = Number.isNaN(value) ? 2 : 2 * (1 - value);
    }
  return distances;
}

/** The standard deviation along the first axis is 10⁻⁴, as scikit-learn starts, and that of the noise 10⁻⁵. */
function startFrom(axes: Float64Array, seed: number): Float64Array {
  const { normal } = random(seed);
  const rows = axes.length / 2;
  const variance = axes.reduce((sum, x, c) => (c % 2 === 0 ? sum + x * x : sum), 0) / rows;
  const scale = variance > 0 ? 1e-4 / Math.sqrt(variance) : 0;
  return axes.map((x) => scale * x + 1e-5 * normal());
}
