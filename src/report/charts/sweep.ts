import type { SweepText } from "../../text/en/sweep.ts";
import { logAxis } from "./axes.ts";
import { type Chart, type Json, json } from "./chart.ts";
import type { ComparisonFigure } from "./comparison.ts";

/** An option that varies, as it is drawn. */
export interface DrawnOption {
  readonly name: string;
  /** Names in their order; null of numbers. */
  readonly names: readonly string[] | null;
  readonly log: boolean;
}

/** A setting that was trained to its end. */
export interface DrawnSetting {
  /** A number, or the place among the names. */
  readonly values: readonly number[];
  readonly value: number;
  readonly mayBeBest: boolean;
}

/** What the figures of a sweep are drawn from. */
export interface DrawnSweep {
  readonly options: readonly DrawnOption[];
  /** What is drawn upwards, and whether less of it is better. */
  readonly metric: string;
  readonly smallerIsBetter: boolean;
  /** From best to worst. */
  readonly settings: readonly DrawnSetting[];
  readonly curve: readonly {
    readonly trials: number;
    readonly expectedBest: number | null;
    readonly lower: number | null;
    readonly upper: number | null;
  }[];
}

type Words = SweepText["figures"];
type Series = { readonly [key: string]: Json };

/** Those for which there is something to draw, in the order of the page. */
export function sweepFigures(sweep: DrawnSweep, words: Words): ComparisonFigure[] {
  const { settings, curve, options } = sweep;
  const isCurve = curve.filter(({ expectedBest }) => expectedBest !== null).length > 1;
  return [
    ...(settings.length > 1 ? [{ file: "settings", chart: panels(sweep, words) }] : []),
    ...(isCurve ? [{ file: "tuning_curve", chart: tuningCurve(sweep, words) }] : []),
    ...(settings.length > 1 && options.length > 1 ? [{ file: "parallel", chart: parallel(sweep, words) }] : []),
  ];
}

const PANEL = 200;
const ROW = 290;
/** Losses so far apart are drawn on a logarithmic axis. */
const FAR = 20;

/** The metric over each option, two panels a row. */
function panels(sweep: DrawnSweep, words: Words): Chart {
  const { options, settings, metric } = sweep;
  const values = settings.map(({ value }) => value);
  const isFar = values.every((value) => value > 0) && Math.max(...values) > FAR * Math.min(...values);
  const isOne = options.length === 1;
  const place = (i: number) => ({
    left: isOne ? "9%" : i % 2 === 0 ? "9%" : "59%",
    width: isOne ? "86%" : "38%",
    top: 34 + ROW * Math.floor(i / 2),
    height: PANEL,
    outerBoundsMode: "none",
  });
  const marks = [false, true].map((best): Omit<Series, "data"> & { best: boolean } => ({
    best,
    type: "scatter",
    symbolSize: best ? 11 : 9,
    name: best ? words.alike : words.others,
    itemStyle: best ? {} : { color: "transparent", borderWidth: 1.5, borderColor: "#808080" },
    z: best ? 3 : 2,
  }));
  return {
    title: words.settings,
    caption: words.settingsCaption,
    option: {
      title: options.map((_, i) => ({
        text: i % 2 === 0 ? metric : "",
        left: 0,
        top: 2 + ROW * Math.floor(i / 2),
        padding: 0,
      })),
      grid: options.map((_, i) => place(i)),
      xAxis: options.map((option, i) => ({
        ...axisOf(sweep, i),
        gridIndex: i,
        name: option.name,
        nameLocation: "center",
        nameGap: 28,
      })),
      yAxis: options.map((_, i) =>
        isFar ? { ...logAxis(values, i) } : { type: "value", gridIndex: i, scale: true, splitNumber: 4 },
      ),
      series: options.flatMap((_, i) =>
        marks.map(({ best, ...mark }) => ({
          ...mark,
          xAxisIndex: i,
          yAxisIndex: i,
          data: settings
            .filter(({ mayBeBest }) => mayBeBest === best)
            .map(({ values: own, value }) => [json(own[i]!), json(value)]),
        })),
      ) as Json[],
    },
    frame: { width: 800, perWidth: 0, fixed: 20 + ROW * Math.ceil(options.length / 2) },
  };
}

function axisOf({ options, settings }: DrawnSweep, i: number): Series {
  const { names, log } = options[i]!;
  const own = settings.map(({ values }) => values[i]!);
  if (names) return { type: "category", data: [...names], axisLabel: { hideOverlap: true } };
  if (log) return { ...logAxis(own), axisLabel: { hideOverlap: true } };
  return { type: "value", scale: true, axisLabel: { hideOverlap: true } };
}

function tuningCurve({ curve, metric }: DrawnSweep, words: Words): Chart {
  const known = curve.filter(({ expectedBest }) => expectedBest !== null);
  const bounded = known.filter(({ lower, upper }) => lower !== null && upper !== null);
  const rows = bounded.map(({ trials, lower, upper }) => [trials, json(lower!), json(upper!), ""]);
  const own = { name: words.curve, type: "line", symbol: "none" };
  const line = {
    ...own,
    lineStyle: { width: 2 },
    data: known.map(({ trials, expectedBest }) => [trials, json(expectedBest!)]),
  };
  // The axis holds the ends of the band.
  const ends = [1, 2].map((end) => ({
    ...own,
    lineStyle: { opacity: 0 },
    data: rows.map((row) => [row[0]!, row[end]!]),
  }));
  const band = {
    name: words.curve,
    type: "custom",
    renderItem: "intervalBand",
    clip: true,
    silent: true,
    data: rows.length === 0 ? [] : [[rows[0]![0]!, rows[0]![1]!]],
    itemPayload: { points: rows, row: 0 },
  };
  return {
    title: words.curve,
    caption: words.curveCaption,
    option: {
      title: [{ text: metric, left: 0, top: 2, padding: 0 }],
      grid: { left: 62, right: 24, top: 34, bottom: 44, outerBoundsMode: "none" },
      xAxis: {
        type: "value",
        min: 1,
        max: curve.length,
        minInterval: 1,
        name: words.trials,
        nameLocation: "center",
        nameGap: 26,
      },
      yAxis: { type: "value", scale: true },
      series: [line, ...(rows.length > 1 ? [band, ...ends] : [])] as Json[],
    },
    frame: { width: 800, perWidth: 0, fixed: 320 },
  };
}

/** A line for each setting, across an axis for each option and one of the metric. */
function parallel(sweep: DrawnSweep, words: Words): Chart {
  const { options, settings, metric, smallerIsBetter } = sweep;
  const axes = [
    ...options.map(({ name }, i) => ({ dim: i, name, ...axisOf(sweep, i) })),
    {
      dim: options.length,
      name: metric,
      type: "value",
      scale: true,
      inverse: smallerIsBetter,
      nameLocation: smallerIsBetter ? "start" : "end",
    },
  ];
  const lines = (best: boolean) =>
    settings.flatMap(({ values, value, mayBeBest }, rank) => {
      if (mayBeBest !== best) return [];
      const opacity = best ? 0.9 : 0.5 + 0.4 * (1 - rank / settings.length);
      return [{ value: [...values.map((one) => json(one)), json(value)], lineStyle: { opacity } }];
    });
  return {
    title: words.parallel,
    caption: words.parallelCaption,
    option: {
      parallel: { left: 50, right: 70, top: 40, bottom: 24, parallelAxisDefault: { nameLocation: "end", nameGap: 14 } },
      parallelAxis: axes as Json[],
      series: [
        { type: "parallel", silent: true, lineStyle: { width: 1.5, color: "#808080" }, data: lines(false) },
        { type: "parallel", silent: true, lineStyle: { width: 2.5 }, data: lines(true) },
      ] as Json[],
    },
    frame: { width: 800, perWidth: 0, fixed: 360 },
  };
}
