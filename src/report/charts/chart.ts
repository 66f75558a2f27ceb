/** JSON, and nothing else: a chart can be stored, compared with a golden file and sent to a browser. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A chart as data: an ECharts option that holds no function and no colour of a theme (`theme.ts` has those),
 * with its words beside it, so that a page sets them as text and a PNG draws them above the picture.
 */
export interface Chart {
  readonly title: string;
  readonly caption: string;
  readonly option: { readonly [key: string]: Json };
  /** Pixels: drawn `width` wide at most; height = perWidth · width + fixed, which keeps square plots square. */
  readonly frame: { readonly width: number; readonly perWidth: number; readonly fixed: number };
  /** The same for a page as narrow as a phone's, where panels stand below each other. */
  readonly narrow?: Pick<Chart, "option" | "frame">;
}

/** Whether lines pass through the labels of its axes, as where these stand side by side. */
export function isCrossed({ option }: Chart): boolean {
  return option.parallel !== undefined;
}

export function frameHeight(chart: Chart, width: number): number {
  return Math.round(chart.frame.perWidth * width + chart.frame.fixed);
}

/**
 * Six significant digits, null where not finite (JSON has no NaN): small files, and goldens that survive another CPU.
 */
export function json(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

/** A mid grey with at least 3.9 : 1 contrast to both backgrounds, for marks that are no data. */
export const NEUTRAL = "#808080";

/** An option that says in the middle of the frame why there is no picture. */
export function nothingToDraw(text: string): { readonly [key: string]: Json } {
  const textStyle = { color: NEUTRAL, fontSize: 14, fontWeight: "normal" };
  return { title: { text, left: "center", top: "middle", textStyle } };
}
