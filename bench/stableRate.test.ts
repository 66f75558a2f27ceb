import { expect, test } from "vitest";
import { longLimit, quadratics, stableRateOf } from "./stableRate.ts";

const cases = Object.keys(quadratics).filter((name) => !/^momentum, (noise|64)/.test(name));

test.concurrent.each(cases.flatMap((name) => [50, 400].map((rates) => [name, rates] as const)))(
  "the limit of a quadratic, %s, is found within a fifth after a sweep of %i rates",
  async (name, rates) => {
    const { stable, unstable, limit } = await stableRateOf(quadratics[name]!, rates, 1);
    expect(stable! / limit).toBeGreaterThan(0.8);
    expect(stable! / limit).toBeLessThan(1.2);
    expect(unstable! / stable!).toBeLessThan(1.1001);
  },
);

test.each(["momentum, 64", "momentum, noise 0.5, 64"])(
  "the limit of a quadratic, %s, is below that of whole batches, and found within a fifth",
  async (name) => {
    const quadratic = quadratics[name]!;
    const long = longLimit(quadratic, 1);
    expect(long).toBeLessThan(0.95);
    const { stable, limit } = await stableRateOf(quadratic, 100, 1);
    expect(stable! / limit / long).toBeGreaterThan(0.8);
    expect(stable! / limit / long).toBeLessThan(1.2);
  },
);

test("the limit of a quadratic in long trainings of whole batches is the known one", () => {
  expect(longLimit({ ...quadratics["momentum, whole"]!, spectrum: [20, 2, 0.2] }, 1)).toBeCloseTo(1, 1);
});
