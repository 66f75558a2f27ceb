import type { BatchDefinition } from "../../store/batchDefinitions.ts";
import type { LandscapePlace } from "../../store/landscape.ts";
import { placeOf } from "../../store/place.ts";
import type { AnalysisFile, CheckpointAnalysis, EvaluationFile, JudgedRecord, RunSummary } from "../../store/schema.ts";
import type { RunVerdict } from "../../store/verdicts.ts";
import { type Text, textIn } from "../../text/text.ts";
import { efficiencyFigure, hasEfficiency } from "../charts/batchEfficiency.ts";
import {
  analysisFigures,
  checkpointFigures,
  evaluationFigures,
  type Figures,
  landscapeFigures,
  trainingFigures,
} from "../charts/figures.ts";
import { allEvaluations, type TrainingRecords } from "../charts/trainingPanels.ts";
import type { Reading } from "../terminal/answerLines.ts";
import { layerHtml } from "../terminal/layerTable.ts";
import { answerCards, readingSection } from "./answerCards.ts";
import { evaluationSection } from "./evaluationSection.ts";
import { figureSlots, interactive, staticFigures } from "./htmlFigures.ts";
import { checkpointData, interactivePage } from "./interactivePage.ts";
import type { PageData } from "./page.ts";
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
import { wholePage } from "./wholePage.ts";

export interface ReportInput {
  readonly run: JudgedRecord;
  /** Null where the checkpoints were not analyzed; the page says so. */
  readonly analysis: AnalysisFile | null;
  readonly records: TrainingRecords;
  /** Of checkpoints whose loss was looked at. Default none. */
  readonly landscape?: readonly LandscapePlace[] | undefined;
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

/** The whole report as an interactive page. Every text of the user's is escaped. */
export function htmlReport(input: ReportInput): string {
  const { analysis, text = textIn("en") } = input;
  const data = pageData(input, text);
  const ofCheckpoints =
    analysis && analysis.checkpoints.length > 0 ? figureSlots(analysis.checkpoints, data.slots, text.page) : "";
  const around = landscapeSection(interactive(landscapeFigures(input.landscape ?? [], text, true)), text.page);
  const body = [...sections(input, text, interactive), around, ofCheckpoints, ...ending(input, text)];
  return interactivePage(input.run.name, text, data, body);
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
  const slices = staticFigures(landscapeFigures(input.landscape ?? [], text, false));
  return wholePage(input.run.name, text, "", [
    ...sections(input, text, staticFigures),
    landscapeSection(slices, text.page),
    section,
    ...ending(input, text),
  ]);
}

/** What stands below all figures. Nothing of the glossary is on a page without an analysis. */
function ending({ config, analysis }: ReportInput, { page }: Text): string[] {
  return [commandSection(config.commands, page), analysis ? glossarySection(page) : ""];
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

/** None where no definition has a place in it. */
function definitionFigures(definitions: readonly BatchDefinition[], text: Text): Figures {
  if (!hasEfficiency(definitions)) return {};
  const { file, chart } = efficiencyFigure(definitions, text);
  return { [file]: chart };
}

function landscapeSection(slices: string, { landscapeTitle }: Text["page"]): string {
  return slices === "" ? "" : `<section><h2>${landscapeTitle}</h2>\n${slices}</section>`;
}

function lastLayers(analysis: AnalysisFile | null, text: Text): string {
  const last = analysis?.checkpoints.at(-1);
  return last ? layerHtml(last, text) : "";
}

const evaluationOf = (summary: RunSummary | null): EvaluationFile | null => summary?.evaluation ?? null;

function pageData({ analysis, records, summary, definitions, landscape = [] }: ReportInput, text: Text): PageData {
  return {
    ...checkpointData(analysis?.checkpoints ?? [], text),
    charts: {
      ...trainingFigures(records, text),
      ...evaluationFigures(evaluationOf(summary), text),
      ...analysisFigures(analysis, records, text),
      ...definitionFigures(definitions, text),
      ...landscapeFigures(landscape, text, true),
    },
  };
}
