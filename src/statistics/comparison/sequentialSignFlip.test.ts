import { expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { tInterval } from "./meanIntervals.ts";
import { sequentialSignFlip } from "./sequentialSignFlip.ts";
import { signedRanks, signFlipTest } from "./signFlipTest.ts";

const plan = { alpha: 0.05, spending: "quadratic", mostSeeds: 20 } as const;
const every = Array.from({ length: 8 }, (_, k) => 6 + 2 * k);

const until = (n: number) => every.filter((look) => look <= n);

test("a clear difference is rejected once so few signs are as extreme as may be spent", () => {
  const clear = Array.from({ length: 20 }, (_, i) => 1 + i / 100);
  // 2/2⁶ = 0.031 > 0.05·0.3²; 2/2⁸ = 0.0078 ≤ 0.05·0.4² = 0.008, and 2/2¹⁰ = 0.002.
  expect(sequentialSignFlip(clear.slice(0, 6), until(6), plan)).toEqual({ rejectedAt: null, interval: null });
  expect([8, 10]).toContain(sequentialSignFlip(clear, every, plan).rejectedAt);
});

test("equal arms are never rejected", () => {
  expect(sequentialSignFlip(Array(20).fill(0), every, plan).rejectedAt).toBeNull();
});

test("one side rejects large sums only", () => {
  const clear = Array.from({ length: 12 }, (_, i) => 1 + i / 100);
  const upper = (values: readonly number[]) => sequentialSignFlip(values, until(12), plan, null, "upper").rejectedAt;
  expect(upper(clear)).toBeGreaterThan(6);
  expect(upper(clear.map((value) => -value))).toBeNull();
});

test("failures on one side are extreme by their ranks", () => {
  const failed = Array(12).fill(Number.POSITIVE_INFINITY);
  expect(sequentialSignFlip(failed, until(12), plan, signedRanks).rejectedAt).toBeGreaterThan(6);
});

// Discrete differences are where approximations fail: Student's t rejects 8 % of these.
test.each([
  ["normal", (r: ReturnType<typeof random>) => r.normal()],
  ["one of two values", (r: ReturnType<typeof random>) => (r.uniform() < 0.5 ? -1 : 1)],
] as const)("%s differences without an effect are rejected in about 5 % of series or fewer", (_, draw) => {
  const source = random(12);
  let rejected = 0;
  for (let series = 0; series < 60; series++) {
    const differences = Array.from({ length: 20 }, () => draw(source));
    if (sequentialSignFlip(differences, [6, 10, 15, 20], plan).rejectedAt !== null) rejected++;
  }
  expect(rejected / 60).toBeLessThan(0.16);
});

test("the interval is without 0 exactly where the look rejects, moves with the data, and holds their mean", () => {
  const source = random(13);
  for (let series = 0; series < 20; series++) {
    const differences = Array.from({ length: 20 }, () => source.normal() + 0.6);
    const { rejectedAt, interval } = sequentialSignFlip(differences, [10, 15, 20], plan);
    const { lower, upper, value } = interval!;
    expect(lower > 0 || upper < 0).toBe(rejectedAt !== null);
    expect(value).toBeGreaterThan(lower);
    expect(value).toBeLessThan(upper);
  }
});

test("one look at normal differences has nearly Student's interval", () => {
  const source = random(14);
  const differences = Array.from({ length: 20 }, () => source.normal());
  const { interval } = sequentialSignFlip(differences, [20], plan);
  const t = tInterval(differences);
  expect(interval!.level).toBeCloseTo(0.95, 3);
  expect(interval!.lower).toBeCloseTo(t.lower, 1);
  expect(interval!.upper).toBeCloseTo(t.upper, 1);
});

test("signs of different places do not depend on one another", () => {
  // Four equal differences are as extreme as 2 of 16 choices of signs, 12.5 % of those that were drawn.
  const at = (alpha: number) => sequentialSignFlip([1, 1, 1, 1], [4], { ...plan, alpha, mostSeeds: 4 }).rejectedAt;
  expect([at(0.115), at(0.135)]).toEqual([null, 4]);
});

test("what one look spent is not spent again at the next", () => {
  const differences = [0, -2.1, 2.2, 0.8, -1.4, 1.3, 1.1, 0.1, -0.1, 1.2, 0.7, 0.9, 1.7, 1.6, 1.2, 1];
  // Among all 2^16 signs 4.28 % are as extreme; of 5 % a look at 12 has spent 4.1 %.
  expect(signFlipTest(differences).p).toBeCloseTo(0.0428466796875, 12);
  const plan = { alpha: 0.05, spending: "pocock", mostSeeds: 16 } as const;
  expect(sequentialSignFlip(differences, [16], plan).rejectedAt).toBe(16);
  expect(sequentialSignFlip(differences, [12, 16], plan).rejectedAt).toBe(null);
});

test("one side has alpha for itself, and no more", () => {
  // 8.1 % of all 2^10 signs have so large a sum.
  const differences = [1, -0.8, 0.8, 1.9, 0.6, -0.5, -0.3, 0.4, -0.2, 1.6];
  const plan = { spending: "pocock", mostSeeds: 10 } as const;
  const rejectedAt = (alpha: number) =>
    sequentialSignFlip(differences, [10], { ...plan, alpha }, null, "upper").rejectedAt;
  expect(rejectedAt(0.05)).toBe(null);
  expect(rejectedAt(0.1)).toBe(10);
});
