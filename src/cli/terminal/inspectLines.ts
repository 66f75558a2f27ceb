import { classTable, conflictTable, doubtedGroupTable, exampleName, namedBy } from "../../report/page/inspectTables.ts";
import { foldedLines } from "../../report/terminal/folded.ts";
import type { ExampleName, Inspection } from "../../store/inspection.ts";
import type { InspectTexts } from "../../text/en/inspection.ts";
import { significant } from "../../text/format.ts";
import type { Language } from "../../text/languages.ts";
import { textIn } from "../../text/text.ts";
import { columnsOf } from "./tableLines.ts";

/** The first of each kind that a terminal shows. */
const MOST_LABELS = 15;
const MOST_OTHERS = 5;
const MOST_CLASSES = 20;

/** An inspection for the terminal: what was found in a few sentences, then the first of each kind. */
export function inspectLines(inspection: Inspection, where: ExampleName, language: Language): string[] {
  const texts = textIn(language).inspection;
  return [
    ...texts.summary(inspection),
    ...inspection.findings.map(texts.remark),
    ...classLines(inspection, texts),
    ...labelLines(inspection, where, texts),
    ...outlierLines(inspection, where, texts),
    ...duplicateLines(inspection, where, texts),
    ...groupLines(inspection, texts),
  ];
}

function classLines(inspection: Inspection, texts: InspectTexts): string[] {
  if (inspection.classes.length > MOST_CLASSES) return [];
  const { head, rows } = classTable(inspection, texts);
  return titled(texts.classes, [head, ...rows]);
}

function labelLines({ labelIssues }: Inspection, where: ExampleName, texts: InspectTexts): string[] {
  if (labelIssues.length === 0) return [];
  const rows = labelIssues
    .slice(0, MOST_LABELS)
    .map(({ index, givenName, suggestedName, score, ...p }) => [
      where({ index }) ?? String(index),
      givenName,
      suggestedName,
      significant(score),
      `${significant(p.givenProbability)} / ${significant(p.suggestedProbability)}`,
    ]);
  const head = [namedBy(where(labelIssues[0]!), texts), texts.given, texts.suggested, texts.score];
  return [...titled(texts.labels, [[...head, texts.probabilities], ...rows]), ...more(rows.length, labelIssues, texts)];
}

function outlierLines({ outliers, classNames }: Inspection, where: ExampleName, texts: InspectTexts): string[] {
  if (outliers.length === 0) return [];
  const rows = outliers
    .slice(0, MOST_OTHERS)
    .map(({ index, label, robustZ }) => [
      where({ index }) ?? String(index),
      classNames[label] ?? "",
      significant(robustZ),
    ]);
  const head = [namedBy(where(outliers[0]!), texts), texts.class, texts.distance];
  return [...titled(texts.outliers, [head, ...rows]), ...more(rows.length, outliers, texts)];
}

function duplicateLines({ nearDuplicates, classNames }: Inspection, where: ExampleName, texts: InspectTexts): string[] {
  if (nearDuplicates.length === 0) return [];
  const lines = nearDuplicates.slice(0, MOST_OTHERS).map((group) => {
    const { examples, exact, leastCosine, acrossSplit, conflictingLabels } = group;
    const listed = examples
      .slice(0, MOST_OTHERS)
      .map(
        (one) => `${texts.parts[one.part]} ${exampleName(one, where, texts)} (${classNames[one.label] ?? one.label})`,
      );
    const facts = [
      exact ? texts.exact : texts.near(leastCosine),
      ...(acrossSplit ? [texts.acrossSplit] : []),
      ...(conflictingLabels ? [texts.conflictingLabels] : []),
    ];
    const rest = examples.length > listed.length ? [texts.more(examples.length - listed.length)] : [];
    return `  ${[...listed, ...rest].join(", ")}: ${facts.join(", ")}`;
  });
  return ["", texts.duplicates, ...lines, ...more(lines.length, nearDuplicates, texts)];
}

function groupLines(inspection: Inspection, texts: InspectTexts): string[] {
  if (inspection.groups.length === 0) return [];
  const [groups, conflicts] = [doubtedGroupTable(inspection, texts), conflictTable(inspection, texts)];
  return [
    ...(groups.rows.length > 0 ? titled(texts.groups, [groups.head, ...groups.rows]) : ["", texts.groups]),
    ...(groups.others > 0 ? [`  ${texts.undoubtedGroups(groups.others)}`] : []),
    ...(conflicts.rows.length > 0 ? titled(texts.conflicts, [conflicts.head, ...conflicts.rows]) : []),
  ];
}

function more(shown: number, all: readonly unknown[], texts: InspectTexts): string[] {
  return all.length > shown ? [`  ${texts.more(all.length - shown)}`] : [];
}

/** A heading and columns, the first to the left; folded on a narrow terminal. */
function titled(title: string, rows: readonly (readonly string[])[]): string[] {
  const columns = columnsOf(process.stdout);
  return ["", title, ...foldedLines(rows, columns && columns - 2).map((line) => `  ${line}`)];
}
