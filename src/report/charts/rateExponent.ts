import { type ExponentFit, fittedRate, type RateCurve } from "../../statistics/learningRateExponent.ts";
import { wholeRates } from "../../statistics/rateVertex.ts";
import type { RateExponentText } from "../../text/en/rateExponent.ts";
import { significant, whole, withInterval } from "../../text/format.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL, nothingToDraw } from "./chart.ts";
import type { ComparisonFigure } from "./comparison.ts";

/** What is drawn of trainings at several batch sizes and learning rates. */
export interface DrawnExponent {
  readonly curves: readonly RateCurve[];
  readonly fit: ExponentFit | null;
}

type Words = RateExponentText["chart"];
type Part = { readonly [key: string]: Json };

const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
/** Of the lowest mean losses, above which curves are cut off: what lies there says nothing of the best rate. */
const HEADROOM = 1;

/** The figures of `lr-exponent`, in the order of the page. */
export function rateExponentFigures(drawn: DrawnExponent, words: Words): ComparisonFigure[] {
  return [
    { file: "loss_vs_learning_rate", chart: lossCurves(drawn, words.losses) },
    { file: "learning_rate_vs_batch_size", chart: bestRates(drawn, words.rates) },
  ];
}

const meanOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** The mean loss against the rate, a curve for each batch size. */
export function lossCurves({ curves, fit }: DrawnExponent, words: Words["losses"]): Chart {
  const drawn = curves.flatMap((curve) => {
    const points = wholeRates(curve.rates).map(({ learningRate, losses }) => ({ learningRate, loss: meanOf(losses) }));
    const best = fit?.batches.find(({ batchSize }) => batchSize === curve.batchSize)?.learningRate?.value ?? null;
    return points.length === 0 ? [] : [{ batchSize: curve.batchSize, points, best }];
  });
  return {
    title: words.title,
    caption: words.caption,
    option: drawn.length === 0 ? nothingToDraw(words.empty) : lossOptions(drawn, words),
    frame: { width: 800, perWidth: 0, fixed: 400 },
  };
}

interface DrawnCurve {
  readonly batchSize: number;
  readonly points: readonly { readonly learningRate: number; readonly loss: number }[];
  readonly best: number | null;
}

function lossOptions(curves: readonly DrawnCurve[], words: Words["losses"]): Part {
  const rates = curves.flatMap(({ points }) => points.map(({ learningRate }) => learningRate));
  const losses = curves.flatMap(({ points }) => points.map(({ loss }) => loss));
  const low = Math.min(...losses);
  const lowest = curves.map(({ points }) => Math.min(...points.map(({ loss }) => loss)));
  // The worst of the curves' lowest points and as much again above the least, so that no curve leaves the frame.
  const high = Math.min(
    Math.max(...losses),
    Math.max(...lowest) + HEADROOM * Math.max(Math.abs(low), Math.max(...lowest) - low),
  );
  const margin = 0.05 * (high - low);
  return {
    legend: {
      left: 0,
      top: 4,
      itemWidth: 24,
      itemHeight: 9,
      padding: 0,
      data: curves.map((one) => words.batch(one.batchSize)),
    },
    tooltip: { trigger: "item" },
    grid: { left: 58, right: 24, top: 76, bottom: 44, outerBoundsMode: "none" },
    title: [{ text: words.loss, left: 0, top: 46, padding: 0 }],
    xAxis: { ...logAxis(rates), ...named(words.rate) },
    yAxis: {
      ...{ type: "value", min: json(low - margin), max: json(high + margin) },
      axisLabel: { showMinLabel: false, showMaxLabel: false },
    },
    series: curves.flatMap((curve, i) => lossSeries(curve, i, words)),
  };
}

const named = (name: string) => ({
  ...{ name, nameLocation: "center", nameGap: 26, axisLine: { onZero: false } },
});

function lossSeries({ batchSize, points, best }: DrawnCurve, i: number, words: Words["losses"]): Part[] {
  const symbol = symbols[i % symbols.length]!;
  const name = words.batch(batchSize);
  const data = points.map(({ learningRate, loss }) => ({
    name: `${significant(learningRate)}: ${significant(loss)}`,
    value: [json(learningRate), json(loss)],
  }));
  const curve = {
    type: "line",
    name,
    data,
    symbol,
    symbolSize: 6,
    clip: true,
    tooltip: { formatter: "{a}<br>{b}" },
    z: 3,
  };
  if (best === null) return [curve];
  const at = { name: `${significant(best)}`, value: [json(best), json(between(points, best))] };
  const mark = {
    type: "scatter",
    name,
    data: [at],
    symbol,
    symbolSize: 15,
    tooltip: { formatter: "{a}<br>{b}" },
    z: 5,
  };
  return [curve, mark];
}

/** The loss at a rate on the line between its neighbours. */
function between(points: DrawnCurve["points"], rate: number): number {
  const above = points.findIndex(({ learningRate }) => learningRate >= rate);
  const [a, b] = [points[Math.max(0, above - 1)]!, points[above]!];
  if (a === b) return b.loss;
  const share = Math.log(rate / a.learningRate) / Math.log(b.learningRate / a.learningRate);
  return a.loss + share * (b.loss - a.loss);
}

/** The best rate against the batch size, with the fitted power, √ and linear. */
export function bestRates({ curves, fit }: DrawnExponent, words: Words["rates"]): Chart {
  const found = (fit?.batches ?? []).flatMap(({ batchSize, learningRate }) =>
    learningRate ? [{ batchSize, learningRate }] : [],
  );
  return {
    title: words.title,
    caption: words.caption,
    option: fit === null || found.length === 0 ? nothingToDraw(words.empty) : rateOptions(found, fit, curves, words),
    frame: { width: 800, perWidth: 0, fixed: 400 },
  };
}

type FoundRate = { readonly batchSize: number; readonly learningRate: { value: number; lower: number; upper: number } };

function rateOptions(
  found: readonly FoundRate[],
  fit: ExponentFit,
  curves: readonly RateCurve[],
  words: Words["rates"],
): Part {
  const sizes = curves.map(({ batchSize }) => batchSize);
  const ends = [Math.min(...sizes) / Math.SQRT2, Math.max(...sizes) * Math.SQRT2] as const;
  const lines = linesOf(fit, words);
  const at = (exponent: number, batchSize: number) => fittedRate({ ...fit, exponent }, batchSize)!;
  const points = found.map(({ batchSize, learningRate }) => ({
    name: `${whole(batchSize)}: ${withInterval(learningRate)}`,
    value: [batchSize, json(learningRate.value)],
  }));
  const bars = found.map(({ batchSize, learningRate: { lower, upper } }) => [
    batchSize,
    json(lower),
    json(upper),
    "",
    1,
  ]);
  const rates = [
    ...found.flatMap(({ learningRate: { value, lower, upper } }) => [value, lower, upper]),
    ...lines.flatMap(({ exponent }) => ends.map((end) => at(exponent, end))),
  ];
  return {
    legend: {
      ...{ left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0 },
      data: [words.found, ...lines.map(({ name }) => ({ name, itemStyle: { opacity: 0 } }))],
    },
    tooltip: { trigger: "item" },
    grid: { left: Math.max(58, 14 + logLabelWidth(rates)), right: 24, top: 76, bottom: 44, outerBoundsMode: "none" },
    title: [{ text: words.rate, left: 0, top: 46, padding: 0 }],
    xAxis: {
      ...{ type: "log", logBase: 2, min: json(ends[0])!, max: json(ends[1])! },
      axisLabel: { showMinLabel: false, showMaxLabel: false, hideOverlap: true },
      ...{ axisTick: { show: false }, splitLine: { show: false }, ...named(words.batch) },
    },
    yAxis: logAxis(rates),
    series: [...lineSeries(lines, ends, at), ...pointSeries(points, bars, words)],
  };
}

type Line = ReturnType<typeof linesOf>[number];

function lineSeries(lines: readonly Line[], ends: readonly number[], at: (exponent: number, end: number) => number) {
  return lines.map(
    ({ name, exponent, type, color }): Part => ({
      ...{ type: "line", name, symbol: "none", silent: true, z: 2, clip: true },
      data: ends.map((end) => [json(end), json(at(exponent, end))]),
      lineStyle: { width: type === "solid" ? 2.5 : 1.5, type, ...(color && { color }) },
      ...(color && { color }),
    }),
  );
}

/** The best rates with bars of their intervals. */
function pointSeries(points: readonly Json[], bars: readonly (readonly Json[])[], words: Words["rates"]): Part[] {
  const { found: name } = words;
  return [
    { type: "scatter", name, data: points, symbol: "circle", symbolSize: 9, tooltip: { formatter: "{b}" }, z: 5 },
    {
      ...{ type: "custom", renderItem: "intervalBand", name, data: [[bars[0]![0]!, bars[0]![1]!]] },
      ...{ itemPayload: { points: bars, row: 0 }, silent: true, tooltip: { show: false } },
    },
  ];
}

/** The fit, and rules beside it through the same centre; none without a fit. */
function linesOf({ exponent }: ExponentFit, words: Words["rates"]) {
  if (exponent === null) return [];
  return [
    { name: words.fit(exponent), exponent, type: "solid", color: null },
    { name: words.sqrt, exponent: 0.5, type: "dashed", color: NEUTRAL },
    { name: words.linear, exponent: 1, type: "dotted", color: NEUTRAL },
  ];
}
