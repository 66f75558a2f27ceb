import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { whole } from "../../text/format.ts";
import type { Chart, Json } from "./chart.ts";
import { nothingToDraw } from "./chart.ts";
import type { Figure } from "./figure.ts";
import { gradientNormPanel, sharpnessPanel } from "./sharpnessPanels.ts";
import {
  allEvaluations,
  batchPanel,
  decayOf,
  finiteLosses,
  lossPanel,
  MAX_POINTS,
  noisePanel,
  outcomePanel,
  type Panel,
  ratePanel,
  type TrainingRecords,
} from "./trainingPanels.ts";

/** Pixels above a panel for its title and legend, between panels, and below the last for the name of the axis. */
const HEAD = 54;
const GAP = 36;
const FOOT = 46;

export const trainingFigure: Figure<TrainingRecords> = { id: "training", file: () => "training", draw: trainingCurves };

/**
 * Panels above each other over optimizer steps: the loss (of each step, smoothed, and of the validation set wherever it
 * was evaluated); the accuracy, of numbers R²; the learning rate where it changed; gradient norm and critical sharpness
 * where that was measured; the noise scale where it was measured, with its interval and the effective batch size. The
 * batch has a panel of its own where it changes and no noise scale was measured. The step losses are thinned to at most
 * 2 000 points that keep the extremes of each stretch. Losses that are not finite are left out, and the caption counts
 * them.
 */
export function trainingCurves(records: TrainingRecords, words: ChartText = chartsEnglish): Chart {
  const text = words.training;
  const panels = [
    lossPanel(records, words),
    outcomePanel(records, words),
    ratePanel(records, words),
    gradientNormPanel(records, words),
    sharpnessPanel(records, words),
    batchPanel(records, words),
    noisePanel(records, words),
  ].filter((panel) => panel !== undefined);
  const nothing = panels.length === 0;
  const heights = nothing ? 160 : panels.reduce((sum, { height }) => sum + HEAD + height, 0);
  return {
    title: text.title(panels.map(({ word }) => word)),
    caption: caption(
      records,
      panels.map(({ word }) => word),
      text,
    ),
    option: nothing ? nothingToDraw(text.empty) : stacked(panels, records, words),
    frame: { width: 800, perWidth: 0, fixed: heights + GAP * Math.max(0, panels.length - 1) + FOOT },
  };
}

function caption(
  { steps, curvature = [] }: TrainingRecords,
  shown: readonly string[],
  text: ChartText["training"],
): string {
  const finite = finiteLosses(steps).length;
  const decay = decayOf(finite);
  return [
    decay > 0 ? text.thin(whole(steps.length)) : text.recorded(whole(steps.length)),
    finite > MAX_POINTS ? text.thinned(whole(MAX_POINTS)) : "",
    decay > 0 ? text.average(Number(decay.toFixed(3))) : text.stop,
    finite < steps.length ? text.missing(whole(steps.length - finite)) : "",
    shown.includes(text.sharpness) ? text.sharpnessNote : "",
    curvature.some(({ largest }) => largest !== null) ? text.largestNote : "",
    shown.includes(text.noise) ? text.noiseNote : "",
  ].join("");
}

function stacked(
  panels: readonly Panel[],
  records: TrainingRecords,
  words: ChartText,
): { readonly [key: string]: Json } {
  const last = Math.max(records.steps.at(-1)?.step ?? 0, allEvaluations(records).at(-1)?.step ?? 0);
  const tops = panels.map((_, i) => panels.slice(0, i).reduce((sum, { height }) => sum + HEAD + height + GAP, 0));
  const left = Math.max(58, ...panels.map(({ labels = 0 }) => 14 + labels));
  const legend = { left: 0, itemWidth: 24, itemHeight: 9, padding: 0 };
  return {
    title: panels.map(({ title }, i) => ({ text: title, left: 0, top: tops[i]! + 4, padding: 0 })),
    legend: panels.map((panel, i) => ({ ...legend, top: tops[i]! + 27, data: panel.legend })),
    // Where the pointer is, all lines of a panel are read.
    tooltip: { trigger: "axis", axisPointer: { type: "line" } },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: panels.map(({ height, legend: { length } }, i) => {
      // A panel without a legend needs no room for one.
      const head = length > 0 ? HEAD : 30;
      return { left, right: 24, top: tops[i]! + head, height: height + HEAD - head, outerBoundsMode: "none" };
    }),
    xAxis: panels.map((_, i) => stepAxis(i, last, i === panels.length - 1 ? words.step : "")),
    yAxis: panels.map(({ yAxis }, i) => ({ ...yAxis, gridIndex: i })),
    series: panels.flatMap(({ series }, i) => series.map((one) => ({ ...one, xAxisIndex: i, yAxisIndex: i }))),
  };
}

function stepAxis(gridIndex: number, last: number, name: string): Json {
  const axisLabel = { showMaxLabel: false, hideOverlap: true };
  const named = name === "" ? {} : { name, nameLocation: "center", nameGap: 26 };
  return { gridIndex, type: "value", min: 0, max: last, axisLabel, splitLine: { show: false }, ...named } as Json;
}
