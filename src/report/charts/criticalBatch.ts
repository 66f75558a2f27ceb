import type { CriticalBatch } from "../../statistics/criticalBatch.ts";
import type { Interval } from "../../statistics/types.ts";
import { foundBatch } from "../../text/batchParts.ts";
import type { CriticalBatchText } from "../../text/en/criticalBatch.ts";
import { percent, whole } from "../../text/format.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL, nothingToDraw } from "./chart.ts";
import type { ComparisonFigure } from "./comparison.ts";

/** What is drawn of the branches from one checkpoint. */
export interface DrawnBranches {
  readonly step: number;
  readonly criticalBatchSize: CriticalBatch;
  readonly factors: readonly { readonly batchSize: number; readonly kept: Interval | null }[];
}

type Words = CriticalBatchText["chart"];
type Part = { readonly [key: string]: Json };

const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
/** Curves that are told apart by their symbols; of more checkpoints the first, the last and those between. */
const MOST_CURVES = 5;

/** The figures of branches, in the order of the page: the course first where there are several checkpoints. */
export function criticalBatchFigures(
  places: readonly DrawnBranches[],
  overhead: number,
  words: Words,
): ComparisonFigure[] {
  return [
    ...(places.length > 1 ? [{ file: "critical_batch_vs_step", chart: course(places, words) }] : []),
    { file: "progress_vs_batch_size", chart: keptProgress(places, overhead, words) },
  ];
}

/** The share of the smallest batch's progress against the batch size, a curve for each checkpoint. */
export function keptProgress(places: readonly DrawnBranches[], overhead: number, { kept: words }: Words): Chart {
  const shown = spread(places.filter(({ factors }) => factors.some(({ kept }) => kept !== null)));
  return {
    title: words.title,
    caption: words.caption(overhead),
    option: shown.length === 0 ? nothingToDraw(words.empty) : keptOptions(shown, overhead, words),
    frame: { width: 800, perWidth: 0, fixed: 400 },
  };
}

function spread<Item>(items: readonly Item[]): Item[] {
  if (items.length <= MOST_CURVES) return [...items];
  const at = (i: number) => items[Math.round((i * (items.length - 1)) / (MOST_CURVES - 1))]!;
  return Array.from({ length: MOST_CURVES }, (_, i) => at(i));
}

function keptOptions(places: readonly DrawnBranches[], overhead: number, words: Words["kept"]): Part {
  const sizes = places.flatMap(({ factors }) => factors.map(({ batchSize }) => batchSize));
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const line = words.line(overhead);
  return {
    legend: {
      left: 0,
      top: 4,
      itemWidth: 24,
      itemHeight: 9,
      padding: 0,
      data: [...places.map(({ step }) => words.step(step)), line],
    },
    tooltip: { trigger: "item" },
    grid: { left: 58, right: 24, top: 76, bottom: 44, outerBoundsMode: "none" },
    title: [{ text: words.value, left: 0, top: 46, padding: 0 }],
    xAxis: {
      ...{ type: "log", logBase: 2, min: json(low / Math.SQRT2)!, max: json(high * Math.SQRT2)! },
      axisLabel: { showMinLabel: false, showMaxLabel: false, hideOverlap: true },
      ...{ axisTick: { show: false }, splitLine: { show: false }, axisLine: { onZero: false } },
      ...{ name: words.axis, nameLocation: "center", nameGap: 26 },
    },
    yAxis: { type: "value", scale: true, ...boundsOf(places, overhead) },
    series: [
      ...places.flatMap((place, i) => keptSeries(place, i, words)),
      {
        ...{ type: "line", name: line, symbol: "none", silent: true, color: NEUTRAL, z: 1 },
        data: [low / Math.SQRT2, high * Math.SQRT2].map((x) => [json(x), json(100 / (1 + overhead))]),
        lineStyle: { width: 1.5, type: "dashed", color: NEUTRAL },
      },
    ],
  };
}

/** Per cent in tens that hold every bar and the dashed line. */
function boundsOf(places: readonly DrawnBranches[], overhead: number) {
  const ends = places.flatMap(({ factors }) => factors.flatMap(({ kept }) => (kept ? [kept.lower, kept.upper] : [])));
  const all = [...ends, 1 / (1 + overhead)].filter(Number.isFinite);
  return { min: 10 * Math.floor(10 * Math.min(...all)), max: 10 * Math.ceil(10 * Math.max(...all)) };
}

function keptSeries({ step, factors }: DrawnBranches, i: number, words: Words["kept"]): Part[] {
  const name = words.step(step);
  const known = factors.flatMap(({ batchSize, kept }) => (kept ? [{ batchSize, kept }] : []));
  const data = known.map(({ batchSize, kept }) => ({
    name: `${whole(batchSize)}: ${percent(kept.value)} [${percent(kept.lower)}, ${percent(kept.upper)}]`,
    value: [batchSize, json(100 * kept.value)],
  }));
  const bars = known.map(({ batchSize, kept }) => [batchSize, json(100 * kept.lower), json(100 * kept.upper), "", 1]);
  const symbol = symbols[i % symbols.length]!;
  return [
    { type: "line", name, data, symbol, symbolSize: 8, tooltip: { formatter: "{a}<br>{b}" }, z: 4 },
    ...bandOf(name, bars, i),
  ];
}

/** Bars from the lower to the upper end, and arrows where nothing bounds them above. */
function bandOf(name: string, points: readonly (readonly Json[])[], row: number): Part[] {
  const [first] = points;
  if (first === undefined) return [];
  return ["intervalBand", "limitArrows"].map((renderItem) => ({
    ...{ type: "custom", renderItem, name, data: [[first[0]!, first[1]!]] },
    ...{ itemPayload: { points, row }, silent: true, tooltip: { show: false } },
  }));
}

/** The critical batch size against the step. */
export function course(places: readonly DrawnBranches[], { course: words }: Words): Chart {
  const known = places.filter(({ criticalBatchSize: { lower } }) => lower !== null);
  return {
    title: words.title,
    caption: words.caption,
    option: known.length === 0 ? nothingToDraw(words.empty) : courseOptions(known, words),
    frame: { width: 800, perWidth: 0, fixed: 360 },
  };
}

function courseOptions(places: readonly DrawnBranches[], words: Words["course"]): Part {
  const ends = places.flatMap(({ criticalBatchSize: { value, lower, upper } }) =>
    [value, lower, upper].flatMap((end) => end ?? []),
  );
  const points = places.map(({ step, criticalBatchSize }) => ({
    name: `${whole(step)}: ${foundBatch(criticalBatchSize)}`,
    value: [step, json(criticalBatchSize.value ?? Number.NaN)],
  }));
  const bars = places.map(({ step, criticalBatchSize: { lower, upper } }) => {
    return [step, json(lower!), upper === null ? null : json(upper), `≥ ${whole(Math.round(lower!))}`, 1];
  });
  return {
    tooltip: { trigger: "item" },
    title: [{ text: words.value, left: 0, top: 4, padding: 0 }],
    grid: { left: Math.max(58, 14 + logLabelWidth(ends)), right: 24, top: 32, bottom: 44, outerBoundsMode: "none" },
    xAxis: {
      ...{ type: "value", min: 0, splitLine: { show: false }, axisLabel: { hideOverlap: true } },
      ...{ name: words.axis, nameLocation: "center", nameGap: 26 },
    },
    yAxis: logAxis(ends),
    series: [
      {
        type: "line",
        name: words.value,
        data: points,
        symbol: "circle",
        symbolSize: 8,
        tooltip: { formatter: "{b}" },
        z: 4,
      },
      ...bandOf(words.value, bars, 0),
    ],
  };
}
