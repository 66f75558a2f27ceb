import { expect, test } from "vitest";
import type { Language } from "../text/languages.ts";
import { textIn } from "../text/text.ts";
import { accumulationLines, scoresIn } from "./log.ts";

const banner = (accumulation: Parameters<typeof accumulationLines>[0], language: Language) =>
  accumulationLines(accumulation, textIn(language).terminal.banner).join("\n");

const twoOfFour = { batchSize: 4, steps: 2, remainder: 0, effectiveBatchSize: 8 };

test("the banner that the accumulation guide promises, to the letter", () => {
  expect(banner(twoOfFour, "zh")).toBe(
    "🔄 梯度累积配置: 每2轮累积一次梯度\n   实际batch_size: 4\n   有效batch_size: 8",
  );
});

test("in English", () => {
  expect(banner(twoOfFour, "en")).toBe(
    "🔄 Gradient accumulation: one update every 2 micro-batches\n   actual batch size: 4\n   effective batch size: 8",
  );
});

test("a smaller last micro-batch is written out", () => {
  const accumulation = { batchSize: 4, steps: 3, remainder: 2, effectiveBatchSize: 10 };
  expect(banner(accumulation, "en")).toMatch(/ {3}effective batch size: 10 = 2 × 4 \+ 2$/);
  expect(banner(accumulation, "zh")).toMatch(/ {3}有效batch_size: 10 = 2 × 4 \+ 2$/);
});

test("without accumulation it is one plain line", () => {
  const accumulation = { batchSize: 8, steps: 1, remainder: 0, effectiveBatchSize: 8 };
  expect(banner(accumulation, "en")).toBe("No gradient accumulation: batch size 8");
  expect(banner(accumulation, "zh")).toBe("未启用梯度累积: batch_size 8");
});

test("of targets that are all one the share of variance is not defined", () => {
  const record = { epoch: 1, step: 1, examples: 9, trainLoss: 4, validationLoss: 4, seconds: 1 };
  const scores = { ...record, validationScores: { rSquared: Number.NaN, rmse: 2 } };
  expect(scoresIn(scores, textIn("en").terminal.training)).toBe("loss 4.0000, R² –, RMSE 2.00");
});
