import { significant, whole } from "../advice/format.ts";
import type { NoiseScale } from "../statistics/types.ts";
import type { AnalysisFile, CheckpointAnalysis } from "../store/schema.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL } from "./chart.ts";

const FRESH = "fresh data";
const DATASET = "this data set";
const CORRECTED = "corrected for bias";
const PLUG_IN = "plug-in, biased low";

/** [epoch, lower, upper, label]; upper is null where the rows give no upper limit. */
type Band = readonly [number, number, number | null, string];

/**
 * Two panels over the epochs: the noise scale in examples with its 95 % interval, for fresh data and for the data set
 * as a whole; and the noise ratio of one batch size, which has no unit. Both axes are logarithmic. A checkpoint whose
 * noise scale is not resolved is an arrow up from its lower limit. Values ≤ 0 or undefined have no point.
 */
export function noiseTrend(analysis: AnalysisFile): Chart {
  const { checkpoints, name, model } = analysis;
  const batches = [...new Set(checkpoints.map(({ statistics }) => statistics.noiseRatio.batchSize))];
  const at = batches.length === 1 ? `B = ${whole(batches[0]!)}` : "each checkpoint's own B";
  return {
    title: `Gradient noise over training: ${model} on ${name}`,
    caption:
      "Noise scale: the batch size at which noise and signal contribute equally to a gradient; it does not depend on " +
      "B. Bands are 95 % intervals; an arrow marks a checkpoint that gives a lower limit only. Noise ratio: " +
      `E‖g_B − g_D‖²/‖g_D‖² at ${at}; it means nothing without its batch size. A rise over training is expected.`,
    option: checkpoints.length === 0 ? nothingToDraw() : panels(checkpoints, at),
    frame: { width: 800, perWidth: 0, fixed: 520 },
  };
}

function nothingToDraw(): { readonly [key: string]: Json } {
  const text = "No picture: the analysis holds no checkpoint";
  return { graphic: { type: "text", left: "center", top: "middle", style: { text, fill: NEUTRAL, fontSize: 14 } } };
}

function panels(checkpoints: readonly CheckpointAnalysis[], at: string): { readonly [key: string]: Json } {
  const fresh = checkpoints.map(({ epoch, statistics }) => ({ epoch, scale: statistics.noiseScale }));
  const dataset = checkpoints.flatMap(({ epoch, statistics }) =>
    statistics.datasetNoiseScale ? [{ epoch, scale: statistics.datasetNoiseScale }] : [],
  );
  const corrected = checkpoints.map(({ epoch, statistics: { noiseRatio: ratio } }) => {
    return [epoch, Number.isNaN(ratio.finitePopulation) ? ratio.population : ratio.finitePopulation] as const;
  });
  const plugIn = checkpoints.map(({ epoch, statistics }) => [epoch, statistics.noiseRatio.plugIn] as const);
  const scales = [...fresh, ...dataset].flatMap(({ scale: { value, lower, upper } }) => [value, lower, upper]);
  const ratios = [...corrected, ...plugIn].map(([, ratio]) => ratio);
  const epochs = checkpoints.map(({ epoch }) => epoch);
  const legend = { left: 0, itemWidth: 24, itemHeight: 9, padding: 0 };
  return {
    title: [
      { text: "Noise scale (examples)", left: 0, top: 4, padding: 0 },
      { text: `Noise ratio at ${at} (no unit)`, left: 0, top: 290, padding: 0 },
    ],
    legend: [
      { ...legend, top: 27, data: dataset.length > 0 ? [FRESH, DATASET] : [FRESH] },
      { ...legend, top: 313, data: [CORRECTED, PLUG_IN] },
    ],
    tooltip: { trigger: "item" },
    grid: [
      { left: 58, right: 24, top: 54, height: 200, outerBoundsMode: "none" },
      { left: 58, right: 24, top: 340, bottom: 44, outerBoundsMode: "none" },
    ],
    xAxis: [epochAxis(0, epochs, false), epochAxis(1, epochs, true)],
    yAxis: [logAxis(0, scales), logAxis(1, ratios)],
    series: [
      ...scaleSeries(FRESH, fresh, "circle", 0),
      ...(dataset.length > 0 ? scaleSeries(DATASET, dataset, "diamond", 1) : []),
      line(CORRECTED, 1, points(corrected), "triangle", "solid"),
      line(PLUG_IN, 1, points(plugIn), "rect", "dashed"),
    ],
  };
}

interface ScaleAt {
  readonly epoch: number;
  readonly scale: NoiseScale;
}

function scaleSeries(name: string, series: readonly ScaleAt[], symbol: string, row: number): Json[] {
  const known = series.filter(({ scale }) => scale.lower > 0);
  const band: Band[] = known.map(({ epoch, scale }) => {
    return [epoch, json(scale.lower)!, scale.resolved ? json(scale.upper) : null, `≥ ${significant(scale.lower)}`];
  });
  const values = points(series.map(({ epoch, scale }) => [epoch, scale.resolved ? scale.value : Number.NaN]));
  const first = band[0];
  const custom = { type: "custom", renderItem: "intervalBand", name, xAxisIndex: 0, yAxisIndex: 0, silent: true };
  return [
    line(name, 0, values, symbol, "solid"),
    ...(first
      ? [{ ...custom, data: [[first[0], first[1]]], itemPayload: { points: band, row }, tooltip: { show: false } }]
      : []),
  ];
}

function points(pairs: readonly (readonly [number, number])[]): Json[] {
  return pairs.map(([epoch, value]) => ({
    name: `epoch ${epoch}: ${significant(value)}`,
    value: [epoch, value > 0 ? json(value) : null],
  }));
}

function line(name: string, panel: number, data: Json[], symbol: string, type: string): Json {
  return {
    type: "line",
    name,
    xAxisIndex: panel,
    yAxisIndex: panel,
    data,
    symbol,
    symbolSize: 8,
    lineStyle: { width: 2, type },
    tooltip: { formatter: "{b}<br>{a}" },
  };
}

function epochAxis(gridIndex: number, epochs: readonly number[], named: boolean): Json {
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  const margin = Math.max(0.5, 0.05 * (last - first));
  const ends = { showMinLabel: false, showMaxLabel: false };
  return {
    gridIndex,
    type: "value",
    min: json(first - margin)!,
    max: json(last + margin)!,
    minInterval: 1,
    axisTick: { show: false },
    axisLabel: { ...ends, hideOverlap: true },
    splitLine: { show: false },
    axisLine: { onZero: false },
    ...(named ? { name: "epoch", nameLocation: "center", nameGap: 26 } : {}),
  };
}

/** A logarithmic axis over whole decades that hold every finite positive value. */
function logAxis(gridIndex: number, values: readonly number[]): Json {
  const shown = values.filter((value) => Number.isFinite(value) && value > 0);
  const low = shown.length > 0 ? Math.floor(Math.log10(Math.min(...shown))) : 0;
  const high = shown.length > 0 ? Math.ceil(Math.log10(Math.max(...shown))) : 1;
  const minorSplitLine = { show: high - low <= 3 };
  const max = 10 ** Math.max(high, low + 1);
  return { gridIndex, type: "log", min: 10 ** low, max, minorTick: { show: true, splitNumber: 9 }, minorSplitLine };
}
