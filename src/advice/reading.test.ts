import { expect, test } from "vitest";
import { basePlan, plantedStatistics, unresolved } from "../../test/fixtures/analysis.ts";
import { readAgain } from "../../test/fixtures/findings.ts";
import type { GradientStatistics } from "../statistics/table.ts";
import type { NoiseScale } from "../statistics/types.ts";
import type { AnalysisFile } from "../store/schema.ts";
import type { Language } from "../text/languages.ts";
import { textIn } from "../text/text.ts";
import { said } from "../text/words.ts";
import { reading as findings } from "./reading.ts";

const readingIn = (file: AnalysisFile, language: Language) =>
  readAgain(findings(file)).map((found) => said(found, textIn(language).findings));
const reading = (file: AnalysisFile) => readingIn(file, "en");
const base = plantedStatistics({ ...basePlan, rows: 16 });

/** 16 rows of 32 examples whose noise scale is `value`, with the interval [lower, upper]. */
function statistics(
  value: number,
  lower: number,
  upper: number,
  other: Partial<GradientStatistics> = {},
): GradientStatistics {
  const resolved = Number.isFinite(upper);
  const noiseScale: NoiseScale = { value, lower, upper, resolved, level: 0.95, unit: "examples" };
  const noiseRatio = { ...base.noiseRatio, population: resolved ? value / 32 : Number.NaN };
  return { ...base, noiseScale, noiseRatio, expectedCosine: 1 / (1 + value / 32), ...other };
}

function analysis(checkpoints: readonly (readonly [number, GradientStatistics])[]): AnalysisFile {
  return {
    schemaVersion: 1,
    run: "r",
    name: "mnist",
    model: "mlp",
    data: "mnist",
    mode: "evaluation mode",
    seed: 1,
    createdAt: "2026-03-01T10:20:00Z",
    checkpoints: checkpoints.map(([epoch, s]) => ({ epoch, step: 100 * epoch, metrics: null, statistics: s })),
  };
}

const at = (...values: readonly [number, number, number][]) =>
  analysis(values.map(([value, lower, upper], i) => [5 * (i + 1), statistics(value, lower, upper)]));
const OPEN = Number.POSITIVE_INFINITY;
const opposed = (cosine: number) => {
  const matrix = base.cosine.map((row) => [...row]);
  matrix[2]![9] = matrix[9]![2] = cosine;
  return analysis([[5, statistics(500, 400, 600, { cosine: matrix, mostOpposedPair: [2, 9] })]]);
};
const allNegative = base.cosine.map((row, i) => row.map((_, j) => (i === j ? 1 : -0.05)));

const learned = (metrics: { trainLoss: number; trainAccuracy?: number }): AnalysisFile => {
  const file = at([500, 400, 650]);
  const recorded = {
    kind: "epoch",
    epoch: 5,
    step: 500,
    examples: 4000,
    validationLoss: 0.1,
    seconds: 1,
    ...metrics,
  } as const;
  return { ...file, checkpoints: [{ ...file.checkpoints[0]!, metrics: recorded }] };
};
const insideFirstEpoch: AnalysisFile = {
  ...at(),
  checkpoints: [{ ...at([500, 400, 650]).checkpoints[0]!, epoch: 0, step: 300 }],
};

const block = (p: number) =>
  analysis([[5, statistics(500, 400, 600, { opposedRows: { rows: [2, 9, 11], cosine: -0.6, p } })]]);

test.each<[string, AnalysisFile, RegExp, RegExp | null]>([
  [
    "a block of opposed rows",
    block(0.01),
    /3 of the 16 batches oppose the rest beyond chance \(2, 9, 11; mean cosine with the others −0\.600, p ≈ 0\.0100\).*--by class/,
    /no sign of a conflict|most opposed pair/,
  ],
  ["a block that chance explains", block(0.2), /most opposed pair/, /oppose the rest/],
  ["no checkpoint", analysis([]), /holds no checkpoint/, /noise scale is/],
  [
    "the value and its interval",
    at([500, 400, 650]),
    /epoch 5 it is 500 examples \(95 % interval 400–650\), measured on 16 batches of 32/,
    /not resolved/,
  ],
  ["one checkpoint", at([500, 400, 650]), /One checkpoint shows no trend/, /rose|fell|plateau/],
  [
    "a rise",
    at([100, 80, 130], [500, 400, 650]),
    /rose from 100 \[80.0, 130\] examples at epoch 5 to 500 .* is no fault/,
    /fell|no trend/,
  ],
  ["a fall", at([500, 400, 650], [100, 80, 130]), /fell from 500 .* not by itself a sign of health/, /rose/],
  ["overlapping intervals", at([100, 50, 300], [200, 90, 700]), /intervals overlap, so no trend/, /rose|fell/],
  [
    "a trend over an unresolved end",
    at([100, 80, 130], [500, 400, 650], [9000, 700, OPEN]),
    /rose from 100 .* at epoch 10/,
    /epoch 15 \(\|G/,
  ],
  ["too few resolved", at([100, 80, 130], [900, 700, OPEN]), /Only 1 of 2 checkpoints/, /rose|fell/],
  [
    "a plateau after a rise",
    at([50, 40, 60], [500, 400, 650], [520, 410, 660], [510, 400, 640]),
    /From epoch 10 to 20 .* all 3 intervals agree \(410–640 examples\) .* noise floor/,
    null,
  ],
  ["no plateau while it rises", at([50, 40, 60], [150, 120, 180], [500, 400, 650], [900, 800, 999]), /rose/, /plateau/],
  ["no plateau without a rise", at([500, 400, 650], [520, 410, 660], [510, 400, 640]), /no trend/, /plateau/],
  [
    "B far below",
    at([3168, 2000, 5000]),
    /far below .* makes about 1.0 % of the progress .* worth 1.98 times/,
    /diminishing/,
  ],
  ["B below", at([64, 40, 90]), /B is below the noise scale/, /far below|diminishing/],
  [
    "B inside the interval",
    at([32, 20, 50]),
    /inside the interval .* about 50.0 % of the progress .* worth 1.33 times/,
    /diminishing/,
  ],
  [
    "B above",
    at([8, 5, 12]),
    /above the noise scale, so larger batches bring diminishing returns.* worth 1.11 times/,
    /far below/,
  ],
  [
    "unresolved, B far below the limit",
    at([9000, 800, OPEN]),
    /at least 800 examples.*nothing bounds it/,
    /interval 800/,
  ],
  [
    "unresolved, B above the limit",
    at([9000, 10, OPEN]),
    /cannot say whether a batch larger than 32 pays/,
    /diminishing/,
  ],
  // 512 examples were seen; 1/scale must shrink its half-width from 1/800 − 1/3200 to 1/3200: threefold.
  [
    "examples to resolve",
    at([3200, 800, OPEN]),
    /measure on about 1,540 examples or more instead of 512\./,
    /has only/,
  ],
  ["more than there are", at([16000, 800, OPEN]), /about 9,730 examples .* has only 4,000/, null],
  [
    "|G|² not positive",
    analysis([[5, statistics(Number.NaN, 800, OPEN, { expectedCosine: -0.01 })]]),
    /at least 800/,
    /NaN/,
  ],
  [
    "a ratio and its batch size",
    at([320, 250, 400]),
    /is 10.0 at B = 32.*At B = 320 .* have 1.00.*0.1 takes a batch of 3,200 .* 0.01 one of 32,000/,
    null,
  ],
  [
    "the untrained model",
    analysis([
      [0, statistics(9, 8, 10)],
      [5, statistics(99, 80, 120)],
    ]),
    /untrained model, 9.00 \[8.00, 10.0\] .* says nothing/,
    null,
  ],
  [
    "batches that agree too well",
    analysis([[5, statistics(3200, 2500, 4000, { meanCosine: 0.4 })]]),
    /0.400; .* agree more than the noise scale predicts.* drawn without repetition/,
    /nothing unusual/,
  ],
  [
    "unequal lengths that explain a high mean cosine",
    // Lengths 1 and 3: mean square 5, mean 2, so the prediction 0.1 becomes 0.125.
    analysis([
      [
        5,
        statistics(288, 280, 296, {
          meanCosine: 0.124,
          nullCosineDeviation: 0.01,
          norms: [...Array(8).fill(1), ...Array(8).fill(3)],
        }),
      ],
    ]),
    /longest is 1.5\d* times the median.* it predicts 0.125: nothing unusual/,
    /agree more/,
  ],
  [
    "a few batches that dwarf the others",
    analysis([[5, statistics(288, 280, 296, { meanCosine: 0.7, norms: [...Array(15).fill(0.01), 5] })]]),
    /longest is 500 times the median: a few batches .* say nothing of each other/,
    /nothing unusual|agree more/,
  ],
  [
    "batches that agree too little",
    analysis([[5, statistics(32, 25, 40, { meanCosine: 0.02 })]]),
    /drawn from one mix/,
    /nothing unusual/,
  ],
  [
    "a usual mean cosine",
    analysis([[5, statistics(320, 250, 400, { meanCosine: 0.09 })]]),
    /0.0900; .* predicts 0.0909 .* nothing unusual/,
    null,
  ],
  [
    "negative pairs by chance",
    analysis([[5, unresolved(base)]]),
    /of the 120 pairs .* negative cosines are normal/,
    /pull apart/,
  ],
  [
    "negative pairs beyond chance",
    analysis([[5, statistics(32, 25, 40, { cosine: allNegative })]]),
    /100.0 % of the 120 pairs .* pull apart/,
    /are normal/,
  ],
  [
    "a usual opposed pair",
    opposed(-0.3),
    /batches 2 and 9 with cosine −0.300, no more than chance .* neither can be blamed/,
    null,
  ],
  [
    "an opposed pair of drawn rows, by its numbers among all",
    analysis([[5, { ...opposed(-0.3).checkpoints[0]!.statistics, drawn: base.norms.map((_, i) => 100 * i + 7) }]]),
    /batches 207 and 907 with cosine −0.300/,
    /batches 2 and 9/,
  ],
  ["a pair too opposed", opposed(-0.9), /−0.900, more than chance explains among 120 pairs/, null],
  ["the picture", at([500, 400, 650]), /keeps 42.0 % of the 5 nearest neighbours .* picture only/, null],
  [
    "too few rows for t-SNE",
    analysis([
      [
        5,
        statistics(500, 400, 650, {
          embedding: { ...base.embedding, perplexity: Number.NaN, note: "3 rows are too few." },
        }),
      ],
    ]),
    /is no t-SNE: 3 rows are too few\.$/m,
    /perplexity/,
  ],
  [
    "no noise at all",
    analysis([[5, statistics(0, 0, 0, { traceCovariance: 0 })]]),
    /All 16 batches of epoch 5 gave the same gradient/,
    /far below/,
  ],
  [
    "a gradient that is lost in its noise",
    analysis([[5, statistics(100, 50, OPEN, { batchSignalToNoise: { value: -0.00267, lower: -0.01, upper: 0.005 } })]]),
    /In one batch of 32 examples the gradient is lost in its noise\./,
    /squared length of the gradient is −/,
  ],
  [
    "learned training data",
    learned({ trainLoss: 0, trainAccuracy: 1 }),
    /data are learned.*100.0 % right/,
    /nearly in proportion/,
  ],
  ["a loss of numbers that is gone", learned({ trainLoss: 0.0004 }), /data are learned/, /nearly in proportion/],
  ["not learned", learned({ trainLoss: 0.01, trainAccuracy: 0.997 }), /nearly in proportion/, /learned/],
  ["a checkpoint inside the first epoch", insideFirstEpoch, /far below/, /untrained/],
  [
    "unknown spread",
    analysis([[5, statistics(500, 400, 650, { nullCosineDeviation: Number.NaN })]]),
    /too few to tell whether the two differ/,
    /NaN/,
  ],
])("%s", (_, file, says, never) => {
  const text = reading(file).join("\n");
  expect(text).toMatch(says);
  if (never) expect(text).not.toMatch(never);
});

test("every sentence but the general ones carries a number, and none has a placeholder", () => {
  for (const sentence of reading(at([100, 80, 130], [500, 400, 650]))) {
    expect(sentence).toMatch(/\d/);
    expect(sentence).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(sentence).toMatch(/^[A-Z0-9|].*\.$/s);
  }
});

/** What a sentence claims: its numbers, in whatever order the language puts them. */
const numbersOf = (sentence: string) => (sentence.match(/\d[\d,.e+-]*\d|\d/g) ?? []).toSorted();

test.each([
  ["a rise", at([100, 80, 130], [500, 400, 650])],
  ["a fall", at([500, 400, 650], [100, 80, 130])],
  ["no trend", at([100, 50, 300], [200, 90, 700])],
  ["a plateau", at([50, 40, 60], [500, 400, 650], [520, 410, 660], [510, 400, 640])],
  ["unresolved", at([9000, 800, OPEN])],
  ["too few examples", at([16000, 800, OPEN])],
  ["B inside", at([32, 20, 50])],
  ["B above", at([8, 5, 12])],
  ["untrained", analysis([[0, statistics(9, 8, 10)]])],
  ["agreeing", analysis([[5, statistics(3200, 2500, 4000, { meanCosine: 0.4 })]])],
  ["disagreeing", analysis([[5, statistics(32, 25, 40, { meanCosine: 0.02 })]])],
  ["negative pairs", analysis([[5, statistics(32, 25, 40, { cosine: allNegative })]])],
  ["an opposed pair", opposed(-0.9)],
  ["no noise", analysis([[5, statistics(0, 0, 0, { traceCovariance: 0 })]])],
])("in Chinese %s is told by the same numbers, sentence by sentence", (_, file) => {
  const chinese = readingIn(file, "zh");
  expect(chinese.map(numbersOf)).toEqual(reading(file).map(numbersOf));
  for (const sentence of chinese) expect(sentence).toMatch(/\p{Script=Han}.*。$/u);
  for (const sentence of chinese) expect(sentence).not.toMatch(/[a-z]{3,} [a-z]{2,}/);
});

test("what ± 20 % takes and what one batch of everything is worth are told where the noise scale is known", () => {
  const more = {
    examplesToResolve: { value: 5200, lower: 3100, upper: 9400 },
    batchTests: { examples: 512, norm: 0.25, innerProduct: 0.15, orthogonality: 0.2 },
  };
  const said = (value: number, lower: number, upper: number) =>
    reading(analysis([[5, statistics(value, lower, upper, more)]])).filter((line) => /± 20 %|norm test/.test(line));
  // 512 · (0.25/0.5)² = 128.
  expect(said(100, 50, 200)).toEqual([
    "Knowing it to ± 20 % takes about 5,200 examples (95 % interval 3,100–9,400) in batches of 32; these are 512.",
    "Taken as one batch, these 512 examples have a norm test of 0.250, an inner-product test of 0.150 and an orthogonality " +
      "test of 0.200 (Byrd et al. 2012, Bollapragada et al. 2018; small is a direction to trust); a norm test of 0.5 takes " +
      "about 128 examples, at this point of training only.",
  ]);
  expect(said(100, 50, OPEN)).toEqual([]);
});

test("signal and noise of a batch and of coordinates are told where they were measured", () => {
  const coordinates = { mean: 0.0123, plugIn: 0.0151, evidenceToStop: -6.7, silent: 0.085, coordinates: 4096 };
  const one = statistics(100, 50, 200, { batchSignalToNoise: { value: 0.32, lower: 0.16, upper: 0.64 } });
  const file = (change: Partial<typeof coordinates>): AnalysisFile => {
    const plain = analysis([[5, one]]);
    const [checkpoint] = plain.checkpoints;
    return { ...plain, checkpoints: [{ ...checkpoint!, signalToNoise: { ...coordinates, ...change } }] };
  };
  const said = (change: Partial<typeof coordinates>) =>
    reading(file(change)).filter((line) => /its noise \(|GSNR/.test(line));
  expect(said({})).toEqual([
    "In one batch of 32 examples the squared length of the gradient is 0.320 times that of its noise (|G|² over tr Σ/B, " +
      "95 % interval 0.160–0.640).",
    "Coordinate by coordinate, the squared mean of the gradient is on average 0.0123 times the variance of one example's " +
      "(GSNR, Liu et al. 2020, without the bias that 512 examples leave; as published 0.0151; from 4,096 coordinates, of " +
      "which 8.5 % never vary and take no part). The evidence-based rule to stop (Mahsereci et al. 2017) gives −6.70: not " +
      "above zero, so the mean of these examples is larger than its noise.",
  ]);
  expect(said({ evidenceToStop: 0.2 })[1]).toMatch(/gives 0\.200: above zero, so .* no larger than its noise\.$/);
  expect(said({ mean: Number.NaN })).toHaveLength(1);
  const chinese = readingIn(file({}), "zh").filter((line) => /GSNR|tr Σ\/B/.test(line));
  expect(chinese).toHaveLength(2);
  for (const number of ["0.0123", "0.0151", "512", "4,096", "8.5 %", "−6.70"]) expect(chinese[1]).toContain(number);
});

test("checkpoints of the same mini-batches are compared by them, and both averages are given", () => {
  // 1/noiseScale falls from 0.01 to 0.0099 in every row alike: intervals overlap by far, and yet it is certain.
  const rowsAround = (value: number, spread: number) =>
    Array.from({ length: 16 }, (_, k) => 1 / value + spread * 1e-6 * (k % 4));
  const of = (value: number, spread: number) =>
    statistics(value, 50, 200, {
      squaredGradientNorm: 1 / value,
      traceCovariance: 1,
      inverseWithoutRow: rowsAround(value, spread),
    });
  const sure = analysis([
    [5, of(100, 5)],
    [10, of(110, 5)],
  ]);
  const [said] = reading(sure).filter((line) => /The noise scale (rose|fell|went)/.test(line));
  expect(said).toMatch(
    /^The noise scale rose from 100 .* Paired over the mini-batches, which all checkpoints share: p = /,
  );
  const unsure = analysis([
    [5, of(100, 100)],
    [10, of(100.1, -100)],
  ]);
  expect(reading(unsure).join(" ")).toMatch(/went from 100 .*; paired over .*, p = 0\.\d+: no trend can be claimed\./);
  expect(reading(sure).filter((line) => line.startsWith("Averaged over"))[0]).toMatch(
    /^Averaged over the 2 checkpoints, .* is 105 examples and the mean of ratios, of the 2 with \|G\|² above zero, 105\./,
  );
  const chinese = readingIn(sure, "zh");
  expect(chinese.some((line) => /均值之比.*105.*比值的均值.*105/.test(line))).toBe(true);
  expect(chinese.some((line) => /按小批次配对检验：p = /.test(line))).toBe(true);
});

test("a finding holds its numbers, how sure it is, whose rule it is and what to try", () => {
  const found = findings(analysis([[5, statistics(320, 250, 400, { meanCosine: 0.4 })]]));
  const of = (kind: string) => found.find((one) => one.kind === kind);
  expect(of("batchFarBelow")).toEqual({
    kind: "batchFarBelow",
    batchSize: 32,
    noiseScale: { value: 320, lower: 250, upper: 400, resolved: true, level: 0.95, unit: "examples" },
    progressShare: 1 / 11,
    gainOfDoubling: 11 / 6,
    strength: "clear",
    source: "McCandlish et al. 2018, eq. 2.7",
    tries: [{ kind: "enlargeBatch" }],
  });
  expect(of("cosineHigh")).toMatchObject({
    meanCosine: 0.4,
    strength: "clear",
  });
  expect(of("cosineHigh")).not.toHaveProperty("tries");
  expect(findings(at([9000, 800, OPEN])).find(({ kind }) => kind === "batchFarBelow")).toMatchObject({
    strength: "limit",
  });
});

test("inside an epoch all is said by steps, and no model that was updated is called untrained", () => {
  const inside = (step: number, scale: number) => {
    const { checkpoints, ...file } = analysis([[0, statistics(scale, 0.9 * scale, 1.1 * scale)]]);
    return { ...file, checkpoints: checkpoints.map((one) => ({ ...one, step, insideEpoch: true as const })) };
  };
  const steps = [60, 120, 180, 240, 300].map((step, i) => inside(step, i === 0 ? 20 : 200));
  const all = { ...steps[0]!, checkpoints: steps.flatMap(({ checkpoints }) => checkpoints) };
  const english = reading(all).join("\n");
  expect(english).toMatch(/at step 300 it is 200/);
  expect(english).toMatch(/From step 120 to 300 the noise scale stays/);
  expect(english).not.toMatch(/untrained|epoch 0/);
  const chinese = readingIn(all, "zh").join("\n");
  expect(chinese).toMatch(/第 300 步时/);
  expect(chinese).toMatch(/从第 120 步到第 300 步/);
  expect(chinese).not.toMatch(/第 0 轮|未训练/);
});

test.each([
  [
    "en",
    /^For the update of adamw itself.* epoch 4 is ≥ 60\.0 examples.* 500 \[300, 900\]\. 7 numbers .*\. 3 frozen numbers/,
  ],
  [
    "zh",
    /^按 adamw 自己的更新.*第 4 轮.*≥ 60\.0 个样本.*500 \[300, 900\] 个样本。.*7 个数不参与。冻结的 3 个数不参与。$/,
  ],
] as const)("the noise scale of the optimizer's own update stands beside the plain one, in %s", (language, says) => {
  const file = analysis([[4, statistics(500, 300, 900)]]);
  const scale = { value: Number.NaN, lower: 60, upper: Number.POSITIVE_INFINITY, resolved: false, level: 0.95 };
  const own = { optimizer: "adamw", datasetNoiseScale: null, frozen: 3, unknown: 7 };
  const told = (one: object) =>
    readingIn({ ...file, checkpoints: [{ ...file.checkpoints[0]!, optimizerNoise: one as never }] }, language);
  const noiseScale = { ...scale, unit: "examples" };
  expect(told({ ...own, kind: "scaled", noiseScale }).filter((line) => says.test(line))).toHaveLength(1);
  const lines = (kind: string) => told({ ...own, kind, noiseScale: null }).filter((line) => line.includes("adamw"));
  for (const kind of ["norms", "noState", "notBegun"]) expect(lines(kind)).toHaveLength(1);
  expect(lines("plain")).toEqual([]);
});
