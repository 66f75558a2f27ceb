import { describe, expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { furtherRates } from "./furtherRates.ts";
import { fittedRate, learningRateExponent, type RateCurve } from "./learningRateExponent.ts";
import type { TriedRate } from "./rateVertex.ts";

/** Lopsided, as losses are: falls slowly to ln η = `best` and rises fast behind it, with the least loss 0.3. */
const shape = (x: number, best: number) => 0.3 + 0.05 * (Math.exp(1.2 * (x - best)) - 1.2 * (x - best) - 1);

const batches = [8, 32, 128];
const grid = (from: number, count: number, ratio = Math.SQRT2) =>
  Array.from({ length: count }, (_, i) => from * ratio ** i);

interface Planted {
  readonly exponent: number;
  readonly noise?: number;
  readonly seeds?: number;
  readonly scale?: number;
  readonly from?: number;
}

/** Curves whose best rate is 0.01·(B/32)^α, on rates that do not stand alike around it. */
function planted({ exponent, noise = 0, seeds = 4, scale = 1, from = 5 }: Planted): RateCurve[] {
  const numbers = random(from);
  const shared = Array.from({ length: seeds }, () => numbers.normal());
  return batches.map((batchSize, i) => {
    const best = 0.01 * (batchSize / 32) ** exponent;
    const rates = grid((best / 4) * 2 ** (i / 7), 9).map((learningRate): TriedRate => {
      const loss = shape(Math.log(learningRate), Math.log(best));
      return { learningRate, losses: shared.map((seed) => scale * (loss + 0.1 * seed + noise * numbers.normal())) };
    });
    return { batchSize, rates };
  });
}

describe("a planted exponent", () => {
  test.each([0, 0.5, 1])("of %d is found, whatever the seeds share", (exponent) => {
    const fit = learningRateExponent(planted({ exponent }));
    expect(fit.exponent).toBeCloseTo(exponent, 2);
    expect(fit.batches.map(({ state }) => state)).toEqual(["found", "found", "found"]);
    expect(Math.abs(fittedRate(fit, 32)! / 0.01 - 1)).toBeLessThan(0.05);
    expect(Math.abs(fit.bend!.value)).toBeLessThan(0.05);
  });

  test("lies in 95 % of intervals, which are as wide as noise makes them", () => {
    const of = (noise: number, from: number) =>
      learningRateExponent(planted({ exponent: 0.6, noise, seeds: 5, from })) as { lower: number; upper: number };
    const intervals = Array.from({ length: 200 }, (_, i) => of(0.001, i));
    const covers = intervals.filter(({ lower, upper }) => lower <= 0.6 && 0.6 <= upper).length;
    // Five standard deviations below 190; above, the interval may err to be wide.
    expect(covers).toBeGreaterThanOrEqual(175);
    const width = ({ lower, upper }: { lower: number; upper: number }) => upper - lower;
    expect(width(of(0.002, 1)) / width(of(0.0005, 1))).toBeCloseTo(4, 0);
  });

  test("is one of losses below 0 too", () => {
    const below = planted({ exponent: 0.5 }).map(({ batchSize, rates }) => ({
      batchSize,
      rates: rates.map(({ learningRate, losses }) => ({ learningRate, losses: losses.map((one) => one! - 2) })),
    }));
    expect(learningRateExponent(below).exponent).toBeCloseTo(0.5, 1);
  });

  test("does not depend on the unit of the loss", () => {
    const [one, other] = [1, 1000].map((scale) =>
      learningRateExponent(planted({ exponent: 0.5, noise: 0.002, scale })),
    );
    expect([other!.exponent, other!.lower, other!.upper]).toEqual(
      [one!.exponent, one!.lower, one!.upper].map((end) => expect.closeTo(end!, 9)),
    );
  });
});

describe("what is not known is said", () => {
  const [small, middle, large] = planted({ exponent: 0.5 }) as [RateCurve, RateCurve, RateCurve];
  const cut = (curve: RateCurve, from: number, to: number) => ({ ...curve, rates: curve.rates.slice(from, to) });
  const stateOf = (curve: RateCurve) => learningRateExponent([small, curve, large]).batches[1]!.state;

  test("a best rate at either end of those tried, or one that all of them diverge beside", () => {
    expect(stateOf(cut(middle, 0, 4))).toBe("largest");
    expect(stateOf(cut(middle, 5, 9))).toBe("smallest");
    const lost = middle.rates.map(({ learningRate, losses }) => ({ learningRate, losses: losses.map(() => null) }));
    expect(stateOf({ ...middle, rates: lost })).toBe("smallest");
    expect(learningRateExponent([small, cut(middle, 0, 4), large])).toMatchObject({
      exponent: null,
      lower: null,
      bend: null,
    });
  });

  test("a curve that noise makes flat", () => {
    const numbers = random(9);
    const noisy = middle.rates.map(({ learningRate, losses }) => ({
      learningRate,
      losses: losses.map(() => 0.3 + 0.1 * numbers.normal()),
    }));
    expect(stateOf({ ...middle, rates: noisy })).toBe("flat");
  });

  test("a rate at which one seed diverged is worse than all others, and the rest is read", () => {
    const rates = middle.rates.map((rate, i) =>
      i < 7 ? rate : { ...rate, losses: rate.losses.map((one, s) => (s ? one : null)) },
    );
    expect(learningRateExponent([small, { ...middle, rates }, large]).exponent).toBeCloseTo(0.5, 1);
  });

  test("exponents that grow with the batch bend", () => {
    const bent = [0.01, 0.02, 0.08].map((best, i) => ({
      batchSize: batches[i]!,
      rates: grid(best / 4, 9).map((learningRate) => ({
        learningRate,
        losses: [0, 0.1].map((seed) => shape(Math.log(learningRate), Math.log(best)) + seed),
      })),
    }));
    const { exponent, bend } = learningRateExponent(bent);
    expect(exponent).toBeCloseTo(0.75, 2);
    // From 1/2 to 1.
    expect(bend!.value).toBeCloseTo(1, 1);
  });
});

describe("rates to try next", () => {
  const of = (values: readonly (number | null)[], from = 1) =>
    values.map((loss, i): TriedRate => ({ learningRate: from * 2 ** i, losses: [loss, loss && loss + 1e-3] }));

  test.each<[string, TriedRate[], number, number[]]>([
    ["beyond an end where the best lies", of([1, 2, 3, 4, 5]), 12, [0.5]],
    ["beyond an end that one rate alone is behind", of([5, 4, 3, 2, 2.1]), 12, [32]],
    ["on both sides of two", of([2, 1]), 12, [0.5, 4]],
    ["between neighbours of a best inside", of([5, 3, 2, 3, 5]), 12, [2 ** 1.5, 2 ** 2.5, Math.SQRT2, 2 ** 3.5]],
    ["no more than there is room for", of([5, 3, 2, 3, 5]), 6, [2 ** 1.5]],
    ["none where there is no room", of([1, 2, 3, 4, 5]), 5, []],
    ["below where all diverge", of([null, null]), 12, [0.25, 0.5]],
    ["none that a divergence stands for", of([5, 3, 2, null, null]), 12, [2 ** 1.5, 2 ** 2.5, Math.SQRT2, 2 ** 3.5]],
  ])("%s", (_, rates, most, expected) => {
    expect(furtherRates(rates, most)).toEqual(expected.map((rate) => expect.closeTo(rate, 9)));
  });

  test("end by themselves, with the best rate found", () => {
    let tried = [0.3, 0.6].map((learningRate) => ({ learningRate, losses: [0, 1] as number[] }));
    const lossAt = (learningRate: number) =>
      [0, 0.05].map((seed) => shape(Math.log(learningRate), Math.log(0.01)) + seed);
    tried = tried.map(({ learningRate }) => ({ learningRate, losses: lossAt(learningRate) }));
    for (let next = furtherRates(tried, 20); next.length > 0; next = furtherRates(tried, 20))
      tried = [...tried, ...next.map((learningRate) => ({ learningRate, losses: lossAt(learningRate) }))].toSorted(
        (a, b) => a.learningRate - b.learningRate,
      );
    const { batches: found } = learningRateExponent(batches.map((batchSize) => ({ batchSize, rates: tried })));
    expect(found[0]!.learningRate!.value).toBeCloseTo(0.01, 3);
    expect(tried.length).toBeLessThan(16);
  });
});

test.each<[string, RateCurve[], RegExp]>([
  ["two batches", planted({ exponent: 1 }).slice(1), /expected three or more batch sizes that ascend, got 32, 128/],
  ["batches that fall", planted({ exponent: 1 }).toReversed(), /three or more batch sizes that ascend/],
  ["one seed", planted({ exponent: 1, seeds: 1 }), /the same two or more seeds of each rate, got 1, 1/],
  [
    "one rate",
    planted({ exponent: 1 }).map((curve) => ({ ...curve, rates: curve.rates.slice(0, 1) })),
    /two or more learning rates that ascend at batch 8/,
  ],
])("%s are refused", (_, curves, message) => {
  expect(() => learningRateExponent(curves)).toThrow(message);
});
