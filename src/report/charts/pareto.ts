import type { ParetoText } from "../../text/en/pareto.ts";
import { significant, whole } from "../../text/format.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL, nothingToDraw } from "./chart.ts";

/** What is drawn of the batch sizes of a study. */
export interface DrawnFront {
  readonly target: number;
  /** Examples to the target by seed, of batch sizes of which every seed reached it. */
  readonly points: readonly { readonly batchSize: number; readonly examples: readonly number[] }[];
  /** Null where there is no hyperbola. */
  readonly curve: { readonly fewestSteps: number; readonly fewestExamples: number } | null;
}

type Words = ParetoText["chart"];
type Place = readonly [steps: number, examples: number];

/** Points of the drawn curve. */
const PLACES = 80;

/** Examples against steps to a target, one point for each batch size, with the hyperbola through them. */
export function paretoFront(front: DrawnFront, words: Words): Chart {
  return {
    title: words.title,
    caption: words.caption(front.target),
    option: front.points.length === 0 ? nothingToDraw(words.empty) : frontOptions(front, words),
    frame: { width: 800, perWidth: 0, fixed: 440 },
  };
}

function frontOptions({ points, curve }: DrawnFront, words: Words): { readonly [key: string]: Json } {
  const seeds = points.flatMap(({ batchSize, examples }) => examples.map((one): Place => [one / batchSize, one]));
  const ends: Place[] = curve ? [[curve.fewestSteps, curve.fewestExamples]] : [];
  const [x, y] = [0, 1].map((side) => [...seeds, ...ends].map((place) => place[side]!)) as [number[], number[]];
  const [xAxis, yAxis] = [logAxis(x), logAxis(y)];
  const box = { x: [Number(xAxis.min), Number(xAxis.max)], y: [Number(yAxis.min), Number(yAxis.max)] } as const;
  const lines = curve === null ? [] : [words.curve, words.ends];
  return {
    legend: { left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0, data: [words.mean, words.seed, ...lines] },
    tooltip: { trigger: "item" },
    grid: { left: Math.max(58, 14 + logLabelWidth(y)), right: 24, top: 76, bottom: 44, outerBoundsMode: "none" },
    title: [{ text: words.value, left: 0, top: 46, padding: 0 }],
    xAxis: { ...xAxis, name: words.axis, nameLocation: "center", nameGap: 26 },
    yAxis,
    series: [
      ...(curve === null ? [] : curveSeries(curve, box, words)),
      {
        ...{ type: "scatter", name: words.seed, symbol: "circle", symbolSize: 4, silent: true, z: 3 },
        ...{ data: seeds.map(([steps, examples]) => [json(steps), json(examples)]), color: NEUTRAL },
      },
      {
        ...{ type: "scatter", name: words.mean, symbol: "circle", symbolSize: 11, z: 4 },
        data: points.map(({ batchSize, examples }) => meanPoint(batchSize, examples, words)),
        label: { show: true, position: "right", formatter: "{b}", distance: 6 },
        tooltip: { formatter: "{b}" },
      },
    ],
  };
}

function meanPoint(batchSize: number, examples: readonly number[], words: Words) {
  const mean = geometricMean(examples);
  return {
    name: words.batch(batchSize),
    value: [json(mean / batchSize), json(mean)],
    tooltip: {
      formatter: `${words.batch(batchSize)}: ${significant(mean / batchSize)} ${words.axis}, ${whole(Math.round(mean))} ${words.value}`,
    },
  };
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, one) => sum + Math.log(one), 0) / values.length);
}

function curveSeries(
  { fewestSteps, fewestExamples }: NonNullable<DrawnFront["curve"]>,
  { x, y }: { readonly x: readonly [number, number] | readonly number[]; readonly y: readonly number[] },
  words: Words,
): { readonly [key: string]: Json }[] {
  const overs = Array.from({ length: PLACES }, (_, i) => 10 ** (-2.5 + (5 * i) / (PLACES - 1)));
  const inside = overs
    .map((over): Place => [fewestSteps * (1 + over), fewestExamples * (1 + 1 / over)])
    .filter(([steps, examples]) => steps <= x[1]! && examples <= y[1]!);
  const line = { type: "line", symbol: "none", silent: true, z: 2 } as const;
  const dashed = {
    ...line,
    name: words.ends,
    color: NEUTRAL,
    lineStyle: { width: 1.5, type: "dashed", color: NEUTRAL },
  };
  const data = (places: readonly Place[]) => places.map((place) => place.map((one) => json(one)));
  return [
    { ...line, name: words.curve, data: data(inside), lineStyle: { width: 2 } },
    {
      ...dashed,
      data: data([
        [fewestSteps, y[0]!],
        [fewestSteps, y[1]!],
      ]),
    },
    {
      ...dashed,
      data: data([
        [x[0]!, fewestExamples],
        [x[1]!, fewestExamples],
      ]),
    },
  ];
}
