import { expect, test } from "vitest";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { groupConflicts } from "./groups.ts";

const width = 30;
const gramOf = (rows: readonly (readonly number[])[], counts?: readonly number[]) =>
  gramOfRows(
    rows.map((row) => Float64Array.from(row)),
    counts ?? Array<number>(rows.length).fill(4),
  );
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const cosine = (a: readonly number[], b: readonly number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Rows of `sizes` around the groups' own mean gradients, noise of unit size in every direction. */
function drawGroups(sizes: readonly number[], means: readonly (readonly number[])[], normal: () => number) {
  const groupOf = sizes.flatMap((size, group) => Array<number>(size).fill(group));
  return { groupOf, rows: groupOf.map((group) => means[group]!.map((x) => x + normal())) };
}
const flat = (level: number) => Array<number>(width).fill(level);

test("stiffness and mean gradients agree with loops over the vectors", () => {
  const { normal } = random(1);
  const { rows } = drawGroups([4, 1, 3], [flat(0.5), flat(0), flat(-0.2)], normal);
  const counts = [1, 2, 3, 4, 5, 6, 7, 8];
  const names = [7, 7, 7, 7, -1, 2, 2, 2];
  const result = groupConflicts(gramOf(rows, counts), names, { seed: 1, permutations: 9 });
  expect(result.groups).toEqual([-1, 2, 7]);
  expect(result.sizes).toEqual([1, 3, 4]);
  const of = (group: number) => names.flatMap((name, k) => (name === group ? [k] : []));
  result.groups.forEach((a, i) => {
    result.groups.forEach((b, j) => {
      const pairs = of(a).flatMap((k) => of(b).flatMap((l) => (k === l ? [] : [[rows[k]!, rows[l]!] as const])));
      if (pairs.length === 0) {
        expect(result.stiffness[i]![j]).toBeNaN();
        return;
      }
      expect(result.stiffness[i]![j]).toBeCloseTo(mean(pairs.map(([x, y]) => cosine(x, y))), 12);
      expect(result.signStiffness[i]![j]).toBeCloseTo(mean(pairs.map(([x, y]) => Math.sign(dot(x, y)))), 12);
      const meanOf = (group: number) =>
        flat(0).map((_, d) => of(group).reduce((sum, k) => sum + counts[k]! * rows[k]![d]!, 0));
      expect(result.cosineOfMeans[i]![j]).toBeCloseTo(cosine(meanOf(a), meanOf(b)), 12);
    });
  });
  const all = rows.flatMap((x, k) => rows.map((y, l) => ({ k, l, value: cosine(x, y) })));
  const inside = all.filter(({ k, l }) => k !== l && names[k] === names[l]);
  const across = all.filter(({ k, l }) => names[k] !== names[l]);
  expect(result.within).toBeCloseTo(mean(inside.map(({ value }) => value)), 12);
  expect(result.between).toBeCloseTo(mean(across.map(({ value }) => value)), 12);
  expect(result.pairs).toHaveLength(3);
});

test("the p-value is the share of exchanges, counted exactly where there are few", () => {
  const { normal } = random(2);
  const { rows, groupOf } = drawGroups([3, 4], [flat(0.3), flat(-0.1)], normal);
  const [pair] = groupConflicts(gramOf(rows), groupOf, { seed: 1, permutations: 20_000 }).pairs;
  const sets = Array.from({ length: 128 }, (_, bits) => rows.map((_, k) => (bits >> k) & 1));
  const across = (set: readonly number[]) =>
    rows.reduce((sum, x, k) => sum + rows.reduce((s, y, l) => s + (set[k]! > set[l]! ? cosine(x, y) : 0), 0), 0);
  const exact = sets.filter((set) => set.filter(Boolean).length === 3);
  const observed = across(rows.map((_, k) => (k < 3 ? 1 : 0)));
  const share = exact.filter((set) => across(set) <= observed + 1e-9).length / exact.length;
  expect(exact).toHaveLength(35);
  // 20,000 draws of a share of a half have a standard error of 0.0035.
  expect(Math.abs(pair!.p - share)).toBeLessThan(0.015);
});

test("without structure false discoveries stay at their level", () => {
  const { normal } = random(3);
  const means = Array.from({ length: 5 }, () => flat(0.15));
  const found = Array.from({ length: 300 }, (_, draw) => {
    const { rows, groupOf } = drawGroups([8, 8, 12, 5, 8], means, normal);
    return groupConflicts(gramOf(rows), groupOf, { seed: draw + 1, permutations: 199 }).pairs;
  });
  // With no true difference every discovery is false, so that the rate is the chance of any; 300 draws have a standard
  // error of 0.013. Without correction one draw in three has one.
  const share = (hit: (pair: (typeof found)[number][number]) => boolean) =>
    found.filter((pairs) => pairs.some(hit)).length / 300;
  expect(share((pair) => pair.benjaminiHochberg <= 0.05)).toBeLessThan(0.085);
  expect(share((pair) => pair.holm <= 0.05)).toBeLessThan(0.085);
  expect(share((pair) => pair.p <= 0.05)).toBeGreaterThan(0.2);
  // Each test alone is exact.
  const single = found.flat().filter(({ p }) => p <= 0.05).length / (300 * 10);
  expect(single).toBeGreaterThan(0.03);
  expect(single).toBeLessThan(0.07);
});

test("a planted conflict is found, and only there", () => {
  const { normal } = random(4);
  const means = [flat(0.3), flat(0.3), flat(-0.3), flat(0.3)];
  const draws = Array.from({ length: 40 }, (_, draw) => {
    const { rows, groupOf } = drawGroups([20, 20, 20, 20], means, normal);
    return groupConflicts(gramOf(rows), groupOf, { seed: draw + 1 }).pairs;
  });
  const hit = draws.map((pairs) =>
    pairs.filter(({ conflict }) => conflict).map(({ first, second }) => [first, second]),
  );
  const complete = hit.filter((some) =>
    [0, 1, 3].every((other) => some.some((pair) => pair.includes(2) && pair.includes(other))),
  );
  expect(complete.length).toBeGreaterThan(36);
  const wrong = hit.flat().filter((pair) => !pair.includes(2)).length;
  expect(wrong).toBeLessThan(3);
});

test("groups that differ without pulling against each other are in no conflict", () => {
  const { normal } = random(5);
  const half = (from: number) => flat(0.2).map((x, d) => x + (d % 2 === from ? 0.8 : 0));
  const { rows, groupOf } = drawGroups([20, 20], [half(0), half(1)], normal);
  const [pair] = groupConflicts(gramOf(rows), groupOf, { seed: 1 }).pairs;
  expect(pair).toMatchObject({ p: 0.001, conflict: false });
  expect(pair!.stiffness).toBeGreaterThan(0);
});

test("groups at a right angle differ and are in no conflict", () => {
  const { normal } = random(8);
  const axis = (at: number) => flat(0).map((_, d) => (d === at ? 3 : 0));
  const draws = Array.from({ length: 200 }, (_, draw) => {
    const { rows, groupOf } = drawGroups([8, 8, 8, 8], [0, 1, 2, 3].map(axis), normal);
    return groupConflicts(gramOf(rows), groupOf, { seed: draw + 1, permutations: 99 }).pairs;
  });
  expect(draws.flat().every(({ p }) => p <= 0.05)).toBe(true);
  // The sign alone called a pair opposed in nearly every draw; 200 draws of 5 % have a standard error of 1.5 %.
  const alarms = draws.filter((pairs) => pairs.some(({ conflict }) => conflict)).length / 200;
  expect(alarms).toBeLessThan(0.09);
});

test("rows without direction take no part, and groups must fit", () => {
  const { normal } = random(6);
  const { rows } = drawGroups([6], [flat(0)], normal);
  rows[5] = flat(0);
  const result = groupConflicts(gramOf(rows), [0, 0, 0, 1, 1, 1], { seed: 1, permutations: 19 });
  expect(result.sizes).toEqual([3, 2]);
  expect(() => groupConflicts(gramOf(rows), [0, 1], { seed: 1 })).toThrow(ShapeError);
  expect(() => groupConflicts(gramOf(rows), [0, 1], { seed: 1 })).toThrow(
    /^groupConflicts: expected a group for each of 6 rows, got 2; /,
  );
  const one = () => groupConflicts(gramOf(rows), [0, 0, 0, 0, 0, 1], { seed: 1 });
  expect(one).toThrow(UsageError);
  expect(one).toThrow(/^groupConflicts: expected at least 2 groups, got 1; /);
});

test("means that oppose each other are no conflict where most rows agree", () => {
  const { normal } = random(8);
  const other = (size: number) => [size, ...Array.from({ length: 5 }, () => 0.001 * normal())];
  // Thirty short rows along the other group, and twenty long ones against it.
  const rows = [
    ...Array.from({ length: 30 }, () => other(0.01)),
    ...Array.from({ length: 20 }, () => other(-1)),
    ...Array.from({ length: 50 }, () => other(1)),
  ];
  const groupOf = rows.map((_, k) => (k < 50 ? 0 : 1));
  const [pair] = groupConflicts(gramOf(rows), groupOf, { seed: 1, permutations: 19 }).pairs;
  expect(pair).toMatchObject({ conflict: false });
  expect(pair!.opposition).toBeLessThan(0.001);
  expect(pair!.cosineOfMeans).toBeLessThan(0);
  expect(pair!.stiffness).toBeGreaterThan(0);
});
