import type { Chart } from "./charts/chart.ts";
import { frameHeight } from "./charts/chart.ts";
import type { ThemeName } from "./charts/theme.ts";

/** Pixels of a picture. */
export interface FigureSize {
  readonly width: number;
  readonly height: number;
}

/** How figures that leave the page are drawn. */
export interface FigureLook {
  /** Light if left out. */
  readonly theme?: ThemeName;
  /** Whether a PNG has the caption below its title; an SVG has neither. True if left out. */
  readonly caption?: boolean;
  /** The whole picture; as large as the chart asks for if left out. */
  readonly size?: FigureSize;
}

/** Narrower, ticks and legends meet; wider, a page of panels is all line and no height. */
const [NARROWEST, WIDEST] = [640, 2000];

/**
 * The width in logical pixels at which a chart with what stands around it has the shape of `size`: square plots keep
 * theirs, others are stretched as far as they can be read.
 */
export function widthOfShape(
  chart: Chart,
  size: FigureSize,
  around: { readonly wide: number; readonly high: (width: number) => number },
): number {
  if (chart.frame.perWidth > 0) return chart.frame.width;
  let { width } = chart.frame;
  // Captions take fewer lines on a wider page, so that the height is found by going around.
  for (let round = 0; round < 4; round++) {
    const height = frameHeight(chart, width) + around.high(width);
    width = Math.min(WIDEST, Math.max(NARROWEST, Math.round((height * size.width) / size.height) - around.wide));
  }
  return width;
}
