import { displayWidth } from "../terminal/displayWidth.ts";
import { type Chart, type Json, json, NEUTRAL } from "./chart.ts";
import type { ComparedArm, FigureWords } from "./compared.ts";
import {
  bandOf,
  drawnArms,
  examplesAxis,
  legendHeight,
  legendOf,
  lineOf,
  type Part,
  PHONE,
  shortNames,
} from "./comparisonCurves.ts";

/** Pixels: where a panel's axes stand. */
interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Of so many arms each has a name below its bar. */
const NAMED = 24;
const CHARACTER = 7.2;

/** The axis of arms below a panel so wide, and what its names take in height. */
export function armAxis(names: readonly string[], width: number): { readonly axis: Part; readonly room: number } {
  const longest = Math.max(...names.map(displayWidth)) * CHARACTER;
  const isLevel = names.length * (longest + 8) <= width;
  const isMany = names.length > NAMED;
  const axisLabel = {
    interval: isMany ? "auto" : 0,
    ...(isLevel ? {} : { rotate: isMany ? 90 : 45, width: 110, overflow: "truncate", fontSize: 10 }),
  };
  const axis = { type: "category", data: [...names], axisLabel, axisTick: { alignWithLabel: true, show: !isMany } };
  return { axis, room: isLevel ? 24 : 16 + Math.round((isMany ? 1 : 0.71) * Math.min(110, longest)) };
}

/** Panels in so many columns below `top`, and how high they are together. */
export function places(
  count: number,
  { columns, width, top, height, below }: Record<"columns" | "width" | "top" | "height" | "below", number>,
): { readonly places: Place[]; readonly bottom: number } {
  const [left, right, title] = [58, 20, 40];
  const each = width / columns;
  const row = title + height + below;
  const of = Array.from({ length: count }, (_, i) => ({
    left: (i % columns) * each + left,
    top: top + Math.floor(i / columns) * row + title,
    width: each - left - right,
    height,
  }));
  return { places: of, bottom: top + Math.ceil(count / columns) * row };
}

export const gridOf = (place: Place): Part => ({ ...place, outerBoundsMode: "none" });

/** Above its panel, from the border of the frame on. */
export function titleOf(text: string, { left, top }: Place): Part {
  return { text, left: left - 50, top: top - 28, padding: 0 };
}

/** Training loss over examples, mean loss, time and memory of each arm: two rows of two, or on a phone one of four. */
export function fourPanels(all: readonly ComparedArm[], words: FigureWords): Chart {
  const { arms: drawn, isPart } = drawnArms(all);
  const at = (width: number, columns: number) => {
    const names = shortNames(drawn);
    const { axis, room } = armAxis(shortNames(all), width / columns - 78);
    const top = legendHeight(names, width);
    const below = Math.max(room, 44) + 8;
    const { places: where, bottom } = places(4, { columns, width, top, height: 170, below });
    const titles = [words.trainingLoss, words.meanLoss, words.seconds, words.memory];
    const option = {
      title: titles.map((text, i) => titleOf(text, where[i]!)),
      legend: legendOf(names, 0),
      grid: where.map(gridOf),
      xAxis: [
        { ...examplesAxis(words), gridIndex: 0, splitNumber: 4 },
        ...[1, 2, 3].map((gridIndex) => ({ ...axis, gridIndex })),
      ],
      yAxis: [
        { type: "value", gridIndex: 0, scale: true },
        ...[1, 2, 3].map((gridIndex) => ({ type: "value", gridIndex, splitNumber: 3 })),
      ],
      series: [...drawn.flatMap((arm, i) => lineOf(names[i]!, arm.training, i)), ...barsOf(all, isPart)] as Json[],
    };
    return { option, frame: { width, perWidth: 0, fixed: bottom } };
  };
  const caption = isPart ? `${words.caption} ${words.someArms(drawn.length, all.length)}` : words.caption;
  return { title: words.title, caption, ...at(800, 2), narrow: at(PHONE, 1) };
}

/** In the colours of the curves, where every arm has one. */
function barsOf(arms: readonly ComparedArm[], isPart: boolean): Json[] {
  const bars = [
    arms.map(({ meanLoss }) => meanLoss.value),
    arms.map(({ seconds }) => seconds),
    arms.map(({ peakMemoryBytes }) => peakMemoryBytes / 2 ** 20),
  ];
  const bar = { type: "bar", barMaxWidth: 48, colorBy: isPart ? "series" : "data", tooltip: { show: false } };
  const whiskers = arms.flatMap(({ meanLoss: { lower, upper } }, i) =>
    lower === null || upper === null ? [] : [[i, json(lower), json(upper), "", 1]],
  );
  return [
    ...bars.map((values, i) => ({
      ...bar,
      ...(isPart ? { color: NEUTRAL } : {}),
      xAxisIndex: i + 1,
      yAxisIndex: i + 1,
      data: values.map((value) => json(value)),
    })),
    ...(whiskers.length === 0 ? [] : [{ ...bandOf("", whiskers), xAxisIndex: 1, yAxisIndex: 1, color: NEUTRAL, z: 5 }]),
  ];
}
