import { describe, expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { resolveAccumulation } from "./accumulation.ts";

test.each([
  [1, 4],
  [2, 4],
  [3, 4],
  [4, 2],
  [6, 2],
  [7, 2],
  [8, 1],
  [16, 1],
])("automatic: batch size %i gets %i steps, as the guide's table says", (batchSize, steps) => {
  const accumulation = resolveAccumulation({ batchSize, enableAutoGradientAccumulation: true });
  expect(accumulation).toMatchObject({ steps, remainder: 0, effectiveBatchSize: batchSize * steps });
  expect(accumulation.why).toContain(`batch size ${batchSize} gets ${steps}`);
});

test("a batch of one is told that the table misses its goal", () => {
  const why = (batchSize: number) => resolveAccumulation({ batchSize, enableAutoGradientAccumulation: true }).why;
  expect(why(1)).toMatch(/`targetBatchSize` 8/);
  expect(why(2)).not.toMatch(/`targetBatchSize`/);
});

test("what is asked for is done", () => {
  const asked = { batchSize: 4, gradientAccumulationSteps: 3, enableAutoGradientAccumulation: false };
  expect(resolveAccumulation(asked)).toMatchObject({ steps: 3, effectiveBatchSize: 12, window: [4, 4, 4] });
  expect(resolveAccumulation({ batchSize: 4 })).toMatchObject({ steps: 1, effectiveBatchSize: 4, window: [4] });
});

describe("a target", () => {
  test.each([
    [8, 4, [4, 4], 0],
    [10, 4, [4, 4, 2], 2],
    [4, 4, [4], 0],
    [5, 4, [4, 1], 1],
    [3, 1, [1, 1, 1], 0],
  ])("of %i with batch size %i is the window %j", (targetBatchSize, batchSize, window, remainder) => {
    const accumulation = resolveAccumulation({ batchSize, targetBatchSize });
    expect(accumulation).toMatchObject({
      window,
      remainder,
      steps: window.length,
      effectiveBatchSize: targetBatchSize,
    });
  });

  test("is met exactly, by ⌈target / batch size⌉ micro-batches of which only the last is smaller", () => {
    for (let batchSize = 1; batchSize <= 12; batchSize++)
      for (let targetBatchSize = batchSize; targetBatchSize <= 40; targetBatchSize++) {
        const { window, steps } = resolveAccumulation({ batchSize, targetBatchSize });
        expect(steps).toBe(Math.ceil(targetBatchSize / batchSize));
        expect(window.reduce((sum, size) => sum + size, 0)).toBe(targetBatchSize);
        expect(window.slice(0, -1).every((size) => size === batchSize)).toBe(true);
        expect(window.at(-1)).toBeGreaterThan(0);
      }
  });

  test("below the batch size is refused", () => {
    expect(() => resolveAccumulation({ batchSize: 4, targetBatchSize: 3 })).toThrow(
      new UsageError("`targetBatchSize`: expected at least the batch size 4, got 3; lower `batchSize` to 3"),
    );
  });
});

test.each([
  [{ gradientAccumulationSteps: 1, enableAutoGradientAccumulation: true }, "Steps` 1 and `enableAuto"],
  [{ gradientAccumulationSteps: 2, targetBatchSize: 8 }, "Steps` 2 and `targetBatchSize` 8"],
  [{ enableAutoGradientAccumulation: true, targetBatchSize: 8 }, "Accumulation` and `targetBatchSize` 8"],
])("%j contradict each other", (flags, words) => {
  expect(() => resolveAccumulation({ batchSize: 4, ...flags })).toThrow(UsageError);
  expect(() => resolveAccumulation({ batchSize: 4, ...flags })).toThrow(words);
});
