import { percent, significant, whole } from "../advice/format.ts";
import type { EpochRecord, StepRecord } from "../store/schema.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL } from "./chart.ts";

/** More points than this are not told apart on a screen, and slow a browser down. */
const MAX_POINTS = 2000;
/** Decay per step of the smoothed loss: it averages over about 50 steps. */
const DECAY = 0.98;

type Point = readonly [number, number];

/** What the second panel shows, where there is anything beside the loss. */
interface Outcome {
  /** Of the axis. */
  readonly title: string;
  readonly word: string;
  readonly most: number;
  readonly training: readonly Point[];
  readonly validation: readonly Point[];
  readonly text: (value: number) => string;
}

/**
 * Two panels over optimizer steps: the loss (of each step, smoothed, and of the validation set), and the accuracy after
 * each epoch; of numbers R², and where there is neither the loss alone. The step losses are thinned to at most 2 000 points that keep the extremes of each stretch. Losses that
 * are not finite are left out, and the caption counts them.
 */
export function trainingCurves(steps: readonly StepRecord[], epochs: readonly EpochRecord[]): Chart {
  const finite = steps.filter(({ loss }) => Number.isFinite(loss)).map(({ step, loss }): Point => [step, loss]);
  const missing = steps.length - finite.length;
  const outcome = outcomeOf(epochs);
  return {
    title: outcome ? `Loss and ${outcome.word} over training` : "Loss over training",
    caption: [
      `Thin: the loss of each of ${whole(steps.length)} optimizer steps`,
      finite.length > MAX_POINTS ? `, thinned to ${whole(MAX_POINTS)} points that keep minima and maxima` : "",
      `. Smoothed: exponential average with decay ${DECAY} per step, corrected for its start.`,
      missing > 0 ? ` ${whole(missing)} steps whose loss is not finite are left out.` : "",
    ].join(""),
    option: finite.length + epochs.length === 0 ? nothingToDraw() : panels(finite, epochs, outcome),
    frame: { width: 800, perWidth: 0, fixed: outcome ? 520 : 310 },
  };
}

function nothingToDraw(): { readonly [key: string]: Json } {
  const text = "No picture: the run recorded no finite loss";
  return { graphic: { type: "text", left: "center", top: "middle", style: { text, fill: NEUTRAL, fontSize: 14 } } };
}

/**
 * At most `limit` points in order: each of limit/2 equal stretches keeps its minimum and its maximum, so that no spike
 * is lost.
 */
export function thin(points: readonly Point[], limit: number): Point[] {
  if (points.length <= limit) return [...points];
  const stretches = Math.floor(limit / 2);
  return Array.from({ length: stretches }, (_, s) => {
    const from = Math.floor((s * points.length) / stretches);
    const stretch = points.slice(from, Math.floor(((s + 1) * points.length) / stretches));
    const low = stretch.reduce((a, b) => (b[1] < a[1] ? b : a));
    const high = stretch.reduce((a, b) => (b[1] > a[1] ? b : a));
    if (low === high) return [low];
    return low[0] < high[0] ? [low, high] : [high, low];
  }).flat();
}

/** m_t = β m_{t−1} + (1 − β) x_t from m_0 = 0, divided by 1 − β^t as in Adam (Kingma & Ba 2015, §3). */
export function smooth(points: readonly Point[], decay: number): Point[] {
  let average = 0;
  let weight = 0;
  return points.map(([x, y]) => {
    average = decay * average + (1 - decay) * y;
    weight = decay * weight + (1 - decay); // = 1 − β^t
    return [x, average / weight];
  });
}

/** Accuracy unless the records say that there is none. */
function outcomeOf(epochs: readonly EpochRecord[]): Outcome | undefined {
  const points = (of: (epoch: EpochRecord) => number | undefined) =>
    epochs.flatMap((epoch): Point[] => {
      const value = of(epoch);
      return value === undefined ? [] : [[epoch.step, value]];
    });
  if (epochs.length === 0 || epochs.some(({ trainAccuracy }) => trainAccuracy !== undefined))
    return {
      title: "Accuracy (%)",
      word: "accuracy",
      most: 100,
      training: points(({ trainAccuracy }) => trainAccuracy && 100 * trainAccuracy),
      validation: points(({ validationAccuracy }) => validationAccuracy && 100 * validationAccuracy),
      text: (value) => percent(value / 100),
    };
  const rSquared = points(({ validationScores }) => validationScores?.rSquared);
  if (rSquared.length === 0) return undefined;
  return { title: "R²", word: "R²", most: 1, training: [], validation: rSquared, text: significant };
}

function panels(
  losses: readonly Point[],
  epochs: readonly EpochRecord[],
  outcome: Outcome | undefined,
): { readonly [key: string]: Json } {
  // Epochs that were not evaluated have no number.
  const evaluated = epochs.filter(({ validationLoss }) => !Number.isNaN(validationLoss));
  const validation = evaluated.map(({ step, validationLoss }): Point => [step, validationLoss]);
  const last = Math.max(losses.at(-1)?.[0] ?? 0, epochs.at(-1)?.step ?? 0);
  const legend = { left: 0, itemWidth: 24, itemHeight: 9, padding: 0 };
  return {
    title: [
      { text: "Loss", left: 0, top: 4, padding: 0 },
      ...(outcome ? [{ text: outcome.title, left: 0, top: 310, padding: 0 }] : []),
    ],
    legend: [
      { ...legend, top: 27, data: [lineOnly("smoothed"), lineOnly("each step"), "validation loss"] },
      ...(outcome
        ? [{ ...legend, top: 333, data: outcome.training.length > 0 ? ["training", "validation"] : ["validation"] }]
        : []),
    ],
    tooltip: { trigger: "item" },
    grid: [
      { left: 58, right: 24, top: 54, height: 220, outerBoundsMode: "none" },
      ...(outcome ? [{ left: 58, right: 24, top: 360, bottom: 44, outerBoundsMode: "none" }] : []),
    ],
    xAxis: [stepAxis(0, last, !outcome), ...(outcome ? [stepAxis(1, last, true)] : [])],
    yAxis: [
      lossAxis(losses.concat(validation)),
      ...(outcome ? [{ gridIndex: 1, type: "value", scale: true, max: outcome.most, splitNumber: 3 }] : []),
    ],
    series: series(losses, validation, outcome),
  };
}

function series(losses: readonly Point[], validation: readonly Point[], outcome: Outcome | undefined): Json[] {
  const smoothed = smooth(losses, DECAY);
  const every = Math.ceil(smoothed.length / (MAX_POINTS / 2));
  const sampled = smoothed.filter((_, i) => i % every === 0 || i === smoothed.length - 1);
  return [
    curve("smoothed", 0, sampled, "none"),
    {
      ...curve("each step", 0, thin(losses, MAX_POINTS), "none"),
      color: NEUTRAL,
      lineStyle: { width: 1, opacity: 0.45 },
      z: 1,
    },
    curve("validation loss", 0, validation, "diamond"),
    ...(outcome && outcome.training.length > 0 ? [curve("training", 1, outcome.training, "circle", outcome.text)] : []),
    ...(outcome ? [curve("validation", 1, outcome.validation, "diamond", outcome.text)] : []),
  ];
}

/** A legend entry without the symbol that ECharts shows for a line that has none. */
const lineOnly = (name: string) => ({ name, itemStyle: { opacity: 0 } });

function curve(
  name: string,
  panel: number,
  points: readonly Point[],
  symbol: string,
  label: (value: number) => string = significant,
): { readonly [key: string]: Json } {
  // Only points with a symbol can be pointed at, so only they carry a text.
  const data = points.map(([x, y]) =>
    symbol === "none" ? [x, json(y)] : { name: `step ${x}: ${label(y)}`, value: [x, json(y)] },
  );
  const at = { xAxisIndex: panel, yAxisIndex: panel };
  return {
    type: "line",
    name,
    ...at,
    data,
    symbol,
    symbolSize: 7,
    lineStyle: { width: 2 },
    tooltip: { formatter: "{b}<br>{a}" },
  };
}

function stepAxis(gridIndex: number, last: number, named: boolean): Json {
  const name = named ? { name: "optimizer step", nameLocation: "center", nameGap: 26 } : {};
  const axisLabel = { showMaxLabel: false, hideOverlap: true };
  return { gridIndex, type: "value", min: 0, max: last, axisLabel, splitLine: { show: false }, ...name } as Json;
}

/** Logarithmic where the losses span more than a factor of 30, else linear from 0. */
function lossAxis(points: readonly Point[]): Json {
  const losses = points.map(([, loss]) => loss).filter(Number.isFinite);
  const low = losses.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = losses.reduce((a, b) => Math.max(a, b), 0);
  if (!(low > 0 && high / low > 30)) return { gridIndex: 0, type: "value", splitNumber: 4 };
  const [min, max] = [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))];
  return { gridIndex: 0, type: "log", min, max, minorTick: { show: true, splitNumber: 9 } };
}
