import type { JudgeText } from "../../text/en/judge.ts";
import { type Chart, type Json, json, NEUTRAL } from "./chart.ts";
import type { ComparedPoint } from "./compared.ts";
import type { ComparisonFigure } from "./comparison.ts";
import { lineOf } from "./comparisonCurves.ts";

/** What the figures of a judgement are drawn from. Differences are of the arm minus the baseline. */
export interface JudgedFigures {
  /** The metric, and how its values are written. */
  readonly metric: string;
  readonly shown: (value: number) => string;
  readonly arm: string;
  readonly baseline: string;
  readonly minimumEffect: number;
  /** Whether a seed gives both sides the same weights and examples. */
  readonly paired: boolean;
  readonly looks: readonly {
    readonly seeds: number;
    readonly value: number | null;
    readonly lower: number | null;
    readonly upper: number | null;
  }[];
  readonly pairs: readonly { readonly seed: number; readonly arm: number | null; readonly baseline: number | null }[];
}

/** Those for which there is something to draw. */
export function judgementFigures(judged: JudgedFigures, words: JudgeText["figure"]): ComparisonFigure[] {
  const hasPairs = judged.pairs.some(({ arm, baseline }) => arm !== null && baseline !== null);
  return [
    ...(judged.looks.some(({ value }) => value !== null) ? [{ file: "looks", chart: looksChart(judged, words) }] : []),
    ...(hasPairs ? [{ file: "values", chart: valuesChart(judged, words) }] : []),
  ];
}

const grid = { left: 70, right: 24, top: 54, bottom: 44, outerBoundsMode: "none" };
const legend = { left: 0, top: 4, itemHeight: 9, padding: 0 };

/** The difference with its repeated interval against the seeds, between the two ends of what does not matter. */
function looksChart({ looks, minimumEffect, metric, shown }: JudgedFigures, words: JudgeText["figure"]): Chart {
  const points = looks.flatMap(({ seeds, value, lower, upper }): ComparedPoint[] =>
    value === null ? [] : [{ examples: seeds, value, ...(lower === null || upper === null ? open : { lower, upper }) }],
  );
  const [first, last] = [points[0]!.examples, points.at(-1)!.examples];
  const ends = first === last ? [first - 1, last + 1] : [first, last];
  const level = (name: string, value: number, type: string): Json => ({
    ...{ type: "line", name, symbol: "none", color: NEUTRAL, lineStyle: { width: 1, type, color: NEUTRAL } },
    data: ends.map((x) => [x, json(value)]),
  });
  const difference = words.difference(metric);
  const [line, ...band] = lineOf(difference, points);
  return {
    title: words.title,
    caption: words.caption(shown(minimumEffect)),
    option: {
      legend: { ...legend, data: [difference, words.noDifference, words.minimumEffect] },
      grid,
      xAxis: { type: "value", name: words.seeds, nameLocation: "center", nameGap: 26, minInterval: 1, scale: true },
      yAxis: { type: "value", scale: true },
      series: [
        { ...line, symbol: "circle", symbolSize: 5 },
        ...band.map((one) => ({ ...one, ...wholeBand(points) })),
        level(words.noDifference, 0, "solid"),
        level(words.minimumEffect, minimumEffect, "dashed"),
        level(words.minimumEffect, -minimumEffect, "dashed"),
      ] as Json[],
    },
    frame: { width: 800, perWidth: 0, fixed: 340 },
  };
}

const open = { lower: null, upper: null };

/** Bands of the first looks may be any times as wide as the last. */
const WIDEST = 5;

/** The axis holds the band, as far as the last look can still be seen in it. */
function wholeBand(points: readonly ComparedPoint[]): { readonly [key: string]: Json } {
  const bounded = points.filter(({ lower, upper }) => lower !== null && upper !== null);
  const { value, lower, upper, examples } = bounded.at(-1)!;
  const most = WIDEST * Math.max(upper! - value, value - lower!);
  const lowest = Math.max(value - most, Math.min(...bounded.map((one) => one.lower!)));
  const highest = Math.min(value + most, Math.max(...bounded.map((one) => one.upper!)));
  return { data: [[examples, json(lowest), json(highest)]], encode: { x: 0, y: [1, 2] } };
}

/** Both values of each seed, joined where they are a pair, so that one sees which of them is mostly lower. */
function valuesChart({ pairs, arm, baseline, metric, paired }: JudgedFigures, words: JudgeText["figure"]): Chart {
  const whole = pairs.filter((pair) => pair.arm !== null && pair.baseline !== null);
  const dots = (name: string, symbol: string, of: (pair: (typeof whole)[number]) => number): Json => ({
    ...{ type: "line", name, symbol, symbolSize: 8, lineStyle: { width: 0, opacity: 0 } },
    data: whole.map((pair) => [pair.seed, json(of(pair))]),
  });
  return {
    title: words.values,
    caption: paired ? words.valuesCaption : words.unpairedCaption,
    option: {
      legend: { ...legend, data: [arm, baseline] },
      grid,
      xAxis: { type: "value", name: words.seed, nameLocation: "center", nameGap: 26, minInterval: 1 },
      yAxis: { type: "value", name: metric, scale: true },
      series: [
        dots(arm, "circle", (pair) => pair.arm!),
        dots(baseline, "diamond", (pair) => pair.baseline!),
        ...(paired ? whole : []).map((pair) => ({
          ...{ type: "line", symbol: "none", silent: true, lineStyle: { width: 1, color: NEUTRAL } },
          data: [
            [pair.seed, json(pair.arm!)],
            [pair.seed, json(pair.baseline!)],
          ],
        })),
      ] as Json[],
    },
    frame: { width: 800, perWidth: 0, fixed: 340 },
  };
}
