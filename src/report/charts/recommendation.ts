import type { Goal } from "../../statistics/recommend/pilotTable.ts";
import type { PricedSetting, Recommendation } from "../../statistics/recommend/recommendation.ts";
import type { Interval } from "../../statistics/types.ts";
import { durationText } from "../../text/duration.ts";
import type { RecommendText } from "../../text/en/recommend.ts";
import { whole } from "../../text/format.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, nothingToDraw } from "./chart.ts";
import type { ComparisonFigure } from "./comparison.ts";

/** What is drawn of an advice. */
export type DrawnAdvice = Pick<Recommendation<string>, "advice" | "present" | "alternatives" | "batches">;

type Words = RecommendText["chart"];
type Part = { readonly [key: string]: Json };

const intervalOf = { time: "seconds", examples: "examples", updates: "updates" } as const;

/** The figures of an advice, in the order of the page. */
export function recommendFigures(drawn: DrawnAdvice, goal: Goal, words: Words): ComparisonFigure[] {
  return [
    { file: "need_vs_batch_size", chart: needAgainstBatch(drawn, goal, words) },
    { file: "time_vs_examples", chart: timeAgainstExamples(drawn, words) },
  ];
}

/** What each batch takes of the goal at its best rate, the advised and the present setting among them. */
export function needAgainstBatch(drawn: DrawnAdvice, goal: Goal, { need: words }: Words): Chart {
  const frame = { width: 800, perWidth: 0, fixed: 400 };
  const { batches, advice, present } = drawn;
  const { title, caption } = words;
  if (batches.length === 0) return { title, caption, option: nothingToDraw(words.empty), frame };
  const of = (one: PricedSetting): Interval => one[intervalOf[goal]];
  const others = batches.filter((one) => one.effectiveBatchSize !== advice.effectiveBatchSize);
  const shown = [...batches, present];
  const at = (one: PricedSetting) => one.effectiveBatchSize;
  const ends = shown.flatMap((one) => [of(one).value, of(one).lower, of(one).upper]).filter(Number.isFinite);
  const series = [
    { name: words.series, some: others, symbol: "circle" },
    { name: words.advised, some: [advice], symbol: "diamond" },
    { name: words.present, some: [present], symbol: "emptyCircle" },
  ];
  const option = {
    ...framed({ ends, value: words.value[goal], axis: words.axis }),
    legend: legendOf(series.filter(({ some }) => some.length > 0).map(({ name }) => name)),
    xAxis: batchAxis(shown.map(at), words.axis),
    series: series.flatMap((one, row) => pointsOf(one, { at, of, row })),
  };
  return { title, caption, option, frame };
}

/** Seconds to the target against examples to it: what nothing beats lies towards the corner. */
export function timeAgainstExamples({ alternatives, batches, advice }: DrawnAdvice, { front: words }: Words): Chart {
  const frame = { width: 800, perWidth: 0, fixed: 380 };
  const { title, caption } = words;
  if (batches.length === 0) return { title, caption, option: nothingToDraw(words.empty), frame };
  const at = ({ examples }: PricedSetting) => examples.value;
  const of = ({ seconds: { value } }: PricedSetting): Interval => ({ value, lower: value, upper: value });
  const isAdvised = (one: PricedSetting) => one.effectiveBatchSize === advice.effectiveBatchSize;
  const unbeaten = new Set(alternatives.map(({ effectiveBatchSize }) => effectiveBatchSize));
  const isOnFront = (one: PricedSetting) => unbeaten.has(one.effectiveBatchSize);
  const series = [
    { name: words.front, some: batches.filter((one) => isOnFront(one) && !isAdvised(one)), symbol: "circle" },
    { name: words.advised, some: batches.filter(isAdvised), symbol: "diamond" },
    { name: words.others, some: batches.filter((one) => !isOnFront(one) && !isAdvised(one)), symbol: "emptyCircle" },
  ];
  const option = {
    ...framed({ ends: batches.map((one) => of(one).value), value: words.value, axis: words.axis }),
    legend: legendOf(series.filter(({ some }) => some.length > 0).map(({ name }) => name)),
    xAxis: {
      ...{ ...logAxis(batches.map(at)), axisLine: { onZero: false }, splitLine: { show: false } },
      ...{ minorSplitLine: { show: false }, axisLabel: { hideOverlap: true } },
      ...{ name: words.axis, nameLocation: "center", nameGap: 26 },
    },
    series: series.flatMap((one, row) => pointsOf(one, { at, of, row, labelled: true })),
  };
  return { title, caption, option, frame };
}

function framed({ ends, value }: { readonly ends: readonly number[]; readonly value: string; readonly axis: string }) {
  return {
    tooltip: { trigger: "item" },
    title: [{ text: value, left: 0, top: 46, padding: 0 }],
    grid: { left: Math.max(58, 14 + logLabelWidth(ends)), right: 30, top: 78, bottom: 44, outerBoundsMode: "none" },
    yAxis: logAxis(ends),
  };
}

const legendOf = (names: readonly string[]) => ({
  ...{ left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0, data: [...names] },
});

/** Powers of two, as batch sizes are. */
function batchAxis(sizes: readonly number[], name: string): Part {
  return {
    ...{ type: "log", logBase: 2, name, nameLocation: "center", nameGap: 26 },
    ...{ min: json(Math.min(...sizes) / Math.SQRT2)!, max: json(Math.max(...sizes) * Math.SQRT2)! },
    axisLabel: { showMinLabel: false, showMaxLabel: false, hideOverlap: true },
    ...{ axisTick: { show: false }, splitLine: { show: false }, axisLine: { onZero: false } },
  };
}

interface Placed {
  readonly at: (one: PricedSetting) => number;
  readonly of: (one: PricedSetting) => Interval;
  readonly row: number;
  readonly labelled?: boolean;
}

interface Group {
  readonly name: string;
  readonly some: readonly PricedSetting[];
  readonly symbol: string;
}

function pointsOf({ name, some, symbol }: Group, { at, of, row, labelled = false }: Placed): Part[] {
  const [first] = some;
  if (first === undefined) return [];
  const data = some.map((one) => ({
    name: `${whole(one.effectiveBatchSize)}: ${durationText(one.seconds.value)}`,
    value: [json(at(one)), json(of(one).value)],
    ...(labelled && { label: { show: true, position: "right", formatter: whole(one.effectiveBatchSize) } }),
  }));
  const points = some.map((one) => {
    const { lower, upper } = of(one);
    return [json(at(one)), json(lower), json(upper), "", 1];
  });
  const bars = some.some((one) => of(one).lower < of(one).upper)
    ? [
        {
          ...{ type: "custom", renderItem: "intervalBand", name, data: [[json(at(first)), json(of(first).lower)]] },
          ...{ itemPayload: { points, row }, silent: true, tooltip: { show: false } },
        },
      ]
    : [];
  const size = symbol === "diamond" ? 14 : 9;
  return [
    {
      type: "scatter",
      name,
      data,
      symbol,
      symbolSize: size,
      itemStyle: { opacity: 1 },
      tooltip: { formatter: "{b}" },
      z: 4,
    },
    ...bars,
  ];
}
