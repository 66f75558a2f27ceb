import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { opposedRows } from "./opposedRows.ts";
import type { Gram } from "./types.ts";

interface Plan {
  /** Standard deviations of the noise of a row along each direction. */
  readonly spread: readonly number[];
  /** Each row's noise has a length of its own, of this log standard deviation. */
  readonly tail?: number;
  /** Length of the mean gradient, along the third direction, over that of a row's noise. */
  readonly signal: number;
  /** So many of the 32 rows have `against` times the opposite gradient instead. */
  readonly block?: number;
  readonly against?: number;
}

const spread = Array.from({ length: 24 }, (_, d) => (d + 1) ** -0.5);

/** Of draws of 32 rows, the share in which rows are found to oppose the others. */
function oppositionRate({ spread, tail = 0, signal, block = 0, against = 1 }: Plan, draws: number): number {
  const { normal } = random(1);
  const length = signal * Math.hypot(...spread);
  let found = 0;
  for (let draw = 0; draw < draws; draw++) {
    const rows = Array.from({ length: 32 }, (_, k) => {
      const scale = Math.exp(tail * normal());
      return spread.map((s, d) => (d === 2 ? (k < block ? -against : 1) * length : 0) + scale * s * normal());
    });
    if (opposedRows(narrowGram(rows), { seed: draw + 1, draws: 199 }).p <= 0.05) found++;
  }
  return found / draws;
}

/** `gramOfRows` is made for many columns. */
function narrowGram(rows: readonly (readonly number[])[]): Gram {
  const products = new Float64Array(rows.length ** 2);
  rows.forEach((a, k) => {
    rows.forEach((b, l) => {
      for (let d = 0; d < a.length; d++) products[k * rows.length + l]! += a[d]! * b[d]!;
    });
  });
  return { products, counts: rows.map(() => 8) };
}

/**
 * In small what `bench/conflicts.ts` measures: 5 % at most, so that 80 draws without a gradient, the worst case, have
 * an error of 2.4 %.
 */
test.each<[string, Plan]>([
  ["no gradient", { spread, signal: 0 }],
  ["a small gradient", { spread, signal: 0.5 }],
  ["a clear gradient", { spread, signal: 2 }],
  ["heavy tails of single examples", { spread, tail: 1, signal: 1 }],
  ["noise that nearly fills one direction", { spread: spread.map((s) => s ** 2), signal: 0.5 }],
])("shuffled rows are seldom called opposed: %s", (_, plan) => {
  expect(oppositionRate(plan, plan.signal === 0 ? 80 : 40)).toBeLessThan(0.1);
});

test.each([
  ["as long as the others", { block: 3, against: 1 }],
  ["three times as long", { block: 3, against: 3 }],
  ["half of all", { block: 16, against: 1 }],
])("opposed rows are found: %s", (_, plan) => {
  expect(oppositionRate({ spread, signal: 1.5, ...plan }, 30)).toBeGreaterThan(0.9);
});

const rowsOf = (firsts: readonly number[], noise: number) => {
  const { normal } = random(3);
  return narrowGram(
    firsts.map((first) => Array.from({ length: 20 }, (_, d) => (d === 0 ? first : 0) + noise * normal())),
  );
};

test("the rows that oppose the others are named, with their cosine; rows without direction take no part", () => {
  const firsts = Array.from({ length: 32 }, (_, k) => ([3, 9, 30].includes(k) ? -6 : 1));
  const { rows, cosine, p } = opposedRows(rowsOf(firsts, 0.1), { seed: 1 });
  expect(rows).toEqual([3, 9, 30]);
  expect(cosine).toBeLessThan(-0.8);
  expect(p).toBeLessThan(0.02);
  const gram = rowsOf(firsts, 0.1);
  for (let l = 0; l < 32; l++) gram.products[4 * 32 + l] = gram.products[l * 32 + 4] = 0;
  expect(opposedRows(gram, { seed: 1 })).toMatchObject({ rows: [3, 9, 30] });
});

test("rows of one direction oppose nothing, and few rows say nothing", () => {
  expect(opposedRows(rowsOf(Array<number>(32).fill(2), 0.2), { seed: 1 })).toEqual({
    rows: [],
    cosine: Number.NaN,
    p: 1,
  });
  expect(opposedRows(rowsOf(Array<number>(7).fill(2), 0.2), { seed: 1 })).toEqual({
    rows: [],
    cosine: Number.NaN,
    p: Number.NaN,
  });
  expect(opposedRows(rowsOf(Array<number>(9).fill(2), 0), { seed: 1 })).toMatchObject({ rows: [] });
});

test("p is twice that of the clearer of two tests, a share of the draws and the data", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const { normal } = random(seed);
    const { p } = opposedRows(rowsOf(Array.from({ length: 16 }, normal), 1), { seed, draws: 199 });
    expect(100 * p).toBeCloseTo(Math.round(100 * p), 9);
  }
});

test("of more than 1000 rows a draw is tested", () => {
  const firsts = Array.from({ length: 1100 }, (_, k) => (k % 10 === 0 ? -1 : 1));
  const { rows, p } = opposedRows(rowsOf(firsts, 0.1), { seed: 1, draws: 199 });
  expect(p).toBeLessThan(0.05);
  expect(rows.every((k) => k % 10 === 0)).toBe(true);
  expect(rows.length).toBeGreaterThan(80);
});

test("too few draws are refused", () => {
  expect(() => opposedRows(rowsOf([1, 1], 1), { seed: 1, draws: 9 })).toThrow(UsageError);
  expect(() => opposedRows(rowsOf([1, 1], 1), { seed: 1, draws: 9 })).toThrow(
    /^opposedRows: expected 39 draws or more, got 9; /,
  );
});
