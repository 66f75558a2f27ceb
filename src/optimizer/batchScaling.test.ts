import { expect, test } from "vitest";
import {
  decayInSdeTime,
  decayOfHalfLife,
  decayOfSameHalfLife,
  decayOfSameTimescale,
  epsilonInSdeTime,
  halfLifeOf,
  rateFactor,
  updatesFor,
} from "./batchScaling.ts";

// Computed with Python's decimal at 50 digits from the formula beside each, the decimal constants taken as exact.
const cases: readonly (readonly [formula: string, value: number, expected: number])[] = [
  ["√12", rateFactor("sqrt", 12), 3.46410161513775],
  ["12", rateFactor("linear", 12), 12],
  ["1 whatever the batch", rateFactor("none", 12), 1],
  ["12^0.62", rateFactor("power", 12, 0.62), 4.66758647293554],
  ["0.3^0.62", rateFactor("power", 0.3, 0.62), 0.474040205723833],
  ["0.999^(1/32)", decayOfSameHalfLife(0.999, 1 / 32), 0.99996873485334],
  ["0.999^16", decayOfSameHalfLife(0.999, 16), 0.98411944181564],
  ["0.95^(1/512)", decayOfSameHalfLife(0.95, 1 / 512), 0.99989982280247],
  ["2^(−64/100000)", decayOfHalfLife(100_000, 64), 0.99955648418667],
  ["2^(−1024/10⁷)", decayOfHalfLife(1e7, 1024), 0.999929024247609],
  ["512·1024·ln ½/ln 0.95", halfLifeOf(0.95, 512 * 1024), 7084917.30430978],
  ["1 − 16(1 − 0.999)", decayInSdeTime(0.999, 16), 0.984],
  ["1 − (1 − 0.9)/32", decayInSdeTime(0.9, 1 / 32), 0.996875],
  ["10⁻⁸/√12", epsilonInSdeTime(1e-8, 12), 2.88675134594813e-9],
  ["0.1·12/√12", decayOfSameTimescale(0.1, 12, Math.sqrt(12)), 0.346410161513775],
  ["0.01·12/12^0.62", decayOfSameTimescale(0.01, 12, 12 ** 0.62), 0.0257092183928046],
];

test.each(cases)("%s", (_, value, expected) => {
  expect(Math.abs(value / expected - 1)).toBeLessThan(1e-12);
});

test.each([
  ["a large batch", decayOfSameHalfLife(0.999, 1024), 0.9],
  ["a decay that is smaller for itself", decayOfSameHalfLife(0.8, 4), 0.8],
  ["and one that grows from there", decayOfSameHalfLife(0.8, 1 / 4), 0.8 ** 0.25],
  ["a half-life of less than seven updates", decayOfHalfLife(64, 64), 0.9],
])("no decay falls below its floor: %s", (_, value, expected) => expect(value).toBe(expected));

test("after a half-life, however many updates it is, a gradient counts half", () => {
  for (const [halfLife, batch] of [
    [4096, 8],
    [100_000, 512],
  ] as const) {
    const decay = decayOfHalfLife(halfLife, batch);
    let share = 1;
    for (let update = 0; update < halfLife / batch; update++) share *= decay;
    // 195 updates and a third of the larger batch.
    expect(Math.abs(share - 0.5)).toBeLessThan(0.002);
    expect(halfLifeOf(decay, batch) / halfLife - 1).toBeCloseTo(0, 11);
  }
});

test("two changes of the batch are one", () => {
  const [first, second] = [3, 1 / 7];
  const both = first * second;
  expect(rateFactor("power", first, 0.4) * rateFactor("power", second, 0.4)).toBeCloseTo(
    rateFactor("power", both, 0.4),
  );
  expect(decayOfSameHalfLife(decayOfSameHalfLife(0.999, first), second)).toBeCloseTo(
    decayOfSameHalfLife(0.999, both),
    13,
  );
  expect(decayInSdeTime(decayInSdeTime(0.999, first), second)).toBeCloseTo(decayInSdeTime(0.999, both), 13);
});

test("the weights that AdamW takes away in an epoch stay", () => {
  const examples = 2 ** 15;
  const [rate, decay, ratio] = [0.01, 0.1, 16];
  const leftOf = (batch: number, η: number, λ: number) => (1 - η * λ) ** (examples / batch);
  const before = leftOf(8, rate, decay);
  for (const factor of [1, Math.sqrt(ratio), ratio]) {
    const after = leftOf(8 * ratio, rate * factor, decayOfSameTimescale(decay, ratio, factor));
    expect(after / before).toBeCloseTo(1, 1);
    expect(Math.log(after) / Math.log(before)).toBeCloseTo(1, 1);
  }
});

test("warm-up in updates shows at least so many examples", () => {
  expect([updatesFor(0, 8), updatesFor(64, 8), updatesFor(65, 8)]).toEqual([0, 8, 9]);
});
