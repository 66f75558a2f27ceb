import { expect, test } from "vitest";
import type { NoiseScale } from "../statistics/types.ts";
import { rowsUntilResolved } from "./rowsUntilResolved.ts";

const OPEN = Number.POSITIVE_INFINITY;
const scale = (lower: number, upper: number): NoiseScale => {
  return { value: (lower + upper) / 2, lower, upper, level: 0.95, resolved: upper < OPEN, unit: "examples" };
};

/** Measures at `secondsPerRow`; from `enough` rows on the interval is narrow. */
async function search(change: { enough?: number; secondsPerRow?: number; most?: number; sketchFrom?: number }) {
  const { enough = 256, secondsPerRow = 0.001, most = 10_000, sketchFrom = OPEN } = change;
  let clock = 0;
  const measured: number[] = [];
  const found = await rowsUntilResolved({
    ...{ first: 64, most, measurements: 3, seconds: 60, now: () => clock },
    async measure(rows) {
      if (rows >= sketchFrom) return null;
      clock += 1000 * secondsPerRow * rows;
      measured.push(rows);
      return rows >= enough ? scale(100, 190) : rows >= enough / 2 ? scale(90, 300) : scale(50, OPEN);
    },
  });
  return { ...found, measured };
}

test.each<[string, Parameters<typeof search>[0], object]>([
  [
    "twice as many until the ends are within a factor of two",
    {},
    { rows: 256, stopped: "resolved", measured: [64, 128, 256] },
  ],
  ["no more than there are", { most: 200, enough: OPEN }, { rows: 200, stopped: "data", measured: [64, 128, 200] }],
  ["fewer than the first", { most: 30, enough: OPEN }, { rows: 30, stopped: "data", measured: [30] }],
  ["no longer than a minute with all that follows", { secondsPerRow: 0.1 }, { rows: 128, stopped: "time" }],
  ["once, however long it takes", { secondsPerRow: 5 }, { rows: 64, stopped: "time", measured: [64] }],
  ["none that need a sketch", { sketchFrom: 200 }, { rows: 128, stopped: "memory", measured: [64, 128] }],
  ["rows whose mean is told at once", { enough: 64 }, { rows: 64, stopped: "resolved", measured: [64] }],
])("mini-batches: %s", async (_, change, expected) => {
  expect(await search(change)).toMatchObject(expected);
});

test("gradients that are alike, or lost in noise, need no more", async () => {
  for (const found of [scale(0, 0), { ...scale(OPEN, OPEN), resolved: false }]) {
    const options = { first: 64, most: 999, measurements: 1, seconds: 60, now: () => 0 };
    expect(await rowsUntilResolved({ ...options, measure: async () => found })).toEqual({
      rows: 64,
      stopped: "resolved",
    });
  }
});
