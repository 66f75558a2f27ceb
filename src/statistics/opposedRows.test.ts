import { expect, test } from "vitest";
import { oppositionRate } from "../../bench/conflicts.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { opposedRows } from "./opposedRows.ts";

const shape = { rows: 32, B: 8, spectrum: "1/√d, 48", tail: 0, signal: 0, block: 0, against: 0 } as const;

/** The cases of `bench/conflicts.ts` in small: 200 draws of 5 % have a standard error of 1.5 %. */
test.each([
  ["no gradient", {}],
  ["a small gradient", { signal: 0.5 }],
  ["a clear gradient", { signal: 2 }],
  ["heavy tails of single examples", { B: 1, tail: 1, signal: 1 }],
  ["noise that nearly fills one direction", { spectrum: "1/d, 32", signal: 0.5 }],
] as const)("shuffled rows are seldom called opposed: %s", (_, plan) => {
  expect(oppositionRate({ ...shape, ...plan }, 200, 1)).toBeLessThan(0.1);
});

test.each([
  ["as long as the others", { block: 3, against: 1 }],
  ["three times as long", { block: 3, against: 3 }],
  ["half of all", { block: 16, against: 1 }],
])("opposed rows are found: %s", (_, plan) => {
  expect(oppositionRate({ ...shape, signal: 1.5, ...plan }, 60, 2)).toBeGreaterThan(0.9);
});

const rowsOf = (firsts: readonly number[], noise: number) => {
  const { normal } = random(3);
  const rows = firsts.map((first) =>
    Float64Array.from({ length: 20 }, (_, d) => (d === 0 ? first : 0) + noise * normal()),
  );
  return gramOfRows(
    rows,
    rows.map(() => 8),
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

test("of more than 1000 rows a draw is tested", () => {
  const firsts = Array.from({ length: 1200 }, (_, k) => (k % 10 === 0 ? -1 : 1));
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
