import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { stepOnParabola } from "./valley.ts";

const exact = { lossVariance: 0, slopeVariance: 0 };

test.each([0.1, 0.5, 1, 1.5, 2, 2.5])("a gradient step at ηλ = %d on a parabola lands at α = ηλ − 1", (product) => {
  for (const [curvature, start] of [
    [1, 1],
    [1e4, 1e-3],
    [1e-3, -50],
  ] as const) {
    const step = -product * start;
    const end = start + step;
    const at = (x: number) => ({ loss: 7 + 0.5 * curvature * x * x, slope: curvature * x * step, ...exact });
    expect(stepOnParabola(at(start), at(end))).toBeCloseTo(product - 1, 6);
  }
});

test("there is no place on a hill, nor uphill", () => {
  expect(stepOnParabola({ loss: 1, slope: -1, ...exact }, { loss: -1, slope: -3, ...exact })).toBeNaN();
  expect(stepOnParabola({ loss: 1, slope: 1, ...exact }, { loss: 3, slope: 3, ...exact })).toBeNaN();
});

test("what is known less counts less", () => {
  // The true parabola is (t − 0.5)², at α = 1; the losses say something else, and are known badly.
  const [slope, bad] = [{ slopeVariance: 1e-6 }, { lossVariance: 1e4 }];
  const from = { loss: 5, slope: -1, ...slope, ...bad };
  expect(stepOnParabola(from, { loss: 0, slope: 1, ...slope, ...bad })).toBeCloseTo(1, 2);
});

test("with noise of the variances told, the mean of many is where it is", () => {
  const { normal } = random(3);
  const spread = 0.02;
  const all = Array.from({ length: 400 }, () => {
    const noise = { lossVariance: spread ** 2, slopeVariance: spread ** 2 };
    return stepOnParabola(
      { loss: 0.25 + spread * normal(), slope: -0.75 + spread * normal(), ...noise },
      { loss: 0.0625 + spread * normal(), slope: 0.375 + spread * normal(), ...noise },
    );
  });
  // (t − 0.5)² from 0 to 0.75, which is α = 0.5.
  expect(all.reduce((sum, x) => sum + x, 0) / all.length).toBeGreaterThan(0.48);
  expect(all.reduce((sum, x) => sum + x, 0) / all.length).toBeLessThan(0.52);
});
