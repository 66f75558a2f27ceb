import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { walk } from "../../test/optimizerWalk.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";

/** What docs/optimizers.md says of formulas that are often printed wrongly: each number there is computed here. */
const page = readFileSync(new URL("../../docs/optimizers.md", import.meta.url), "utf8");
const said = (text: string) => expect(page).toContain(text);

const reference = openReference(nativeEngine());

/** Steps of one parameter under given gradients, at η = 1: how far it moves each time. */
async function steps(optimizer: Optimizer, gradients: readonly number[]): Promise<number[]> {
  const path = await walk(reference, "float64", optimizer, {
    start: [0],
    gradients: gradients.map((g) => [g]),
    rate: () => 1,
  });
  return path.map(([value], i) => (path[i - 1]?.[0] ?? 0) - value!);
}

describe("Adam without the power t in its corrections", () => {
  /** m̂ = m/(1−β), v̂ = v/(1−α), on a gradient of 1. */
  function slipped(count: number, beta = 0.9, alpha = 0.999): number[] {
    let [m, v] = [0, 0];
    return Array.from({ length: count }, () => {
      m = beta * m + (1 - beta);
      v = alpha * v + (1 - alpha);
      return m / (1 - beta) / (Math.sqrt(v / (1 - alpha)) + 1e-8);
    });
  }

  test("steps up to 2.08 times too far, and in the end 0.317 times as far as it should", async () => {
    const wrong = slipped(5000);
    const right = await steps(adam(), Array(60).fill(1));
    for (const step of right) expect(step).toBeCloseTo(1, 6);
    expect(wrong.indexOf(Math.max(...wrong)) + 1).toBe(12);
    expect(Math.max(...wrong).toFixed(2)).toBe("2.08");
    expect(wrong.at(-1)!.toFixed(3)).toBe("0.317");
    said("2.08 times the learning rate in step 12");
    said("0.317 times after 5000 steps");
  });
});

describe("the root of a mean in place of a sum", () => {
  /** θ moves by g/√(mean of all g²). */
  const meanSteps = (gradients: readonly number[]) => {
    let sum = 0;
    return gradients.map((g, i) => {
      sum += g * g;
      return g / Math.sqrt(sum / (i + 1));
    });
  };

  test("never slows down on a steady slope, where Adagrad does", async () => {
    const slope = Array(100).fill(1);
    expect(meanSteps(slope).at(-1)).toBeCloseTo(1, 9);
    expect((await steps(adagrad(), slope)).at(-1)).toBeCloseTo(0.1, 9);
    said("the hundredth step is as long as the first; Adagrad's is a tenth of it");
  });

  test("speeds up without bound after a steep stretch, where Adagrad cannot", async () => {
    const gradients = [...Array(100).fill(1), ...Array(9900).fill(0.001)];
    const rates = (path: readonly number[]) => path.map((step, i) => step / gradients[i]!);
    const mean = rates(meanSteps(gradients));
    expect(mean.at(-1)! / mean[99]!).toBeCloseTo(10, 2);
    const sum = rates(await steps(adagrad(), gradients.slice(0, 400)));
    expect(sum.every((rate, i) => i === 0 || rate <= sum[i - 1]! + 1e-12)).toBe(true);
    said("its rate is 10 times what it was 9900 steps before");
  });
});

test("the step with the gradient before last is stable only for half the learning rate", () => {
  /** On ½·λ·θ² from 1: whether θ has come near 0 after 200 steps. */
  const settles = (rate: number, delay: number) => {
    const path = [1];
    for (let t = 0; t < 200; t++) path.push(path.at(-1)! - rate * path[Math.max(0, t - delay)]!);
    return Math.abs(path.at(-1)!) < 1e-3;
  };
  const bound = (delay: number) =>
    Array.from({ length: 300 }, (_, i) => i / 100).findLast((rate) => rate > 0 && settles(rate, delay))!;
  expect(bound(0)).toBeCloseTo(1.96, 1);
  expect(bound(1)).toBeCloseTo(0.95, 1);
  expect(settles(1.5, 0)).toBe(true);
  expect(settles(1.5, 1)).toBe(false);
  said("2/λ becomes 1/λ");
});

test("steep directions get the lower rate, not the higher one", async () => {
  const curvatures = [10, 0.1];
  const theta = [1, 1];
  const rates = await Promise.all(
    curvatures.map(async (curvature, i) => {
      // Gradients of ½·λ·θ² while θ stays near its start.
      const gradients = Array(10).fill(curvature * theta[i]!);
      return (await steps(adagrad(), gradients)).at(-1)! / gradients[0]!;
    }),
  );
  expect(rates[1]! / rates[0]!).toBeCloseTo(100, 6);
  said("the direction that is 100 times steeper gets a rate 100 times lower");
});
