import { describe, expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { turningPoint } from "./unimodal.ts";

/** Every split tried, each side fitted by minimising over all partitions into rising means. */
function slowTurningPoint(ranks: readonly number[]): number {
  const risingError = (values: readonly number[]): number => {
    // Max-min formula of isotonic regression: fit_i = max over a ≤ i of min over b ≥ i of mean(a … b).
    const mean = (a: number, b: number) => values.slice(a, b + 1).reduce((x, y) => x + y, 0) / (b - a + 1);
    const indices = values.map((_, i) => i);
    return indices.reduce((error, i) => {
      const fit = Math.max(...indices.slice(0, i + 1).map((a) => Math.min(...indices.slice(i).map((b) => mean(a, b)))));
      return error + (values[i]! - fit) ** 2;
    }, 0);
  };
  const errors = ranks.map(
    (_, at) => risingError(ranks.slice(0, at + 1).toReversed()) + risingError(ranks.slice(at + 1)),
  );
  const least = Math.min(...errors);
  return errors.findLastIndex((error) => error <= least + 1e-6);
}

describe("turningPoint", () => {
  test.each<[string, readonly number[], number]>([
    ["no values", [], Number.NaN],
    ["one value", [3], 0],
    ["a valley", [5, 3, 1, 2, 9], 2],
    ["a fall alone", [5, 4, 3], 2],
    ["a rise alone", [1, 2, 3], 0],
    ["a jump to a huge value", [5, 3, 1, 1e300, 1e302], 2],
    ["a bump on the way down", [9, 8, 9, 5, 4, 1, 3, 7], 5],
    ["negative values", [-1, -5, -9, -2], 2],
  ])("of %s", (_, values, expected) => {
    expect(turningPoint(values)).toBe(expected);
  });

  test("equals trying every split with the max-min formula", () => {
    const generator = random(3);
    for (let draw = 0; draw < 60; draw++) {
      const ranks = [...generator.permutation(1 + generator.integer(9))];
      expect(turningPoint(ranks)).toBe(slowTurningPoint(ranks));
    }
  });

  test("finds a planted turn through noise as large as a third of the fall", () => {
    const generator = random(5);
    const values = Array.from({ length: 200 }, (_, i) => Math.abs(i - 120) / 40 + generator.normal());
    expect(Math.abs(turningPoint(values) - 120)).toBeLessThan(25);
  });
});
