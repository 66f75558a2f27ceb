import { TSNE } from "@saehrimnir/druidjs";
import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { principalAxes } from "./scaling.ts";
import { tsne } from "./tsne.ts";

/** Squared distances 2(1 − cos) of points around random centres in 50 dimensions; point i belongs to i mod clusters. */
function clustered(count: number, clusters: number, spread: number, seed: number): Float64Array {
  const { normal } = random(seed);
  const centers = Array.from({ length: clusters }, () => Array.from({ length: 50 }, normal));
  const points = Array.from({ length: count }, (_, i) => centers[i % clusters]!.map((x) => x + spread * normal()));
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);
  const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  return Float64Array.from(points.flatMap((a) => points.map((b) => (a === b ? 0 : 2 * (1 - cosine(a, b))))));
}

function startOf(distances: Float64Array, count: number, seed = 1): Float64Array {
  const { normal } = random(seed);
  return principalAxes(distances, count).points.map((x) => 2e-4 * x + 1e-5 * normal());
}

/** KL(P‖Q) by the definitions of van der Maaten and Hinton 2008, with its own search for σ. */
function divergenceOf(distances: Float64Array, points: Float64Array, perplexity: number): number {
  const count = points.length / 2;
  const all = Array.from({ length: count }, (_, i) => i);
  const conditional = all.map((i) => {
    const at = (precision: number) => {
      const weights = all.map((j) => (i === j ? 0 : Math.exp(-precision * distances[i * count + j]!)));
      const sum = weights.reduce((total, x) => total + x, 0);
      return weights.map((x) => x / sum);
    };
    const entropy = (p: number[]) => p.reduce((sum, x) => (x > 0 ? sum - x * Math.log2(x) : sum), 0);
    let [low, high] = [1e-3, 1e6];
    while (high / low > 1 + 1e-12) {
      const middle = Math.sqrt(low * high);
      if (entropy(at(middle)) > Math.log2(perplexity)) low = middle;
      else high = middle;
    }
    return at(low);
  });
  const near = (i: number, j: number) =>
    1 / (1 + (points[2 * i]! - points[2 * j]!) ** 2 + (points[2 * i + 1]! - points[2 * j + 1]!) ** 2);
  const pairs = all.flatMap((i) => all.flatMap((j) => (i === j ? [] : [[i, j] as const])));
  const total = pairs.reduce((sum, [i, j]) => sum + near(i, j), 0);
  return pairs.reduce((sum, [i, j]) => {
    const p = (conditional[i]![j]! + conditional[j]![i]!) / (2 * count);
    return p > 0 ? sum + p * Math.log(p / (near(i, j) / total)) : sum;
  }, 0);
}

/** Mean share of the k nearest points in the picture that are of the same cluster. */
function purity(points: Float64Array, clusters: number, k: number): number {
  const count = points.length / 2;
  const all = Array.from({ length: count }, (_, i) => i);
  const shares = all.map((i) => {
    const distance = (j: number) =>
      Math.hypot(points[2 * i]! - points[2 * j]!, points[2 * i + 1]! - points[2 * j + 1]!);
    const near = all.filter((j) => j !== i).sort((a, b) => distance(a) - distance(b));
    return near.slice(0, k).filter((j) => j % clusters === i % clusters).length / k;
  });
  return shares.reduce((sum, share) => sum + share, 0) / count;
}

test("five clusters of 100 points: as good as druid, pure, and the same bits again", () => {
  const distances = clustered(100, 5, 0.7, 3);
  const start = startOf(distances, 100);
  const layout = tsne(distances, start, 12);
  expect(purity(layout.points, 5, 10)).toBe(1);
  expect(tsne(distances, start, 12)).toEqual(layout);
  const matrix = Array.from({ length: 100 }, (_, i) => distances.slice(i * 100, i * 100 + 100).map(Math.sqrt));
  const druid = new TSNE(matrix, { perplexity: 12, epsilon: 10, seed: 1, metric: "precomputed" }).transform(1000);
  const reference = divergenceOf(distances, Float64Array.from([...druid].flatMap((row) => [...row])), 12);
  expect(layout.divergence).toBeLessThan(1.03 * reference);
  expect(layout.divergence).toBeGreaterThan(0.8 * reference);
});

test.each([
  [12, 3, 3.6],
  [40, 4, 10],
])("the divergence of %d points follows the definitions and is a minimum", (count, clusters, perplexity) => {
  const distances = clustered(count, clusters, 0.5, 4);
  const { points, divergence } = tsne(distances, startOf(distances, count), perplexity);
  expect(divergence).toBeCloseTo(divergenceOf(distances, points, perplexity), 6);
  const { normal } = random(5);
  const size = Math.max(...points.map(Math.abs));
  for (let i = 0; i < 5; i++) {
    const moved = points.map((x) => x + 0.05 * size * normal());
    expect(divergenceOf(distances, moved, perplexity)).toBeGreaterThan(divergence);
  }
});

test("early exaggeration gathers thirty clusters that start mixed", () => {
  const distances = clustered(300, 30, 0.3, 3);
  const divergences = [1, 2, 3].map((seed) => {
    const { normal } = random(seed);
    const mixed = Float64Array.from({ length: 600 }, () => 1e-4 * normal());
    return tsne(distances, mixed, 10).divergence;
  });
  // Without exaggeration 0.020, 0.021 and 0.024 are left.
  for (const divergence of divergences) expect(divergence).toBeLessThan(0.0195);
});

test("few points converge: the learning rate is lowered for them", () => {
  for (const seed of [1, 2, 3]) {
    const distances = clustered(12, 3, 0.5, 3);
    // scikit-learn's learning rate of 50 leaves 0.036 to 0.054 here.
    expect(tsne(distances, startOf(distances, 12, seed), 11 / 3).divergence).toBeLessThan(0.01);
  }
});

test("ties and coincident points stay finite", () => {
  const equal = Float64Array.from({ length: 36 }, (_, index) => (index % 7 === 0 ? 0 : 2));
  const same = new Float64Array(36);
  for (const distances of [equal, same]) {
    const { points, divergence } = tsne(distances, startOf(distances, 6), 5 / 3);
    expect(points.every(Number.isFinite)).toBe(true);
    // All affinities are alike, and so are all distances that six points in a plane can nearly have.
    expect(divergence).toBeLessThan(0.1);
  }
});
