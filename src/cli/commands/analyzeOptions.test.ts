import { totalmem } from "node:os";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { type AnalyzeFlags, analysisOptions } from "./analyzeOptions.ts";

const flags: AnalyzeFlags = { seed: "0", threads: "1", products: "auto", device: "cpu" };

test("without flags: a quarter of the memory at most, the whole network, all pictures", () => {
  const { memoryBudget, ...options } = analysisOptions(flags);
  expect(options).toEqual({
    seed: 0,
    threads: 1,
    products: "auto",
    byLayer: false,
    by: undefined,
    fullPass: false,
    pictures: {},
  });
  expect(memoryBudget).toBeLessThanOrEqual(totalmem() / 4);
  expect(memoryBudget).toBeGreaterThan(2 ** 20);
});

test("what is asked for is passed on", () => {
  const given = { byLayer: true, by: "site", fullPass: true, memoryBudget: "300", products: "sketch", seed: "7" };
  expect(analysisOptions({ ...flags, ...given, embedding: "umap, pca,umap", perplexity: "15,5,30.5" })).toEqual({
    seed: 7,
    threads: 1,
    memoryBudget: 300 * 2 ** 20,
    products: "sketch",
    byLayer: true,
    by: "site",
    fullPass: true,
    pictures: { methods: ["umap", "pca"], perplexity: 15, otherPerplexities: [5, 30.5] },
  });
});

describe("is refused", () => {
  test.each<[Partial<AnalyzeFlags>, string]>([
    [{ products: "fast" }, '--products: expected one of auto, exact, sketch, got "fast"; change it'],
    [{ embedding: "pca,mds" }, '--embedding: expected some of tsne,pca,umap, got "mds"; change it'],
    [{ perplexity: "5,0.5" }, '--perplexity: expected numbers of at least 1, as 5,15,30, got "0.5"; change it'],
    [{ perplexity: "5," }, '--perplexity: expected numbers of at least 1, as 5,15,30, got ""; change it'],
    [{ memoryBudget: "0" }, '--memory-budget: expected a whole number of at least 1, got "0"; change it'],
    [{ seed: "-1" }, '--seed: expected a whole number of at least 0, got "-1"; change it'],
  ])("%j", (change, message) => {
    expect(() => analysisOptions({ ...flags, ...change })).toThrow(new UsageError(message));
  });
});
