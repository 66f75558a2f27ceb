import { expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { signedRanks, signFlipTest, upperSignFlip } from "./signFlipTest.ts";

const differences = [0.3, -0.1, 0.5, 0.2, 0.4, 0.25, -0.05, 0.6];

// SciPy's stats.permutation_test(permutation_type="samples") and stats.wilcoxon(method="exact").
test("agrees with SciPy, by values and by signed ranks", () => {
  expect(signFlipTest(differences)).toEqual({ p: 0.03125, exact: true, smallest: 2 / 256 });
  expect(signFlipTest(signedRanks(differences)).p).toBe(0.0390625);
});

test("tries the same 2ⁿ signs as two nested loops", () => {
  const { normal } = random(5);
  for (const n of [1, 2, 5, 9]) {
    const values = Array.from({ length: n }, () => normal() + 0.5);
    const sum = Math.abs(values.reduce((a, b) => a + b, 0));
    let hits = 0;
    for (let signs = 0; signs < 2 ** n; signs++) {
      const flipped = values.reduce((total, value, i) => total + ((signs >> i) & 1 ? value : -value), 0);
      if (Math.abs(flipped) >= sum - 1e-9) hits++;
    }
    expect(signFlipTest(values).p).toBe(hits / 2 ** n);
  }
});

test.each([3, 5, 6, 10])("%d differences of one sign give the smallest p there is, 2/2ⁿ", (n) => {
  const { p, smallest } = signFlipTest(Array.from({ length: n }, (_, i) => i + 1));
  expect([p, smallest]).toEqual([2 / 2 ** n, 2 / 2 ** n]);
});

test("equal arms give p = 1, and rounding makes no difference of equal sums", () => {
  expect(signFlipTest([0, 0, 0, 0, 0, 0]).p).toBe(1);
  // Σ is 0.1 for the data and for half of the other choices alike, if not to the last bit.
  expect(signFlipTest([0.1, 0.2, -0.2]).p).toBe(1);
});

test("above 16 differences draws signs, the same each time, and counts the data as one more", () => {
  const { normal } = random(2);
  const values = Array.from({ length: 40 }, () => normal() + 0.3);
  const drawn = signFlipTest(values);
  expect(drawn).toEqual(signFlipTest(values));
  expect(drawn.exact).toBe(false);
  // Signs of 40 values are more than one number of 32 bits holds.
  const sorted = values.map(Math.abs).reduce((sum, value) => sum + value * value, 0);
  const z = values.reduce((a, b) => a + b, 0) / Math.sqrt(sorted);
  expect(Math.abs(drawn.p - 2 * (1 - normalProbability(z)))).toBeLessThan(0.01);
  expect(signFlipTest(Array.from({ length: 40 }, () => 1)).p).toBe(1 / 20_000);
});

function normalProbability(z: number): number {
  const steps = 10_000;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += Math.exp(-0.5 * ((z * (i + 0.5)) / steps) ** 2);
  return 0.5 + (sum * z) / steps / Math.sqrt(2 * Math.PI);
}

test("infinite differences share the largest ranks", () => {
  const infinity = Number.POSITIVE_INFINITY;
  expect(signedRanks([2, -infinity, 0, -1, infinity])).toEqual([3, -4.5, 0, -2, 4.5]);
});

test("one side: the share of signs whose sum is as large", () => {
  expect(upperSignFlip([1, 2, 3, 4, 5, 6])).toBeCloseTo(1 / 64, 12);
  // Sums of 21 − 2·{0, 1, 2, 3 twice} are at least 15.
  expect(upperSignFlip([1, 2, -3, 4, 5, 6])).toBeCloseTo(5 / 64, 12);
});
