import { describe, expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { type LearningRateSweep, readSweep, type SweepProblem, suggestLearningRate } from "./learningRateSweep.ts";

const COUNT = 200;
const rates = Array.from({ length: COUNT }, (_, i) => 1e-6 * 10 ** ((7 * i) / (COUNT - 1)));
const perDecade = (COUNT - 1) / 7;

interface Plan {
  /** log₁₀ of the rate at the middle of the fall, its height, and where the loss begins to rise. */
  readonly fall?: number;
  readonly height?: number;
  readonly rise?: number;
  readonly noise?: number;
  readonly seed?: number;
  readonly end?: LearningRateSweep["end"];
}

/** A loss of 2 that falls like a logistic curve around one rate and then grows like the square of the rate. */
function sweepOf({
  fall = -3,
  height = 1.5,
  rise = -1,
  noise = 0.02,
  seed = 1,
  end = "rose",
}: Plan): LearningRateSweep {
  const generator = random(seed);
  const losses = rates.map((rate) => {
    const x = Math.log10(rate);
    const grown = x > rise ? 10 ** (2 * (x - rise)) - 1 : 0;
    return 2 - height / (1 + Math.exp(-6 * (x - fall))) + grown + noise * generator.normal();
  });
  return { seed, initialLoss: 2, learningRates: rates, losses, end };
}

describe("readSweep", () => {
  test.each([-4, -3, -2])("finds a fall around 10^%i, not 50 updates later", (fall) => {
    const { steepest, problem } = readSweep(sweepOf({ fall }));
    expect(problem).toBeNull();
    expect(Math.abs(Math.log10(steepest!.learningRate) - fall)).toBeLessThan(0.2);
  });

  test("its derivative is per decade: a rate ten times as large in its noise is not ten times less steep", () => {
    // By the raw rate the noise at 10⁻⁶ is a million times as steep as the fall itself.
    const raw = sweepOf({ noise: 0.1 });
    const slopes = raw.losses.slice(1).map((loss, i) => (loss - raw.losses[i]!) / (rates[i + 1]! - rates[i]!));
    expect(rates[slopes.indexOf(Math.min(...slopes))]!).toBeLessThan(1e-5);
    expect(Math.abs(Math.log10(readSweep(raw).steepest!.learningRate) + 3)).toBeLessThan(0.4);
  });

  test("is equal to the same sums in plain loops", () => {
    const sweep = sweepOf({});
    const { smoothed, steepest, decay } = readSweep(sweep);
    expect(decay).toBeCloseTo(0.9, 12);
    const n = smoothed.length;
    const slow = Array.from({ length: n }, (_, i) => {
      let [sum, weight] = [0, 0];
      for (let j = 0; j < n; j++) {
        sum += decay ** Math.abs(i - j) * sweep.losses[j]!;
        weight += decay ** Math.abs(i - j);
      }
      return sum / weight;
    });
    smoothed.forEach((value, i) => {
      expect(value).toBeCloseTo(slow[i]!, 12);
    });
    const slopes = slow.slice(1, -1).map((_, i) => ((slow[i + 2]! - slow[i]!) / 2) * perDecade);
    expect(steepest!.slope).toBeCloseTo(Math.min(...slopes), 9);
    expect(steepest!.learningRate).toBe(rates[1 + slopes.indexOf(Math.min(...slopes))]);
  });

  test.each([
    [40, 2 / 3],
    [100, 0.8],
    [1000, 0.98],
    [5000, 0.98],
  ])("of %i losses the memory is a twentieth, from 3 to 50 updates", (count, decay) => {
    const losses = Array.from({ length: count }, (_, i) => -i);
    expect(readSweep({ ...sweepOf({}), learningRates: losses.map((_, i) => 1 + i), losses }).decay).toBeCloseTo(
      decay,
      12,
    );
  });

  test("the turn is the last rate before the loss rose, and only of a sweep that diverged", () => {
    const found = readSweep(sweepOf({ rise: -1.5, noise: 0.001 })).beforeRise!;
    expect(Math.abs(Math.log10(found) + 1.5)).toBeLessThan(0.1);
    expect(readSweep(sweepOf({ rise: 2, end: "rates" })).beforeRise).toBeNull();
    const { minimum } = readSweep(sweepOf({ rise: -1.5 }));
    expect(minimum!.tenth).toBe(minimum!.learningRate / 10);
  });

  test.each<[string, LearningRateSweep, SweepProblem]>([
    ["noise alone", sweepOf({ height: 0, noise: 0.3 }), { kind: "noFall" }],
    ["a rise from the beginning", sweepOf({ rise: -6.2 }), { kind: "earlyRise", updates: expect.any(Number) }],
    ["no loss at all", { ...sweepOf({}), learningRates: [], losses: [] }, { kind: "earlyRise", updates: 0 }],
    [
      "a sweep that ends in the fall",
      sweepOf({ fall: 1.5, rise: 2, noise: 0, end: "rates" }),
      { kind: "fallsToTheEnd" },
    ],
  ])("suggests nothing of %s", (_, sweep, problem) => {
    expect(readSweep(sweep).problem).toEqual(problem);
  });
});

describe("suggestLearningRate", () => {
  const seeds = [1, 2, 3, 4, 5];

  test("is the median with its range", () => {
    const sweeps = seeds.map((seed) => sweepOf({ seed, noise: 0.1 }));
    const each = sweeps.map((sweep) => readSweep(sweep).steepest!.learningRate).toSorted((a, b) => a - b);
    const { suggestion, reason } = suggestLearningRate(sweeps);
    expect(suggestion).toEqual({ value: expect.closeTo(each[2]!, 12), lower: each[0], upper: each[4] });
    expect(reason).toEqual({ kind: "steepest" });
  });

  test("of an even number it is the geometric mean of the middle two", () => {
    const falls = [-4.2, -4, -3.6, -3.5];
    const sweeps = falls.map((fall) => sweepOf({ fall, noise: 0 }));
    const [, second, third] = sweeps.map((sweep) => readSweep(sweep).steepest!.learningRate);
    expect(suggestLearningRate(sweeps).suggestion!.value).toBeCloseTo(Math.sqrt(second! * third!), 12);
  });

  test("is nothing where the sweeps disagree by more than a factor of ten", () => {
    const { suggestion, reason } = suggestLearningRate([-4.5, -3, -2].map((fall) => sweepOf({ fall })));
    expect(suggestion).toBeNull();
    expect(reason).toEqual({ kind: "disagree", factor: expect.any(Number) });
  });

  test("is nothing where fewer than three sweeps are clear, and says why", () => {
    const sweeps = [sweepOf({}), sweepOf({ seed: 2 }), sweepOf({ height: 0, noise: 0.3 })];
    const { suggestion, reason } = suggestLearningRate(sweeps);
    expect(suggestion).toBeNull();
    expect(reason).toEqual({ kind: "fewClear", clear: 2, sweeps: 3, problems: [{ kind: "noFall" }] });
    const three = [sweepOf({}), sweepOf({ seed: 2 }), sweepOf({ seed: 4 })];
    const enough = suggestLearningRate([...sweeps, sweepOf({ seed: 4 })]);
    expect(enough.suggestion).toEqual(suggestLearningRate(three).suggestion);
    expect(enough.suggestion).not.toBeNull();
  });

  test("needs three sweeps", () => {
    expect(() => suggestLearningRate([sweepOf({}), sweepOf({})])).toThrow(UsageError);
    expect(() => suggestLearningRate([])).toThrow(/at least 3 sweeps, got 0/);
  });
});
