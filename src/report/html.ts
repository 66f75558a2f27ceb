import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AnalysisFile, EpochRecord, RunRecord, RunSummary, StepRecord } from "../store/schema.ts";
import { cosineHeatmap } from "./cosineHeatmap.ts";
import { directionsTsne } from "./directionsTsne.ts";
import { escapeHtml } from "./escape.ts";
import { noiseTrend } from "./noiseTrend.ts";
import type { CheckpointCharts, PageData } from "./page.ts";
import { startPage } from "./page.ts";
import type { ReportConfig } from "./sections.ts";
import {
  analysisSection,
  commandSection,
  glossarySection,
  header,
  readingSection,
  trainingSection,
} from "./sections.ts";
import { shapes } from "./shapes.ts";
import { pageStyle } from "./style.ts";
import { chartTheme } from "./theme.ts";
import { trainingCurves } from "./trainingCurves.ts";

const FONTS = 'system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif';
/** A larger matrix would make the page heavier than its pictures; the pointer then reads nothing. */
const READABLE_ROWS = 128;

export interface ReportInput {
  readonly run: RunRecord;
  /** Null where the checkpoints were not analyzed; the page says so. */
  readonly analysis: AnalysisFile | null;
  readonly steps: readonly StepRecord[];
  readonly epochs: readonly EpochRecord[];
  /** Null where the run ended before writing one. */
  readonly summary: RunSummary | null;
  readonly config: ReportConfig;
  /** Sentences of `advice/reading.ts`. */
  readonly reading: readonly string[];
}

/**
 * The whole report as one HTML document that needs no network and no server: text, tables, charts and the library that
 * draws them. Its content security policy allows its own two scripts, by hash, and nothing else. Every text of the
 * user's is escaped.
 */
export function htmlReport(input: ReportInput): string {
  const island = JSON.stringify(pageData(input)).replaceAll("<", "\\u003c");
  const scripts = [library(), pageScript()];
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`).join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(input.run.name)} – Batchscope report</title>`,
    `<style>${pageStyle}</style>\n</head>\n<body>`,
    header(input),
    readingSection(input.reading),
    analysisSection(input.analysis),
    trainingSection(trainingCurves(input.steps, input.epochs)),
    commandSection(input.config.commands),
    glossarySection(),
    `<script type="application/json" id="data">${island}</script>`,
    ...scripts.map((script) => `<script>${script}</script>`),
    "</body>\n</html>\n",
  ].join("\n");
}

function pageData({ analysis, steps, epochs }: ReportInput): PageData {
  const checkpoints = analysis?.checkpoints ?? [];
  return {
    themes: { light: chartTheme("light", FONTS), dark: chartTheme("dark", FONTS) },
    charts: {
      training: trainingCurves(steps, epochs),
      ...(analysis && checkpoints.length > 0 ? { noise: noiseTrend(analysis) } : {}),
    },
    checkpoints: checkpoints.map(({ epoch, statistics }): CheckpointCharts => {
      const readable = statistics.rows <= READABLE_ROWS;
      const rounded = (value: number) => (Number.isNaN(value) ? null : Number(value.toFixed(3)));
      return {
        similarities: cosineHeatmap(statistics, epoch),
        directions: directionsTsne(statistics, epoch),
        cosine: readable ? statistics.cosine.map((row) => row.map(rounded)) : null,
      };
    }),
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
