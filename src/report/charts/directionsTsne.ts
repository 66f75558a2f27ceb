import type { GradientStatistics } from "../../statistics/table.ts";
import { placeName, type Subject, subjectOf } from "../../store/place.ts";
import type { CheckpointAnalysis } from "../../store/schema.ts";
import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { percent, significant } from "../../text/format.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL, nothingToDraw } from "./chart.ts";
import type { Figure } from "./figure.ts";

/** Viridis between its lightness extremes: ordered in lightness for any eye, and visible on white and on black. */
export const NORM_COLORS = ["#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30"];
const LABELED_OUTERMOST = 4;

interface Placed {
  readonly index: number;
  /** Number of the row among all, which is another one where only some were drawn. */
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly norm: number;
}

export const directionsFigure: Figure<CheckpointAnalysis> = {
  id: "directions",
  file: (checkpoint) => `gradient_directions_tsne_${placeName(checkpoint)}`,
  first: true,
  draw: ({ statistics, ...place }, words) => directionsTsne(statistics, subjectOf(place), words),
};

/**
 * The directions of the batch gradients in the plane (t-SNE of their cosine distances), coloured by gradient norm.
 * The outermost rows and the most opposed pair carry their batch index. Both axes have one scale and no unit.
 */
export function directionsTsne(
  statistics: GradientStatistics,
  place: Subject,
  { directions: text }: ChartText = chartsEnglish,
): Chart {
  const { embedding, norms, drawn } = statistics;
  const placed = embedding.points
    .map(([x, y], index) => ({ index, row: drawn?.[index] ?? index, x, y, norm: norms[index]! }))
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  return {
    title: text.title(statistics.rows, place),
    caption: caption(statistics, placed.length, text),
    option: placed.length === 0 ? nothingToDraw(text.empty) : scatter(statistics, placed, text),
    frame: { width: 640, perWidth: 1, fixed: -56 },
  };
}

function caption(
  { rows, drawn, embedding }: GradientStatistics,
  placed: number,
  text: ChartText["directions"],
): string {
  const { perplexity, seed, iterations, neighborsKept, neighbors, notes, note } = embedding;
  const shown = drawn?.length ?? rows;
  const rounded = String(Number(perplexity.toPrecision(3)));
  return [
    Number.isNaN(perplexity) ? text.scaling : text.tsne({ perplexity: rounded, seed, iterations }),
    text.kept(percent(neighborsKept), neighbors),
    placed < shown ? text.missing(shown - placed, shown) : "",
    notes || note ? text.note(embedding) : "",
    text.meaning,
  ].join("");
}

function scatter(
  statistics: GradientStatistics,
  placed: readonly Placed[],
  text: ChartText["directions"],
): { readonly [key: string]: Json } {
  const ranges = [extent(placed.map(({ x }) => x)), extent(placed.map(({ y }) => y))] as const;
  // One scale for both axes, or distances in the picture would depend on the direction.
  const half = 0.56 * Math.max(...ranges.map(([low, high]) => high - low), 1e-9);
  const hidden = { show: false };
  const axis = {
    type: "value",
    nameLocation: "center",
    nameGap: 10,
    axisLabel: hidden,
    axisTick: hidden,
    axisLine: hidden,
    splitLine: hidden,
  };
  return {
    grid: { left: 30, right: 82, top: 32, bottom: 32, outerBoundsMode: "none", show: true, borderColor: NEUTRAL },
    legend: {
      top: 4,
      right: 82,
      padding: 0,
      data: [{ name: text.opposed, lineStyle: { type: "dashed" }, itemStyle: { opacity: 0 } }],
    },
    tooltip: { trigger: "item" },
    xAxis: { ...axis, ...centered(ranges[0], half), name: text.axis(1) },
    yAxis: { ...axis, ...centered(ranges[1], half), name: text.axis(2) },
    visualMap: colorBar(
      placed.map(({ norm }) => norm),
      text,
    ),
    series: [...batches(statistics, placed, text), ...opposedPair(statistics, placed, text)],
  };
}

function colorBar(norms: readonly number[], { norm }: ChartText["directions"]): Json {
  const [smallest, largest] = extent(norms);
  return {
    type: "continuous",
    dimension: 2,
    seriesIndex: [0, 1],
    min: json(smallest)!,
    // A colour bar of no length cannot be drawn; equal norms all get the lowest colour.
    max: json(largest > smallest ? largest : smallest + 1)!,
    inRange: { color: NORM_COLORS },
    text: [norm(significant(largest)), significant(smallest)],
    textStyle: { lineHeight: 15 },
    calculable: false,
    orient: "vertical",
    right: 8,
    top: "middle",
    itemWidth: 14,
    itemHeight: 180,
  };
}

function extent(values: readonly number[]): readonly [number, number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

function centered([low, high]: readonly [number, number], half: number): { readonly min: Json; readonly max: Json } {
  return { min: json((low + high) / 2 - half), max: json((low + high) / 2 + half) };
}

/** Labels nearer to each other than this share of the picture would lie on each other. */
const LABEL_DISTANCE = 0.09;

/** The most opposed pair and the outermost, as far as there is room for their numbers. */
function labeledOf(placed: readonly Placed[], pair: readonly number[]): Placed[] {
  const distance = ({ x, y }: Placed) => Math.hypot(x, y);
  const [xs, ys] = [extent(placed.map(({ x }) => x)), extent(placed.map(({ y }) => y))];
  const least = LABEL_DISTANCE * Math.max(xs[1] - xs[0], ys[1] - ys[0]);
  const outermost = [...placed].sort((a, b) => distance(b) - distance(a)).slice(0, LABELED_OUTERMOST);
  const wanted = [...placed.filter(({ index }) => pair.includes(index)), ...outermost];
  const kept: Placed[] = [];
  for (const one of wanted) if (kept.every(({ x, y }) => Math.hypot(x - one.x, y - one.y) >= least)) kept.push(one);
  return kept;
}

/** Two series, so that the batches with a label lie above those without. */
function batches(
  { mostOpposedPair }: GradientStatistics,
  placed: readonly Placed[],
  text: ChartText["directions"],
): Json[] {
  const labeled = new Set(labeledOf(placed, mostOpposedPair).map(({ index }) => index));
  const series = (named: boolean): Json => ({
    type: "scatter",
    symbolSize: 10,
    z: named ? 4 : 3,
    data: placed
      .filter(({ index }) => labeled.has(index) === named)
      .map(({ row, x, y, norm }) => ({
        name: text.batch(row, significant(norm)),
        value: [json(x), json(y), json(norm)],
        label: { show: named, formatter: String(row), position: "top", distance: 3 },
      })),
    itemStyle: { opacity: 1, borderColor: NEUTRAL, borderWidth: 0.7 },
    tooltip: { formatter: "{b}" },
    labelLayout: { hideOverlap: true },
  });
  return [series(false), series(true)];
}

function opposedPair(
  { mostOpposedPair: [i, j], cosine, drawn }: GradientStatistics,
  placed: readonly Placed[],
  text: ChartText["directions"],
): Json[] {
  const ends = placed.filter(({ index }) => index === i || index === j);
  if (ends.length < 2) return [];
  const description = text.opposedPair(drawn?.[i] ?? i, drawn?.[j] ?? j, significant(cosine[i]![j]!));
  return [
    {
      type: "line",
      name: text.opposed,
      data: ends.map(({ x, y }) => ({ name: description, value: [json(x), json(y)] })),
      lineStyle: { type: "dashed", width: 1.5, color: NEUTRAL },
      itemStyle: { color: NEUTRAL },
      symbol: "none",
      z: 1,
    },
  ];
}
