import type { Diagnosis, DiagnosisFinding, NodeAnswer } from "../../store/diagnosis.ts";
import type { DiagnosisText } from "../../text/en/diagnosis.ts";
import type { Text } from "../../text/text.ts";
import { diagnosisTree } from "../charts/diagnosisTree.ts";
import { diagnosisAnswer, evidenceText, findingName, remedyText } from "../terminal/diagnosisLines.ts";
import { escapeCommand, escapeHtml, withCode } from "./escape.ts";
import { staticFigures } from "./htmlFigures.ts";
import { pageStyle } from "./style.ts";

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const ownStyle = `
@media (max-width: 480px) { picture img { min-width: 0; } }
.node { display: grid; grid-template-columns: minmax(0, 18em) minmax(0, 1fr); gap: 4px 24px; padding: 10px 0; border-top: 1px solid var(--grid); }
.node > p { font-weight: 600; margin: 0; } .node ul, .finding ul { margin: 0; padding-left: 1.2em; }
.finding { margin-bottom: 20px; }
@media (max-width: 700px) { .node { grid-template-columns: 1fr; } }`;

/** A diagnosis as one HTML document without scripts that needs no network. Every text of the user's is escaped. */
export function diagnosisPage(
  { subject, found, command }: { readonly subject: string; readonly found: Diagnosis; readonly command: string },
  { diagnosis: words, page }: Text,
): string {
  const title = words.title(subject);
  return [
    `<!doctype html>\n<html lang="${page.htmlLanguage}">\n<head>\n<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)} – Batchscope</title>`,
    `<style>${pageStyle}${ownStyle}</style>\n</head>\n<body>`,
    `<header><h1>${escapeHtml(title)}</h1></header>`,
    `<section class="cards"><div class="card"><p>${escapeHtml(diagnosisAnswer(found, words))}</p></div></section>`,
    `<section>${staticFigures({ diagnosisTree: diagnosisTree(found, words) }, { phone: true })}</section>`,
    section(
      words.pathTitle,
      found.path.map((one) => nodeRow(one, words)),
    ),
    section(words.findingsTitle, findings(found, words)),
    found.limits.length === 0
      ? ""
      : section(words.limitsTitle, [list(found.limits.map((limit) => words.limits[limit]))]),
    section(words.page.commands, [`<pre>${escapeCommand(command)}</pre>`]),
    "</body>\n</html>\n",
  ].join("\n");
}

const section = (title: string, body: readonly string[]) =>
  `<section><h2>${escapeHtml(title)}</h2>\n${body.join("\n")}</section>`;

const list = (lines: readonly string[]) =>
  `<ul class="reading">${lines.map((one) => `<li>${withCode(one)}</li>`).join("\n")}</ul>`;

function nodeRow({ node, answer, evidence }: NodeAnswer, words: DiagnosisText): string {
  const said = `<p>${escapeHtml(`${words.nodes[node]} ${words.answers[answer]}`)}</p>`;
  return `<div class="node">${said}${list(evidence.map((one) => evidenceText(one, words)))}</div>`;
}

function findings({ findings: all }: Diagnosis, words: DiagnosisText): string[] {
  if (all.length === 0) return [`<p class="muted">${escapeHtml(words.noFindings)}</p>`];
  return all.map((one, i) => findingBlock(one, i, words));
}

function findingBlock(finding: DiagnosisFinding, i: number, words: DiagnosisText): string {
  const { evidence, remedies } = finding;
  const told = [...evidence.map((one) => evidenceText(one, words)), ...remedies.map((one) => remedyText(one, words))];
  return `<div class="finding"><h3>${i + 1}. ${escapeHtml(findingName(finding, words))}</h3>${list(told)}</div>`;
}
