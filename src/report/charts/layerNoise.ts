import { layerShares } from "../../statistics/layers.ts";
import type { NoiseScale } from "../../statistics/types.ts";
import { placeName, type Subject, subjectOf } from "../../store/place.ts";
import type { CheckpointAnalysis, LayerAnalysis } from "../../store/schema.ts";
import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { intervalText, percentOrDash, whole } from "../../text/format.ts";
import { logAxis, nameAxis } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL } from "./chart.ts";
import { type Figure, MOST_ROWS } from "./figure.ts";

/** What the layers are seen against: the network as a whole, and the examples of a batch. */
export interface WholeNetwork {
  readonly noiseScale: NoiseScale;
  readonly batchSize: number;
}

export const layersFigure: Figure<CheckpointAnalysis> = {
  id: "layers",
  file: (checkpoint) => `noise_scale_by_layer_${placeName(checkpoint)}`,
  draw: ({ layers, statistics, ...place }, words) =>
    layers ? layerNoise(layers.slice(0, MOST_ROWS), statistics, subjectOf(place), words) : null,
};

/**
 * The noise scale of each layer on a logarithmic axis with its interval, the first layer on top, and as upright lines
 * those of the whole network and the batch size. A layer without an upper limit has an open end.
 */
export function layerNoise(
  layers: readonly LayerAnalysis[],
  { noiseScale, batchSize }: WholeNetwork,
  place: Subject,
  { layers: text }: ChartText = chartsEnglish,
): Chart {
  const scales = layers.map((layer) => layer.noiseScale);
  const values = [...scales, noiseScale].flatMap(({ value, lower, upper }) => [value, lower, upper]);
  const marks = [
    mark(text.whole(intervalText(noiseScale)), noiseScale.resolved ? noiseScale.value : noiseScale.lower, "solid"),
    mark(text.batch(whole(batchSize)), batchSize, "dashed"),
  ];
  const plain = { itemStyle: { opacity: 0 } };
  return {
    title: text.title(place),
    caption: text.caption,
    option: {
      legend: { left: 0, top: 4, padding: 0, itemWidth: 24, data: marks.map(({ name }) => ({ name, ...plain })) },
      tooltip: { trigger: "item" },
      grid: { left: 118, right: 24, top: 54, bottom: 46, outerBoundsMode: "none" },
      xAxis: { ...logAxis([...values, batchSize]), name: text.scale, nameLocation: "center", nameGap: 28 },
      yAxis: {
        ...nameAxis(
          layers.map(({ name }) => name),
          106,
        ),
        inverse: true,
      },
      series: [whiskers(scales), points(layers, text), ...marks],
    },
    frame: { width: 640, perWidth: 0, fixed: 104 + 26 * layers.length },
  };
}

function whiskers(scales: readonly NoiseScale[]): Json {
  const intervals = scales.flatMap(({ lower, upper, resolved }, i) =>
    lower > 0 ? [[i, json(lower), resolved ? json(upper) : null]] : [],
  );
  const first = intervals[0] ?? [0, 1];
  return {
    type: "custom",
    renderItem: "intervals",
    data: [[first[1]!, first[0]!]],
    itemPayload: { intervals },
    silent: true,
    z: 3,
  };
}

function points(layers: readonly LayerAnalysis[], text: ChartText["layers"]): Json {
  const { noise } = layerShares(layers);
  const data = layers.map(({ name, noiseScale, parameters }, i) => ({
    name: text.point({
      name,
      value: intervalText(noiseScale),
      share: percentOrDash(noise[i]),
      parameters: whole(parameters),
    }),
    value: [noiseScale.resolved ? json(noiseScale.value) : null, i],
  }));
  const style = { itemStyle: { opacity: 1 }, symbolSize: 9, tooltip: { formatter: "{b}" } };
  return { type: "scatter", data, ...style, z: 4 };
}

/** An empty series that carries an upright line, so that the legend shows it. */
function mark(name: string, at: number, type: string): { readonly name: string; readonly [key: string]: Json } {
  const lineStyle = { type, width: 1.5, color: NEUTRAL };
  const data = Number.isFinite(at) && at > 0 ? [{ xAxis: json(at) }] : [];
  const markLine = { symbol: "none", silent: true, precision: 12, label: { show: false }, lineStyle, data };
  return { type: "line", name, data: [], symbol: "none", color: NEUTRAL, lineStyle, markLine };
}
