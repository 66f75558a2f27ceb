import { expect, test } from "vitest";
import { random } from "../src/tensor/random.ts";
import { bestThreshold, differenceOf, f1, withDeviation } from "./sensorComparison.ts";
import type { Judged } from "./sensorTrial.ts";

/** 40 windows in 10 places, the last 8 windows anomalous; `found` of those score above 0, and `wrong` normal ones. */
function detector(found: number, wrong: number): Judged {
  const positive = Array.from({ length: 40 }, (_, i) => i >= 32);
  return {
    scores: positive.map((one, i) => (one ? (i < 32 + found ? 2 : -1) : i < wrong ? 1 : -2)),
    positive,
    places: positive.map((_, i) => `mote ${Math.floor(i / 4)}`),
  };
}

test.each([
  [8, 0, 1],
  [4, 0, 2 / 3],
  [8, 8, 2 / 3],
  [0, 3, 0],
])("F1 with %i of 8 found and %i false alarms", (found, wrong, expected) => {
  expect(f1(detector(found, wrong), 0)).toBeCloseTo(expected, 12);
});

test("the best threshold is that of no other with a larger F1", () => {
  const { uniform } = random(1);
  const judged = { ...detector(8, 0), scores: detector(8, 0).positive.map((one) => uniform() + (one ? 0.3 : 0)) };
  const best = f1(judged, bestThreshold(judged));
  expect(best).toBe(Math.max(...judged.scores.map((score) => f1(judged, score))));
  expect(best).toBeLessThan(1);
});

test("two equal methods differ by nothing, a better one by more than 0, in either order", () => {
  const [good, poor] = [[detector(8, 2)], [detector(6, 12)]];
  expect(differenceOf(good, good, 0)).toEqual([0, 0]);
  const [low, high] = differenceOf(good, poor, 0);
  expect(low).toBeGreaterThan(0);
  expect(high).toBeGreaterThan(f1(good[0]!, 0) - f1(poor[0]!, 0));
  expect(differenceOf(poor, good, 0)).toEqual([expect.closeTo(-high, 12), expect.closeTo(-low, 12)]);
});

test("what no place decides has no width", () => {
  // Every place with an anomaly has the same counts, and there are no false alarms: each draw gives the same F1.
  const half: Judged = {
    ...detector(8, 0),
    scores: detector(8, 0).positive.map((one, i) => (one && i % 2 === 0 ? 1 : -1)),
  };
  const [low, high] = differenceOf([detector(8, 0)], [half], 0);
  expect([low, high]).toEqual([expect.closeTo(1 / 3, 12), expect.closeTo(1 / 3, 12)]);
});

test("a deviation is that of a sample", () => {
  expect(withDeviation([0.5, 0.7])).toBe("0.600 ± 0.141");
});
