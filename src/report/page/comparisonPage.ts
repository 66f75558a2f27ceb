import type { Text } from "../../text/text.ts";
import type { ComparisonFigure } from "../charts/comparison.ts";
import { escapeCommand, escapeHtml, withCode } from "./escape.ts";
import { staticFigures } from "./htmlFigures.ts";
import { htmlTable } from "./htmlTable.ts";
import { pageStyle } from "./style.ts";

/** What the page of a comparison tells. */
export interface ComparisonReport {
  readonly title: string;
  /** Before all else. */
  readonly answer: readonly string[];
  readonly figures: readonly ComparisonFigure[];
  /** Names with values, before the tables. */
  readonly numbers?: { readonly title: string; readonly rows: readonly (readonly [name: string, value: string])[] };
  /** Each with its head as the first row. */
  readonly tables: readonly { readonly title: string; readonly rows: readonly (readonly string[])[] }[];
  readonly findings: readonly string[];
  /** Default: that they follow. */
  readonly findingsTitle?: string | undefined;
  /** Whether findings are folded, as they are long. */
  readonly isFolded?: boolean | undefined;
  /** The command lines that make it again. */
  readonly commands: readonly string[];
  /** Of each arm the command line that trains one of its seeds alone, where it is not among the others. */
  readonly trials?: readonly { readonly name: string; readonly seed: number; readonly command: string }[];
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** Every figure is drawn for a phone too. */
const phone = { phone: true };
const narrowStyle = "@media (max-width: 480px) { picture img { min-width: 0; } }";

/** The comparison as one HTML document without scripts that needs no network. Every text of the user's is escaped. */
export function comparisonPage(report: ComparisonReport, { page, comparison: words }: Text): string {
  const figures = Object.fromEntries(report.figures.map(({ file, chart }) => [file, chart]));
  const [first, ...others] = Object.entries(figures);
  return [
    `<!doctype html>\n<html lang="${page.htmlLanguage}">\n<head>\n<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(report.title)} – Batchscope</title>`,
    `<style>${pageStyle}${narrowStyle}</style>\n</head>\n<body>`,
    `<header><h1>${escapeHtml(report.title)}</h1></header>`,
    `<section class="cards"><div class="card">${report.answer.map((line) => `<p>${withCode(line)}</p>`).join("")}</div></section>`,
    `<section>${first ? staticFigures({ [first[0]]: first[1] }, phone) : ""}</section>`,
    report.numbers === undefined ? "" : numbersSection(report.numbers),
    ...report.tables.map(tableSection),
    findingsSection(report, report.findingsTitle ?? words.findingsTitle),
    others.length === 0
      ? ""
      : `<section><h2>${escapeHtml(words.figuresTitle)}</h2>${staticFigures(Object.fromEntries(others), phone)}</section>`,
    `<section><h2>${escapeHtml(words.again)}</h2><pre>${report.commands.map(escapeCommand).join("\n")}</pre>${trialCommands(report, words.oneTrial)}</section>`,
    "</body>\n</html>\n",
  ].join("\n");
}

function findingsSection({ findings, isFolded }: ComparisonReport, title: string): string {
  if (isFolded) return `<section><details><summary>${escapeHtml(title)}</summary>${list(findings)}</details></section>`;
  return `<section><h2>${escapeHtml(title)}</h2>${list(findings)}</section>`;
}

function numbersSection({ title, rows }: NonNullable<ComparisonReport["numbers"]>): string {
  const facts = rows.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<section><h2>${escapeHtml(title)}</h2><dl class="facts">${facts.join("")}</dl></section>`;
}

function tableSection({ title, rows }: ComparisonReport["tables"][number]): string {
  const [head = [], ...body] = rows;
  const columns = head.map((name) => ({ name, unit: "" }));
  return `<section><h2>${escapeHtml(title)}</h2>${htmlTable(columns, body, { isStacked: true })}</section>`;
}

function trialCommands({ trials = [] }: ComparisonReport, heading: (name: string, seed: number) => string): string {
  const parts = trials.map(
    ({ name, seed, command }) => `<p>${escapeHtml(heading(name, seed))}</p><pre>${escapeCommand(command)}</pre>`,
  );
  return parts.join("\n");
}

function list(sentences: readonly string[]): string {
  return `<ul class="reading">${sentences.map((sentence) => `<li>${withCode(sentence)}</li>`).join("\n")}</ul>`;
}
