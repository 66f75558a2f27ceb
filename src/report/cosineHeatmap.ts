import { percent, significant, whole } from "../advice/format.ts";
import type { GradientStatistics } from "../statistics/types.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL } from "./chart.ts";
import { divergingPalette, paletteEntry, paletteImage } from "./image.ts";

/** Pixels an image should have at least on each side, so that no cell is blurred on a screen of twice the density. */
const SHARP = 900;

/**
 * The K × K cosine similarities of the batch gradients as one coloured image. Colours are symmetric about 0 and reach
 * to the largest off-diagonal |cosine|: the diagonal is 1 by definition and would hide everything else, so it is grey,
 * as are cosines that are undefined (NaN: a row of zero norm). A second, narrow plot is the colour bar, with marks at
 * the expected and at the mean cosine.
 */
export function cosineHeatmap(statistics: GradientStatistics, epoch: number): Chart {
  const { cosine, rows } = statistics;
  const pairs = offDiagonal(cosine);
  const limit = colorLimit([...pairs, statistics.expectedCosine]);
  return {
    title: `Cosine similarity of ${rows} batch gradients, epoch ${epoch}`,
    caption: caption(statistics, pairs),
    option: {
      grid: [
        { left: 50, right: 96, top: 36, bottom: 46, outerBoundsMode: "none" },
        { right: 52, width: 16, top: 36, bottom: 46, outerBoundsMode: "none" },
      ],
      legend: { top: 4, right: 0, itemWidth: 12, itemHeight: 10 },
      xAxis: [batchAxis(rows, "center", 28), { gridIndex: 1, type: "value", min: 0, max: 1, show: false }],
      yAxis: [
        { ...batchAxis(rows, "center", 34), inverse: true },
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
        image(0, matrixImage(cosine, limit)),
        image(1, barImage()),
        { ...mark("mean", statistics.meanCosine), symbol: "rect", symbolSize: [26, 4] },
        { ...mark("expected", statistics.expectedCosine), symbol: "triangle", symbolSize: 12, ...LEFT_OF_BAR },
      ],
    },
    frame: { width: 640, perWidth: 1, fixed: -64 },
  };
}

function caption({ meanCosine, expectedCosine, noiseScale, batchSize }: GradientStatistics, pairs: number[]): string {
  const negative = pairs.filter((value) => value < 0).length / pairs.length;
  const scale = noiseScale.resolved ? significant(noiseScale.value) : `at least ${significant(noiseScale.lower)}`;
  return (
    `Mean cosine of different batches ${significant(meanCosine)}; independent batches of B = ${whole(batchSize)} ` +
    `examples are expected to have 1/(1 + noise scale/B) = ${significant(expectedCosine)} (noise scale ${scale} ` +
    `examples). ${percent(negative)} of the pairs are negative, which is normal where B is far below the noise ` +
    "scale. Grey: the diagonal, which is 1 by definition, and batches without a gradient."
  );
}

/** The defined cosines of different rows, each pair once. */
function offDiagonal(cosine: readonly (readonly number[])[]): number[] {
  return cosine.flatMap((row, i) => row.slice(i + 1)).filter((value) => !Number.isNaN(value));
}

/** The largest magnitude, rounded up to a number that reads well on an axis; at most 1, and never 0. */
function colorLimit(values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0), 1e-3);
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= largest - 1e-12) ?? 10;
  return Math.min(1, Number((step * power).toPrecision(2)));
}

function matrixImage(cosine: readonly (readonly number[])[], limit: number): string {
  const entries = cosine.flatMap((row, i) => row.map((value, j) => (i === j ? 0 : paletteEntry(value / limit))));
  return paletteImage(Uint8Array.from(entries), cosine.length, divergingPalette(), Math.ceil(SHARP / cosine.length));
}

function barImage(): string {
  return paletteImage(
    Uint8Array.from({ length: 255 }, (_, i) => 255 - i),
    1,
    divergingPalette(),
    1,
  );
}

function batchAxis(rows: number, nameLocation: string, nameGap: number): { readonly [key: string]: Json } {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((candidate) => rows / candidate <= 10) ?? 2000;
  return {
    type: "category",
    data: Array.from({ length: rows }, (_, i) => String(i)),
    name: "batch index",
    nameLocation,
    nameGap,
    axisTick: { interval: step - 1, alignWithLabel: true },
    axisLabel: { interval: step - 1 },
  };
}

function image(index: number, url: string): Json {
  const at = { xAxisIndex: index, yAxisIndex: index };
  return {
    type: "custom",
    renderItem: "filledImage",
    ...at,
    data: [[0, 0]],
    itemPayload: { image: url },
    silent: true,
  };
}

const LEFT_OF_BAR = { symbolRotate: -90, symbolOffset: [-16, 0] };

/** A mark on the colour bar at `value`, explained by the legend. */
function mark(name: string, value: number): { readonly [key: string]: Json } {
  const at = { xAxisIndex: 1, yAxisIndex: 1, clip: false, silent: true };
  const itemStyle = { opacity: 1, borderColor: NEUTRAL, borderWidth: 0.5 };
  return { type: "scatter", name: `${name} ${significant(value)}`, ...at, data: [[0.5, json(value)]], itemStyle };
}
