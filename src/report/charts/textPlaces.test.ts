import { expect, test } from "vitest";
import { epochFixture, plantedStatistics } from "../../../test/fixtures/analysis.ts";
import { evaluationFixture, groupsFixture, layersFixture } from "../../../test/fixtures/figures.ts";
import { faultsOf } from "../../../test/textBoxes.ts";
import { classificationScores } from "../../statistics/classification.ts";
import { embedInSeveralWays } from "../../statistics/embedding.ts";
import { clusteredOrder } from "../../statistics/order.ts";
import type { CheckpointAnalysis, StepRecord } from "../../store/schema.ts";
import { textIn } from "../../text/text.ts";
import type { Chart } from "./chart.ts";
import { confusionMatrix } from "./confusionMatrix.ts";
import { checkpointFigures } from "./figures.ts";
import { noiseOverEpochs } from "./noiseOverEpochs.ts";
import { signalAgainstNoise } from "./signalAgainstNoise.ts";
import { trainingCurves } from "./trainingCurves.ts";

/** A page on a phone of 390 pixels leaves so many to a figure. */
const PHONE = 362;

/** A run that converges far: losses, signal and noise fall by many decades, and most noise scales are not resolved. */
function steps(epochs: number): StepRecord[] {
  return Array.from({ length: 40 * epochs }, (_, i) => {
    const share = i / (40 * epochs);
    const squaredGradientNorm = 3 * 10 ** (-9 * share);
    const traceCovariance = 20 * 10 ** (-5 * share);
    const noiseScale = traceCovariance / squaredGradientNorm;
    const measured = {
      traceCovariance,
      squaredGradientNorm,
      noiseScale,
      noiseScaleLow: noiseScale / 3,
      noiseScaleHigh: 40 * noiseScale,
    };
    const step = i + 1;
    const loss = 2.3 * 10 ** (-7 * share) * (1 + 0.5 * Math.sin(i));
    return {
      kind: "step",
      step,
      epoch: 1,
      examples: 16 * step,
      loss,
      gradientNorm: 1,
      learningRate: 0.01 * (1 - share),
      seconds: step,
      ...measured,
    };
  });
}

const base = plantedStatistics({
  seed: 1,
  squaredNorm: 0.05,
  trace: 10,
  rows: 16,
  batchSize: 16,
  datasetSize: 4000,
  dimension: 20,
});

function checkpoints(count: number): CheckpointAnalysis[] {
  return Array.from({ length: count }, (_, i) => {
    const share = i / Math.max(1, count - 1);
    const squaredGradientNorm = 3 * 10 ** (-8 * share);
    const traceCovariance = 20 * 10 ** (-4 * share);
    const value = traceCovariance / squaredGradientNorm;
    const resolved = i % 3 === 0;
    const noiseScale = {
      value,
      lower: value / 2,
      upper: resolved ? 3 * value : Number.POSITIVE_INFINITY,
      resolved,
      level: 0.95,
      unit: "examples",
    } as const;
    const noiseRatio = { batchSize: 16, plugIn: value / 30, population: value / 16, finitePopulation: value / 20 };
    const statistics = {
      ...base,
      squaredGradientNorm,
      traceCovariance,
      noiseScale,
      datasetNoiseScale: noiseScale,
      noiseRatio,
    };
    return { epoch: 5 * (i + 1), step: 100 * (i + 1), metrics: null, statistics };
  });
}

const analyzed = (count: number) => ({ checkpoints: checkpoints(count), model: "lenet", name: "mnist_8-9" });

const named = (
  language: "en" | "zh",
  places: readonly number[],
  draw: (place: number, language: "en" | "zh") => Chart | undefined,
) => places.map((place) => [place, language, draw] as const);

function both(places: readonly number[], draw: (place: number, language: "en" | "zh") => Chart | undefined) {
  return [...named("en", places, draw), ...named("zh", places, draw)];
}

const words = (language: "en" | "zh") => textIn(language).charts;

function check(chart: Chart | undefined): void {
  expect(faultsOf(chart!)).toEqual([]);
  expect(faultsOf(chart!, PHONE).map((fault) => `on a phone, ${fault}`)).toEqual([]);
}

test.each(
  both([6, 30, 300], (epochs, language) =>
    trainingCurves(
      {
        steps: steps(epochs),
        epochs: epochFixture().slice(0, epochs),
        evaluations: [],
        accumulations: [],
        effectiveBatchSize: 16,
      },
      words(language),
    ),
  ),
)("curves of %i epochs in %s keep their words apart and inside", (place, language, draw) =>
  check(draw(place, language)),
);

test.each(both([1, 2, 6, 30, 300], (count, language) => noiseOverEpochs(analyzed(count), words(language))))(
  "noise over %i checkpoints in %s",
  (place, language, draw) => check(draw(place, language)),
);

test.each(
  both([1, 6, 30, 300], (count, language) => signalAgainstNoise(analyzed(count), steps(count), words(language))),
)("signal and noise of %i checkpoints in %s", (place, language, draw) => check(draw(place, language)));

/** The figures of one checkpoint with so many rows. */
function ofCheckpoint(rows: number): CheckpointAnalysis {
  const statistics = plantedStatistics({
    seed: 3,
    squaredNorm: 0.05,
    trace: 10,
    rows,
    batchSize: 32,
    datasetSize: 40_000,
    dimension: 12,
  });
  const few = { ...statistics, cosine: statistics.cosine.slice(0, 128).map((row) => row.slice(0, 128)) };
  const [embedding, ...embeddings] = embedInSeveralWays(few.cosine, { seed: 7, otherPerplexities: [5] });
  const pictured = { ...statistics, embedding: embedding!, embeddings, order: clusteredOrder(statistics.cosine) };
  return {
    epoch: 30,
    step: 100,
    metrics: null,
    statistics: pictured,
    layers: layersFixture(),
    groups: groupsFixture(),
  };
}

test.each([24, 128])("every figure of a checkpoint of %i rows", (rows) => {
  const checkpoint = ofCheckpoint(rows);
  for (const language of ["en", "zh"] as const)
    for (const chart of Object.values(checkpointFigures(checkpoint, textIn(language)))) check(chart);
});

test.each([2, 5, 12, 40])("answers of %i classes", (classes) => {
  const confusion = Array.from({ length: classes }, (_, i) =>
    Array.from({ length: classes }, (_, j) => (i === j ? 1234 : 7)),
  );
  const classNames = Array.from({ length: classes }, (_, i) => `condition ${i}`);
  const evaluation = { ...evaluationFixture(), classNames, classification: classificationScores(confusion) };
  for (const language of ["en", "zh"] as const) check(confusionMatrix(evaluation, words(language)));
});
