import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { epochRecord, json, runOptions, scratchStore } from "../../test/scratchStore.ts";
import { NotFoundError } from "../tensor/errors.ts";
import { holdUnfinished, readAnalysis, removeUnfinished, unfinishedFolder, writeAnalysis } from "./analysis.ts";
import { createRun } from "./create.ts";
import type { AnalysisFile } from "./schema.ts";

const store = scratchStore();

describe("analysis", () => {
  const interval = {
    value: Number.NaN,
    lower: 12.5,
    upper: Number.POSITIVE_INFINITY,
    level: 0.95,
    resolved: false,
    unit: "examples",
  } as const;
  const statistics = {
    rows: 2,
    batchSize: 4,
    datasetSize: null,
    traceCovariance: 3.5,
    squaredGradientNorm: -0.25,
    squaredNormOfMean: 1,
    noiseScale: interval,
    datasetNoiseScale: null,
    noiseRatio: { batchSize: 4, plugIn: 0.1, population: Number.NaN, finitePopulation: Number.NaN },
    cosine: [
      [1, -0.5],
      [-0.5, Number.NaN],
    ],
    meanCosine: -0.5,
    expectedCosine: 0.1,
    nullCosineDeviation: 0.2,
    effectiveDimension: 25,
    mostOpposedPair: [0, 1] as const,
    norms: [1, 0],
    embedding: {
      method: "t-SNE",
      points: [
        [0, 1],
        [2, 3],
      ],
      perplexity: 1,
      seed: 1,
      iterations: 500,
      divergence: 0.1,
      neighborsKept: 1,
      neighbors: 1,
    } as const,
  };
  const analysis: AnalysisFile = {
    schemaVersion: 1,
    run: "a-run",
    name: "mnist_0-1",
    model: "mlp",
    data: "mnist",
    mode: "evaluation mode",
    seed: 1,
    createdAt: "2026-11-21T21:00:00.000Z",
    checkpoints: [5, 10].map((epoch) => ({
      epoch,
      step: epoch * 10,
      metrics: epochRecord(epoch, epoch * 10),
      statistics,
    })),
  };

  test("is read back, whole and by epoch", () => {
    const run = createRun(store.directory, runOptions);
    expect(() => readAnalysis(run)).toThrow(
      new NotFoundError(
        `${run.path}/analysis.json: expected an analysis, got none; run: \`batchscope analyze ${run.path}\``,
      ),
    );
    writeAnalysis(run, analysis);
    expect(readAnalysis(run)).toEqual(analysis);
    expect(json(run, "analysis/epoch_10/statistics.json")).toMatchObject({
      epoch: 10,
      statistics: { rows: 2, noiseScale: { value: "NaN", upper: "Infinity" } },
    });
    expect(existsSync(join(run.path, "analysis/epoch_5/statistics.json"))).toBe(true);
  });

  test("what an analysis that ended too early has left is removed, unless one is being made", () => {
    const run = createRun(store.directory, runOptions);
    expect(removeUnfinished(run)).toEqual({ analyses: 0, bytes: 0 });
    writeAnalysis(run, analysis);
    const [left, held] = ["1", "2"].map((digit) => unfinishedFolder(run, digit.repeat(16))) as [string, string];
    const foreign = [unfinishedFolder(run, "thesis"), join(unfinishedFolder(run, "1".repeat(16)), "notes.txt")];
    for (const folder of [left, held]) {
      const lock = holdUnfinished(folder)!;
      writeFileSync(join(folder, "part.safetensors"), new Uint8Array(10));
      lock.release();
    }
    mkdirSync(foreign[0]!);
    const lock = holdUnfinished(held)!;
    expect(holdUnfinished(held)).toBeNull();
    expect(removeUnfinished(run)).toEqual({ analyses: 1, bytes: 10 });
    expect(readdirSync(join(run.path, "analysis")).sort()).toEqual([
      "epoch_10",
      "epoch_5",
      basename(held),
      "unfinished-thesis",
    ]);
    mkdirSync(left);
    writeFileSync(foreign[1]!, "thesis");
    lock.release();
    expect(removeUnfinished(run)).toMatchObject({ bytes: 10 });
    expect(existsSync(held)).toBe(false);
    expect(foreign.every((path) => existsSync(path))).toBe(true);
  });
});
