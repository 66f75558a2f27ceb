import { expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { tInterval } from "../comparison/meanIntervals.ts";
import { bestSetting } from "./bestSetting.ts";

test("picks the best mean, by the least loss or the highest accuracy", () => {
  const values = [
    [3, 3.1, 2.9],
    [1, 1.1, 0.9],
    [2, 2.2, 1.8],
  ];
  expect(bestSetting(values)).toMatchObject({ setting: 1, mean: expect.closeTo(1, 12), chosenAgain: 1 });
  const highest = bestSetting(values, false);
  expect(highest.setting).toBe(0);
  expect(highest.lower!).toBeLessThan(3);
  expect(highest.upper!).toBeGreaterThan(3);
});

test("a setting that is clearly best was not picked by luck", () => {
  const { selectionBias, corrected, mean } = bestSetting([
    [1, 1.1, 0.9, 1.05, 0.95],
    [9, 9.1, 8.9, 9.05, 8.95],
  ]);
  expect(selectionBias).toBeLessThan(0.005);
  expect(corrected).toBeCloseTo(mean, 2);
});

test("what was picked is never said to be better than it was measured", () => {
  const { normal } = random(4);
  for (let sweep = 0; sweep < 20; sweep++) {
    const values = [[0, 0, 0].map(normal), [0, 0, 0].map(() => 99 + normal())];
    const { mean, corrected } = bestSetting(values);
    expect(corrected).toBeGreaterThanOrEqual(mean);
  }
});

test("of settings that are alike the best looks too good; part of that is taken back", () => {
  const { normal } = random(9);
  let [naive, corrected, covered] = [0, 0, 0];
  for (let sweep = 0; sweep < 100; sweep++) {
    const best = bestSetting(Array.from({ length: 8 }, () => Array.from({ length: 5 }, () => normal())));
    naive += best.mean / 100;
    corrected += best.corrected / 100;
    if (best.lower! <= 0 && 0 <= best.upper!) covered++;
  }
  // The least of eight standard normal means of five: −1.42/√5.
  expect(naive).toBeCloseTo(-1.42 / Math.sqrt(5), 1);
  expect(corrected).toBeGreaterThan(naive / 1.5);
  expect(corrected).toBeLessThan(0);
  expect(covered).toBeGreaterThan(85);
});

test.each([
  [2, 1],
  [3, 1],
  [3, 0.05],
])(
  "the interval of the one that was picked covers its true mean, with %d seeds, the first scattering by %d",
  (n, spread) => {
    const { normal } = random(10 + n);
    const sweeps = 100;
    let covered = 0;
    for (let sweep = 0; sweep < sweeps; sweep++) {
      const seeds = Array.from({ length: n }, () => normal() / 2);
      const { setting, lower, upper } = bestSetting(
        Array.from({ length: 8 }, (_, i) => seeds.map((seed) => 0.3 * i + (i === 0 ? spread : 1) * (seed + normal()))),
      );
      if (lower! <= 0.3 * setting && 0.3 * setting <= upper!) covered++;
    }
    // 95 % less three standard errors of so many sweeps.
    expect(covered / sweeps).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / sweeps));
  },
);

test("one seed has a bias of nothing that it can know, and no interval", () => {
  expect(bestSetting([[2], [1]])).toMatchObject({ setting: 1, mean: 1, corrected: 1, lower: null, upper: null });
});

test.each([
  ["no setting", []],
  ["settings without seeds", [[]]],
  ["unequal seeds", [[1, 2], [1]]],
  ["a failed trial", [[1, Number.NaN]]],
])("%s is refused", (_, values) => {
  expect(() => bestSetting(values)).toThrow(UsageError);
});

test("the interval of one setting is Student's", () => {
  const values = [1, 2, 4];
  const { lower, upper } = bestSetting([values]);
  const { lower: least, upper: most } = tInterval(values);
  // But for what resampling seeds of one setting leaves as its bias.
  expect([lower, upper]).toEqual([expect.closeTo(least, 1), expect.closeTo(most, 1)]);
});
