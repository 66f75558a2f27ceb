import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { cosineMatrix } from "./cosine.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { averageLinkage, clusteredOrder } from "./order.ts";

const cosineOf = (rows: readonly (readonly number[])[]) =>
  cosineMatrix(
    gramOfRows(
      rows.map((row) => Float64Array.from(row)),
      Array<number>(rows.length).fill(8),
    ),
  );

/** Joins the two clusters of least mean distance over all pairs of rows, again and again: O(n⁴). */
function byDefinition(distances: Float64Array, n: number): { rows: number[]; height: number }[] {
  let clusters = Array.from({ length: n }, (_, k) => [k]);
  const merges: { rows: number[]; height: number }[] = [];
  while (clusters.length > 1) {
    let best = { a: 0, b: 1, height: Number.POSITIVE_INFINITY };
    clusters.forEach((left, a) => {
      clusters.slice(a + 1).forEach((right, offset) => {
        const sum = left.reduce((s, i) => s + right.reduce((t, j) => t + distances[i * n + j]!, 0), 0);
        const height = sum / left.length / right.length;
        if (height < best.height) best = { a, b: a + 1 + offset, height };
      });
    });
    const rows = [...clusters[best.a]!, ...clusters[best.b]!].sort((x, y) => x - y);
    merges.push({ rows, height: best.height });
    clusters = [...clusters.filter((_, k) => k !== best.a && k !== best.b), rows];
  }
  return merges;
}

test.each([2, 3, 9, 30])("the tree of %d rows is that of joining the nearest clusters", (n) => {
  const { uniform } = random(n);
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) distances[i * n + j] = distances[j * n + i] = uniform();
  const members: number[][] = Array.from({ length: n }, (_, k) => [k]);
  const merges = averageLinkage(distances, n).map(({ left, right, height }) => {
    const rows = [...members[left]!, ...members[right]!].sort((x, y) => x - y);
    members.push(rows);
    return { rows, height: expect.closeTo(height, 12) };
  });
  expect(byDefinition(distances, n)).toEqual(merges);
});

test("planted groups that were shuffled come to stand together", () => {
  const { normal, permutation } = random(1);
  const centers = Array.from({ length: 4 }, () => Array.from({ length: 30 }, normal));
  const groups = [...permutation(48)].map((k) => k % 4);
  const order = clusteredOrder(cosineOf(groups.map((group) => centers[group]!.map((x) => x + 0.7 * normal()))));
  expect(order.toSorted((a, b) => a - b)).toEqual(groups.map((_, k) => k));
  const changes = order.slice(1).filter((row, i) => groups[row] !== groups[order[i]!]);
  expect(changes).toHaveLength(3);
});

test("rows along an arc stand in the order of the arc, whichever way they were drawn", () => {
  const { permutation } = random(2);
  const angles = [...permutation(20)].map((k) => 0.07 * k ** 1.1);
  const order = clusteredOrder(cosineOf(angles.map((angle) => [Math.cos(angle), Math.sin(angle)])));
  const along = order.map((row) => angles[row]!);
  const rising = along.toSorted((a, b) => a - b);
  expect([rising, rising.toReversed()]).toContainEqual(along);
});

test("rows without direction, ties, one row and none have an order", () => {
  expect(
    clusteredOrder(
      cosineOf([
        [0, 0],
        [1, 0],
        [0, 0],
        [1, 0.1],
      ]),
    ).toSorted(),
  ).toEqual([0, 1, 2, 3]);
  const equal = Array.from({ length: 12 }, () => [1, 2]);
  expect(clusteredOrder(cosineOf(equal)).toSorted((a, b) => a - b)).toEqual(equal.map((_, k) => k));
  expect(clusteredOrder(cosineOf(equal))).toEqual(clusteredOrder(cosineOf(equal)));
  expect(clusteredOrder([[1]])).toEqual([0]);
  expect(clusteredOrder([])).toEqual([]);
});
