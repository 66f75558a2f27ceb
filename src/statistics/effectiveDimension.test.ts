import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { effectiveDimension } from "./effectiveDimension.ts";
import { gramOfRows } from "./gramOfRows.ts";

const gramOf = (rows: readonly Float64Array[], count = 8) => gramOfRows(rows, Array<number>(rows.length).fill(count));

function drawRows(spread: readonly number[], rows: number, draw: () => number): Float64Array[] {
  return Array.from({ length: rows }, () => Float64Array.from(spread, (s) => 3 + s * draw()));
}

/** The U-statistics that the closed form stands for: means of products over all four different rows, O(K⁴). */
function overQuadruples(rows: readonly Float64Array[]): number {
  const product = (i: number, j: number, k: number, l: number) =>
    rows[i]!.reduce((sum, x, d) => sum + (x - rows[j]![d]!) * (rows[k]![d]! - rows[l]![d]!), 0);
  let squareOfTrace = 0;
  let traceOfSquare = 0;
  const all = rows.map((_, i) => i);
  for (const i of all)
    for (const j of all)
      for (const k of all)
        for (const l of all) {
          if (new Set([i, j, k, l]).size < 4) continue;
          // E‖x_i − x_j‖² = 2 trΣ, and E((x_i − x_j)·(x_k − x_l))² = 4 tr(Σ²).
          squareOfTrace += product(i, j, i, j) * product(k, l, k, l);
          traceOfSquare += product(i, j, k, l) ** 2;
        }
  return squareOfTrace / traceOfSquare;
}

test("equals the U-statistics over quadruples of rows", () => {
  const { normal } = random(1);
  for (const count of [4, 5, 8]) {
    const rows = drawRows([2, 1, 1, 0.5, 0.3], count, () => normal() ** 3);
    const expected = overQuadruples(rows);
    expect(expected).toBeGreaterThan(1);
    expect(effectiveDimension(gramOf(rows))).toBeCloseTo(expected, 9);
  }
});

const powerLaw = Array.from({ length: 100 }, (_, d) => (d + 1) ** -0.5);

// The naive (tr S)²/tr(S²) stays below K − 1, and formulas for normal noise take heavy tails for fewer directions.
test.each([
  ["one direction", [1, 0, 0], 24, false],
  ["equal noise in 40 directions", Array<number>(40).fill(1), 24, false],
  ["equal noise in 400 directions, far more than rows", Array<number>(400).fill(1), 24, false],
  ["a power law", powerLaw, 24, false],
  ["heavy tails in 40 directions", Array<number>(40).fill(1), 60, true],
])("finds the planted dimension of %s", (_, spread, rows, heavy) => {
  const { normal } = random(2);
  // The cube of a normal has variance 15 and a kurtosis of 46.
  const draw = heavy ? () => normal() ** 3 / Math.sqrt(15) : normal;
  const sum = (power: number) => spread.reduce((total, s) => total + s ** power, 0);
  const draws = Array.from({ length: 60 }, () => effectiveDimension(gramOf(drawRows(spread, rows, draw))));
  // The median, because a ratio of unbiased estimates has a long upper tail.
  const median = draws.sort((a, b) => a - b)[30]!;
  expect(median / (sum(2) ** 2 / sum(4))).toBeGreaterThan(0.85);
  expect(median / (sum(2) ** 2 / sum(4))).toBeLessThan(1.15);
});

test("unequal counts are brought to the noise of one example", () => {
  const { normal } = random(3);
  const counts = Array.from({ length: 24 }, (_, k) => (k % 2 === 0 ? 2 : 32));
  const draws = Array.from({ length: 60 }, () =>
    effectiveDimension(
      gramOfRows(
        counts.map((count) => Float64Array.from({ length: 40 }, () => 0.2 + normal() / Math.sqrt(count))),
        counts,
      ),
    ),
  );
  const median = draws.sort((a, b) => a - b)[30]!;
  expect(median / 40).toBeGreaterThan(0.85);
  expect(median / 40).toBeLessThan(1.15);
});

test("is NaN where the rows cannot tell", () => {
  const rows = drawRows([1, 1, 1], 3, random(4).normal);
  expect(effectiveDimension(gramOf(rows))).toBeNaN();
  expect(effectiveDimension(gramOf([1, 2, 3, 4].map(() => new Float64Array(5))))).toBeNaN();
});

test("three rows are too few, whatever they are", () => {
  const { normal } = random(3);
  for (let draw = 0; draw < 30; draw++) {
    const rows = [0, 1, 2].map(() => Float64Array.from({ length: 6 }, normal));
    expect(effectiveDimension(gramOf(rows))).toBeNaN();
  }
});
