import { describe, expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { pairedGain } from "./pairedGain.ts";

describe("the gain over paired seeds", () => {
  test("is the mean difference with Student's interval", () => {
    // Differences 1, 2, 3: mean 2, deviation 1, t(0.975, 2) = 4.302653.
    const { value, lower, upper } = pairedGain([2, 4, 6], [1, 2, 3]);
    expect(value).toBe(2);
    expect(upper - value).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect(value - lower).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    const wide = pairedGain([2, 4, 6], [1, 2, 3], 3);
    expect(wide.lower).toBeLessThan(lower);
  });

  test.each([
    [[Number.NaN, Number.NaN], [1, 1], Number.POSITIVE_INFINITY],
    [[1, 1], [Number.NaN, Number.NaN], Number.NEGATIVE_INFINITY],
    [[Number.NaN, Number.NaN], [Number.NaN, Number.NaN], 0],
  ])("of trainings that diverge: %j to %j", (before, after, value) => {
    expect(pairedGain(before, after)).toEqual({ value, lower: value, upper: value });
  });

  test("is open where seeds disagree on diverging, or are too few", () => {
    const open = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
    expect(pairedGain([Number.NaN, 1], [1, 1])).toMatchObject(open);
    expect(pairedGain([2], [1])).toMatchObject(open);
  });

  test("covers a planted gain in 95 % of the studies or so", () => {
    const draw = random(3);
    const covered = Array.from({ length: 400 }, () => {
      const shared = Array.from({ length: 5 }, () => 5 * draw.normal());
      const found = pairedGain(
        shared.map((x) => x + 0.3 + 0.2 * draw.normal()),
        shared.map((x) => x + 0.2 * draw.normal()),
      );
      return found.lower <= 0.3 && found.upper >= 0.3;
    }).filter(Boolean).length;
    expect(covered / 400).toBeGreaterThan(0.92);
    expect(covered / 400).toBeLessThan(0.98);
  });
});
