import { expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { sureTarget } from "./sureTarget.ts";

test("lies above the worst by what seeds scatter", () => {
  expect(sureTarget([1, 1])).toBe(1);
  expect(sureTarget([1, 3])).toBeCloseTo(3 + 1.5 * Math.SQRT2, 12);
});

test.each([
  [4, 0.051],
  [2, 0.162],
])("a new seed of %i misses it as seldom as is said", (seeds, share) => {
  const { normal } = random(1);
  const draws = 40_000;
  let missed = 0;
  for (let i = 0; i < draws; i++) if (normal() > sureTarget(Array.from({ length: seeds }, () => normal()))) missed++;
  // Four standard errors.
  expect(Math.abs(missed / draws - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / draws));
});
