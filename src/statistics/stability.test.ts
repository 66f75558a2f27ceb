import { describe, expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { bracketStableRate, largestStable, watchDivergence } from "./stability.ts";

const UPDATES = 50;

/** Whether losses 1, 2, … diverge from a base around `level` with this spread, and how many of them were taken. */
function follow(loss: (update: number) => number, level = 1, spread = 0.1): [diverged: boolean, taken: number] {
  const rng = random(1);
  const base = Array.from({ length: 10 }, () => level + spread * rng.normal());
  const watch = watchDivergence(base, UPDATES);
  for (let update = 1; update <= UPDATES; update++) if (watch.take(loss(update))) return [watch.diverged(), update];
  return [watch.diverged(), UPDATES];
}

describe("watchDivergence", () => {
  const noise = random(2);
  test.each<[string, boolean, (update: number) => number]>([
    ["falls", false, (t) => 0.8 ** t],
    ["stays, with noise", false, () => 1 + 0.2 * noise.normal()],
    ["rises twofold and stays", false, () => 2],
    ["grows by a fifth an update", true, (t) => 1e-3 * 1.2 ** t],
    ["rises tenfold and comes back below", false, (t) => (t < 10 ? 10 : 0.5)],
    ["rises tenfold and comes back to where it began", true, (t) => (t < 10 ? 10 : 1.1)],
    ["stays high", true, () => 5],
    ["is no number", true, (t) => (t < 3 ? 1 : Number.NaN)],
    ["is infinite", true, (t) => (t < 3 ? 1 : Number.POSITIVE_INFINITY)],
  ])("a loss that %s: diverged %s", (_, diverged, loss) => {
    expect(follow(loss)[0]).toBe(diverged);
  });

  test("ends early where no update would bring it back", () => {
    expect(follow((t) => 4 ** t)[1]).toBeLessThan(7);
    expect(follow(() => Number.NaN)[1]).toBe(1);
  });

  test.each([-1, 0])("a base of %f has a unit of its size, or of its spread", (level) => {
    expect(follow(() => level + 0.2, level)[0]).toBe(false);
    expect(follow(() => level + 5, level)[0]).toBe(true);
  });
});

describe("bracketStableRate", () => {
  test.each([
    [0.5, 0.5],
    [0.5, 10],
    [0.5, 1e-6],
    [1e-6, 10],
    [9.9, 1e-6],
  ])("finds %f from %f, to within a tenth", async (limit, start) => {
    const tried: number[] = [];
    const isStable = (rate: number) => Promise.resolve(tried.push(rate) > 0 && rate <= limit);
    const { stable, unstable } = await bracketStableRate(isStable, { from: 1e-6, to: 10, start });
    expect([stable! <= limit, limit < unstable!, unstable! / stable! < 1.1001]).toEqual([true, true, true]);
    expect([tried.includes(stable!), tried.includes(unstable!)]).toEqual([true, true]);
    expect(tried.length).toBeLessThan(20);
  });

  test("names a rate only where one was tried", async () => {
    const range = { from: 1e-3, to: 10, start: 0.1 };
    expect(await bracketStableRate(async () => true, range)).toEqual({ stable: 10, unstable: null });
    expect(await bracketStableRate(async () => false, range)).toEqual({ stable: null, unstable: 1e-3 });
    expect(await bracketStableRate(async () => true, { ...range, start: 50 })).toEqual({ stable: 10, unstable: null });
  });
});

test.each<[string, [number | null, number | null][], ReturnType<typeof largestStable>]>([
  ["the least, to the largest", [[0.5, 0.55], [0.4, 0.44]], { value: 0.4, lower: 0.4, upper: 0.55 }], // biome-ignore format: one row
  ["no upper end where a seed has none", [[0.5, 0.55], [10, null]], { value: 0.5, lower: 0.5, upper: null }], // biome-ignore format: one row
  ["none where a seed has none", [[0.5, 0.55], [null, 1e-6]], null], // biome-ignore format: one row
  ["none of no seeds", [], null],
])("largestStable: %s", (_, ranges, expected) => {
  expect(largestStable(ranges.map(([stable, unstable]) => ({ stable, unstable })))).toEqual(expected);
});
