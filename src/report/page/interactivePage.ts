import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CheckpointAnalysis } from "../../store/schema.ts";
import { readableJson } from "../../text/printable.ts";
import type { Text } from "../../text/text.ts";
import type { Json } from "../charts/chart.ts";
import { checkpointFigures } from "../charts/figures.ts";
import { shapes } from "../charts/shapes.ts";
import { chartTheme } from "../charts/theme.ts";
import { trainingFigure } from "../charts/trainingCurves.ts";
import { readoutFigure } from "./htmlFigures.ts";
import { type CheckpointCharts, type PageData, startPage } from "./page.ts";
import { pageFonts } from "./style.ts";
import { wholePage } from "./wholePage.ts";

/** A larger matrix would make the page heavier than its pictures; the pointer then reads nothing. */
const READABLE_ROWS = 128;

/** A document with charts and the library that draws them. Its policy allows its own two scripts, by hash. */
export function interactivePage(name: string, text: Text, data: PageData, body: readonly string[]): string {
  const island = readableJson(JSON.stringify(data)).replaceAll("<", "\\u003c");
  const scripts = [library(), pageScript()];
  const hashes = scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  return wholePage(name, text, `script-src ${hashes.join(" ")}; `, [
    ...body,
    `<script type="application/json" id="data">${island}</script>`,
    ...scripts.map((script) => `<script>${script}</script>`),
  ]);
}

/** What the script needs of checkpoints alone; the charts beside them are none. */
export function checkpointData(analyzed: readonly CheckpointAnalysis[], text: Text): PageData {
  const checkpoints = analyzed.map((checkpoint): CheckpointCharts => {
    const { rows, cosine } = checkpoint.statistics;
    const rounded = (value: number) => (Number.isNaN(value) ? null : Number(value.toFixed(3)));
    return {
      charts: checkpointFigures(checkpoint, text),
      cosine: rows <= READABLE_ROWS ? cosine.map((row) => row.map(rounded)) : null,
    };
  });
  return {
    themes: { light: chartTheme("light", pageFonts), dark: chartTheme("dark", pageFonts) },
    charts: {},
    slots: [...new Set(checkpoints.flatMap(({ charts }) => Object.keys(charts)))],
    checkpoints,
    zoom: { figure: trainingFigure.id, option: zoomOption(text.page) },
    readout: { figure: readoutFigure, between: text.page.readout, undefined: text.page.undefinedCosine },
  };
}

/** Over the same steps in all panels: a stretch that is dragged over, or the wheel with Ctrl held; and back. */
function zoomOption({ zoom }: Text["page"]): { readonly [key: string]: Json } {
  const select = { yAxisIndex: "none", title: { zoom: zoom.select, back: zoom.back } };
  return {
    toolbox: {
      right: 0,
      top: 0,
      padding: 0,
      itemSize: 12,
      feature: { dataZoom: select, restore: { title: zoom.restore } },
    },
    dataZoom: [
      { type: "inside", xAxisIndex: "all", zoomOnMouseWheel: "ctrl", moveOnMouseMove: false, filterMode: "none" },
    ],
  };
}

/** ECharts as a classic script. It must not end the script element that carries it. */
function library(): string {
  const source = readFileSync(fileURLToPath(import.meta.resolve("echarts/dist/echarts.min.js")), "utf8");
  return source.replaceAll("</script", "<\\/script");
}

function pageScript(): string {
  const functions = Object.entries(shapes).map(([name, shape]) => `${name}: ${shape.toString()}`);
  return `(${startPage.toString()})(globalThis, {${functions.join(",\n")}});`.replaceAll("</script", "<\\/script");
}
