import { UMAP } from "umap-js";
import { random } from "../tensor/random.ts";

export interface UmapLayout {
  /** n × 2, row-major. */
  readonly points: Float64Array;
  readonly epochs: number;
}

/**
 * UMAP (McInnes et al. 2018, arXiv 1802.03426) of n > 3 rows given by their n × n squared distances, by umap-js, on
 * their exact k nearest neighbours (k = 15, or all others when they are fewer), n × 2. umap-js starts at random; here
 * it starts from `start` (n × 2), the principal axes, brought to the width that umap-js uses, because the start decides
 * most of the large shape (Kobak and Linderman 2021, Nature Biotechnology 39). The seed decides every bit.
 */
export function umap(squaredDistances: Float64Array, start: Float64Array, seed: number): UmapLayout {
  const n = start.length / 2;
  const nNeighbors = Math.min(15, n - 1);
  const { uniform, normal } = random(seed);
  const reducer = new UMAP({ nNeighbors, random: uniform });
  const { indices, distances } = nearest(squaredDistances, n, nNeighbors);
  reducer.setPrecomputedKNN(indices, distances);
  // With the neighbours given, the vectors themselves are only counted.
  const epochs = reducer.initializeFit(Array.from({ length: n }, (_, i) => [i]));
  const layout = reducer.getEmbedding();
  const widest = start.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const scale = widest > 0 ? 10 / widest : 0;
  layout.forEach((point, i) => {
    point[0] = scale * start[2 * i]! + 1e-2 * normal();
    point[1] = scale * start[2 * i + 1]! + 1e-2 * normal();
  });
  for (let epoch = 0; epoch < epochs; epoch++) reducer.step();
  return { points: Float64Array.from(reducer.getEmbedding().flat()), epochs };
}

/** Each row first, as umap-js expects it, then its nearest others. */
function nearest(squaredDistances: Float64Array, n: number, count: number) {
  const indices: number[][] = [];
  const distances: number[][] = [];
  for (let i = 0; i < n; i++) {
    const distance = (j: number) => (i === j ? -1 : squaredDistances[i * n + j]!);
    const order = Uint32Array.from({ length: n }, (_, j) => j).sort((a, b) => distance(a) - distance(b) || a - b);
    const near = [...order.subarray(0, count)];
    indices.push(near);
    distances.push(near.map((j) => Math.sqrt(Math.max(0, distance(j)))));
  }
  return { indices, distances };
}
