import type { LandscapeText } from "../../text/en/landscape.ts";
import { significant } from "../../text/format.ts";
import { type Chart, json, NEUTRAL } from "./chart.ts";

/** The loss along an eigenvector and its second-order model, at the same places. */
export interface ShownTaylor {
  readonly direction: "escape" | "sharpest";
  readonly eigenvalue: number;
  readonly step: readonly number[];
  readonly loss: readonly number[];
  readonly taylor: readonly number[];
}

/** The model leaves the picture where it goes further beyond the losses than they span. */
const BEYOND = 1;

/** True loss and Taylor model along one direction. */
export function taylorLine(
  { direction, eigenvalue, step, loss, taylor }: ShownTaylor,
  words: LandscapeText["chart"],
): Chart {
  const known = loss.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = BEYOND * (high - low);
  const isNear = (value: number) => value >= low - room && value <= high + room;
  const curve = (name: string, values: readonly number[], dashed: boolean) => ({
    ...{ type: "line", name, symbol: dashed ? "none" : "circle", symbolSize: 5 },
    lineStyle: { width: 2, type: dashed ? "dashed" : "solid" },
    ...(dashed && { color: NEUTRAL }),
    data: step.map((t, i) => ({
      name: `${significant(t)}: ${significant(values[i]!)}`,
      value: [json(t), isNear(values[i]!) ? json(values[i]!) : null],
    })),
    tooltip: { formatter: "{b}<br>{a}" },
  });
  return {
    title: words.taylor[direction],
    caption: words.taylorCaption(significant(eigenvalue)),
    option: {
      legend: { left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0 },
      tooltip: { trigger: "item" },
      title: [{ text: words.loss, left: 0, top: 32, padding: 0 }],
      grid: { left: 84, right: 24, top: 60, bottom: 46, outerBoundsMode: "none" },
      xAxis: {
        ...{ type: "value", scale: true, splitLine: { show: false }, axisLine: { onZero: false } },
        ...{ name: words.taylorAlong, nameLocation: "center", nameGap: 26, axisLabel: { hideOverlap: true } },
      },
      yAxis: { type: "value", scale: true, axisLine: { show: false }, axisTick: { show: false } },
      series: [curve(words.taylorTrue, loss, false), curve(words.taylorModel, taylor, true)],
    },
    frame: { width: 800, perWidth: 0, fixed: 360 },
  };
}
