import { expect, test } from "vitest";
import { accumulationBanner } from "./banner.ts";

const twoOfFour = { batchSize: 4, steps: 2, remainder: 0, effectiveBatchSize: 8 };

test("the banner that the accumulation guide promises, to the letter", () => {
  expect(accumulationBanner(twoOfFour, "zh")).toBe(
    "🔄 梯度累积配置: 每2轮累积一次梯度\n   实际batch_size: 4\n   有效batch_size: 8",
  );
});

test("in English", () => {
  expect(accumulationBanner(twoOfFour, "en")).toBe(
    "🔄 Gradient accumulation: one update every 2 micro-batches\n   actual batch size: 4\n   effective batch size: 8",
  );
});

test("a smaller last micro-batch is written out", () => {
  const accumulation = { batchSize: 4, steps: 3, remainder: 2, effectiveBatchSize: 10 };
  expect(accumulationBanner(accumulation, "en")).toMatch(/ {3}effective batch size: 10 = 2 × 4 \+ 2$/);
  expect(accumulationBanner(accumulation, "zh")).toMatch(/ {3}有效batch_size: 10 = 2 × 4 \+ 2$/);
});

test("without accumulation it is one plain line", () => {
  const accumulation = { batchSize: 8, steps: 1, remainder: 0, effectiveBatchSize: 8 };
  expect(accumulationBanner(accumulation, "en")).toBe("No gradient accumulation: batch size 8");
  expect(accumulationBanner(accumulation, "zh")).toBe("未启用梯度累积: batch_size 8");
});
