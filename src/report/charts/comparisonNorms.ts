import { logAxis, logLabelWidth } from "./axes.ts";
import { type Chart, type Json, json, NEUTRAL } from "./chart.ts";
import type { ComparedNorms, FigureWords } from "./compared.ts";
import { bandOf, onePanel } from "./comparisonCurves.ts";

/** Points of the fitted line. */
const STEPS = 48;

/** The mean squared gradient norm against the examples of an update, and the line that is fitted to it. */
export function squaredNorms({ points, line }: ComparedNorms, words: FigureWords): Chart {
  const sizes = points.map(({ batchSize }) => batchSize);
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const fitted = (size: number) => line!.signal + line!.noise / size;
  const along = Array.from({ length: STEPS + 1 }, (_, i) => low * (high / low) ** (i / STEPS));
  const values = points.flatMap(({ value, lower, upper }) => [value, lower ?? value, upper ?? value]);
  const whiskers = points.flatMap(({ batchSize, lower, upper }) =>
    lower !== null && upper !== null && lower > 0 ? [[batchSize, json(lower), json(upper), "", 1]] : [],
  );
  const dots = points.map(({ batchSize, value }) => [batchSize, json(value)]);
  const curve = {
    type: "line",
    name: words.fittedNorms,
    data: line === null ? [] : along.map((size) => [json(size), json(fitted(size))]),
    symbol: "none",
    color: NEUTRAL,
    lineStyle: { width: 1.5, type: "dashed", color: NEUTRAL },
    silent: true,
  };
  const names = [words.measuredNorms, ...(line === null ? [] : [words.fittedNorms])];
  return onePanel({ title: words.normsByBatch, caption: line === null ? words.noFit : words.fitCaption }, names, {
    left: Math.max(62, 14 + logLabelWidth(values)),
    legend: { left: 0, top: 4, data: names, itemHeight: 9, padding: 0 },
    xAxis: { ...logAxis(sizes), name: words.batch, nameLocation: "center", nameGap: 26 },
    yAxis: { ...logAxis(values), name: words.squaredNorm, nameTextStyle: { align: "left" } },
    series: [
      { type: "scatter", name: words.measuredNorms, data: dots, symbolSize: 9, itemStyle: { opacity: 1 } },
      ...(whiskers.length === 0 ? [] : [bandOf(words.measuredNorms, whiskers)]),
      ...(line === null ? [] : [curve]),
    ] as Json[],
  });
}
