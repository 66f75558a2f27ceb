import { noiseTrend } from "../../statistics/trend.ts";
import type { NoiseScale } from "../../statistics/types.ts";
import { type Place, placeOf } from "../../store/place.ts";
import type { CheckpointAnalysis } from "../../store/schema.ts";
import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { significant, whole } from "../../text/format.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, nothingToDraw } from "./chart.ts";
import { type AnalyzedRun, type Figure, fileName } from "./figure.ts";

/** [x, lower, upper, label, gap]; upper is null where the rows give no upper limit; 1 after a gap. */
type Band = readonly [number, number, number | null, string, number];

export const noiseFigure: Figure<AnalyzedRun> = {
  id: "noise",
  file: ({ analysis }) => `gns_vs_epoch_${fileName(analysis.name)}`,
  draw: ({ analysis }, words) => noiseOverEpochs(analysis, words),
};

/**
 * Two panels over the epochs: the noise scale in examples with its 95 % interval, for fresh data and for the data set
 * as a whole; and the noise ratio of one batch size, which has no unit. Both axes are logarithmic. A checkpoint whose
 * noise scale is not resolved is an arrow up from its lower limit. Values ≤ 0 or undefined have no point.
 */
export function noiseOverEpochs(
  analysis: AnalyzedRun["analysis"],
  { trend: text, ...words }: ChartText = chartsEnglish,
): Chart {
  const { checkpoints, name, model } = analysis;
  const batches = [...new Set(checkpoints.map(({ statistics }) => statistics.noiseRatio.batchSize))];
  const at = batches.length === 1 ? text.oneBatch(whole(batches[0]!)) : text.ownBatch;
  return {
    title: text.title(model, name),
    caption: text.caption(at) + tested(checkpoints, text),
    option: checkpoints.length === 0 ? nothingToDraw(text.empty) : panels(checkpoints, at, { trend: text, ...words }),
    frame: { width: 800, perWidth: 0, fixed: 520 },
  };
}

/** Three checkpoints or more have a test, two where their mini-batches pair them. */
function tested(checkpoints: readonly CheckpointAnalysis[], text: ChartText["trend"]): string {
  const { direction, tau, p, paired } = noiseTrend(checkpoints.map(({ statistics }) => statistics));
  if (Number.isNaN(p)) return "";
  const order = Number.isNaN(tau) ? null : significant(tau);
  return text.test({ direction, tau: order, p: significant(p), count: checkpoints.length, paired });
}

function panels(
  checkpoints: readonly CheckpointAnalysis[],
  at: string,
  words: ChartText,
): { readonly [key: string]: Json } {
  const { trend: text } = words;
  const places = checkpoints.map(positionOf(checkpoints));
  const fresh = checkpoints.map(({ statistics }, i) => ({ at: places[i]!, scale: statistics.noiseScale }));
  const dataset = checkpoints.flatMap(({ statistics: { datasetNoiseScale: scale, noiseScale } }, i) =>
    scale ? [{ at: places[i]!, scale, hidden: !differ(scale, noiseScale) }] : [],
  );
  const apart = dataset.some(({ hidden }) => !hidden);
  const corrected = checkpoints.map(({ statistics: { noiseRatio: ratio } }, i) => {
    return [places[i]!, Number.isNaN(ratio.finitePopulation) ? ratio.population : ratio.finitePopulation] as const;
  });
  const plugIn = checkpoints.map(({ statistics }, i) => [places[i]!, statistics.noiseRatio.plugIn] as const);
  const scales = [...fresh, ...dataset].flatMap(({ scale: { value, lower, upper } }) => [value, lower, upper]);
  const ratios = [...corrected, ...plugIn].map(([, ratio]) => ratio);
  const axis = isByStep(checkpoints) ? words.step : words.epoch;
  const legend = { left: 0, itemWidth: 24, itemHeight: 9, padding: 0 };
  const sides = { left: Math.max(58, 14 + logLabelWidth(scales), 14 + logLabelWidth(ratios)), right: 24 };
  return {
    title: [
      { text: text.scale, left: 0, top: 4, padding: 0 },
      { text: text.ratio(at), left: 0, top: 290, padding: 0 },
    ],
    legend: [
      { ...legend, top: 27, data: apart ? [text.fresh, text.dataset] : [text.fresh] },
      { ...legend, top: 313, data: [text.corrected, text.plugIn] },
    ],
    tooltip: { trigger: "item" },
    grid: [
      { ...sides, top: 54, height: 200, outerBoundsMode: "none" },
      { ...sides, top: 340, bottom: 44, outerBoundsMode: "none" },
    ],
    xAxis: [placeAxis(0, places, ""), placeAxis(1, places, axis)],
    yAxis: [logAxis(scales, 0), logAxis(ratios, 1)],
    series: [
      ...scaleSeries(text.fresh, fresh, "circle", 0, words),
      ...(apart ? scaleSeries(text.dataset, dataset, "diamond", 1, words) : []),
      line(text.corrected, 1, points(corrected, words), "triangle", "solid"),
      line(text.plugIn, 1, points(plugIn, words), "rect", "dashed"),
    ],
  };
}

interface At {
  readonly x: number;
  readonly place: Place;
}

type Checkpoints = AnalyzedRun["analysis"]["checkpoints"];

/** Epochs are no measure where a checkpoint lies inside one. */
const isByStep = (checkpoints: Checkpoints) => checkpoints.some(({ insideEpoch }) => insideEpoch);

function positionOf(checkpoints: Checkpoints): (checkpoint: Checkpoints[number]) => At {
  const byStep = isByStep(checkpoints);
  return (one) => ({ x: byStep ? one.step : one.epoch, place: placeOf(one) });
}

/** Of two lines on each other the second is not seen: it is drawn where it is a twentieth of the value away. */
const APART = 1.05;

function differ(one: NoiseScale, other: NoiseScale): boolean {
  if (one.resolved !== other.resolved) return true;
  const ratio = one.resolved ? one.value / other.value : one.lower / other.lower;
  return !(ratio < APART && 1 / ratio < APART);
}

interface ScaleAt {
  /** On the axis. */
  readonly at: At;
  readonly scale: NoiseScale;
  /** On another line, which is drawn already. */
  readonly hidden?: boolean;
}

function scaleSeries(name: string, series: readonly ScaleAt[], symbol: string, row: number, words: ChartText): Json[] {
  const band = series.flatMap(({ at, scale, hidden }, i): Band[] => {
    if (hidden || !(scale.lower > 0)) return [];
    const upper = scale.resolved ? json(scale.upper) : null;
    return [[at.x, json(scale.lower)!, upper, `≥ ${significant(scale.lower)}`, series[i - 1]?.hidden ? 1 : 0]];
  });
  const values = points(
    series.map(({ at, scale, hidden }) => [at, scale.resolved && !hidden ? scale.value : Number.NaN]),
    words,
  );
  const first = band[0];
  const custom = { type: "custom", renderItem: "intervalBand", name, xAxisIndex: 0, yAxisIndex: 0, silent: true };
  return [
    line(name, 0, values, symbol, "solid"),
    ...(first
      ? ["intervalBand", "limitArrows"].map((renderItem) => ({
          ...custom,
          renderItem,
          data: [[first[0], first[1]]],
          itemPayload: { points: band, row },
          tooltip: { show: false },
        }))
      : []),
  ];
}

/** Checkpoints whose marks touch each other. */
const MANY = 60;

function points(pairs: readonly (readonly [At, number])[], words: ChartText): Json[] {
  return pairs.map(([{ x, place }, value]) => ({
    name: words.atPlace(place, significant(value)),
    value: [x, value > 0 ? json(value) : null],
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
    symbolSize: data.length > MANY ? 4 : 8,
    lineStyle: { width: 2, type },
    tooltip: { formatter: "{b}<br>{a}" },
  };
}

/** So few checkpoints have a label each, and none stands where there is no checkpoint. */
const FEW = 8;

/** The last, and of the others those that are so far from the next. */
function apart(xs: readonly number[], least: number): Json[] {
  const kept: number[] = [];
  for (const x of xs.toReversed()) if (kept.length === 0 || kept.at(-1)! - x >= least) kept.push(x);
  return kept.toReversed().map(json);
}

function placeAxis(gridIndex: number, places: readonly At[], name: string): Json {
  const xs = places.map(({ x }) => x);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const margin = Math.max(0.5, 0.05 * (last - first));
  const labels =
    xs.length <= FEW ? { customValues: apart(xs, 0.1 * (last - first)) } : { showMinLabel: false, showMaxLabel: false };
  return {
    gridIndex,
    type: "value",
    min: json(first - margin)!,
    max: json(last + margin)!,
    minInterval: 1,
    axisTick: { show: false },
    axisLabel: { ...labels, hideOverlap: true },
    splitLine: { show: false },
    axisLine: { onZero: false },
    ...(name === "" ? {} : { name, nameLocation: "center", nameGap: 26 }),
  };
}
