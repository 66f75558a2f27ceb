import type { LandscapeText } from "../../text/en/landscape.ts";
import { percent, significant } from "../../text/format.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL } from "./chart.ts";
import { contour } from "./contours.ts";

/** What is drawn of a slice of the loss: `losses[j][i]` at (x_i, y_j), one row on a line. */
export interface ShownSlice {
  readonly kind: "line" | "plane" | "path" | "between";
  readonly training: Grid;
  readonly validation: Grid | null;
  readonly path: {
    readonly points: readonly (readonly [number, number])[];
    readonly explained: readonly number[];
  } | null;
}

interface Grid {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly losses: readonly (readonly number[])[];
}

type Words = LandscapeText["chart"];
type Part = { readonly [key: string]: Json };

/** Between a phone and a wide page: across it the marks of a plane stand side by side. */
const READ_PIXELS = 450;

/** Contour lines at most. */
const LEVELS = 12;

/**
 * A slice: curves of the loss on a line, lines of equal loss on a plane with the path on top. `read`: on a plane a
 * pointer reads the loss at every point.
 */
export function lossSlice(slice: ShownSlice, words: Words, read = false): Chart {
  const isLine = slice.kind === "line" || slice.kind === "between";
  return {
    title: words[slice.kind],
    caption: isLine ? words[`${slice.kind}Caption`] : `${words[`${slice.kind}Caption`]}${shownLevels(slice, words)}`,
    option: isLine ? lineOption(slice, words) : planeOption(slice, words, read),
    frame: { width: 800, perWidth: 0, fixed: isLine ? 380 : 560 },
  };
}

function lineOption({ kind, training, validation }: ShownSlice, words: Words): Part {
  const curve = (name: string, { x, losses }: Grid): Part => ({
    ...{ type: "line", name, symbol: "circle", symbolSize: 5, lineStyle: { width: 2 } },
    data: x.map((a, i) => ({
      name: `${significant(a)}: ${significant(losses[0]![i]!)}`,
      value: [json(a), json(losses[0]![i]!)],
    })),
    tooltip: { formatter: "{b}<br>{a}" },
  });
  return {
    legend: { left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0 },
    tooltip: { trigger: "item" },
    title: [{ text: words.loss, left: 0, top: 32, padding: 0 }],
    grid: { left: 62, right: 24, top: 60, bottom: 46, outerBoundsMode: "none" },
    xAxis: named(kind === "between" ? words.mixture : words.along, 26),
    yAxis: { type: "value", scale: true, axisLine: { show: false } },
    series: [curve(words.training, training), ...(validation ? [curve(words.validation, validation)] : [])],
  };
}

const named = (name: string, nameGap: number): Part => ({
  ...{ type: "value", scale: true, splitLine: { show: false }, axisLine: { onZero: false } },
  axisLabel: { showMinLabel: false, showMaxLabel: false, hideOverlap: true },
  ...{ name, nameLocation: "center", nameGap },
});

function planeOption({ training, path }: ShownSlice, words: Words, read: boolean): Part {
  const { x, y, losses } = training;
  const levels = levelsOf(losses.flat());
  const share = (axis: number) => (path ? percent(path.explained[axis]!) : null);
  return {
    tooltip: { trigger: "item" },
    grid: { left: 70, right: 24, top: 20, bottom: 50, outerBoundsMode: "none" },
    xAxis: { ...named(words.axis(1, share(0)), 28), min: json(x[0]!)!, max: json(x.at(-1)!)! },
    yAxis: { ...named(words.axis(2, share(1)), 48), min: json(y[0]!)!, max: json(y.at(-1)!)! },
    series: [
      ...levels.map((level, i) =>
        levelSeries(contour(x, y, losses, level), { level, share: i / levels.length }, words),
      ),
      ...(path ? [pathSeries(path.points, words)] : []),
      ...(read ? [readSeries(training, words)] : []),
    ],
  };
}

/** What the innermost and the outermost line stand for. */
function shownLevels({ training }: ShownSlice, words: Words): string {
  const levels = levelsOf(training.losses.flat());
  return levels.length === 0 ? "" : words.levels(significant(levels[0]!), significant(levels.at(-1)!));
}

/** Heights whose roots are evenly spaced, so that the lines of a bowl are. */
function levelsOf(losses: readonly number[]): number[] {
  const known = losses.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (known.length === 0) return [];
  const [low, high] = [known[0]!, known[Math.floor(0.95 * (known.length - 1))]!];
  return Array.from({ length: LEVELS }, (_, i) => low + (high - low) * ((i + 0.5) / LEVELS) ** 2);
}

function levelSeries(
  segments: ReturnType<typeof contour>,
  { level, share }: { readonly level: number; readonly share: number },
  words: Words,
): Part {
  const name = words.level(significant(level));
  return {
    ...{ type: "line", name, symbol: "none", connectNulls: false, z: 1, triggerLineEvent: true },
    color: NEUTRAL,
    lineStyle: { width: 1.2, opacity: 1 - 0.75 * share, color: NEUTRAL },
    // A gap ends each piece.
    data: segments.flatMap(([[a, b], [c, d]]): Json[] => [
      [json(a), json(b)],
      [json(c), json(d)],
      [null, null],
    ]),
    ...(segments.length > 0 && { endLabel: { show: false } }),
    tooltip: { formatter: name },
  };
}

/** A mark at every point, which shows itself and its loss under a pointer. */
function readSeries({ x, y, losses }: Grid, words: Words): Part {
  const side = Math.max(6, Math.floor(READ_PIXELS / x.length));
  return {
    ...{ type: "scatter", name: words.loss, symbol: "rect", symbolSize: side, z: 2 },
    ...{ itemStyle: { opacity: 0 }, emphasis: { itemStyle: { opacity: 0.5 } } },
    data: y.flatMap((b, j) =>
      x.map((a, i) => ({
        name: words.at(significant(losses[j]![i]!), significant(a), significant(b)),
        value: [json(a), json(b)],
      })),
    ),
    tooltip: { formatter: "{b}" },
  };
}

function pathSeries(points: readonly (readonly [number, number])[], words: Words): Part {
  return {
    ...{ type: "line", name: words.points, symbol: "circle", symbolSize: 8, lineStyle: { width: 2 }, z: 3 },
    data: points.map(([x, y]) => [json(x), json(y)]),
  };
}
