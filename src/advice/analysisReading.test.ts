import { expect, test } from "vitest";
import { analysisFixture, plantedStatistics } from "../../test/fixtures/analysis.ts";
import { groupsFixture } from "../../test/fixtures/figures.ts";
import { readAgain } from "../../test/fixtures/findings.ts";
import type { GroupPair } from "../statistics/groups.ts";
import type { AnalysisFile, CheckpointAnalysis, LayerAnalysis } from "../store/schema.ts";
import type { Language } from "../text/languages.ts";
import { textIn } from "../text/text.ts";
import { said } from "../text/words.ts";
import { partsReading as findings } from "./analysisReading.ts";

const partsReading = (analysis: AnalysisFile, language: Language = "en") =>
  readAgain(findings(analysis)).map((found) => said(found, textIn(language).findings));

const plan = { seed: 1, squaredNorm: 1, trace: 100, rows: 16, batchSize: 8, datasetSize: 600, dimension: 40 };
const statistics = plantedStatistics(plan);

function sentences(change: Partial<CheckpointAnalysis>): string[] {
  const checkpoint = { epoch: 3, step: 30, metrics: null, statistics, ...change };
  return partsReading({ checkpoints: [checkpoint] } as unknown as AnalysisFile);
}

test("nothing is said of what was not asked for", () => {
  expect(sentences({ measurement: { way: "one pass", passes: 1, sketch: null } })).toEqual([]);
  expect(partsReading({ checkpoints: [] } as unknown as AnalysisFile)).toEqual([]);
});

test("a sketch says its size, seed and error", () => {
  const sketch = { dimensions: 2_800_000, seed: 4, cosineError: 0.00378 };
  expect(sentences({ measurement: { way: "batch by batch", passes: 1, sketch } })).toEqual([
    "The rows did not fit into the memory budget, so 2,800,000 random sums stand for each (seed 4): their lengths are exact, and a cosine of two rows is off by at most 0.00378 with 95 % probability.",
  ]);
});

test("the whole data set is compared with the interval", () => {
  const { lower, upper } = statistics.datasetNoiseScale!;
  const exact = (noiseScale: number) => ({
    examples: 600,
    squaredGradientNorm: 2,
    traceCovariance: 2 * noiseScale,
    noiseScale,
  });
  expect(sentences({ fullPass: exact((lower + upper) / 2) })[0]).toMatch(
    /^Over all 600 examples, at epoch 3, S² = \d+ and \|G_D\|² = 2\.00, a noise scale of this data set of [\d.]+ examples; the 16 batches said [^ ]+ \[.*\], which holds it\.$/,
  );
  expect(sentences({ fullPass: exact(2 * upper) })[0]).toMatch(/which misses it, as 1 interval in 20 does\.$/);
  const unknown = { ...statistics, datasetNoiseScale: null };
  expect(sentences({ statistics: unknown, fullPass: exact(5) })[0]).toMatch(/data set of 5\.00 examples\.$/);
});

const layer = (name: string, noise: number, scale: number, resolved = true): LayerAnalysis => ({
  name,
  parameters: 1,
  traceCovariance: noise,
  squaredGradientNorm: noise / scale,
  noiseScale: {
    value: scale,
    lower: scale / 2,
    upper: resolved ? scale * 2 : Infinity,
    level: 0.95,
    resolved,
    unit: "examples",
  },
});

test.each<[readonly LayerAnalysis[], RegExp]>([
  [
    [layer("a", 3, 10), layer("b", 1, 100)],
    /^The layer a holds 75\.0 % of the noise; the noise scales run from 10\.0 \[.*\] \(a\) to 100 \[.*\] \(b\), further apart than their intervals\./,
  ],
  [[layer("a", 1, 10), layer("b", 3, 20)], /^The layer b holds 75\.0 % .* whose intervals overlap\./],
  [
    [layer("a", 1, 10), layer("b", 3, 20, false)],
    /^The layer b holds 75\.0 % of the noise; fewer than two layers have a resolved noise scale to compare\.$/,
  ],
  [[layer("a", -4, 10), layer("b", 3, 20)], /^The layer b holds 100\.0 % of the noise/],
])("layers are compared by their intervals", (layers, expected) => {
  expect(sentences({ layers })).toEqual([expect.stringMatching(expected)]);
});

const pair = (first: number, second: number, stiffness: number, conflict: boolean): GroupPair => ({
  first,
  second,
  stiffness,
  cosineOfMeans: 2 * stiffness,
  p: 0.001,
  benjaminiHochberg: 0.002,
  holm: 0.003,
  conflict,
});

test("conflicts are named from the worst on, with what is normal beside them", () => {
  const conflicts = {
    groups: [0, 1, 2],
    sizes: [4, 4, 4],
    stiffness: [],
    signStiffness: [],
    cosineOfMeans: [],
    within: 0.5,
    between: -0.1,
    pairs: [pair(0, 1, -0.1, true), pair(0, 2, -0.3, true), pair(1, 2, 0.2, false)],
  };
  const groups = { by: "site", names: ["A", "B", "C"], rowsPerGroup: 4, batchSize: 8, leftOut: [], conflicts };
  expect(sentences({ groups })).toEqual([
    "By site, 4 mini-batches of 8 examples inside each of 3 groups: the mean cosine is 0.500 within groups and −0.100 between them.",
    '2 of 3 pairs of groups pull against each other beyond chance: "A" and "C" (mean cosine −0.300, of the means −0.600, p = 0.00200 after Benjamini and Hochberg, 0.00300 after Holm); "A" and "B" (mean cosine −0.100, of the means −0.200, p = 0.00200 after Benjamini and Hochberg, 0.00300 after Holm). A step that helps one of them costs the other; which of them is right this does not say. Near a minimum the gradients of groups that make up the data add up to little, so that −0.500 between groups is nothing unusual there.',
  ]);
  const tested = conflicts.pairs.map((pair, i) => ({ ...pair, opposition: 0.01 * (i + 1) }));
  expect(sentences({ groups: { ...groups, conflicts: { ...conflicts, pairs: tested } } })[1]).toMatch(
    /^2 of 3 .* "A" and "C" \(mean cosine −0\.300, of the means −0\.600, p = 0\.0200 after Benjamini and Hochberg\); "A" and "B" \(.* p = 0\.0100 after Benjamini and Hochberg\)\. A step/,
  );
  const none = { ...conflicts, pairs: [pair(1, 2, -0.2, false)] };
  const leftOut = Array.from({ length: 7 }, (_, i) => ({ name: `g${i}`, examples: i }));
  expect(sentences({ groups: { ...groups, conflicts: none, leftOut } }).slice(1)).toEqual([
    "None of the 1 pair of groups opposes each other beyond chance by a cosine of −0.100 or more.",
    'Left out for want of examples or rows: "g0" (0), "g1" (1), "g2" (2), "g3" (3), "g4" (4) and 2 more.',
  ]);
});

/** Of `names`, whose first two have `cosine`, surely below zero. */
function opposed(by: string, names: readonly string[], cosine: number) {
  const pairs = names.flatMap((_, a) =>
    names.slice(a + 1).map((_, i) => pair(a, a + 1 + i, (a + i === 0 ? cosine : -0.002) / 2, true)),
  );
  const conflicts = { groups: [], sizes: [], stiffness: [], signStiffness: [], cosineOfMeans: [] };
  const groups = { by, names, rowsPerGroup: 4, batchSize: 8, leftOut: [] };
  return { ...groups, conflicts: { ...conflicts, within: 0.5, between: -0.1, pairs } };
}

const ten = Array.from({ length: 10 }, (_, i) => String(i));

test.each<[string, string, readonly string[], number, string, RegExp]>([
  [
    "a cosine of nothing",
    "site",
    ["A", "B", "C"],
    -0.006,
    "noConflict",
    /^None of the 3 pairs .* cosine of −0\.100 or more/,
  ],
  ["sites", "site", ["A", "B", "C"], -0.4, "conflicts", /pull against each other beyond chance/],
  ["two sites", "site", ["A", "B"], -0.2, "conflicts", /^1 of 1 pair/],
  [
    "classes at first",
    "class",
    ten,
    -0.15,
    "opposedClasses",
    /10 classes the cosine −0\.111.* no conflict in the data\.$/,
  ],
  ["classes that look alike", "class", ten, -0.68, "opposedClasses", /The first pair goes beyond that/],
  ["three classes at first", "class", ["A", "B", "C"], -0.52, "opposedClasses", /no conflict in the data/],
  ["a rare class", "class", ["normal", "anomaly"], -0.87, "opposedClasses", /the accuracy of each class/],
  ["classes that hardly oppose", "class", ten, -0.02, "noConflict", /^None of the 45 pairs/],
])("what opposes is called a conflict where it is one: %s", (_, by, names, cosine, kind, sentence) => {
  const groups = opposed(by, names, cosine);
  const one = { epoch: 3, step: 30, metrics: null, statistics, groups };
  expect(findings({ checkpoints: [one] } as unknown as AnalysisFile)[1]!.kind).toBe(kind);
  expect(sentences({ groups })[1]).toMatch(sentence);
});

test("in Chinese the parts are told by the same numbers, sentence by sentence", () => {
  const sketch = { dimensions: 2_800_000, seed: 4, cosineError: 0.00378 };
  const groups = { ...groupsFixture(), leftOut: [{ name: "hat", examples: 3 }] };
  const checkpoint = {
    epoch: 3,
    step: 30,
    metrics: null,
    statistics,
    measurement: { way: "batch by batch", passes: 1, sketch },
    layers: [layer("a", 3, 10), layer("b", 1, 100)],
    groups,
    fullPass: { examples: 600, squaredGradientNorm: 2, traceCovariance: 10, noiseScale: 5 },
  };
  const analysis = { ...analysisFixture(), checkpoints: [checkpoint] };
  const numbers = (sentence: string) => (sentence.match(/\d[\d,.e+-]*\d|\d/g) ?? []).toSorted();
  const chinese = partsReading(analysis, "zh");
  expect(chinese).toHaveLength(6);
  expect(chinese.map(numbers)).toEqual(partsReading(analysis).map(numbers));
  for (const sentence of chinese) expect(sentence).not.toMatch(/[a-z]{3,} [a-z]{2,}/);
});
