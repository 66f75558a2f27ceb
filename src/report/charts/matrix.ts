import type { Json } from "./chart.ts";
import { divergingPalette, paletteEntry, paletteImage } from "./image.ts";

/** Pixels an image should have at least on each side, so that no cell is blurred on a screen of twice the density. */
const SHARP = 900;

/** The values of a square matrix, each in [−limit, limit], as a coloured image; NaN is grey. */
export function matrixImage(values: readonly (readonly number[])[], limit: number): string {
  const entries = values.flatMap((row) => row.map((value) => paletteEntry(value / limit)));
  const size = values.length;
  return paletteImage(Uint8Array.from(entries), size, divergingPalette(), Math.ceil(SHARP / size));
}

/** An image that fills the grid of this number. */
export function imageSeries(index: number, url: string): Json {
  const at = { xAxisIndex: index, yAxisIndex: index };
  const itemPayload = { image: url };
  return { type: "custom", renderItem: "filledImage", ...at, data: [[0, 0]], itemPayload, silent: true };
}

/** The largest magnitude, rounded up to a number that reads well on an axis; at most 1, and never 0. */
export function colorLimit(values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0), 1e-3);
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= largest - 1e-12) ?? 10;
  return Math.min(1, Number((step * power).toPrecision(2)));
}

export interface MatrixCell {
  readonly row: number;
  readonly column: number;
  /** What the pointer reads there. */
  readonly name: string;
  /** What stands in the cell; nothing where there is no room. */
  readonly text: string;
  /** Of the cell's colour, in [−1, 1]. */
  readonly strength: number;
}

/**
 * Colours from this strength on are dark on a light page too, and then the text is white, without the halo that fits
 * the page.
 */
const STRONG = 0.8;
const ON_STRONG = { color: "#ffffff", textBorderWidth: 0 };

/** Texts in the cells of a matrix, and what is read under the pointer. */
export function cellSeries(cells: readonly MatrixCell[], fontSize: number): Json {
  return {
    type: "scatter",
    symbol: "rect",
    symbolSize: 18,
    itemStyle: { color: "transparent", opacity: 1 },
    emphasis: { disabled: true },
    data: cells.map(({ row, column, name, text, strength }) => ({
      name,
      value: [column, row],
      label: { formatter: text, ...(Math.abs(strength) >= STRONG && ON_STRONG) },
    })),
    label: { show: true, fontSize, position: "inside" },
    tooltip: { formatter: "{b}" },
    z: 4,
  };
}
