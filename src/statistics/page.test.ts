import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Functions that other statistics and their table are made of, and that say nothing by themselves. */
const parts = [
  "always",
  "ascending",
  "assertEffect",
  "assertFits",
  "averageLinkage",
  "bcaInterval",
  "bestOf",
  "binomialProbability",
  "chiSquaredProbability",
  "chiSquaredQuantile",
  "describeGradients",
  "deviationOf",
  "differencesOf",
  "drawRows",
  "endsOf",
  "errorSpent",
  "estimateNoise",
  "fittedRate",
  "gramOfDrawn",
  "gramOfRows",
  "imitatedNoise",
  "inUnit",
  "inverseNoiseScale",
  "freedomOf",
  "invert",
  "invertInterval",
  "isDoubted",
  "kaplanMeier",
  "largestEigenpairs",
  "lessTheLargest",
  "likelierClass",
  "logChoose",
  "lowestRate",
  "mayBeTestedForSmall",
  "meanOf",
  "medianDirection",
  "medianInterval",
  "medianOf",
  "midranks",
  "momentsOf",
  "noiseOf",
  "nonnegativeFit",
  "normalQuantile",
  "normalTail",
  "nullable",
  "optional",
  "pairedDifferences",
  "permutationTest",
  "powerOfT",
  "quantile",
  "rateVertex",
  "selected",
  "sequentialLooks",
  "sequentialSignFlip",
  "sharesOf",
  "shiftInterval",
  "signFlipTest",
  "signedRanks",
  "spendingBounds",
  "signSums",
  "squaredDatasetGradientNorm",
  "stated",
  "studentTQuantile",
  "studentTTail",
  "studentizedInterval",
  "sumCoordinates",
  "sumsOf",
  "tInterval",
  "throughPoints",
  "tsne",
  "undisturbedMedian",
  "unmixed",
  "upperSignFlip",
  "varianceOf",
  "verdictOf",
  "welchInterval",
  "wholeRates",
  "without",
  "withoutErrors",
];

test("docs/statistics.md has a row for every statistic, and none for what is not there", () => {
  const page = readFileSync(new URL("../../docs/statistics.md", import.meta.url), "utf8");
  const described = [...page.matchAll(/^\| (`[^|]+) \|/gm)].flatMap((row) =>
    [...row[1]!.matchAll(/`(\w+)`/g)].map((name) => name[1]!),
  );
  const folder = new URL("./", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  const exported = files.flatMap((name) =>
    [...readFileSync(new URL(name, folder), "utf8").matchAll(/^export (?:async )?function (\w+)/gm)].map(
      (match) => match[1]!,
    ),
  );
  expect(exported.filter((name) => !parts.includes(name)).sort()).toEqual(described.sort());
  expect(parts.filter((name) => !exported.includes(name))).toEqual([]);
});
