import type { Json } from "./chart.ts";

export type ThemeName = "light" | "dark";

interface Colors {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly grid: string;
  /**
   * Okabe & Ito 2008 (safe for colour-blind readers), those of at least 3 : 1 contrast to the background, in our order.
   */
  readonly palette: readonly string[];
}

export const colors: Readonly<Record<ThemeName, Colors>> = {
  light: {
    background: "#ffffff",
    text: "#1b1f24",
    muted: "#57606a",
    line: "#8c959f",
    grid: "#e4e8ec",
    palette: ["#0072b2", "#d55e00", "#009e73", "#b0578d"],
  },
  dark: {
    background: "#16191d",
    text: "#e6e9ec",
    muted: "#a3acb5",
    line: "#6b747d",
    grid: "#2b3138",
    palette: ["#56b4e9", "#e69f00", "#00b486", "#cc79a7"],
  },
};

/**
 * An ECharts theme. `fontFamily` is a CSS list; PNGs use the family that `png.ts` registers. Labels of axes that lines
 * pass through (`isCrossed`) have a halo.
 */
export function chartTheme(name: ThemeName, fontFamily: string, isCrossed = false): { readonly [key: string]: Json } {
  const { background, text, muted, line, grid, palette } = colors[name];
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { lineStyle: { color: line } },
    axisLabel: { color: muted, fontSize: 12, ...(isCrossed && { textBorderColor: background, textBorderWidth: 4 }) },
    nameTextStyle: { color: muted, fontSize: 12 },
    splitLine: { lineStyle: { color: grid } },
    minorSplitLine: { lineStyle: { color: grid, opacity: 0.6 } },
  };
  return {
    darkMode: name === "dark",
    backgroundColor: background,
    color: palette,
    textStyle: { fontFamily, color: text },
    title: { textStyle: { color: text, fontSize: 13, fontWeight: "bold" } },
    legend: { textStyle: { color: text, fontSize: 12 }, inactiveColor: line },
    visualMap: { textStyle: { color: muted } },
    tooltip: { backgroundColor: background, borderColor: line, textStyle: { color: text, fontSize: 12 } },
    scatter: { label: { color: text, fontSize: 11, textBorderColor: background, textBorderWidth: 2 } },
    valueAxis: axis,
    logAxis: axis,
    categoryAxis: { ...axis, splitLine: { show: false } },
  };
}
