import type { CheckpointAnalysis } from "../../store/schema.ts";
import type { Verdict } from "../../store/verdicts.ts";
import type { Text } from "../../text/text.ts";
import type { Reading } from "../terminal/answerLines.ts";
import { gradientFacts, gradientHead } from "../terminal/gradientFacts.ts";
import { layerHtml } from "../terminal/layerTable.ts";
import { answerCards, readingSection } from "./answerCards.ts";
import { escapeHtml } from "./escape.ts";
import { figureSlots } from "./htmlFigures.ts";
import { checkpointData, interactivePage } from "./interactivePage.ts";
import { commandSection, factList, glossarySection } from "./sections.ts";

/** What the page of gradients that another program saved tells. */
export interface GradientsReport {
  /** The name of their file or folder. */
  readonly file: string;
  /** As one checkpoint, of which only the gradients are known. */
  readonly analysis: CheckpointAnalysis;
  readonly answer: readonly Verdict[];
  /** What is odd about them, which takes the place of an answer. */
  readonly remarks: readonly string[];
  readonly reading: Reading;
  /** The command line that makes it again. */
  readonly command: string;
}

/** The figures and the reading of a checkpoint's page, as one document. Every text of the user's is escaped. */
export function gradientsPage(report: GradientsReport, text: Text): string {
  const { file, analysis, answer, remarks, reading, command } = report;
  const { statistics } = analysis;
  const { page, terminal } = text;
  const data = checkpointData([analysis], text);
  const facts = gradientFacts(statistics, analysis.measurement?.sketch ?? null, terminal);
  return interactivePage(file, text, data, [
    `<header><h1>${escapeHtml(file)}</h1><p class="muted">${escapeHtml(gradientHead(statistics, terminal))}</p></header>`,
    remarks.length > 0 ? remarkCard(remarks) : answerCards(answer, text),
    readingSection(reading, text),
    `<section><h2>${page.noiseTitle}</h2>\n${factList(facts)}${layerHtml(analysis, text)}</section>`,
    figureSlots([analysis], data.slots, page),
    commandSection([command], page),
    glossarySection(page),
  ]);
}

function remarkCard(remarks: readonly string[]): string {
  const body = remarks.map((remark) => `<p>${escapeHtml(remark)}</p>`).join("");
  return `<section class="cards"><div class="card">${body}</div></section>`;
}
