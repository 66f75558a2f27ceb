import { describe, expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { signNoiseScale } from "./signNoiseScale.ts";
import { signSums } from "./signSums.ts";

const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);

interface Plan {
  readonly groups: number;
  readonly batchSize: number;
  readonly dimension: number;
  /** B_sign. */
  readonly truth: number;
  /** |G_j| relative to σ_j before it is scaled. */
  readonly shape: (j: number, normal: () => number) => number;
}

/** Rows of normal examples with σ_j = 1/√(1 + j mod 20), whose G is scaled so that B_sign is `truth`. */
function planted({ groups, batchSize, dimension, truth, shape }: Plan, seed: number): Float64Array {
  const fixed = random(7);
  const sigma = Array.from({ length: dimension }, (_, j) => 1 / Math.sqrt(1 + (j % 20)));
  const raw = sigma.map((x, j) => x * shape(j, fixed.normal));
  const factor = sum(sigma) / sum(raw.map(Math.abs)) / Math.sqrt(truth);
  const { normal } = random(seed);
  return Float64Array.from({ length: groups * dimension }, (_, i) => {
    const j = i % dimension;
    return factor * raw[j]! + (sigma[j]! / Math.sqrt(batchSize)) * normal();
  });
}

const draws = 200;

describe("the interval holds a planted truth", () => {
  const shapes = {
    "as the noise lies": () => 1,
    "normal over coordinates": (_: number, normal: () => number) => normal(),
    "in one coordinate of twenty": (j: number) => (j % 20 === 0 ? 1 : 0),
  };
  test.each(
    Object.entries(shapes).flatMap(([name, shape]) => [20, 300, 5000].map((truth) => [name, truth, shape] as const)),
  )("%s, %i examples", (_name, truth, shape) => {
    const plan = { groups: 16, batchSize: 8, dimension: 100, truth, shape };
    const found = Array.from({ length: draws }, (_, seed) =>
      signNoiseScale({ ...plan, parts: [{ rows: planted(plan, seed + 1), size: 100 }] }),
    );
    const holds = found.filter(({ lower, upper }) => lower <= truth && truth <= upper).length;
    // 95 % of 200 is 190 ± 3.1.
    expect(holds).toBeGreaterThanOrEqual(180);
    // It says something: with 128 examples of 20 the interval is short, of 5000 it has no end.
    const bounded = found.filter(({ resolved }) => resolved).length;
    if (truth === 20) expect(bounded).toBe(draws);
    if (truth === 20) expect(Math.max(...found.map(({ upper, lower }) => upper / lower))).toBeLessThan(8);
    if (truth === 5000) expect(bounded).toBeLessThan(draws / 2);
  });
});

test("what is too large where noise rules would be far off alone", () => {
  const plan: Plan = { groups: 16, batchSize: 8, dimension: 100, truth: 5000, shape: () => 1 };
  const ratios = Array.from({ length: 50 }, (_, seed) => {
    const { plain, sigma } = signSums({ ...plan, parts: [{ rows: planted(plan, seed + 1), size: 100 }] });
    return (sigma.value / plain.value) ** 2;
  });
  // Of pure noise in 128 examples it is 128·π/2.
  expect(sum(ratios) / 50).toBeGreaterThan(150);
  expect(sum(ratios) / 50).toBeLessThan(260);
});

test("the sums are those of a slower way, row by row left out", () => {
  const [groups, batchSize, m] = [6, 3, 5];
  const { normal } = random(3);
  const rows = Float64Array.from({ length: groups * m }, normal);
  const sums = signSums({ groups, batchSize, parts: [{ rows, size: 20, scale: 0.5 }] });
  const of = (kept: readonly number[]) =>
    Array.from({ length: m }, (_, j) => {
      const values = kept.map((k) => rows[k * m + j]!);
      const [K, mean] = [values.length, sum(values) / values.length];
      const variance = sum(values.map((x) => (x - mean) ** 2)) / (K - 1);
      const root = Math.sqrt(batchSize * variance);
      const sigma = (root * (4 * (K - 1) + 1)) / (4 * (K - 1));
      const inverse = (Math.sqrt((K - 1) / (K - 2)) * (4 * (K - 2) + 1)) / (4 * (K - 2));
      return { mean, sigma, square: mean ** 2 / root / inverse - sigma / (K * batchSize) };
    });
  const weight = (0.5 * 20) / m;
  const total = (each: { sigma: number; mean: number; square: number }[]) => [
    weight * sum(each.map(({ sigma }) => sigma)),
    weight * sum(each.map(({ mean }) => Math.abs(mean))),
    weight * sum(each.map(({ square }) => square)),
  ];
  const all = [0, 1, 2, 3, 4, 5];
  for (const [i, name] of (["sigma", "plain", "square"] as const).entries()) {
    expect(sums[name].value).toBeCloseTo(total(of(all))[i]!, 12);
    for (const k of all) expect(sums[name].without[k]).toBeCloseTo(total(of(all.filter((l) => l !== k)))[i]!, 12);
  }
  for (const k of all) {
    const others = of(all.filter((l) => l !== k));
    const crossed = others.map(({ mean, sigma }, j) => {
      const z = (mean * Math.sqrt(5 * batchSize)) / sigma;
      return Math.max(-1, Math.min(1, z)) * rows[k * m + j]!;
    });
    expect(sums.crossed[k]).toBeCloseTo(weight * sum(crossed), 12);
  }
});

test("coordinates that stand for others make the interval longer, frozen ones take no part", () => {
  const plan: Plan = { groups: 16, batchSize: 8, dimension: 100, truth: 20, shape: (_, normal) => normal() };
  const rows = planted(plan, 1);
  const scale = (parts: Parameters<typeof signNoiseScale>[0]["parts"]) => signNoiseScale({ ...plan, parts });
  const own = scale([{ rows, size: 100 }]);
  const standing = scale([{ rows, size: 1e6 }]);
  expect(standing.value).toBeCloseTo(own.value, 12);
  expect(standing.upper).toBeGreaterThan(own.upper);
  expect(standing.lower).toBeLessThan(own.lower);
  const noise = Float64Array.from({ length: 16 * 30 }, random(5).normal);
  expect(
    scale([
      { rows, size: 100 },
      { rows: noise, size: 30, scale: 0 },
    ]),
  ).toEqual(own);
});

test("what has no noise, no gradient or too few rows says so", () => {
  const of = (groups: number, rows: Float64Array) =>
    signNoiseScale({ groups, batchSize: 2, parts: [{ rows, size: 1 }] });
  expect(of(5, new Float64Array(5).fill(0.3))).toMatchObject({ value: 0, lower: 0, upper: 0, resolved: true });
  for (const rows of [new Float64Array(5), Float64Array.of(1, -1, 2)])
    expect(of(rows.length, rows)).toMatchObject({ value: Number.NaN, lower: 0, upper: Infinity, resolved: false });
  expect(() => of(4, new Float64Array(6))).toThrow(/^signNoiseScale: expected 4 rows of equal length, got 6 numbers; /);
});
