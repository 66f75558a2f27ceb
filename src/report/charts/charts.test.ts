import { describe, expect, test } from "vitest";
import {
  analysisFixture,
  basePlan,
  epochFixture,
  plantedStatistics,
  stepFixture,
} from "../../../test/fixtures/analysis.ts";
import {
  evaluationFixture,
  groupsFixture,
  layersFixture,
  noisySteps,
  picturedStatistics,
  recordsFixture,
} from "../../../test/fixtures/figures.ts";
import { type LearningRateSweep, suggestLearningRate } from "../../statistics/learningRateSweep.ts";
import { precisionRecall } from "../../statistics/precisionRecall.ts";
import type { GradientStatistics } from "../../statistics/table.ts";
import type { AnalysisFile, EpochRecord, StepRecord } from "../../store/schema.ts";
import { chartsEnglish } from "../../text/en/charts.ts";
import { chartsChinese } from "../../text/zh/charts.ts";
import { studiesChinese } from "../../text/zh/studies.ts";
import { chartSvg } from "../svg.ts";
import type { Chart } from "./chart.ts";
import { confusionMatrix } from "./confusionMatrix.ts";
import { cosineHeatmap } from "./cosineHeatmap.ts";
import { directionsCompared } from "./directionsCompared.ts";
import { directionsTsne } from "./directionsTsne.ts";
import { groupMatrix } from "./groupMatrix.ts";
import { layerNoise } from "./layerNoise.ts";
import { learningRateRange } from "./learningRateRange.ts";
import { noiseOverEpochs } from "./noiseOverEpochs.ts";
import { precisionRecallCurve } from "./precisionRecallCurve.ts";
import { smooth, thin } from "./series.ts";
import { signalAgainstNoise } from "./signalAgainstNoise.ts";
import { trainingCurves } from "./trainingCurves.ts";

const small = plantedStatistics({ ...basePlan, rows: 8, zeroRow: 5 });
const curveFixture = (classNames: readonly string[] = []) => ({
  ...{ schemaVersion: 1, epoch: 5, step: 100, classNames },
  ranking: { rocAuc: 0.8, averagePrecision: 0.83 },
  precisionRecall: precisionRecall(
    [0.9, 0.8, 0.8, 0.6, 0.5, 0.3, 0.1, 0],
    [true, true, true, false, true, false, true, false],
  ),
});
const pictured = picturedStatistics();
const plain = (steps: readonly StepRecord[], epochs: readonly EpochRecord[]) => {
  return { steps, epochs, evaluations: [], accumulations: [], effectiveBatchSize: 32 };
};
const statistics = (other: Partial<GradientStatistics>): GradientStatistics => ({ ...small, ...other });
const only = (s: GradientStatistics): AnalysisFile => {
  return { ...analysisFixture(), checkpoints: [{ epoch: 5, step: 100, metrics: null, statistics: s }] };
};

/** A loss that falls around 10^−3 and then grows, with a ripple for noise. */
const sweeps = [0, 1, 2].map((seed): LearningRateSweep => {
  const learningRates = Array.from({ length: 60 }, (_, i) => 1e-6 * 10 ** (i / 10));
  const losses = learningRates.map((rate, i) => {
    const x = Math.log10(rate) + 0.1 * seed;
    return 2 - 1.5 / (1 + Math.exp(-4 * (x + 3))) + 10 ** (2 * (x + 1)) + 0.02 * Math.sin(7 * i + seed);
  });
  return { seed, initialLoss: 2, learningRates, losses, end: "rose" };
});
const noLosses = sweeps.map(
  (sweep): LearningRateSweep => ({ ...sweep, learningRates: [], losses: [], end: "not finite" }),
);

/** With the turn in place of the largest stable rate, which takes a training to find. */
function foundIn(swept: readonly LearningRateSweep[]) {
  const found = suggestLearningRate(swept);
  const turns = found.sweeps.flatMap(({ beforeRise }) => beforeRise ?? []).toSorted((a, b) => a - b);
  return { ...found, largestStable: turns.length === 0 ? null : { value: turns[Math.floor(turns.length / 2)]! } };
}

const swept = { model: "mlp", data: "iris", optimizer: "sgd" };
const charts: readonly (readonly [string, Chart])[] = [
  ["cosine-heatmap", cosineHeatmap(small, { epoch: 5 })],
  ["directions-tsne", directionsTsne(small, { epoch: 5 })],
  [
    "directions-tsne-empty",
    directionsTsne(statistics({ embedding: { ...small.embedding, points: [] } }), { epoch: 5 }),
  ],
  ["noise-trend", noiseOverEpochs(analysisFixture())],
  ["noise-trend-one-checkpoint", noiseOverEpochs(only(small))],
  ["noise-trend-empty", noiseOverEpochs({ ...analysisFixture(), checkpoints: [] })],
  ["training-curves", trainingCurves(plain(stepFixture().slice(0, 250), epochFixture().slice(0, 2)))],
  ["training-curves-empty", trainingCurves(plain([], []))],
  ["training-curves-noise", trainingCurves(recordsFixture())],
  ["cosine-heatmap-clustered", cosineHeatmap(pictured, { epoch: 5 }, chartsEnglish, true)],
  ["directions-compared", directionsCompared(pictured, { epoch: 5 })],
  ["phase-plot", signalAgainstNoise(analysisFixture(), noisySteps())],
  ["phase-plot-empty", signalAgainstNoise({ ...analysisFixture(), checkpoints: [] }, [])],
  ["layer-noise", layerNoise(layersFixture(), pictured, { epoch: 5 })],
  ["group-matrix", groupMatrix(groupsFixture(), { epoch: 5 })],
  ["confusion-matrix", confusionMatrix(evaluationFixture())],
  ["precision-recall", precisionRecallCurve(curveFixture())],
  ["confusion-matrix-chinese", confusionMatrix(evaluationFixture(), chartsChinese)],
  ["learning-rate-range", learningRateRange(swept, sweeps, foundIn(sweeps))],
  ["learning-rate-range-chinese", learningRateRange(swept, sweeps, foundIn(sweeps), studiesChinese)],
  ["learning-rate-range-empty", learningRateRange(swept, noLosses, foundIn(noLosses))],
];

describe.each(charts)("%s", (name, chart) => {
  test("looks as before", async () => {
    await expect(chartSvg(chart, "light")).toMatchFileSnapshot(`../../../test/golden/${name}.svg`);
  });

  test("is JSON: no function, NaN or undefined gets lost on the way to a browser", () => {
    expect(JSON.parse(JSON.stringify(chart.option))).toStrictEqual(chart.option);
  });

  test("is drawn in the dark theme's colours too", () => {
    const [light, dark] = [chartSvg(chart, "light"), chartSvg(chart, "dark")];
    expect(dark).toContain("#16191d");
    expect(light).not.toContain("#16191d");
  });
});

describe("cosineHeatmap", () => {
  const limit = (s: GradientStatistics) =>
    (cosineHeatmap(s, { epoch: 1 }).option.yAxis as { min: number; max: number }[])[1]!;

  test.each([
    [0.03, 0.03],
    [-0.41, 0.5],
    [0.13, 0.15],
    [1, 1],
  ])("an off-diagonal cosine of %f makes symmetric colours up to %f, whatever the diagonal", (value, expected) => {
    const cosine = [
      [1, value],
      [value, 1],
    ];
    expect(limit(statistics({ cosine, rows: 2, expectedCosine: 0.01 }))).toMatchObject({
      min: -expected,
      max: expected,
    });
  });

  test("the caption counts each pair once and leaves undefined ones out", () => {
    const cosine = [
      [1, -0.1, NaN, 0.2],
      [-0.1, 1, NaN, 0.3],
      [NaN, NaN, NaN, NaN],
      [0.2, 0.3, NaN, 1],
    ];
    expect(cosineHeatmap(statistics({ cosine, rows: 4 }), { epoch: 1 }).caption).toContain(
      "33.3 % of the pairs are negative",
    );
  });
});

describe("directionsTsne", () => {
  test("labels the most opposed pair and joins it by a line", () => {
    const svg = chartSvg(directionsTsne(statistics({ mostOpposedPair: [3, 6] }), { epoch: 5 }), "light");
    expect(svg).toContain("most opposed pair");
    for (const index of ["3", "6"]) expect(svg).toMatch(new RegExp(`<text[^>]*>${index}</text>`));
  });

  test("of drawn rows the numbers among all are shown", () => {
    const drawn = small.norms.map((_, index) => 100 * index + 7);
    const { option, caption } = directionsTsne(statistics({ mostOpposedPair: [3, 6], rows: 1200, drawn }), {
      epoch: 5,
    });
    const written = JSON.stringify(option);
    expect(written).toContain("batches 307 and 607, cosine");
    expect(written).toMatch(/"name":"batch 607, norm [^"]*"[^}]*"label":\{"show":true,"formatter":"607"/);
    expect(caption).toContain(`of ${drawn.length} batches`);
  });

  test("both axes have one scale, or angles and distances would lie", () => {
    const embedding = {
      ...small.embedding,
      points: [
        [0, 0],
        [100, 1],
        [50, 2],
      ] as const,
    };
    const { option } = directionsTsne(statistics({ embedding, rows: 3, mostOpposedPair: [0, 1] }), { epoch: 1 });
    const length = (axis: string) => {
      const { min, max } = option[axis] as { min: number; max: number };
      return max - min;
    };
    expect(length("xAxis")).toBeCloseTo(112, 6);
    expect(length("yAxis")).toBeCloseTo(112, 6);
  });

  test("says how far the picture is to be trusted", () => {
    const { caption } = directionsTsne(small, { epoch: 5 });
    expect(caption).toMatch(/perplexity 15, seed 7, 1000 iterations\. 42\.0 % of each batch's 5 nearest/);
    expect(caption).toMatch(/Not in the picture: 1 of 8 batches.*carry no meaning/);
  });
});

describe("noiseOverEpochs", () => {
  test.each([
    [
      [5, 30],
      [5, 30],
    ],
    [
      [5, 10, 15, 20, 25, 28, 30],
      [5, 10, 15, 20, 25, 30],
    ],
    [[7], [7]],
  ])("of checkpoints at %j those at %j have labels", (epochs, expected) => {
    const [one] = analysisFixture().checkpoints;
    const checkpoints = epochs.map((epoch) => ({ ...one!, epoch, step: 10 * epoch }));
    const { option } = noiseOverEpochs({ ...analysisFixture(), checkpoints });
    expect(option.xAxis).toMatchObject([{ axisLabel: { customValues: expected } }, {}]);
  });

  test("an unresolved checkpoint is an arrow with its lower limit and no point", () => {
    const svg = chartSvg(noiseOverEpochs(analysisFixture()), "light");
    expect(svg.match(/≥ [\d,]+/g)).toEqual(["≥ 2,360"]);
  });

  test("values that a logarithm cannot show are left out, and the axis still holds the others", () => {
    const scale = { value: 0, lower: 0, upper: 0, level: 0.95, resolved: true, unit: "examples" } as const;
    const { option } = noiseOverEpochs(only(statistics({ noiseScale: scale, datasetNoiseScale: null })));
    const [examples, ratio] = option.yAxis as { min: number; max: number }[];
    expect(examples).toMatchObject({ min: 1, max: 10 });
    expect(ratio!.min).toBeLessThanOrEqual(small.noiseRatio.plugIn);
    expect(ratio!.max).toBeGreaterThanOrEqual(small.noiseRatio.finitePopulation);
    expect(chartSvg(noiseOverEpochs(only(statistics({ noiseScale: scale }))), "light")).not.toContain("NaN");
  });

  test("checkpoints of different batch sizes are not said to share one", () => {
    const other = { ...small, noiseRatio: { ...small.noiseRatio, batchSize: 64 } };
    const checkpoints = [...only(small).checkpoints, { ...only(other).checkpoints[0]!, epoch: 9 }];
    expect(noiseOverEpochs({ ...analysisFixture(), checkpoints }).caption).toContain("at each checkpoint's own B");
  });
});

describe("trainingCurves", () => {
  const noisy = stepFixture().map(({ step, loss }) => [step, loss] as const);

  test("thinning keeps order, count and the extremes of every stretch", () => {
    const spiked = noisy.map(([x, y], i) => [x, i === 1234 ? 99 : i === 2345 ? -99 : y] as const);
    const thinned = thin(spiked, 200);
    expect(thinned.length).toBeLessThanOrEqual(200);
    expect(thinned.map(([x]) => x)).toEqual(thinned.map(([x]) => x).toSorted((a, b) => a - b));
    expect(thinned).toContainEqual([1235, 99]);
    expect(thinned).toContainEqual([2346, -99]);
    expect(thin(noisy.slice(0, 200), 200)).toEqual(noisy.slice(0, 200));
  });

  test("smoothing is the weighted mean Σ β^(t−i) x_i / Σ β^(t−i)", () => {
    const smoothed = smooth(noisy.slice(0, 60), 0.9);
    for (const t of [0, 1, 17, 59]) {
      const weights = noisy.slice(0, t + 1).map((_, i) => 0.9 ** (t - i));
      const sum = weights.reduce((a, w, i) => a + w * noisy[i]![1], 0);
      expect(smoothed[t]![1]).toBeCloseTo(sum / weights.reduce((a, w) => a + w), 12);
    }
  });

  test("losses that are not finite are counted, not drawn", () => {
    const steps = stepFixture()
      .slice(0, 10)
      .map((step, i) => (i > 6 ? { ...step, loss: Number.NaN } : step));
    const chart = trainingCurves(plain(steps, []));
    expect(chart.caption).toContain("Left out: 3 steps whose loss is not finite.");
    expect(chartSvg(chart, "light")).not.toContain("NaN");
  });
});

describe("trainingCurves with more than losses", () => {
  const series = (chart: Chart) =>
    chart.option.series as unknown as { name: string; data: unknown[]; yAxisIndex: number }[];
  const named = (chart: Chart, name: string) => series(chart).find((one) => one.name === name)!;

  test("evaluations inside an epoch stand between those at the ends", () => {
    const { data } = named(trainingCurves(recordsFixture()), "validation loss");
    const steps = data.map((point) => (point as { value: number[] }).value[0]);
    expect(steps).toEqual([125, 250, 312, 375, 500, 625, 750, 875, 1000]);
  });

  test("the effective batch size has a panel of its own where it changed and no noise scale was measured", () => {
    const records = recordsFixture();
    const steps = records.steps.map(({ noiseScaleLow: _low, ...step }) => step);
    const chart = trainingCurves({ ...records, steps });
    expect(chart.title).toContain("effective batch size");
    expect(named(chart, "effective batch size").data).toEqual(
      named(trainingCurves(records), "effective batch size").data,
    );
    expect(trainingCurves({ ...records, steps, accumulations: [] }).title).not.toContain("effective batch size");
  });

  test("the effective batch size changes where the run changed it", () => {
    const { data } = named(trainingCurves(recordsFixture()), "effective batch size");
    expect(data).toEqual([
      [0, 32],
      [500, 128],
      [1000, 128],
    ]);
  });

  test("small numbers on an axis are not rounded with the places of lines", () => {
    const steps = stepFixture()
      .slice(0, 4)
      .map((step, i) => ({ ...step, learningRate: i * 3e-4 }));
    expect(chartSvg(trainingCurves(plain(steps, [])), "light")).toMatch(/>0\.0005</);
  });

  test("a learning rate that never changed has no panel", () => {
    const { title } = trainingCurves(plain(stepFixture().slice(0, 250), []));
    expect(title).toBe("Loss over training");
    expect(trainingCurves(recordsFixture()).title).toBe("Loss, accuracy, learning rate and noise scale over training");
  });
});

describe("signalAgainstNoise", () => {
  test("lines of constant noise scale hold tr Σ = scale · |G|² at both ends", () => {
    const { option } = signalAgainstNoise(analysisFixture(), []);
    const lines = (
      option.series as unknown as { name: string; data: unknown[]; label: { formatter: string } }[]
    ).filter(({ name }) => name === "constant noise scale (examples)");
    expect(lines.length).toBeGreaterThanOrEqual(3);
    for (const { data, label } of lines)
      for (const end of [data[0], data.at(-1)]) {
        const [signal, noise] = end as [number, number];
        expect(noise / signal / Number(label.formatter.replaceAll(",", ""))).toBeCloseTo(1, 4);
      }
  });

  test("checkpoints without a signal are counted, not drawn", () => {
    const [first] = analysisFixture().checkpoints;
    const lost = { ...first!, epoch: 9, statistics: { ...first!.statistics, squaredGradientNorm: -1e-3 } };
    const { caption, option } = signalAgainstNoise({ ...analysisFixture(), checkpoints: [first!, lost] }, []);
    expect(caption).toContain("Not in the picture: 1 checkpoint whose");
    expect(JSON.stringify(option)).not.toContain("epoch 9");
  });
});

describe("the test of noiseOverEpochs", () => {
  test("is told with its numbers, and not of two checkpoints", () => {
    expect(noiseOverEpochs(analysisFixture()).caption).toMatch(
      /of 6 checkpoints: it rises \(τ = 0\.867, p = 0\.0167\)/,
    );
    const two = { ...analysisFixture(), checkpoints: analysisFixture().checkpoints.slice(0, 2) };
    expect(noiseOverEpochs(two).caption).not.toContain("Mann");
  });
});

describe("matrices", () => {
  const cells = (chart: Chart) =>
    (
      chart.option.series as unknown as { data: { name: string; value: number[]; label: { formatter: string } }[] }[]
    )[1]!;

  test("a cell of the confusion matrix is the count of its label and prediction", () => {
    const found = cells(confusionMatrix(evaluationFixture())).data.find(
      ({ value }) => value[0] === 1 && value[1] === 2,
    );
    expect(found).toMatchObject({ name: "label pullover, predicted trouser: 6 (60.0 % of the label)" });
  });

  test("only conflicts are framed, in both of their cells", () => {
    const { option, caption } = groupMatrix(groupsFixture(), { epoch: 5 });
    const frames = (option.series as unknown as { name?: string; data: unknown[] }[]).filter(
      ({ name }) => name === "opposed",
    );
    for (const { data } of frames)
      expect(data).toEqual([
        [1, 2],
        [2, 1],
      ]);
    expect(frames).toHaveLength(2);
    expect(caption).toContain("1 of 3 pairs are framed");
    expect(caption).toMatch(/Classes oppose each other by construction, with a cosine of −0\.500 on average/);
  });

  test("clustered rows keep their own numbers on the axes", () => {
    const { option } = cosineHeatmap(pictured, { epoch: 5 }, chartsEnglish, true);
    const [axis] = option.xAxis as unknown as { data: string[] }[];
    expect(axis!.data).toEqual(pictured.order!.map(String));
    expect(axis!.data).not.toEqual(axis!.data.toSorted());
  });
});

test("precision and recall are those of a class by its name", () => {
  expect(precisionRecallCurve(curveFixture(["ham", "spam"])).caption).toContain('Class "spam" against class "ham"');
  expect(precisionRecallCurve(curveFixture(), chartsChinese).caption).toContain("类别“1”对类别“0”");
});

describe("learningRateRange", () => {
  test("says the suggestion with its range, and draws its lines where they are", () => {
    const found = foundIn(sweeps);
    const { caption, option } = learningRateRange(swept, sweeps, found);
    expect(caption).toMatch(
      /Suggestion 0\.000\d+, where the loss falls fastest.*; 0\.000\d+ to 0\.00\d+ over the seeds/,
    );
    const marked = (option.series as { name: string; markLine?: { data: { xAxis: number }[] } }[]).flatMap((series) =>
      series.markLine ? series.markLine.data.map(({ xAxis }) => xAxis) : [],
    );
    const places = [found.suggestion!.value, found.tenthOfMinimum!, found.largestStable!.value];
    expect(marked).toEqual(places.map((place) => Number(place.toPrecision(6))));
  });

  test("without a suggestion it says why, and marks none", () => {
    const apart = sweeps.map((sweep, i) => ({
      ...sweep,
      learningRates: sweep.learningRates.map((rate) => rate * 30 ** i),
    }));
    const { caption, option } = learningRateRange(swept, apart, foundIn(apart));
    expect(caption).toContain("No suggestion: the sweeps disagree");
    expect(JSON.stringify(option)).not.toContain('"suggestion');
  });
});
