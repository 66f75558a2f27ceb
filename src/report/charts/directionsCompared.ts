import type { GradientStatistics } from "../../statistics/table.ts";
import type { Embedding } from "../../statistics/types.ts";
import { placeName, type Subject, subjectOf } from "../../store/place.ts";
import type { CheckpointAnalysis } from "../../store/schema.ts";
import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { percent, significant } from "../../text/format.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL } from "./chart.ts";
import { NORM_COLORS } from "./directionsTsne.ts";
import type { Figure } from "./figure.ts";

const COLUMNS = 2;
/**
 * Shares of the frame's width: the side of a picture, and the room for three lines of text above it, on a phone too.
 */
const SIDE = 0.485;
const HEAD = 0.17;
/** And below all pictures, for the colours. */
const FOOT = 0.1;

const heightOf = (rows: number) => rows * (SIDE + HEAD) + FOOT;

export const comparedFigure: Figure<CheckpointAnalysis> = {
  id: "compared",
  file: (checkpoint) => `gradient_directions_compared_${placeName(checkpoint)}`,
  draw: ({ statistics, ...place }, words) =>
    statistics.embeddings?.length ? directionsCompared(statistics, subjectOf(place), words) : null,
};

/**
 * The same rows placed by several methods and perplexities, two side by side, each with what it keeps of the
 * neighbourhoods beside it. Colours are gradient norms, as in `directionsTsne`. Expects at least one picture beside the
 * first.
 */
export function directionsCompared(
  statistics: GradientStatistics,
  place: Subject,
  { compared: text }: ChartText = chartsEnglish,
): Chart {
  const pictures = [statistics.embedding, ...(statistics.embeddings ?? [])];
  const rows = Math.ceil(pictures.length / COLUMNS);
  const finite = statistics.norms.filter(Number.isFinite);
  const [low, high] = [
    finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    finite.reduce((a, b) => Math.max(a, b), 0),
  ];
  return {
    title: text.title(statistics.rows, place),
    caption: text.caption(statistics.embedding.neighbors),
    option: {
      title: pictures.map((picture, i) => heading(picture, i, rows, text)),
      grid: pictures.map((_, i) => ({ ...box(i, rows), show: true, borderColor: NEUTRAL, outerBoundsMode: "none" })),
      xAxis: pictures.map((picture, i) => axis(picture, 0, i)),
      yAxis: pictures.map((picture, i) => axis(picture, 1, i)),
      visualMap: {
        dimension: 2,
        text: [text.norm(significant(high)), significant(low)],
        calculable: false,
        orient: "horizontal",
        left: "center",
        bottom: 4,
        itemWidth: 12,
        itemHeight: 120,
        padding: 0,
        seriesIndex: pictures.map((_, i) => i),
        min: json(low)!,
        max: json(high > low ? high : low + 1)!,
        inRange: { color: NORM_COLORS },
      },
      series: [
        ...pictures.map((picture, i) => scatter(picture, statistics.norms, i)),
        ...pictures.flatMap((picture, i) => opposed(picture, statistics.mostOpposedPair, i)),
      ],
    },
    // Without a fixed part shares are the same at every width, and pictures stay square.
    frame: { width: 640, perWidth: heightOf(rows), fixed: 0 },
  };
}

const percentage = (share: number) => `${Number((100 * share).toFixed(3))}%`;
const leftOf = (index: number) => percentage(index % COLUMNS === 0 ? 0.003 : 0.51);

function box(index: number, rows: number): { readonly [key: string]: Json } {
  const height = heightOf(rows);
  const top = Math.floor(index / COLUMNS) * (SIDE + HEAD) + HEAD;
  return {
    left: leftOf(index),
    width: percentage(SIDE),
    top: percentage(top / height),
    height: percentage(SIDE / height),
  };
}

function heading(
  { method, perplexity, explained, neighborsKept, trustworthiness }: Embedding,
  i: number,
  rows: number,
  text: ChartText["compared"],
): Json {
  const what =
    method === "t-SNE" && !Number.isNaN(perplexity)
      ? text.perplexity(String(Number(perplexity.toPrecision(3))))
      : explained
        ? text.explained(percent(explained[0] + explained[1]))
        : method;
  const trust = trustworthiness === undefined ? [] : [text.trust(significant(trustworthiness))];
  return {
    text: what,
    subtext: [text.kept(percent(neighborsKept)), ...trust].join("\n"),
    left: leftOf(i),
    bottom: percentage(1 - (Math.floor(i / COLUMNS) * (SIDE + HEAD) + HEAD) / heightOf(rows)),
    padding: [0, 0, 6, 0],
    itemGap: 4,
    textStyle: { fontSize: 12 },
    subtextStyle: { fontSize: 11, lineHeight: 15 },
  };
}

/** One scale for both axes of a picture. */
function axis({ points }: Embedding, dimension: 0 | 1, gridIndex: number): Json {
  const of = (d: 0 | 1) => points.map((point) => point[d]).filter(Number.isFinite);
  const ends = ([0, 1] as const).map((d) => {
    const values = of(d);
    return values.length === 0
      ? [0, 0]
      : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  });
  const half = 0.56 * Math.max(...ends.map(([low, high]) => high! - low!), 1e-9);
  const [low, high] = ends[dimension] as [number, number];
  const hidden = { show: false };
  const range = { min: json((low + high) / 2 - half), max: json((low + high) / 2 + half) };
  return {
    gridIndex,
    type: "value",
    ...range,
    axisLabel: hidden,
    axisTick: hidden,
    axisLine: hidden,
    splitLine: hidden,
  };
}

function scatter({ points }: Embedding, norms: readonly number[], index: number): Json {
  const data = points.flatMap(([x, y], k) => (Number.isFinite(x + y) ? [[json(x), json(y), json(norms[k]!)]] : []));
  const itemStyle = { opacity: 1, borderColor: NEUTRAL, borderWidth: 0.5 };
  return { type: "scatter", xAxisIndex: index, yAxisIndex: index, symbolSize: 6, data, itemStyle, silent: true, z: 3 };
}

function opposed({ points }: Embedding, [i, j]: readonly [number, number], index: number): Json[] {
  const ends = [points[i], points[j]].filter((point) => point !== undefined && Number.isFinite(point[0] + point[1]));
  if (ends.length < 2) return [];
  const data = ends.map((point) => [json(point![0]), json(point![1])]);
  const lineStyle = { type: "dashed", width: 1.2, color: NEUTRAL };
  return [{ type: "line", xAxisIndex: index, yAxisIndex: index, data, symbol: "none", lineStyle, silent: true, z: 2 }];
}
