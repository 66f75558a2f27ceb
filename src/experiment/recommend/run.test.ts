import { describe, expect, test } from "vitest";
import type { EpochRecord } from "../../store/schema.ts";
import { pilotGrid, updatesTo } from "./pilots.ts";
import type { RecommendPlan } from "./plan.ts";
import { targetOf } from "./run.ts";

/** Evaluations every ten updates. */
const ran = (losses: readonly number[], whole = true) => ({
  evaluations: losses.map((validationLoss, i) => ({ step: 10 * (i + 1), validationLoss }) as EpochRecord),
  whole,
});
const plan = (targetLoss?: number) =>
  ({ targetLoss, configuration: { learningRate: 0.5 } }) as Pick<RecommendPlan, "targetLoss" | "configuration">;

describe("the target", () => {
  test("is what seeds of the present setting come to, be it before their end", () => {
    expect(targetOf(plan(), [ran([2, 1, 1.5]), ran([2, 1.2])])).toBeCloseTo(1.2 + (1.5 * 0.2) / Math.SQRT2, 12);
    expect(targetOf(plan(), [ran([2, 1, 1.5]), ran([2, 1])])).toBe(1);
  });

  test("is the one asked for, where all reach it", () => {
    expect(targetOf(plan(1.3), [ran([2, 1]), ran([2, 1.2])])).toBe(1.3);
  });

  test.each<[string, number | undefined, boolean, RegExp]>([
    [
      "is not reached",
      1.1,
      true,
      /`targetLoss`: expected a validation loss that pilots .* got 1.1, where one came to 1.200/,
    ],
    [
      "is none where the present setting diverges",
      undefined,
      false,
      /`learningRate`: expected .* diverges at 0.5; lower it/,
    ],
  ])("%s", (_, target, whole, message) => {
    expect(() => targetOf(plan(target), [ran([2, 1]), ran([2, 1.2], whole)])).toThrow(message);
  });
});

describe("updates to it", () => {
  test.each<[string, number[], number, { updates: number; reached: boolean }]>([
    ["lie between evaluations", [2, 1], 1.5, { updates: 15, reached: true }],
    ["are those of an evaluation", [2, 1], 1, { updates: 20, reached: true }],
    ["are those of the first evaluation at most", [2, 1], 3, { updates: 10, reached: true }],
    ["are the first, though the loss rises again", [2, 1, 3], 1.5, { updates: 15, reached: true }],
    ["are those made, where it was not reached", [2, 1], 0.5, { updates: 20, reached: false }],
    ["are none of what diverged at once", [], 1, { updates: 0, reached: false }],
  ])("%s", (_, losses, target, expected) => {
    expect(updatesTo(ran(losses), target)).toEqual(expected);
  });
});

test("evaluations cost about what pilots do, at the most", () => {
  const of = (validationExamples: number) =>
    pilotGrid({ present: { effectiveBatchSize: 10 }, validationExamples } as RecommendPlan, 400);
  expect(of(10)).toBe(100);
  expect(of(600)).toBe(200);
  expect(of(60_000)).toBe(Math.round(4000 / 12));
});
