import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Functions that other statistics and their table are made of, and that say nothing by themselves. */
const parts = [
  "always",
  "assertFits",
  "averageLinkage",
  "describeGradients",
  "drawRows",
  "endsOf",
  "gramOfDrawn",
  "gramOfRows",
  "imitatedNoise",
  "inverseNoiseScale",
  "invertInterval",
  "isDoubted",
  "largestEigenpairs",
  "likelierClass",
  "medianDirection",
  "momentsOf",
  "normalTail",
  "nullable",
  "optional",
  "squaredDatasetGradientNorm",
  "stated",
  "studentTQuantile",
  "studentTTail",
  "sumCoordinates",
  "sumsOf",
  "tsne",
  "unmixed",
  "without",
  "withoutErrors",
];

test("docs/statistics.md has a row for every statistic, and none for what is not there", () => {
  const page = readFileSync(new URL("../../docs/statistics.md", import.meta.url), "utf8");
  const described = [...page.matchAll(/^\| (`[^|]+) \|/gm)].flatMap((row) =>
    [...row[1]!.matchAll(/`(\w+)`/g)].map((name) => name[1]!),
  );
  const folder = new URL("./", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const exported = files.flatMap((name) =>
    [...readFileSync(new URL(name, folder), "utf8").matchAll(/^export (?:async )?function (\w+)/gm)].map(
      (match) => match[1]!,
    ),
  );
  expect(exported.filter((name) => !parts.includes(name)).sort()).toEqual(described.sort());
  expect(parts.filter((name) => !exported.includes(name))).toEqual([]);
});
