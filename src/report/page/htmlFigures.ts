import { subjectOf } from "../../store/place.ts";
import type { CheckpointAnalysis } from "../../store/schema.ts";
import type { PageText } from "../../text/en/page.ts";
import type { Chart } from "../charts/chart.ts";
import { type Figures, figures } from "../charts/figures.ts";
import { chartSvg } from "../svg.ts";
import { escapeHtml } from "./escape.ts";

/** Elements in which the page's script draws. */
export function interactive(drawn: Figures): string {
  return Object.entries(drawn)
    .map(
      ([id, { title, caption }]) =>
        `<figure id="${id}-figure"><h3>${escapeHtml(title)}</h3><div id="${id}" class="chart"></div>` +
        `<figcaption>${escapeHtml(caption)}</figcaption></figure>`,
    )
    .join("\n");
}

/** The figure whose values a pointer reads. */
export const readoutFigure = figures.checkpoint.find(({ readout }) => readout)!.id;

/**
 * The choice of a checkpoint, the last at first, hidden where there is none to make, and an empty element for each
 * figure that one of them has.
 */
export function figureSlots(
  checkpoints: readonly CheckpointAnalysis[],
  slots: readonly string[],
  text: PageText,
): string {
  const options = checkpoints.map((checkpoint, i) => {
    const selected = i === checkpoints.length - 1 ? " selected" : "";
    return `<option value="${i}"${selected}>${escapeHtml(text.place(subjectOf(checkpoint)))}</option>`;
  });
  const places = slots.map((id) => {
    const readout = id === readoutFigure ? `<p id="readout" aria-live="polite">${text.pointAtCell}</p>` : "";
    return (
      `<figure id="${id}-figure"><h3 id="${id}-title"></h3><div id="${id}" class="chart"></div>${readout}` +
      `<figcaption id="${id}-caption"></figcaption></figure>`
    );
  });
  const saved = checkpoints.some(({ file }) => file !== undefined);
  return [
    `<section><h2>${saved ? text.gradientsTitle : text.checkpointTitle}</h2>`,
    `<label class="choose"${saved ? " hidden" : ""}>${text.checkpoint} <select id="checkpoint">${options.join("")}</select></label>`,
    `<div class="pair">${places.join("\n")}</div></section>`,
  ].join("\n");
}

/** A page on a phone of 390 pixels leaves so many to a figure. */
const PHONE = 362;

/** The figures as pictures that need no script; those of fixed height, with `phone`, once more for narrow pages. */
export function staticFigures(drawn: Figures, { phone = false } = {}): string {
  return Object.values(drawn)
    .map(
      (chart) =>
        `<figure><h3>${escapeHtml(chart.title)}</h3>${picture(chart, phone)}` +
        `<figcaption>${escapeHtml(chart.caption)}</figcaption></figure>`,
    )
    .join("\n");
}

function picture(chart: Chart, phone: boolean): string {
  const [light, dark] = inThemes(chart);
  return (
    `<picture>${phone && chart.frame.perWidth === 0 ? narrowSources(chart) : ""}<source media="(prefers-color-scheme: dark)" srcset="${dark}">` +
    `<img src="${light}" alt="${escapeHtml(chart.title)}" style="--width:${chart.frame.width}px"></picture>`
  );
}

function narrowSources(chart: Chart): string {
  const [light, dark] = inThemes({ ...chart, ...(chart.narrow ?? { frame: { ...chart.frame, width: PHONE } }) });
  const narrow = "(max-width: 480px)";
  return (
    `<source media="${narrow} and (prefers-color-scheme: dark)" srcset="${dark}">` +
    `<source media="${narrow}" srcset="${light}">`
  );
}

/** Light and dark. */
function inThemes(chart: Chart): string[] {
  return (["light", "dark"] as const).map((theme) => {
    return `data:image/svg+xml;base64,${Buffer.from(chartSvg(chart, theme)).toString("base64")}`;
  });
}
