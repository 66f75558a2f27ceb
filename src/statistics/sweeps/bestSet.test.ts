import { expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { bestSet } from "./bestSet.ts";

test("what is worse with every seed by about as much is ruled out, what scatters is not", () => {
  const best = [1, 1.1, 0.9, 1.05];
  const worse = best.map((value, i) => value + 1 + 0.001 * i);
  const scattered = [2, 0.2, 1.9, 0.3];
  expect(bestSet([worse, best, scattered])).toEqual([false, true, true]);
  expect(bestSet([worse, best, scattered], false)).toEqual([true, false, true]);
});

test("equal settings are all kept, and two seeds tell a constant difference", () => {
  const rows = [
    [1, 2],
    [1, 2],
    [2, 3],
  ];
  expect(bestSet(rows)).toEqual([true, true, false]);
});

test("the truly best of settings is ruled out in at most 5 % of sweeps, alike or not", () => {
  const { normal } = random(5);
  for (const gap of [0, 0.5, 3]) {
    const sweeps = 1000;
    let lost = 0;
    for (let sweep = 0; sweep < sweeps; sweep++) {
      const ofSeed = Array.from({ length: 5 }, normal);
      const rows = Array.from({ length: 8 }, (_, i) => ofSeed.map((seed) => i * gap + seed + (1 + i / 4) * normal()));
      if (!bestSet(rows)[0]) lost++;
    }
    // 5 % and three standard errors of it.
    expect(lost / sweeps).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / sweeps));
  }
});

test("settings far apart are told from the best", () => {
  const { normal } = random(6);
  const rows = Array.from({ length: 10 }, (_, i) => Array.from({ length: 6 }, () => 10 * i + normal()));
  expect(bestSet(rows)).toEqual([true, ...Array(9).fill(false)]);
});
