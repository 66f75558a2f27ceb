import { significant } from "../advice/format.ts";
import type { LearningRateSuggestion, LearningRateSweep } from "../statistics/learningRateSweep.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL, nothingToDraw } from "./chart.ts";

/** Losses above the highest beginning by more than this share of the fall are cut off: what diverges would flatten all else. */
const HEADROOM = 0.6;

/**
 * The losses of range tests over the learning rate, on a logarithmic axis: thin each mini-batch, thick their means over neighbours, and
 * upright lines for the suggestion (with its range over the sweeps as a band), a tenth of the lowest loss's rate, and the largest stable
 * rate. `name` says what was trained.
 */
export function learningRateRange(
  name: string,
  sweeps: readonly LearningRateSweep[],
  found: LearningRateSuggestion,
): Chart {
  const { suggestion, why, sweeps: readings } = found;
  const range = suggestion && `${significant(suggestion.lower)} to ${significant(suggestion.upper)}`;
  return {
    title: `Learning-rate range test: ${name}`,
    caption: [
      `Thin: the loss of one mini-batch after one update with each rate, for ${readings.length} seeds. Thick: its mean over neighbours `,
      "up to where it turns. ",
      suggestion && range
        ? `Suggestion ${significant(suggestion.value)}, ${why}; ${range} over the seeds. `
        : `${why[0]!.toUpperCase()}${why.slice(1)}. `,
      "Losses far above the beginning are cut off.",
    ].join(""),
    option: sweeps.every(({ losses }) => losses.length === 0)
      ? nothingToDraw("No picture: no update ended with a finite loss")
      : panel(sweeps, found),
    frame: { width: 800, perWidth: 0, fixed: 400 },
  };
}

function panel(sweeps: readonly LearningRateSweep[], found: LearningRateSuggestion): { readonly [key: string]: Json } {
  const rates = sweeps.flatMap(({ learningRates }) => learningRates);
  const beginnings = sweeps.map(({ initialLoss }) => initialLoss);
  const low = Math.min(...sweeps.flatMap(({ losses }) => losses), ...beginnings);
  const high = Math.max(...found.sweeps.flatMap(({ smoothed }) => smoothed), ...beginnings);
  const axis = { axisLine: { onZero: false }, minorTick: { show: true, splitNumber: 9 } };
  const bottom = low - 0.05 * (high - low);
  return {
    legend: { left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0, data: legendOf(found) },
    grid: { left: 58, right: 24, top: 54, bottom: 44, outerBoundsMode: "none" },
    xAxis: {
      type: "log",
      name: "learning rate",
      nameLocation: "center",
      nameGap: 26,
      min: 10 ** Math.floor(Math.log10(Math.min(...rates)) + 1e-9),
      max: 10 ** Math.ceil(Math.log10(Math.max(...rates)) - 1e-9),
      ...axis,
    },
    yAxis: {
      type: "value",
      name: "loss",
      min: json(low >= 0 ? Math.max(0, bottom) : bottom),
      max: json(high + HEADROOM * (high - low)),
      axisLabel: { showMinLabel: false, showMaxLabel: false },
    },
    series: [...sweeps.flatMap((sweep, i) => linesOf(sweep, found.sweeps[i]!.smoothed)), ...marksOf(found)],
  };
}

function linesOf({ learningRates, losses }: LearningRateSweep, smoothed: readonly number[]): Json[] {
  const line = { type: "line", symbol: "none", clip: true, silent: true };
  const points = (values: readonly number[]) => values.map((value, i) => [json(learningRates[i]!), json(value)]);
  return [
    { ...line, name: EACH, data: points(losses), color: NEUTRAL, lineStyle: { width: 1, opacity: 0.45 }, z: 1 },
    { ...line, name: SMOOTHED, data: points(smoothed), lineStyle: { width: 2.5 } },
  ];
}

const EACH = "each update";
const SMOOTHED = "mean of neighbours";

/** Every upright line by its own dash too, so that no one has to tell colours apart. */
function markers({ suggestion, tenthOfMinimum, largestStable }: LearningRateSuggestion) {
  return [
    { name: "suggestion", at: suggestion?.value ?? null, type: "solid" },
    { name: "lowest ÷ 10", at: tenthOfMinimum, type: "dashed" },
    { name: "largest stable", at: largestStable, type: "dotted" },
  ].filter((one): one is typeof one & { at: number } => one.at !== null);
}

function legendOf(found: LearningRateSuggestion): Json[] {
  const plain = { itemStyle: { opacity: 0 } };
  return [
    { name: SMOOTHED, ...plain },
    { name: EACH, ...plain },
    ...markers(found).map(({ name, at }) => ({ name: `${name} ${significant(at)}`, ...plain })),
  ];
}

/** Each an empty series of its own, so that the legend shows it. */
function marksOf(found: LearningRateSuggestion): Json[] {
  const { suggestion } = found;
  const bounds = suggestion && [suggestion.lower, suggestion.upper].map((rate) => ({ xAxis: json(rate) }));
  return markers(found).map(({ name, at, type }) => {
    const markLine = {
      symbol: "none",
      silent: true,
      // Or ECharts rounds positions to two decimals.
      precision: 12,
      label: { show: false },
      lineStyle: { type, width: 2 },
      data: [{ xAxis: json(at) }],
    };
    const band = { silent: true, itemStyle: { opacity: 0.14 }, data: [bounds] };
    return {
      type: "line",
      name: `${name} ${significant(at)}`,
      data: [],
      symbol: "none",
      lineStyle: { type, width: 2 },
      markLine,
      ...(name === "suggestion" ? { markArea: band } : {}),
    } as Json;
  });
}
