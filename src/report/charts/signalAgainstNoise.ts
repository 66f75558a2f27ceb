import { phasePlot } from "../../statistics/trend.ts";
import { type Place, placeOf } from "../../store/place.ts";
import type { StepRecord } from "../../store/schema.ts";
import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { intervalText, whole } from "../../text/format.ts";
import { decades, logAxis, logLabelWidth } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL, nothingToDraw } from "./chart.ts";
import { type AnalyzedRun, type Figure, fileName } from "./figure.ts";

/** More points of the training path than this are not told apart. */
const MOST_POINTS = 300;

interface Point {
  readonly signal: number;
  readonly noise: number;
}

interface Checkpoint extends Point {
  readonly place: Place;
  readonly scale: string;
}

export const phaseFigure: Figure<AnalyzedRun> = {
  id: "phase",
  file: ({ analysis }) => `gns_phase_${fileName(analysis.name)}`,
  narrow: true,
  draw: ({ analysis, steps }, words) => signalAgainstNoise(analysis, steps, words),
};

/**
 * tr Σ of each checkpoint against its |G|², both logarithmic, joined in order of training, on lines of constant noise
 * scale; and, where it was measured while training, the smoothed path of every step. What is not above zero has no
 * place and is counted in the caption.
 */
export function signalAgainstNoise(
  analysis: AnalyzedRun["analysis"],
  steps: readonly StepRecord[],
  { phase: text }: ChartText = chartsEnglish,
): Chart {
  const all = analysis.checkpoints.map(({ statistics }) => statistics);
  const checkpoints = phasePlot(all).flatMap(({ logTrace, logSquaredNorm }, i): Checkpoint[] => {
    if (Number.isNaN(logTrace + logSquaredNorm)) return [];
    const { statistics, ...checkpoint } = analysis.checkpoints[i]!;
    const { squaredGradientNorm: signal, traceCovariance: noise, noiseScale } = statistics;
    return [{ place: placeOf(checkpoint), signal, noise, scale: intervalText(noiseScale) }];
  });
  const path = steps.flatMap(({ squaredGradientNorm: signal = 0, traceCovariance: noise = 0 }): Point[] =>
    signal > 0 && noise > 0 ? [{ signal, noise }] : [],
  );
  const missing = all.length - checkpoints.length;
  const nothing = checkpoints.length + path.length === 0;
  return {
    title: text.title(analysis.model, analysis.name),
    caption: text.caption + (path.length > 0 ? text.trainingNote : "") + (missing > 0 ? text.missing(missing) : ""),
    option: nothing ? nothingToDraw(text.empty) : panel(checkpoints, path, text),
    frame: { width: 640, perWidth: 0.72, fixed: 60 },
  };
}

function panel(
  checkpoints: readonly Checkpoint[],
  path: readonly Point[],
  text: ChartText["phase"],
): { readonly [key: string]: Json } {
  const every = Math.ceil(path.length / MOST_POINTS);
  const thinned = path.filter((_, i) => i % every === 0 || i === path.length - 1);
  const points = [...checkpoints, ...thinned];
  const [signals, noises] = [points.map(({ signal }) => signal), points.map(({ noise }) => noise)];
  const name = { nameLocation: "center", axisLine: { onZero: false } };
  const labels = logLabelWidth(noises);
  const plain = { itemStyle: { opacity: 0 } };
  const entries = [
    ...(checkpoints.length > 0 ? [{ name: text.checkpoints }] : []),
    ...(thinned.length > 0 ? [{ name: text.training, ...plain }] : []),
    { name: text.lines, ...plain },
  ];
  return {
    legend: { left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0, data: entries },
    tooltip: { trigger: "item" },
    grid: { left: 34 + labels, right: 24, top: 54, bottom: 48, outerBoundsMode: "none" },
    xAxis: { ...logAxis(signals), ...name, axisLabel: { hideOverlap: true }, name: text.signal, nameGap: 28 },
    yAxis: { ...logAxis(noises), ...name, name: text.noise, nameGap: 16 + labels },
    series: [...isoLines(signals, noises, text), ...training(thinned, text), ...measured(checkpoints, text)],
  };
}

/** More lines than this make a hatching of the plot. */
const MOST_LINES = 7;

/** Lines for decades of the noise scale that cross the plot, each with its value near its upper end. */
function isoLines(signals: readonly number[], noises: readonly number[], { lines }: ChartText["phase"]): Json[] {
  const [x, y] = [decades(signals), decades(noises)];
  const exponents = Array.from(
    { length: Math.max(0, y.high - x.low - (y.low - x.high) - 1) },
    (_, i) => y.low - x.high + 1 + i,
  );
  const every = Math.ceil(exponents.length / MOST_LINES);
  const drawn = exponents.filter((exponent) => exponent % every === 0);
  return drawn.map((exponent) => {
    const [from, to] = [Math.max(x.low, y.low - exponent), Math.min(x.high, y.high - exponent)];
    const at = (signal: number) => [json(10 ** signal), json(10 ** (signal + exponent))];
    return {
      type: "line",
      name: lines,
      data: [at(from), { value: at(from + 0.86 * (to - from)), label: { show: true } }, at(to)],
      symbol: "circle",
      symbolSize: 1,
      label: { show: false, position: "left", formatter: powerOfTen(exponent), color: NEUTRAL, fontSize: 11 },
      color: NEUTRAL,
      lineStyle: { type: "dotted", width: 1.2 },
      labelLayout: { hideOverlap: true },
      silent: true,
      z: 1,
    };
  });
}

/** "0.001", "1,000", "10⁹". */
function powerOfTen(exponent: number): string {
  if (exponent >= -4 && exponent <= 6)
    return exponent < 0 ? (10 ** exponent).toFixed(-exponent) : whole(10 ** exponent);
  const digits = [...String(Math.abs(exponent))].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

function training(path: readonly Point[], text: ChartText["phase"]): Json[] {
  if (path.length === 0) return [];
  const data = path.map(({ signal, noise }) => [json(signal), json(noise)]);
  return [
    {
      type: "line",
      name: text.training,
      data,
      symbol: "none",
      lineStyle: { width: 1.2, opacity: 0.6 },
      silent: true,
      z: 2,
    },
  ];
}

/** Every checkpoint carries its epoch, as far as there is room. */
function measured(checkpoints: readonly Checkpoint[], text: ChartText["phase"]): Json[] {
  if (checkpoints.length === 0) return [];
  const data = checkpoints.map(({ place, signal, noise, scale }) => ({
    name: text.point(place, scale),
    value: [json(signal), json(noise)],
    label: {
      show: true,
      formatter: String(place.step ?? place.epoch),
      position: "top",
      fontSize: 12,
      fontWeight: "bold",
    },
  }));
  const line = { type: "line", name: text.checkpoints, data, symbol: "circle", symbolSize: 9, lineStyle: { width: 2 } };
  return [{ ...line, labelLayout: { hideOverlap: true }, tooltip: { formatter: "{b}" }, z: 4 }];
}
