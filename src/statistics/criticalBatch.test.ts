import { describe, expect, test } from "vitest";
import { holds, quadratics, simulate, trueCriticalBatch } from "../../bench/criticalBatch.ts";
import { random } from "../tensor/random.ts";
import { type BranchProgress, criticalBatch } from "./criticalBatch.ts";
import { throughPoints } from "./monotoneCurve.ts";

const batches = [1, 2, 4, 8, 16, 32];
/** Progress on the curve of McCandlish et al., of which each seed has a share of its own. */
const planted = (critical: number, noise = 0.01): BranchProgress[] => {
  const numbers = random(3);
  const shares = Array.from({ length: 8 }, () => 1 + noise * numbers.normal());
  return batches.map((batchSize) => ({
    batchSize,
    progress: shares.map((share) => (share + noise * numbers.normal()) / (1 + batchSize / critical)),
  }));
};

describe("a planted critical batch", () => {
  // (1 + B/c) = (1 + θ)(1 + 1/c)
  test.each([
    [20, 0.2, 5.2],
    [100, 0.2, 21.2],
    [20, 0.5, 11.5],
  ])("of %d at an overhead of %d is found", (critical, overhead, expected) => {
    const { value, lower, upper, resolved } = criticalBatch(planted(critical), { overhead });
    expect(resolved).toBe(true);
    expect(Math.abs(value! / expected - 1)).toBeLessThan(0.1);
    expect([lower! < expected, upper! > expected]).toEqual([true, true]);
  });

  test("beyond the batches tried has a lower end alone", () => {
    expect(criticalBatch(planted(1000))).toEqual({ value: null, lower: 32, upper: null, resolved: false });
  });

  test("without noise has no width", () => {
    const found = criticalBatch(planted(20, 0));
    expect(found.upper! - found.lower!).toBeLessThan(0.1);
  });
});

describe("what bounds nothing, and what does", () => {
  const flat = (progress: readonly (readonly (number | null)[])[]) =>
    progress.map((values, i) => ({ batchSize: 2 ** i, progress: values }));

  test("a smallest batch without progress that shows", () => {
    const branches = flat([
      [0.1, -0.2, 0.05, 0],
      [0, 0.1, -0.1, 0.01],
    ]);
    expect(criticalBatch(branches)).toEqual({ value: null, lower: null, upper: null, resolved: false });
  });

  test("branches that diverge bound it from above where they are half of all", () => {
    const good = [1, 1.01, 0.99, 1.02];
    expect(criticalBatch(flat([good, good, [null, null, 1, 1]]))).toMatchObject({ value: null, lower: 2, upper: 4 });
    expect(criticalBatch(flat([good, good, [null, 1, 1, 1]]))).toMatchObject({ lower: 2, upper: null });
    expect(criticalBatch(flat([[null, null, 1, 1], good]))).toMatchObject({ lower: null, upper: 1 });
  });

  test("where progress falls by more than half, batches that were tried are the ends", () => {
    const found = criticalBatch(
      flat([
        [1, 1.01, 0.99],
        [1, 1.02, 0.99],
        [-5, -5.1, -5.2],
      ]),
    );
    expect(found).toMatchObject({ lower: 2, upper: 4, resolved: true });
  });

  test.each<[string, BranchProgress[], number, RegExp]>([
    ["one batch", planted(9).slice(0, 1), 0.2, /two or more batch sizes that ascend, got 1/],
    ["batches that do not ascend", planted(9).toReversed(), 0.2, /that ascend, got 32, 16, 8, 4, 2, 1/],
    ["one seed", flat([[1], [1]]), 0.2, /two or more seeds of each batch size, got 1, 1/],
    [
      "other seeds",
      flat([
        [1, 1],
        [1, 1, 1],
      ]),
      0.2,
      /of each batch size, got 2, 3/,
    ],
    ["no overhead", planted(9), 0, /an overhead above 0, got 0/],
  ])("%s is refused", (_, branches, overhead, message) => {
    expect(() => criticalBatch(branches, { overhead })).toThrow(message);
  });
});

test("the interval holds the truth of noisy quadratics in about 95 % of simulations", () => {
  const numbers = random(11);
  const names = ["square-root rule", "linear rule, 5 seeds", "more noise"];
  for (const one of quadratics.filter(({ name }) => names.includes(name))) {
    const truth = trueCriticalBatch(one, 0.2);
    const held = Array.from({ length: 200 }, () => criticalBatch(simulate(one, numbers))).filter((interval) =>
      holds(interval, truth, one.batches.at(-1)!),
    );
    expect(held.length, one.name).toBeGreaterThanOrEqual(180);
    expect(held.length, one.name).toBeLessThanOrEqual(198);
  }
});

describe("a curve through points", () => {
  const close = (critical: number) => {
    const ys = batches.map((x) => 1 / (1 + x / critical));
    const curve = throughPoints(batches, ys);
    return Array.from({ length: 400 }, (_, i) => 32 ** ((i + 0.5) / 400)).map((x) => curve(x) * (1 + x / critical) - 1);
  };

  test("follows the curve of a critical batch to half a per cent", () => {
    for (const critical of [1, 4, 20, 300]) expect(Math.max(...close(critical).map(Math.abs))).toBeLessThan(0.005);
  });

  test("goes through its points and turns only at them", () => {
    const [xs, ys] = [
      [1, 2, 4, 8, 16],
      [5, 5, 3, 3.5, 1],
    ];
    const curve = throughPoints(xs, ys);
    expect(xs.map(curve)).toEqual(ys);
    const between = Array.from({ length: 50 }, (_, i) => curve(4 + (4 * i) / 50));
    expect(between.every((y, i) => i === 0 || y >= between[i - 1]!)).toBe(true);
    expect([curve(0.5), curve(17)]).toEqual([Number.NaN, Number.NaN]);
  });

  test("is straight from where it leaves the positive numbers", () => {
    const curve = throughPoints([1, 2, 4, 8], [2, 1, -1, -3]);
    expect([curve(3), curve(6)]).toEqual([0, -2]);
  });
});
