import { displayWidth } from "../terminal/displayWidth.ts";
import { type Chart, type Json, json } from "./chart.ts";
import type { ComparedArm, ComparedPoint, FigureWords } from "./compared.ts";

/** So many curves can be told apart: twice the palette, the second time dashed. */
const MOST = 8;
const PALETTE = 4;

export type Part = { readonly [key: string]: Json };

/** Arms as they are drawn: with names that fit. */
export interface Drawn {
  readonly arms: readonly ComparedArm[];
  /** Whether some were left out. */
  readonly isPart: boolean;
}

/** The arms whose curves are drawn: of many the baseline and those of the lowest loss, in their order. */
export function drawnArms(arms: readonly ComparedArm[]): Drawn {
  if (arms.length <= MOST) return { arms, isPart: false };
  const loss = ({ finalLoss }: ComparedArm) => (Number.isNaN(finalLoss) ? Number.POSITIVE_INFINITY : finalLoss);
  const best = arms.filter(({ isBaseline }) => !isBaseline).toSorted((a, b) => loss(a) - loss(b));
  const chosen = new Set([...arms.filter(({ isBaseline }) => isBaseline), ...best].slice(0, MOST));
  return { arms: arms.filter((arm) => chosen.has(arm)), isPart: true };
}

/** Characters of a name in a figure. */
const LONGEST = 26;

/** Names that fit into a figure, each still its own. */
export function shortNames(arms: readonly Pick<ComparedArm, "name">[]): string[] {
  const cut = arms.map(({ name }) => {
    const characters = [...name];
    while (displayWidth(characters.join("")) > LONGEST) characters.pop();
    return characters.join("") === name ? name : `${characters.join("")}…`;
  });
  return cut.map((name, i) => (cut.indexOf(name) === i ? name : `${name} (${i + 1})`));
}

/** A line of a legend. */
const LINE = 20;
/** Of a legend, what a mark and the space between two names take. */
const MARK = 46;
const CHARACTER = 7.5;

/** Pixels that a legend of these names takes in height where it is so wide. */
export function legendHeight(names: readonly string[], width: number): number {
  let [lines, at] = [1, 0];
  for (const name of names) {
    const own = MARK + CHARACTER * displayWidth(name);
    if (at > 0 && at + own > width) [lines, at] = [lines + 1, 0];
    at += own;
  }
  return lines * LINE;
}

/** A band is drawn in the colour of its line, which alone stands in the legend. */
export function legendOf(names: readonly string[], top: number): Json {
  const data = names.map((name) => ({ name, itemStyle: { opacity: 0 } }));
  return { left: 0, top, data, itemHeight: 9, itemGap: 8, padding: 0 };
}

/** The mean, and around it a band where there is an interval at every point. `at`: its place among the lines. */
export function lineOf(name: string, points: readonly ComparedPoint[], at = 0): Part[] {
  const line = {
    type: "line",
    name,
    symbol: points.length === 1 ? "circle" : "none",
    lineStyle: { width: 2, type: at >= PALETTE ? "dashed" : "solid" },
    data: points.map(({ examples, value }) => [examples, json(value)]),
  };
  const bounded = points.filter(({ lower }) => lower !== null);
  if (bounded.length < 2) return [line];
  const rows = bounded.map(({ examples, lower, upper }) => [examples, json(lower!), json(upper!), ""]);
  return [line, { ...bandOf(name, rows), ...seen(points) }];
}

/** The axis holds a band as far as it is no wider than the line is high: two seeds have bands of any width. */
export function seen(points: readonly ComparedPoint[]): Part {
  const values = points.map(({ value }) => value).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(high - low, Math.abs(high));
  const least = low >= 0 ? 0 : low - room;
  const lowest = Math.max(least, Math.min(...points.map(({ lower, value }) => lower ?? value)));
  const highest = Math.min(high + room, Math.max(...points.map(({ upper, value }) => upper ?? value)));
  const data = [[points[0]!.examples, json(lowest), json(highest)]];
  return { data, encode: { x: 0, y: [1, 2] } };
}

/** The shape "intervalBand" of rows [x, lower, upper, "", gap]. */
export function bandOf(name: string, rows: readonly Json[][]): Part {
  return {
    type: "custom",
    renderItem: "intervalBand",
    name,
    clip: true,
    silent: true,
    data: [[rows[0]![0]!, rows[0]![1]!]],
    itemPayload: { points: rows, row: 0 },
    tooltip: { show: false },
  };
}

/** Pixels of a page as narrow as a phone's. */
export const PHONE = 362;
const WIDTH = 800;

/** A figure of one panel, below a legend of as many lines as it needs. */
export function onePanel(
  { title, caption }: Pick<Chart, "title" | "caption">,
  names: readonly string[],
  { left = 62, ...option }: { readonly left?: number } & Part,
): Chart {
  const at = (width: number) => {
    const top = legendHeight(names, width) + 34;
    return {
      option: {
        legend: legendOf(names, 4),
        grid: { left, right: 24, top, bottom: 44, outerBoundsMode: "none" },
        ...option,
      },
      frame: { width, perWidth: 0, fixed: top + 286 },
    };
  };
  return { title, caption, ...at(WIDTH), narrow: at(PHONE) };
}

/** An axis of numbers of examples, whose last label ends inside the frame. */
export function examplesAxis(words: FigureWords): Part {
  return {
    type: "value",
    name: words.examples,
    nameLocation: "center",
    nameGap: 26,
    axisLabel: { hideOverlap: true, alignMaxLabel: "right" },
  };
}

export interface Curves {
  readonly of: (arm: ComparedArm) => readonly ComparedPoint[];
  readonly title: string;
  readonly axis: string;
  readonly words: FigureWords;
}

export function curves(all: readonly ComparedArm[], { of, title, axis, words }: Curves): Chart {
  const { arms, isPart } = drawnArms(all);
  const names = shortNames(arms);
  const caption = isPart ? `${words.band} ${words.someArms(arms.length, all.length)}` : words.band;
  return onePanel({ title, caption }, names, {
    xAxis: examplesAxis(words),
    yAxis: { type: "value", name: axis, nameTextStyle: { align: "left" }, scale: true },
    series: arms.flatMap((arm, i) => lineOf(names[i]!, of(arm), i)),
  });
}
