import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { placementQuality } from "./placement.ts";

const squared = (points: readonly (readonly number[])[]) =>
  Float64Array.from(points.flatMap((a) => points.map((b) => a.reduce((sum, x, d) => sum + (x - b[d]!) ** 2, 0))));
const flat = (points: readonly (readonly number[])[]) => Float64Array.from(points.flat());

/** The definitions of Venna and Kaski by whole sorted lists. */
function bySorting(rows: readonly (readonly number[])[], points: readonly (readonly number[])[], k: number) {
  const n = rows.length;
  const ranked = (all: readonly (readonly number[])[], i: number) => {
    const distance = (j: number) => all[i]!.reduce((sum, x, d) => sum + (x - all[j]![d]!) ** 2, 0);
    return all
      .map((_, j) => j)
      .filter((j) => j !== i)
      .sort((a, b) => distance(a) - distance(b));
  };
  let [kept, penalty] = [0, 0];
  for (let i = 0; i < n; i++) {
    const original = ranked(rows, i);
    for (const j of ranked(points, i).slice(0, k)) {
      const rank = original.indexOf(j) + 1;
      if (rank <= k) kept++;
      else penalty += rank - k;
    }
  }
  return { kept: kept / n / k, trust: 1 - (2 / (n * k * (2 * n - 3 * k - 1))) * penalty };
}

test.each([
  [60, 10],
  [20, 6],
  [5, 1],
])("%d rows: equal to the definitions with %d neighbours", (count, k) => {
  const { normal } = random(1);
  const rows = Array.from({ length: count }, () => Array.from({ length: 5 }, normal));
  const points = rows.map(([x, y]) => [x!, y!]);
  const result = placementQuality(squared(rows), flat(points));
  const expected = bySorting(rows, points, k);
  expect(result.neighbors).toBe(k);
  expect(result.neighborsKept).toBeCloseTo(expected.kept, 12);
  expect(result.trustworthiness).toBeCloseTo(expected.trust, 12);
});

test("a faithful picture has both at one, a random one has chance, and ties cost nothing", () => {
  const { normal } = random(2);
  const points = Array.from({ length: 200 }, () => [normal(), normal()]);
  expect(placementQuality(squared(points), flat(points))).toEqual({
    neighbors: 10,
    neighborsKept: 1,
    trustworthiness: 1,
  });
  const shuffled = placementQuality(squared(points), flat(points.map(() => [normal(), normal()])));
  expect(shuffled.neighborsKept).toBeCloseTo(10 / 199, 1);
  expect(shuffled.trustworthiness).toBeCloseTo(0.5, 1);
  const equal = Float64Array.from({ length: 36 }, (_, index) => (index % 7 === 0 ? 0 : 2));
  expect(placementQuality(equal, flat(points.slice(0, 6)))).toMatchObject({ neighborsKept: 1, trustworthiness: 1 });
});

test("too few rows have nothing to measure", () => {
  expect(placementQuality(Float64Array.of(0), new Float64Array(2)).trustworthiness).toBeNaN();
  expect(placementQuality(Float64Array.of(0, 1, 1, 0), Float64Array.of(0, 0, 1, 0)).trustworthiness).toBeNaN();
});
