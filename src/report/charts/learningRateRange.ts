import type { LearningRateSuggestion, LearningRateSweep } from "../../statistics/learningRateSweep.ts";
import { type StudiesText, studiesEnglish } from "../../text/en/studies.ts";
import { significant } from "../../text/format.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL, nothingToDraw } from "./chart.ts";

/**
 * Losses above the highest beginning by more than this share of the fall are cut off: what diverges would flatten all
 * else.
 */
const HEADROOM = 0.6;

/** The suggestion, and the largest rate at which no seed diverged, where there is one. */
export type FoundRates = LearningRateSuggestion & { readonly largestStable: { readonly value: number } | null };

/** What was tried, by name. */
export interface SweptTraining {
  readonly model: string;
  readonly data: string;
  readonly optimizer: string;
}

/**
 * The losses of range tests over the learning rate, on a logarithmic axis: thin each mini-batch, thick their means over
 * neighbours, and upright lines for the suggestion (with its range over the sweeps as a band), a tenth of the lowest
 * loss's rate, and the largest stable rate.
 */
export function learningRateRange(
  { model, data, optimizer }: SweptTraining,
  sweeps: readonly LearningRateSweep[],
  found: FoundRates,
  { range: text }: StudiesText = studiesEnglish,
): Chart {
  return {
    title: text.title(model, data, optimizer),
    caption: text.caption(found.sweeps.length) + captionOf(found, text) + text.captionCut,
    option: sweeps.every(({ losses }) => losses.length === 0) ? nothingToDraw(text.empty) : panel(sweeps, found, text),
    frame: { width: 800, perWidth: 0, fixed: 400 },
  };
}

function captionOf({ suggestion, reason, sweeps }: LearningRateSuggestion, text: Words): string {
  const why = text.reason(reason);
  if (!suggestion) return text.captionReason(why);
  const [value, lower, upper] = [suggestion.value, suggestion.lower, suggestion.upper].map(significant);
  return text.captionFound({ value: value!, lower: lower!, upper: upper!, seeds: sweeps.length, why });
}

type Words = StudiesText["range"];

function panel(sweeps: readonly LearningRateSweep[], found: FoundRates, text: Words): { readonly [key: string]: Json } {
  const rates = sweeps.flatMap(({ learningRates }) => learningRates);
  const beginnings = sweeps.map(({ initialLoss }) => initialLoss);
  const low = Math.min(...sweeps.flatMap(({ losses }) => losses), ...beginnings);
  const high = Math.max(...found.sweeps.flatMap(({ smoothed }) => smoothed), ...beginnings);
  const axis = { axisLine: { onZero: false }, minorTick: { show: true, splitNumber: 9 } };
  const bottom = low - 0.05 * (high - low);
  return {
    legend: { left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0, data: legendOf(found, text) },
    grid: { left: 58, right: 24, top: 54, bottom: 44, outerBoundsMode: "none" },
    xAxis: {
      type: "log",
      name: text.learningRate,
      nameLocation: "center",
      nameGap: 26,
      min: 10 ** Math.floor(Math.log10(Math.min(...rates)) + 1e-9),
      max: 10 ** Math.ceil(Math.log10(Math.max(...rates)) - 1e-9),
      ...axis,
    },
    yAxis: {
      type: "value",
      name: text.loss,
      min: json(low >= 0 ? Math.max(0, bottom) : bottom),
      max: json(high + HEADROOM * (high - low)),
      axisLabel: { showMinLabel: false, showMaxLabel: false },
    },
    series: [...sweeps.flatMap((sweep, i) => linesOf(sweep, found.sweeps[i]!.smoothed, text)), ...marksOf(found, text)],
  };
}

function linesOf({ learningRates, losses }: LearningRateSweep, smoothed: readonly number[], text: Words): Json[] {
  const line = { type: "line", symbol: "none", clip: true, silent: true };
  const points = (values: readonly number[]) => values.map((value, i) => [json(learningRates[i]!), json(value)]);
  return [
    { ...line, name: text.each, data: points(losses), color: NEUTRAL, lineStyle: { width: 1, opacity: 0.45 }, z: 1 },
    { ...line, name: text.smoothed, data: points(smoothed), lineStyle: { width: 2.5 } },
  ];
}

/** Every upright line by its own dash too, so that no one has to tell colours apart. */
function markers({ suggestion, tenthOfMinimum, largestStable }: FoundRates, text: Words) {
  return [
    { name: text.markSuggestion, at: suggestion?.value ?? null, type: "solid" },
    { name: text.markTenth, at: tenthOfMinimum, type: "dashed" },
    { name: text.markStable, at: largestStable?.value ?? null, type: "dotted" },
  ].flatMap(({ name, at, type }) => (at === null ? [] : [{ name: name(significant(at)), at, type }]));
}

function legendOf(found: FoundRates, text: Words): Json[] {
  const names = [text.smoothed, text.each, ...markers(found, text).map(({ name }) => name)];
  return names.map((name) => ({ name, itemStyle: { opacity: 0 } }));
}

/** Each an empty series of its own, so that the legend shows it. */
function marksOf(found: FoundRates, text: Words): Json[] {
  const { suggestion } = found;
  const bounds = suggestion && [suggestion.lower, suggestion.upper].map((rate) => ({ xAxis: json(rate) }));
  return markers(found, text).map(({ name, at, type }) => {
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
      name,
      data: [],
      symbol: "none",
      lineStyle: { type, width: 2 },
      markLine,
      ...(type === "solid" ? { markArea: band } : {}),
    } as Json;
  });
}
