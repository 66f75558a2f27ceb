import type { ComparisonText } from "../../text/en/comparison.ts";
import { significant } from "../../text/format.ts";
import { logAxis } from "./axes.ts";
import { type Chart, type Json, json } from "./chart.ts";

/** A value over seeds, with its interval where there is one. */
export interface ComparedPoint {
  readonly examples: number;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** What the figures of a comparison are drawn from. */
export interface ComparedArm {
  readonly name: string;
  readonly effectiveBatchSize: number;
  readonly training: readonly ComparedPoint[];
  readonly smoothed: readonly ComparedPoint[];
  readonly validation: readonly ComparedPoint[];
  readonly gradientNorm: readonly ComparedPoint[];
  readonly meanLoss: number;
  readonly seconds: number;
  /** Bytes. */
  readonly peakMemoryBytes: number;
  readonly accuracy: ComparedMean | null;
  readonly trainAccuracy: ComparedMean | null;
  /** With the one rate that suits the baseline best; null where rates were not tuned. */
  readonly fixed: {
    readonly rate: number;
    readonly accuracy: ComparedMean | null;
    readonly trainAccuracy: ComparedMean | null;
  } | null;
}

interface ComparedMean {
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A figure of a comparison, with the name of its file without an ending. */
export interface ComparisonFigure {
  readonly file: string;
  readonly chart: Chart;
}

type Words = ComparisonText["figures"];

/** Those for which there is something to draw, in the order of the page. */
export function comparisonFigures(arms: readonly ComparedArm[], words: Words): ComparisonFigure[] {
  const over = (file: string, title: string, axis: string, of: (arm: ComparedArm) => readonly ComparedPoint[]) =>
    arms.some((arm) => of(arm).length > 0) ? [{ file, chart: curves(arms, of, { title, axis, words }) }] : [];
  const hasAccuracy = arms.filter(({ accuracy }) => accuracy !== null).length > 1;
  return [
    { file: "comparison", chart: fourPanels(arms, words) },
    ...over("validation_loss", words.validation, words.validationLoss, ({ validation }) => validation),
    ...over("smoothed_loss", words.smoothed, words.trainingLoss, ({ smoothed }) => smoothed),
    ...over("gradient_norm", words.norms, words.gradientNorm, ({ gradientNorm }) => gradientNorm),
    ...(hasAccuracy ? [{ file: "accuracy_by_batch", chart: accuracies(arms, words) }] : []),
  ];
}

const left = 62;

const places = [
  { left: "7%", width: "40%", top: 62, height: 190 },
  { left: "57%", width: "40%", top: 62, height: 190 },
  { left: "7%", width: "40%", top: 340, height: 170 },
  { left: "57%", width: "40%", top: 340, height: 170 },
];

/** Training loss over examples, mean loss, time and memory of each arm: two rows of two. */
function fourPanels(arms: readonly ComparedArm[], words: Words): Chart {
  const titles = [words.trainingLoss, words.meanLoss, words.seconds, words.memory];
  const names = arms.map(({ name }) => name);
  const ofExamples = { name: words.examples, nameLocation: "center", nameGap: 26, axisLabel: { hideOverlap: true } };
  const ofArms = { type: "category", data: names, axisLabel: { interval: 0, hideOverlap: true } };
  return {
    title: words.title,
    caption: words.caption,
    option: {
      title: titles.map((text, i) => ({ text, left: places[i]!.left, top: places[i]!.top - 34, padding: 0 })),
      legend: legendOf(names, 0),
      grid: places.map((place) => ({ ...place, outerBoundsMode: "none" })),
      xAxis: [
        { type: "value", gridIndex: 0, ...ofExamples },
        ...[1, 2, 3].map((gridIndex) => ({ ...ofArms, gridIndex })),
      ],
      yAxis: [
        { type: "value", gridIndex: 0, scale: true },
        ...[1, 2, 3].map((gridIndex) => ({ type: "value", gridIndex, splitNumber: 3 })),
      ],
      series: [...arms.flatMap((arm) => lineOf(arm.name, arm.training)), ...barsOf(arms)] as Json[],
    },
    frame: { width: 800, perWidth: 0, fixed: 560 },
  };
}

function legendOf(names: readonly string[], top: number): Json {
  const data = names.map((name) => ({ name, itemStyle: { opacity: 0 } }));
  return { left: 0, top, data, itemHeight: 9, padding: 0 };
}

function barsOf(arms: readonly ComparedArm[]): Json[] {
  const bars = [
    arms.map(({ meanLoss }) => meanLoss),
    arms.map(({ seconds }) => seconds),
    arms.map(({ peakMemoryBytes }) => peakMemoryBytes / 2 ** 20),
  ];
  const bar = { type: "bar", barMaxWidth: 48, colorBy: "data", tooltip: { show: false } };
  return bars.map((values, i) => ({
    ...bar,
    xAxisIndex: i + 1,
    yAxisIndex: i + 1,
    data: values.map((value) => json(value)),
  }));
}

interface Named {
  readonly title: string;
  readonly axis: string;
  readonly words: Words;
}

function curves(
  arms: readonly ComparedArm[],
  of: (arm: ComparedArm) => readonly ComparedPoint[],
  { title, axis, words }: Named,
): Chart {
  return {
    title,
    caption: words.band,
    option: {
      legend: {
        left: 0,
        top: 4,
        itemHeight: 9,
        padding: 0,
        data: arms.map(({ name }) => ({ name, itemStyle: { opacity: 0 } })),
      },
      grid: { left, right: 24, top: 54, bottom: 44, outerBoundsMode: "none" },
      xAxis: { type: "value", name: words.examples, nameLocation: "center", nameGap: 26 },
      yAxis: { type: "value", name: axis, scale: true },
      series: arms.flatMap((arm) => lineOf(arm.name, of(arm))) as Json[],
    },
    frame: { width: 800, perWidth: 0, fixed: 340 },
  };
}

/** The mean, and around it a band where there is an interval at every point. */
export function lineOf(name: string, points: readonly ComparedPoint[]): { readonly [key: string]: Json }[] {
  const line = {
    type: "line",
    name,
    symbol: points.length === 1 ? "circle" : "none",
    lineStyle: { width: 2 },
    data: points.map(({ examples, value }) => [examples, json(value)]),
  };
  const bounded = points.filter(({ lower }) => lower !== null);
  if (bounded.length < 2) return [line];
  const rows = bounded.map(({ examples, lower, upper }) => [examples, json(lower!), json(upper!), ""]);
  const band = {
    type: "custom",
    renderItem: "intervalBand",
    name,
    clip: true,
    silent: true,
    data: [[rows[0]![0]!, rows[0]![1]!]],
    itemPayload: { points: rows, row: 0 },
    tooltip: { show: false },
  };
  return [line, band as { readonly [key: string]: Json }];
}

/** Training and validation accuracy against the examples of an update, at tuned rates and at one for all. */
function accuracies(arms: readonly ComparedArm[], words: Words): Chart {
  const batches = arms.map(({ effectiveBatchSize }) => effectiveBatchSize).toSorted((a, b) => a - b);
  const rate = significantRate(arms);
  const lines = accuracyLines(arms, rate, words);
  return {
    title: words.accuracyTitle,
    caption: rate === null ? words.accuracyCaption : `${words.accuracyCaption} ${words.fixedCaption(rate)}`,
    option: {
      legend: { left: 0, top: 4, itemHeight: 9, padding: 0, data: lines.map(({ name }) => name) },
      grid: { left, right: 24, top: 54, bottom: 44, outerBoundsMode: "none" },
      xAxis: { ...logAxis(batches), name: words.batch, nameLocation: "center", nameGap: 26 },
      yAxis: { type: "value", name: words.accuracy, scale: true, max: 100 },
      series: lines.flatMap(({ name, symbol, points }) =>
        lineOf(name, points).map((one) => (one.type === "line" ? { ...one, symbol, symbolSize: 7 } : one)),
      ) as Json[],
    },
    frame: { width: 800, perWidth: 0, fixed: 340 },
  };
}

/** The rate that all arms were given beside their own. */
function significantRate(arms: readonly ComparedArm[]): string | null {
  const fixed = arms.find((arm) => arm.fixed !== null)?.fixed;
  return fixed ? significant(fixed.rate) : null;
}

interface AccuracyLine {
  readonly name: string;
  readonly symbol: string;
  readonly points: readonly ComparedPoint[];
}

function accuracyLines(arms: readonly ComparedArm[], rate: string | null, words: Words): AccuracyLine[] {
  const sorted = arms.toSorted((a, b) => a.effectiveBatchSize - b.effectiveBatchSize);
  const points = (of: (arm: ComparedArm) => ComparedMean | null | undefined) =>
    sorted.flatMap((arm): ComparedPoint[] => {
      const mean = of(arm);
      return mean ? [{ examples: arm.effectiveBatchSize, ...scaled(mean) }] : [];
    });
  const [training, validation] = [words.trainingSet, words.validationSet];
  const named = (set: string, ofRate: string | null) => (rate === null ? set : words.ofRate(set, ofRate));
  const own: AccuracyLine[] = [
    { name: named(training, null), symbol: "circle", points: points((arm) => arm.trainAccuracy) },
    { name: named(validation, null), symbol: "diamond", points: points((arm) => arm.accuracy) },
  ];
  if (rate === null) return own;
  return [
    ...own,
    { name: named(training, rate), symbol: "circle", points: points((arm) => arm.fixed?.trainAccuracy) },
    { name: named(validation, rate), symbol: "diamond", points: points((arm) => arm.fixed?.accuracy) },
  ];
}

/** In per cent. */
function scaled({ value, lower, upper }: ComparedMean): ComparedMean {
  const share = (one: number | null) => (one === null ? null : 100 * one);
  return { value: 100 * value, lower: share(lower), upper: share(upper) };
}
