import type { DuplicateFinding, ExampleName, ExamplePictures, Inspection } from "../../store/inspection.ts";
import { pictureKey } from "../../store/inspection.ts";
import type { InspectTexts } from "../../text/en/inspection.ts";
import { significant, whole } from "../../text/format.ts";
import type { Language } from "../../text/languages.ts";
import { textIn } from "../../text/text.ts";
import { escapeCommand, escapeHtml } from "./escape.ts";
import { pictureHtml } from "./inspectPicture.ts";
import { classTable, conflictTable, doubtedGroupTable, exampleName, namedBy } from "./inspectTables.ts";
import { pageStyle } from "./style.ts";

export interface InspectReport {
  readonly inspection: Inspection;
  /** Findings without a picture are counted and not shown. */
  readonly pictures: ExamplePictures;
  readonly where: ExampleName;
  /** The command line that made it. */
  readonly command: string;
  readonly language: Language;
}

const style = `${pageStyle}
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px; margin: 0 0 20px; }
.card { border: 1px solid var(--grid); border-radius: 6px; padding: 8px 10px; font-size: 0.86rem; line-height: 1.4; min-width: 0; }
.card img, .card svg, .copies img, .copies svg { display: block; width: 84px; height: auto; margin: 0 auto 6px; image-rendering: pixelated; background: #fff; }
.card b { font-weight: 600; }
.copies { display: flex; flex-wrap: wrap; gap: 10px; align-items: end; }
.copies figure { margin: 0; font-size: 0.82rem; text-align: center; }
dl.values { display: grid; grid-template-columns: auto auto; gap: 0 8px; margin: 0 0 6px; font-size: 0.82rem; text-align: left; }
dl.values dt { color: var(--muted); } dl.values dd { margin: 0; text-align: right; }
th.text, td.text { text-align: left; }
`;

/** The inspection as one HTML document without scripts that needs no network. Every text of the user's is escaped. */
export function inspectPage(report: InspectReport): string {
  const { inspection, command, language } = report;
  const texts = textIn(language).inspection;
  const [first, ...rest] = texts.summary(inspection);
  return [
    `<!doctype html>\n<html lang="${language}">\n<head>\n<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(inspection.data)} – Batchscope ${texts.title}</title>`,
    `<style>${style}</style>\n</head>\n<body>`,
    `<header><h1>${escapeHtml(inspection.data)}: ${texts.title}</h1><p class="muted">${escapeHtml(first!)}</p>` +
      `<p class="muted">${escapeHtml(texts.namedBy(namedBy(report.where({ index: 0 }), texts)))}</p></header>`,
    `<ul class="reading">${rest.map((line) => `<li>${escapeHtml(line)}</li>`).join("\n")}</ul>`,
    labelSection(report, texts),
    outlierSection(report, texts),
    duplicateSection(report, texts),
    classSection(inspection, texts),
    groupSections(inspection, texts),
    remarkSection(inspection, texts),
    `<section><h2>${texts.command}</h2><pre>${escapeCommand(command)}</pre></section>`,
    "</body>\n</html>\n",
  ].join("\n");
}

function labelSection({ inspection, pictures, where }: InspectReport, texts: InspectTexts): string {
  const cards = inspection.labelIssues.flatMap((issue) => {
    const picture = pictures.get(pictureKey(inspection, issue));
    if (!picture) return [];
    const { givenName, suggestedName, score } = issue;
    const name = exampleName(issue, where, texts);
    return [
      `<div class="card">${pictureHtml(picture, name)}<b>${escapeHtml(givenName)} → ${escapeHtml(suggestedName)}</b><br>` +
        `${escapeHtml(name)}<br>${texts.score} ${significant(score)}<br>` +
        `${texts.probabilities}: ${significant(issue.givenProbability)} / ${significant(issue.suggestedProbability)}</div>`,
    ];
  });
  return section(texts.labels, texts.labelsNote, cards, inspection.labelIssues.length, texts);
}

function outlierSection({ inspection, pictures, where }: InspectReport, texts: InspectTexts): string {
  const cards = inspection.outliers.flatMap((outlier) => {
    const picture = pictures.get(pictureKey(inspection, outlier));
    if (!picture) return [];
    const { label, robustZ } = outlier;
    const name = exampleName(outlier, where, texts);
    return [
      `<div class="card">${pictureHtml(picture, name)}<b>${escapeHtml(inspection.classNames[label] ?? "")}</b><br>` +
        `${escapeHtml(name)}<br>${texts.distance} ${significant(robustZ)}</div>`,
    ];
  });
  return section(texts.outliers, texts.outliersNote, cards, inspection.outliers.length, texts);
}

function section(title: string, note: string, cards: readonly string[], all: number, texts: InspectTexts): string {
  const body = all === 0 ? `<p>${texts.none}</p>` : `<div class="cards">${cards.join("\n")}</div>`;
  return `<section><h2>${title} (${whole(all)})</h2><p class="muted">${escapeHtml(note)}</p>${body}${moreThan(cards.length, all, texts)}</section>`;
}

function moreThan(shown: number, all: number, texts: InspectTexts): string {
  return all > shown ? `<p>${texts.more(all - shown)}</p>` : "";
}

function duplicateSection(report: InspectReport, texts: InspectTexts): string {
  const { inspection, pictures } = report;
  const groups = inspection.nearDuplicates;
  const pictured = groups.filter(({ examples }) => pictures.has(pictureKey(inspection, examples[0]!)));
  const rows = pictured.map((group) => duplicateCard(report, group, texts));
  const note = texts.duplicatesNote(inspection.settings.duplicateCosine);
  const body = groups.length === 0 ? `<p>${texts.none}</p>` : rows.join("\n");
  return `<section><h2>${texts.duplicates} (${whole(groups.length)})</h2><p class="muted">${escapeHtml(note)}</p>${body}${moreThan(rows.length, groups.length, texts)}</section>`;
}

function duplicateCard(
  { inspection, pictures, where }: InspectReport,
  group: DuplicateFinding,
  texts: InspectTexts,
): string {
  const { examples, exact, leastCosine, acrossSplit, conflictingLabels } = group;
  const copies = examples.flatMap((example) => {
    const picture = pictures.get(pictureKey(inspection, example));
    const name = `${texts.parts[example.part]} ${exampleName(example, where, texts)}: ${inspection.classNames[example.label] ?? example.label}`;
    return picture
      ? [`<figure>${pictureHtml(picture, name)}<figcaption>${escapeHtml(name)}</figcaption></figure>`]
      : [];
  });
  const facts = [
    exact ? texts.exact : texts.near(leastCosine),
    ...(acrossSplit ? [texts.acrossSplit] : []),
    ...(conflictingLabels ? [texts.conflictingLabels] : []),
  ];
  return `<div class="card"><p><b>${facts.join(", ")}</b></p><div class="copies">${copies.join("")}</div>${moreThan(copies.length, examples.length, texts)}</div>`;
}

type Row = readonly (string | number)[];

/** Texts to the left, numbers to the right. */
function table(head: readonly string[], rows: readonly Row[], numbersFrom: number): string {
  const side = (i: number) => (i < numbersFrom ? ' class="text"' : "");
  const heads = head.map((name, i) => `<th scope="col"${side(i)}>${escapeHtml(name)}</th>`).join("");
  const body = rows.map(
    (row) => `<tr>${row.map((cell, i) => `<td${side(i)}>${escapeHtml(String(cell))}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

function classSection(inspection: Inspection, texts: InspectTexts): string {
  const { head, rows } = classTable(inspection, texts);
  return `<section><h2>${texts.classes}</h2>${table(head, rows, 1)}</section>`;
}

function groupSections(inspection: Inspection, texts: InspectTexts): string {
  if (inspection.groups.length === 0) return "";
  const [groups, conflicts] = [doubtedGroupTable(inspection, texts), conflictTable(inspection, texts)];
  const body = conflicts.rows.length === 0 ? `<p>${texts.none}</p>` : table(conflicts.head, conflicts.rows, 2);
  const others = groups.others === 0 ? "" : `<p class="muted">${escapeHtml(texts.undoubtedGroups(groups.others))}</p>`;
  return [
    `<section><h2>${texts.groups}</h2>${groups.rows.length === 0 ? "" : table(groups.head, groups.rows, 2)}${others}</section>`,
    `<section><h2>${texts.conflicts}</h2><p class="muted">${escapeHtml(texts.conflictsNote)}</p>${body}</section>`,
  ].join("\n");
}

function remarkSection({ findings }: Inspection, texts: InspectTexts): string {
  if (findings.length === 0) return "";
  return `<section><h2>${texts.remarks}</h2><ul class="reading">${findings.map((one) => `<li>${escapeHtml(texts.remark(one))}</li>`).join("")}</ul></section>`;
}
