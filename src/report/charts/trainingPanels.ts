import type { AccumulationRecord, EpochRecord, EvaluationRecord, StepRecord } from "../../store/schema.ts";
import type { ChartText } from "../../text/en/charts.ts";
import { percent, significant } from "../../text/format.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import type { Json } from "./chart.ts";
import { json, NEUTRAL } from "./chart.ts";
import { type Point, smooth, thin } from "./series.ts";

/** More points than this are not told apart on a screen, and slow a browser down. */
export const MAX_POINTS = 2000;
/** Points of a band: every one is a corner of a polygon. */
const BAND_POINTS = 300;
/**
 * The smoothed loss averages over about a twentieth of the recorded steps, and 1000 of them at most.
 */
const MEMORY = { share: 1 / 20, most: 1000 };

/** Decay per recorded step of the smoothed loss; 0 where there are too few of them to be averaged. */
export function decayOf(steps: number): number {
  return 1 - 1 / Math.min(MEMORY.most, Math.max(1, MEMORY.share * steps));
}

/** Of one checkpoint; null where it was not measured. */
export interface MeasuredCurvature {
  readonly step: number;
  readonly largest: { readonly value: number } | null;
  readonly gradientNorm: number | null;
}

/** What a run recorded while it trained. */
export interface TrainingRecords {
  readonly steps: readonly StepRecord[];
  readonly epochs: readonly EpochRecord[];
  /** Inside epochs. */
  readonly evaluations: readonly EvaluationRecord[];
  readonly accumulations: readonly AccumulationRecord[];
  /** Of checkpoints where the loss was looked at over many examples. */
  readonly curvature?: readonly MeasuredCurvature[] | undefined;
  /** Examples of an update before the first of `accumulations`. */
  readonly effectiveBatchSize: number;
}

/** One of the plots that stand above each other over the same steps. */
export interface Panel {
  /** Of the axis. */
  readonly title: string;
  /** What the figure's title calls it. */
  readonly word: string;
  readonly height: number;
  readonly legend: readonly Json[];
  readonly yAxis: { readonly [key: string]: Json };
  /** Pixels that the labels of a logarithmic axis take beside it. */
  readonly labels?: number;
  readonly series: readonly { readonly [key: string]: Json }[];
}

/** Evaluations at the ends of epochs and inside, in order of steps. */
export function allEvaluations({ epochs, evaluations }: TrainingRecords): (EpochRecord | EvaluationRecord)[] {
  return [...epochs, ...evaluations].sort((a, b) => a.step - b.step);
}

export const finiteLosses = (steps: readonly StepRecord[]) =>
  steps.filter(({ loss }) => Number.isFinite(loss)).map(({ step, loss }): Point => [step, loss]);

/** Undefined where no loss is finite. */
export function lossPanel(records: TrainingRecords, words: ChartText): Panel | undefined {
  const text = words.training;
  const losses = finiteLosses(records.steps);
  // Epochs that were not evaluated have no number.
  const validation = pointsOf(allEvaluations(records), ({ validationLoss }) => validationLoss);
  if (losses.length + validation.length === 0) return undefined;
  const decay = decayOf(losses.length);
  const smoothed = decay > 0 ? smooth(losses, decay) : [];
  const every = Math.ceil(smoothed.length / (MAX_POINTS / 2));
  const sampled = smoothed.filter((_, i) => i % every === 0 || i === smoothed.length - 1);
  return {
    title: text.loss,
    word: text.loss,
    height: 220,
    legend: [...(decay > 0 ? [lineOnly(text.smoothed)] : []), lineOnly(text.each), text.validationLoss],
    ...lossAxis([...losses, ...validation]),
    series: [
      ...(decay > 0 ? [curve(text.smoothed, sampled, words)] : []),
      {
        ...curve(text.each, thin(losses, MAX_POINTS), words, marked(losses)),
        ...(decay > 0 && { color: NEUTRAL, ...THIN }),
      },
      curve(text.validationLoss, validation, words, "diamond"),
    ],
  };
}

/** Few points are marked, for a single one has no line. */
const marked = (points: readonly Point[]) => (points.length <= 20 ? "circle" : "none");

const THIN = { lineStyle: { width: 1, opacity: 0.45 }, z: 1 };

/** The accuracy; of numbers R²; undefined where there is neither. */
export function outcomePanel(records: TrainingRecords, words: ChartText): Panel | undefined {
  const text = words.training;
  const all = allEvaluations(records);
  const height = 116;
  if (all.some(({ trainAccuracy }) => trainAccuracy !== undefined)) {
    const share = (value: number | undefined) => value && 100 * value;
    const show = (value: number) => percent(value / 100);
    const training = pointsOf(records.epochs, ({ trainAccuracy }) => share(trainAccuracy));
    const validation = pointsOf(all, ({ validationAccuracy }) => share(validationAccuracy));
    if (training.length + validation.length === 0) return undefined;
    return {
      title: text.accuracyAxis,
      word: text.accuracy,
      height,
      legend: [text.trainingSet, text.validation],
      yAxis: { type: "value", scale: true, max: 100, splitNumber: 3 },
      series: [
        curve(text.trainingSet, training, words, "circle", show),
        curve(text.validation, validation, words, "diamond", show),
      ],
    };
  }
  const rSquared = pointsOf(all, ({ validationScores }) => validationScores?.rSquared);
  if (rSquared.length === 0) return undefined;
  return {
    title: "R²",
    word: "R²",
    height,
    legend: [text.validation],
    yAxis: { type: "value", scale: true, max: 1, splitNumber: 3 },
    series: [curve(text.validation, rSquared, words, "diamond")],
  };
}

/** Where a schedule changed it. */
export function ratePanel({ steps }: TrainingRecords, words: ChartText): Panel | undefined {
  const rates = steps.map(({ step, learningRate }): Point => [step, learningRate]);
  if (new Set(rates.map(([, rate]) => rate)).size < 2) return undefined;
  const sorted = rates.map(([, rate]) => rate).sort((a, b) => a - b);
  const [low, middle, high] = [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
  return {
    title: words.training.rateAxis,
    word: words.training.rate,
    height: 90,
    legend: [],
    // Where most steps have less than a twentieth of the largest rate, a linear axis would show a drop to zero.
    yAxis:
      low > 0 && middle < high / 20 ? logAxis([Math.max(low, high / 1e4), high]) : { type: "value", splitNumber: 2 },
    series: [{ ...curve(words.training.rate, thin(rates, MAX_POINTS), words), clip: true }],
  };
}

const withNoise = ({ steps }: TrainingRecords) => steps.filter(({ noiseScaleLow = 0 }) => noiseScaleLow > 0);

/** The examples of an update, where they change and the panel of the noise scale does not show them. */
export function batchPanel(records: TrainingRecords, words: ChartText): Panel | undefined {
  if (records.accumulations.length === 0 || withNoise(records).length > 0) return undefined;
  const text = words.training;
  const sizes = batchSizes(records);
  const values = sizes.map(([, size]) => size);
  return {
    title: text.batchAxis,
    word: text.batch,
    height: 90,
    legend: [],
    yAxis: logAxis(values),
    labels: logLabelWidth(values),
    series: [{ ...curve(text.batch, sizes, words), step: "end" }],
  };
}

/** Where it was measured while training: with its interval, and the batch size that it may be compared with. */
export function noisePanel(records: TrainingRecords, words: ChartText): Panel | undefined {
  const text = words.training;
  const measured = withNoise(records);
  if (measured.length === 0) return undefined;
  const every = Math.ceil(measured.length / BAND_POINTS);
  const shown = measured.filter((_, i) => i % every === 0 || i === measured.length - 1);
  const values = shown.map(
    ({ step, noiseScale = Number.NaN }): Point => [step, noiseScale > 0 ? noiseScale : Number.NaN],
  );
  const sizes = batchSizes(records);
  const known = [...values.map(([, value]) => value), ...shown.map(({ noiseScaleLow }) => noiseScaleLow!)];
  const highest = known.filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 1);
  // An interval that is nearly open would squeeze all else into a corner.
  const uppers = shown.map(({ noiseScaleHigh = Number.POSITIVE_INFINITY }) => Math.min(noiseScaleHigh, 10 * highest));
  const shownValues = [...known, ...uppers, ...sizes.map(([, size]) => size)];
  const points = shown.map(({ step, noiseScaleLow, noiseScaleHigh = Number.POSITIVE_INFINITY }) => {
    return [step, json(noiseScaleLow!), Number.isFinite(noiseScaleHigh) ? json(noiseScaleHigh) : null, ""];
  });
  const band = {
    type: "custom",
    renderItem: "intervalBand",
    name: text.measured,
    clip: true,
    silent: true,
    tooltip: { show: false },
  };
  return {
    title: text.noiseAxis,
    word: text.noise,
    height: 150,
    legend: [lineOnly(text.measured), lineOnly(text.batch)],
    yAxis: logAxis(shownValues),
    labels: logLabelWidth(shownValues),
    series: [
      curve(text.measured, values, words),
      { ...band, data: [[points[0]![0]!, points[0]![1]!]], itemPayload: { points, row: 0 } },
      { ...curve(text.batch, sizes, words), step: "end", color: NEUTRAL, lineStyle: { width: 2, type: "dashed" } },
    ],
  };
}

/** [step, examples] from which on updates see so many. */
function batchSizes({ steps, accumulations, effectiveBatchSize }: TrainingRecords): Point[] {
  const changes = accumulations.map((record): Point => [record.step, record.effectiveBatchSize]);
  const last = changes.at(-1)?.[1] ?? effectiveBatchSize;
  return [[0, effectiveBatchSize], ...changes, [steps.at(-1)?.step ?? 0, last]];
}

function pointsOf<Item extends { readonly step: number }>(
  records: readonly Item[],
  of: (record: Item) => number | undefined,
): Point[] {
  return records.flatMap((record): Point[] => {
    const value = of(record);
    return value === undefined || Number.isNaN(value) ? [] : [[record.step, value]];
  });
}

/** Of so many points the symbols would lie on one another. */
const MANY = 60;

/** A legend entry without the symbol that ECharts shows for a line that has none. */
export const lineOnly = (name: string) => ({ name, itemStyle: { opacity: 0 } });

/** A line of points, with a text for each that has a symbol. */
export function curve(
  name: string,
  points: readonly Point[],
  words: ChartText,
  symbol = "none",
  label: (value: number) => string = significant,
): { readonly [key: string]: Json } {
  // Only points with a symbol can be pointed at, so only they carry a text.
  const data = points.map(([x, y]) =>
    symbol === "none" ? [x, json(y)] : { name: words.atStep(x, label(y)), value: [x, json(y)] },
  );
  const lineStyle = { width: 2 };
  const symbolSize = points.length > MANY ? 3 : 7;
  return { type: "line", name, data, symbol, symbolSize, lineStyle, tooltip: { formatter: "{b}<br>{a}" } };
}

/** Logarithmic where the losses span more than a factor of 30, else linear from 0. */
function lossAxis(points: readonly Point[]): Pick<Panel, "yAxis" | "labels"> {
  const losses = points.map(([, loss]) => loss).filter(Number.isFinite);
  const low = losses.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = losses.reduce((a, b) => Math.max(a, b), 0);
  if (!(low > 0 && high / low > 30)) return { yAxis: { type: "value", splitNumber: 4 } };
  const [min, max] = [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))];
  const yAxis = { type: "log", min, max, minorTick: { show: true, splitNumber: 9 } };
  return { yAxis, labels: logLabelWidth(losses) };
}
