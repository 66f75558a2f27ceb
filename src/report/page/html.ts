import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BatchDefinition } from "../../store/batchDefinitions.ts";
import { placeOf } from "../../store/place.ts";
import type { AnalysisFile, CheckpointAnalysis, EvaluationFile, JudgedRecord, RunSummary } from "../../store/schema.ts";
import type { RunVerdict } from "../../store/verdicts.ts";
import { readableJson } from "../../text/printable.ts";
import { type Text, textIn } from "../../text/text.ts";
import { efficiencyFigure } from "../charts/batchEfficiency.ts";
import type { Json } from "../charts/chart.ts";
import {
  analysisFigures,
  checkpointFigures,
  evaluationFigures,
  type Figures,
  trainingFigures,
} from "../charts/figures.ts";
import { shapes } from "../charts/shapes.ts";
import { chartTheme } from "../charts/theme.ts";
import { trainingFigure } from "../charts/trainingCurves.ts";
import { allEvaluations, type TrainingRecords } from "../charts/trainingPanels.ts";
import type { Reading } from "../terminal/answerLines.ts";
import { layerHtml } from "../terminal/layerTable.ts";
import { answerCards, readingSection } from "./answerCards.ts";
import { escapeHtml } from "./escape.ts";
import { evaluationSection } from "./evaluationSection.ts";
import { figureSlots, interactive, readoutFigure, staticFigures } from "./htmlFigures.ts";
import type { CheckpointCharts, PageData } from "./page.ts";
import { startPage } from "./page.ts";
import type { ReportConfig } from "./sections.ts";
import {
  analysisSection,
  commandSection,
  definitionSection,
  factSection,
  glossarySection,
  header,
  trainingSection,
} from "./sections.ts";
import { pageFonts, pageStyle } from "./style.ts";

/** A larger matrix would make the page heavier than its pictures; the pointer then reads nothing. */
const READABLE_ROWS = 128;

export interface ReportInput {
  readonly run: JudgedRecord;
  /** Null where the checkpoints were not analyzed; the page says so. */
  readonly analysis: AnalysisFile | null;
  readonly records: TrainingRecords;
  /** Null where the run ended before writing one. */
  readonly summary: RunSummary | null;
  readonly config: ReportConfig;
  /** What the batch may be by each definition; none where nothing was analyzed. */
  readonly definitions: readonly BatchDefinition[];
  /** What comes before all else. */
  readonly answer: readonly RunVerdict[];
  /** What the analysis says beside it, in the language of the page. */
  readonly reading: Reading;
  /** Default: English. */
  readonly text?: Text;
}

/**
 * The whole report as one HTML document that needs no network and no server: text, tables, charts and the library that
 * draws them. Its content security policy allows its own two scripts, by hash, and nothing else. Every text of the
 * user's is escaped.
 */
export function htmlReport(input: ReportInput): string {
  const { analysis, text = textIn("en") } = input;
  const data = pageData(input, text);
  const island = readableJson(JSON.stringify(data)).replaceAll("<", "\\u003c");
  const scripts = [library(), pageScript()];
  const figures = (drawn: Figures) => interactive(drawn);
  return wholePage(
    input,
    text,
    `script-src ${scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`).join(" ")}; `,
    [
      ...sections(input, text, figures),
      analysis && analysis.checkpoints.length > 0 ? figureSlots(analysis.checkpoints, data.slots, text.page) : "",
    ],
    [
      `<script type="application/json" id="data">${island}</script>`,
      ...scripts.map((script) => `<script>${script}</script>`),
    ],
  );
}

/**
 * The same report without a script: every figure is an SVG picture, for a light page and for a dark one, and every
 * checkpoint has its own, folded but for the last. For mail, archives and viewers that run no scripts.
 */
export function staticReport(input: ReportInput): string {
  const { analysis, text = textIn("en") } = input;
  const last = analysis?.checkpoints.at(-1);
  const checkpoint = (one: CheckpointAnalysis) =>
    `<details${one === last ? " open" : ""}><summary>${text.page.place(placeOf(one))}</summary>\n` +
    `${staticFigures(checkpointFigures(one, text))}</details>`;
  const folded = analysis?.checkpoints.map(checkpoint).join("\n") ?? "";
  const section = folded === "" ? "" : `<section><h2>${text.page.checkpointTitle}</h2>\n${folded}</section>`;
  return wholePage(input, text, "", [...sections(input, text, staticFigures), section], []);
}

/** What stands above the figures of the checkpoints. */
function sections(input: ReportInput, text: Text, figures: (drawn: Figures) => string): string[] {
  const { analysis, records, summary, run } = input;
  const { page } = text;
  const evaluation = evaluationOf(summary);
  const evaluations = allEvaluations(records).filter(({ validationLoss }) => !Number.isNaN(validationLoss));
  return [
    header(run, page),
    answerCards(input.answer, text),
    trainingSection(figures(trainingFigures(records, text)), records.accumulations, page),
    readingSection(input.reading, text),
    factSection({ ...input, evaluations }, page),
    evaluationSection(evaluation, figures(evaluationFigures(evaluation, text)), page),
    analysisSection(
      analysis,
      `${figures(analysisFigures(analysis, records, text))}${lastLayers(analysis, text)}`,
      page,
    ),
    definitionSection(input.definitions, figures(definitionFigures(input.definitions, text)), text),
  ];
}

/** None where no definition has a value. */
function definitionFigures(definitions: readonly BatchDefinition[], text: Text): Figures {
  if (definitions.every(({ value }) => value === null)) return {};
  const { file, chart } = efficiencyFigure(definitions, text);
  return { [file]: chart };
}

function lastLayers(analysis: AnalysisFile | null, text: Text): string {
  const last = analysis?.checkpoints.at(-1);
  return last ? layerHtml(last, text) : "";
}

const evaluationOf = (summary: RunSummary | null): EvaluationFile | null => summary?.evaluation ?? null;

function wholePage(
  { run, config, analysis }: ReportInput,
  { page }: Text,
  scriptPolicy: string,
  body: readonly string[],
  scripts: readonly string[],
): string {
  const policy = `default-src 'none'; ${scriptPolicy}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return [
    `<!doctype html>\n<html lang="${page.htmlLanguage}">\n<head>\n<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(page.documentTitle(run.name))}</title>`,
    `<style>${pageStyle}</style>\n</head>\n<body>`,
    ...body,
    commandSection(config.commands, page),
    // Nothing of it is on a page without an analysis.
    analysis ? glossarySection(page) : "",
    ...scripts,
    "</body>\n</html>\n",
  ].join("\n");
}

function pageData({ analysis, records, summary, definitions }: ReportInput, text: Text): PageData {
  const checkpoints = (analysis?.checkpoints ?? []).map((checkpoint): CheckpointCharts => {
    const { rows, cosine } = checkpoint.statistics;
    const rounded = (value: number) => (Number.isNaN(value) ? null : Number(value.toFixed(3)));
    return {
      charts: checkpointFigures(checkpoint, text),
      cosine: rows <= READABLE_ROWS ? cosine.map((row) => row.map(rounded)) : null,
    };
  });
  return {
    themes: { light: chartTheme("light", pageFonts), dark: chartTheme("dark", pageFonts) },
    charts: {
      ...trainingFigures(records, text),
      ...evaluationFigures(evaluationOf(summary), text),
      ...analysisFigures(analysis, records, text),
      ...definitionFigures(definitions, text),
    },
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
