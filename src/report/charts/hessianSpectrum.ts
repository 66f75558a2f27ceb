import type { LandscapeText } from "../../text/en/landscape.ts";
import { significant, withInterval } from "../../text/format.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import { type Chart, type Json, json, NEUTRAL } from "./chart.ts";

interface Interval {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** A density over eigenvalues, and those that are certified. */
export interface ShownSpectrum {
  readonly density: {
    readonly at: ArrayLike<number>;
    readonly value: ArrayLike<number>;
    readonly lower: ArrayLike<number>;
    readonly upper: ArrayLike<number>;
    readonly width: number;
  };
  readonly eigenvalues: readonly Interval[];
}

/** Less than this share of the highest is not shown. */
const LEAST = 1e-5;

/** The density on a scale of powers of ten, its interval as thin lines, certified eigenvalues as marks below. */
export function hessianSpectrum({ density, eigenvalues }: ShownSpectrum, words: LandscapeText["chart"]): Chart {
  const highest = Math.max(...Array.from(density.upper));
  const least = LEAST * highest;
  const points = (values: ArrayLike<number>): Json[] =>
    Array.from(density.at, (x, i) => [json(x), values[i]! >= least ? json(values[i]!) : null]);
  const yAxis = logAxis([least, highest]);
  const bound = { type: "line", name: words.densityBand, symbol: "none", color: NEUTRAL, lineStyle: { width: 1 } };
  const inName = (x: number, y: number) => `${significant(x)}: ${significant(y)}`;
  return {
    title: words.density,
    caption: words.densityCaption(significant(density.width)),
    option: {
      legend: { left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0 },
      tooltip: { trigger: "item" },
      title: [{ text: words.densityAxis, left: 0, top: 32, padding: 0 }],
      grid: { left: 14 + logLabelWidth([least, highest]), right: 24, top: 60, bottom: 46, outerBoundsMode: "none" },
      xAxis: {
        ...{ type: "value", scale: true, splitLine: { show: false }, axisLine: { onZero: false } },
        ...{ name: words.eigenvalue, nameLocation: "center", nameGap: 26, axisLabel: { hideOverlap: true } },
      },
      yAxis: { ...yAxis, axisLine: { onZero: false } },
      series: [
        { ...bound, data: points(density.lower) },
        { ...bound, data: points(density.upper) },
        {
          ...{ type: "line", name: words.densityOf, symbol: "circle", symbolSize: 4, lineStyle: { width: 2 }, z: 3 },
          data: Array.from(density.at, (x, i) => ({
            name: inName(x, density.value[i]!),
            value: [json(x), density.value[i]! >= least ? json(density.value[i]!) : null],
          })),
          tooltip: { formatter: "{b}<br>{a}" },
        },
        {
          ...{ type: "scatter", name: words.eigenvalues, symbol: "triangle", symbolSize: 10, z: 4 },
          data: eigenvalues.map((one) => ({ name: withInterval(one), value: [json(one.value), yAxis.min as number] })),
          tooltip: { formatter: "{b}<br>{a}" },
        },
      ],
    },
    frame: { width: 800, perWidth: 0, fixed: 380 },
  };
}
