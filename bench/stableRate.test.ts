import { expect, test } from "vitest";
import { quadratics, stableRateOf } from "./stableRate.ts";

const cases = Object.keys(quadratics).filter((name) => !/^momentum, noise/.test(name));

test.concurrent.each(cases.flatMap((name) => [50, 400].map((rates) => [name, rates] as const)))(
  "the limit of a quadratic, %s, is found within a fifth after a sweep of %i rates",
  async (name, rates) => {
    const { stable, unstable, limit } = await stableRateOf(quadratics[name]!, rates, 1);
    expect(stable! / limit).toBeGreaterThan(0.8);
    expect(stable! / limit).toBeLessThan(1.2);
    expect(unstable! / stable!).toBeLessThan(1.1001);
  },
);
