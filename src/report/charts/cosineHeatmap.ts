import type { GradientStatistics } from "../../statistics/table.ts";
import { placeName, type Subject, subjectOf } from "../../store/place.ts";
import type { CheckpointAnalysis } from "../../store/schema.ts";
import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { expectedCosineOf, percent, significant, whole } from "../../text/format.ts";
import { nameWidth } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL } from "./chart.ts";
import type { Figure } from "./figure.ts";
import { divergingPalette, paletteImage } from "./image.ts";
import { colorLimit, imageSeries, matrixImage } from "./matrix.ts";

export const similaritiesFigure: Figure<CheckpointAnalysis> = {
  id: "similarities",
  file: (checkpoint) => `gradient_similarities_${placeName(checkpoint)}`,
  readout: true,
  draw: ({ statistics, ...place }, words) => cosineHeatmap(statistics, subjectOf(place), words),
};

export const clusteredFigure: Figure<CheckpointAnalysis> = {
  id: "clustered",
  file: (checkpoint) => `gradient_similarities_clustered_${placeName(checkpoint)}`,
  draw: ({ statistics, ...place }, words) =>
    statistics.order ? cosineHeatmap(statistics, subjectOf(place), words, true) : null,
};

/**
 * The K × K cosine similarities of the batch gradients as one coloured image. Colours are symmetric about 0 and reach
 * to the largest off-diagonal |cosine|: the diagonal is 1 by definition and would hide everything else, so it is grey,
 * as are cosines that are undefined (NaN: a row of zero norm). A second, narrow plot is the colour bar, with marks at
 * the expected and at the mean cosine. `clustered` puts alike rows side by side, where the analysis holds an order.
 */
export function cosineHeatmap(
  statistics: GradientStatistics,
  place: Subject,
  { similarities: text }: ChartText = chartsEnglish,
  clustered = false,
): Chart {
  const { cosine, rows, drawn } = statistics;
  const order = (clustered && statistics.order) || cosine.map((_, i) => i);
  // Undefined values are grey, and the diagonal shall be too.
  const arranged = order.map((i) => order.map((j) => (i === j ? Number.NaN : cosine[i]![j]!)));
  const names = order.map((i) => String(drawn?.[i] ?? i));
  const labels = nameWidth(names, 80);
  const pairs = offDiagonal(cosine);
  const expected = expectedCosineOf(statistics);
  const limit = colorLimit([...pairs, expected.value]);
  return {
    title: clustered ? text.clusteredTitle(rows, place) : text.title(rows, place),
    caption: clustered ? text.clusteredCaption : caption(statistics, pairs, text),
    option: {
      grid: [
        { left: 36 + labels, right: 96, top: 36, bottom: 46, outerBoundsMode: "none" },
        { right: 52, width: 16, top: 36, bottom: 46, outerBoundsMode: "none" },
      ],
      legend: { top: 4, right: 0, itemWidth: 12, itemHeight: 10 },
      xAxis: [batchAxis(names, text.batch, 28), { gridIndex: 1, type: "value", min: 0, max: 1, show: false }],
      yAxis: [
        { ...batchAxis(names, text.batch, 14 + labels), inverse: true },
        {
          gridIndex: 1,
          type: "value",
          min: -limit,
          max: limit,
          interval: limit / 2,
          position: "right",
          splitLine: { show: false },
          axisLine: { show: false },
          axisTick: { show: false },
        },
      ],
      series: [
        imageSeries(0, matrixImage(arranged, limit)),
        imageSeries(1, barImage()),
        {
          ...mark(`${text.mean} ${significant(statistics.meanCosine)}`, statistics.meanCosine),
          symbol: "rect",
          symbolSize: [26, 4],
        },
        {
          ...mark(`${text.expected} ${expected.text}`, expected.value),
          symbol: "triangle",
          symbolSize: 12,
          ...LEFT_OF_BAR,
        },
      ],
    },
    frame: { width: 640, perWidth: 1, fixed: -64 },
  };
}

function caption(statistics: GradientStatistics, pairs: number[], text: ChartText["similarities"]): string {
  const { meanCosine, noiseScale, batchSize } = statistics;
  const expected = expectedCosineOf(statistics);
  return text.caption({
    mean: significant(meanCosine),
    B: whole(batchSize),
    expected: noiseScale.resolved ? `= ${expected.text}` : expected.text,
    scale: noiseScale.resolved ? significant(noiseScale.value) : text.atLeast(significant(noiseScale.lower)),
    negative: percent(pairs.filter((value) => value < 0).length / pairs.length),
  });
}

/** The defined cosines of different rows, each pair once. */
function offDiagonal(cosine: readonly (readonly number[])[]): number[] {
  return cosine.flatMap((row, i) => row.slice(i + 1)).filter((value) => !Number.isNaN(value));
}

function barImage(): string {
  return paletteImage(
    Uint8Array.from({ length: 255 }, (_, i) => 255 - i),
    1,
    divergingPalette(),
    1,
  );
}

function batchAxis(names: readonly string[], name: string, nameGap: number): { readonly [key: string]: Json } {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((candidate) => names.length / candidate <= 10) ?? 2000;
  return {
    type: "category",
    data: [...names],
    name,
    nameLocation: "center",
    nameGap,
    axisTick: { interval: step - 1, alignWithLabel: true },
    axisLabel: { interval: step - 1 },
  };
}

const LEFT_OF_BAR = { symbolRotate: -90, symbolOffset: [-16, 0] };

/** A mark on the colour bar at `value`, explained by the legend. */
function mark(name: string, value: number): { readonly [key: string]: Json } {
  const at = { xAxisIndex: 1, yAxisIndex: 1, clip: false, silent: true };
  const itemStyle = { opacity: 1, borderColor: NEUTRAL, borderWidth: 0.5 };
  return { type: "scatter", name, ...at, data: [[0.5, json(value)]], itemStyle };
}
