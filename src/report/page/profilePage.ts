import type { Profile } from "../../store/profile.ts";
import type { StudyVerdict } from "../../store/verdicts.ts";
import { whole } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { timeAgainstBatch } from "../charts/timeAgainstBatch.ts";
import { answerLines } from "../terminal/answerLines.ts";
import { accumulationTable, costLines, type ShownTable, sizeTable } from "../terminal/profileTable.ts";
import { escapeCommand, escapeHtml } from "./escape.ts";
import { staticFigures } from "./htmlFigures.ts";
import { htmlTable } from "./htmlTable.ts";
import { pageStyle } from "./style.ts";

export interface ProfileReport {
  readonly profile: Profile;
  readonly answer: readonly StudyVerdict[];
  /** The command line that made it. */
  readonly command: string;
}

/** The profile as one HTML document without scripts that needs no network. Every text of the user's is escaped. */
export function profilePage({ profile, answer, command }: ProfileReport, text: Text): string {
  const { profile: words, page } = text;
  const title = words.title(profile.model, profile.data);
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
  return [
    `<!doctype html>\n<html lang="${page.htmlLanguage}">\n<head>\n<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${pageStyle}\n@media (max-width: 480px) { picture img { min-width: 0; } }</style>\n</head>\n<body>`,
    `<header><h1>${escapeHtml(title)}</h1></header>`,
    `<section class="cards"><div class="card">${answerLines(answer, text).map(paragraph).join("")}</div></section>`,
    `<section>${staticFigures({ timeAgainstBatch: timeAgainstBatch(profile, words) }, { phone: true })}</section>`,
    section(words.sizesTitle, [table(sizeTable(profile, words)), muted(words.rounds(whole(profile.rounds)))]),
    profile.accumulation.length > 0 ? section(words.accumulated, [table(accumulationTable(profile, words))]) : "",
    costSection(profile, words),
    section(words.notesTitle, [list([...profile.notes.map((note) => said(note, words.notes)), words.learning])]),
    section(words.command, [`<pre>${escapeCommand(command)}</pre>`]),
    "</body>\n</html>\n",
  ].join("\n");
}

function costSection({ costModel }: Profile, words: Text["profile"]): string {
  if (!costModel) return "";
  const facts = costLines(costModel, words).map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return section(words.cost, [muted(words.costFormula), `<dl class="facts">${facts.join("")}</dl>`]);
}

const section = (title: string, body: readonly string[]) =>
  `<section><h2>${escapeHtml(title)}</h2>\n${body.join("\n")}</section>`;
const paragraph = (line: string) => `<p>${escapeHtml(line)}</p>`;
const muted = (line: string) => `<p class="muted">${escapeHtml(line)}</p>`;
const table = ({ columns, rows }: ShownTable) => htmlTable(columns, rows, { isStacked: true });
const list = (lines: readonly string[]) =>
  `<ul class="reading">${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`;
