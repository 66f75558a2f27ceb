import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { cosineMatrix } from "./cosine.ts";
import { embedInSeveralWays, embedRows } from "./embedding.ts";
import { gramOfRows } from "./gramOfRows.ts";

const cosineOf = (rows: readonly (readonly number[])[]) =>
  cosineMatrix(
    gramOfRows(
      rows.map((row) => Float64Array.from(row)),
      Array<number>(rows.length).fill(8),
    ),
  );

/** Rows around `clusters` centres, with lengths from 1 to 1000 that a direction must not feel. */
function rowsOf(count: number, clusters: number, spread: number, seed = 1): number[][] {
  const { normal, uniform } = random(seed);
  const centers = Array.from({ length: clusters }, () => Array.from({ length: 40 }, normal));
  return Array.from({ length: count }, (_, i) => {
    const length = 1000 ** uniform();
    return centers[i % clusters]!.map((x) => length * (x + spread * normal()));
  });
}

test("clusters of directions are neighbours in the picture, whatever the norms", () => {
  const { points, neighborsKept, neighbors } = embedRows(cosineOf(rowsOf(60, 5, 0.6)), { seed: 1 });
  expect(neighbors).toBe(10);
  points.forEach(([x, y], i) => {
    const distance = (j: number) => Math.hypot(x - points[j]![0], y - points[j]![1]);
    const others = points.map((_, j) => j).filter((j) => j !== i);
    const near = others.toSorted((a, b) => distance(a) - distance(b)).slice(0, 10);
    expect(near.filter((j) => j % 5 !== i % 5)).toEqual([]);
  });
  // By chance 10/59 would be kept.
  expect(neighborsKept).toBeGreaterThan(0.8);
});

test("neighborsKept is one for rows of a plane and near chance for rows without structure", () => {
  const circle = Array.from({ length: 24 }, (_, i) => [Math.cos((i * Math.PI) / 12), Math.sin((i * Math.PI) / 12)]);
  const kept = embedRows(cosineOf(circle), { seed: 1 });
  expect(kept.neighbors).toBe(7);
  // Each row has two seventh nearest; either may be the one in the picture.
  expect(kept.neighborsKept).toBe(1);
  const { normal } = random(2);
  const noise = Array.from({ length: 60 }, () => Array.from({ length: 2000 }, normal));
  expect(embedRows(cosineOf(noise), { seed: 1 }).neighborsKept).toBeLessThan(0.6);
});

test("the seed decides every bit", () => {
  const cosine = cosineOf(rowsOf(20, 2, 1));
  expect(embedRows(cosine, { seed: 7 })).toEqual(embedRows(cosine, { seed: 7 }));
  expect(embedRows(cosine, { seed: 8 }).points).not.toEqual(embedRows(cosine, { seed: 7 }).points);
});

test.each([
  [4, undefined, 1, [30, 3]],
  [13, undefined, 4, [30, 12]],
  [13, 3, 3, undefined],
  [13, 500, 4, [500, 12]],
  [94, undefined, 30, undefined],
])("%d rows with perplexity %s use %d", (count, perplexity, used, lowered) => {
  const embedding = embedRows(cosineOf(rowsOf(count, 2, 0.7)), {
    seed: 1,
    ...(perplexity !== undefined && { perplexity }),
  });
  expect(embedding.perplexity).toBe(used);
  const [wanted, others] = lowered ?? [];
  const notes = [{ kind: "perplexityLowered", wanted, perplexity: used, others }];
  expect(embedding.notes).toEqual(lowered && notes);
  expect(embedding.divergence).toBeGreaterThanOrEqual(0);
});

test("a perplexity below one is refused", () => {
  const cosine = cosineOf(rowsOf(5, 1, 1));
  for (const perplexity of [0, 0.5, -3, Number.NaN]) {
    expect(() => embedRows(cosine, { seed: 1, perplexity })).toThrow(UsageError);
    expect(() => embedRows(cosine, { seed: 1, perplexity })).toThrow(
      /^embedRows: expected a perplexity of at least 1, got (0|0\.5|-3|NaN); /,
    );
  }
});

test.each([1, 2, 3])("%d rows are placed by their distances, without t-SNE", (count) => {
  const cosine = cosineOf(rowsOf(count, 3, 1));
  const { points, notes, iterations, perplexity, divergence } = embedRows(cosine, { seed: 1 });
  expect(notes).toEqual([{ kind: "fewRows", rows: count }]);
  expect([iterations, perplexity, divergence]).toEqual([0, Number.NaN, Number.NaN]);
  points.forEach((a, k) => {
    points.forEach((b, l) => {
      const expected = k === l ? 0 : 2 * (1 - cosine[k]![l]!);
      expect((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2).toBeCloseTo(expected, 9);
    });
  });
});

test("rows without direction stay finite, apart from the clusters, and are reported", () => {
  const rows = rowsOf(30, 2, 0.3);
  rows[4] = Array<number>(40).fill(0);
  rows[9] = Array<number>(40).fill(0);
  const { points, notes } = embedRows(cosineOf(rows), { seed: 1, perplexity: 5 });
  expect(points.flat().every(Number.isFinite)).toBe(true);
  expect(notes).toEqual([{ kind: "undirected", undirected: 2, rows: 30 }]);
  const nothing = embedRows(cosineOf(rows.map((row) => row.map(() => 0))), { seed: 1 });
  expect(nothing.points.flat().every(Number.isFinite)).toBe(true);
  const pair = embedRows(cosineOf([rows[0]!, rows[4]!]), { seed: 1 });
  expect(Math.hypot(pair.points[0]![0] - pair.points[1]![0], pair.points[0]![1] - pair.points[1]![1])).toBeCloseTo(
    Math.SQRT2,
    9,
  );
});

test("the same rows in several ways, each with how far to trust it", () => {
  const cosine = cosineOf(rowsOf(160, 4, 0.5));
  const pictures = embedInSeveralWays(cosine, { seed: 1 });
  expect(pictures.map(({ method, perplexity }) => `${method} ${perplexity}`)).toEqual([
    "t-SNE 30",
    "PCA NaN",
    "UMAP NaN",
    "t-SNE 5",
    "t-SNE 15",
    "t-SNE 50",
  ]);
  expect(pictures[0]).toEqual(embedRows(cosine, { seed: 1 }));
  for (const { points, trustworthiness, neighborsKept, seed } of pictures) {
    expect(points).toHaveLength(160);
    expect(points.flat().every(Number.isFinite)).toBe(true);
    expect(seed).toBe(1);
    // Four clusters: every way keeps them apart, so that neighbours are at least of the same one.
    expect(trustworthiness).toBeGreaterThan(0.85);
    expect(neighborsKept).toBeGreaterThan(0.2);
  }
  const [first, second] = pictures[1]!.explained!;
  expect(first).toBeGreaterThan(second);
  expect(first + second).toBeLessThan(1);
  expect(embedInSeveralWays(cosine, { seed: 1 })).toEqual(pictures);
  expect(embedInSeveralWays(cosine, { seed: 2 })[2]!.points).not.toEqual(pictures[2]!.points);
});

test("no way invents clusters that noise does not have, and few rows have one picture", () => {
  const { normal } = random(4);
  const noise = cosineOf(Array.from({ length: 60 }, () => Array.from({ length: 500 }, normal)));
  const [, pca] = embedInSeveralWays(noise, { seed: 1 });
  // The share that the two largest of 59 equal variances are expected to have is little more than 2/59.
  expect(pca!.explained![0] + pca!.explained![1]).toBeLessThan(0.08);
  expect(embedInSeveralWays(cosineOf(rowsOf(3, 1, 1)), { seed: 1 })).toHaveLength(1);
  const equal = embedInSeveralWays(cosineOf(Array.from({ length: 8 }, () => [1, 2])), { seed: 1 });
  for (const { points } of equal) expect(points.flat().every(Number.isFinite)).toBe(true);
});

test("other ways and perplexities are those that are asked for, beside the first", () => {
  const cosine = cosineOf(rowsOf(60, 4, 0.5));
  const ways = (options: Partial<Parameters<typeof embedInSeveralWays>[1]>) =>
    embedInSeveralWays(cosine, { seed: 1, ...options }).map(({ method, perplexity }) => `${method} ${perplexity}`);
  expect(ways({ perplexity: 15, otherPerplexities: [5, 15, 10, 40], methods: ["tsne"] })).toEqual([
    "t-SNE 15",
    // The first is not drawn twice, and 40 is more than a third of the other rows.
    "t-SNE 5",
    "t-SNE 10",
  ]);
  expect(ways({ perplexity: 5, methods: ["umap", "pca"] })).toEqual(["t-SNE 5", "PCA NaN", "UMAP NaN"]);
  expect(ways({ perplexity: 5, methods: [] })).toEqual(["t-SNE 5"]);
  expect(() => ways({ otherPerplexities: [5, 0] })).toThrow(
    new UsageError("embedRows: expected a perplexity of at least 1, got 0; try 5 to 30"),
  );
});
