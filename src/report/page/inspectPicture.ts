import type { ExamplePicture } from "../../store/inspection.ts";
import { pixelImage } from "../charts/image.ts";
import { colors } from "../charts/theme.ts";
import { escapeHtml } from "./escape.ts";

const [WIDTH, HEIGHT] = [112, 56];

/** An example as HTML: an image, the lines of a series, or its values. */
export function pictureHtml(picture: ExamplePicture | undefined, alternative: string): string {
  if (!picture) return "";
  if (picture.kind === "image")
    return `<img src="${pixelImage(picture.pixels, picture.width, picture.channels)}" alt="${escapeHtml(alternative)}">`;
  if (picture.kind === "series") return lines(picture.channels, alternative);
  const cells = picture.values.map(([name, value, deviations]) => {
    const shown = deviations === undefined ? escapeHtml(value) : `<b>${escapeHtml(value)}</b> (${signed(deviations)})`;
    return `<dt>${escapeHtml(name)}</dt><dd>${shown}</dd>`;
  });
  return `<dl class="values">${cells.join("")}</dl>`;
}

function signed(deviations: number): string {
  return `${deviations > 0 ? "+" : "−"}${Math.abs(deviations).toPrecision(2)}`;
}

function lines(channels: readonly (readonly number[])[], alternative: string): string {
  const polylines = channels.map((values, c) => {
    const low = values.reduce((a, b) => Math.min(a, b));
    const span = values.reduce((a, b) => Math.max(a, b)) - low || 1;
    const points = values.map((value, t) => {
      const x = (WIDTH * t) / Math.max(1, values.length - 1);
      return `${x.toFixed(1)},${(HEIGHT - 2 - ((HEIGHT - 4) * (value - low)) / span).toFixed(1)}`;
    });
    const { palette } = colors.light;
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${palette[c % palette.length]}" stroke-width="1.5"/>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(alternative)}">${polylines.join("")}</svg>`;
}
