import type { ExampleName, Inspection } from "../../store/inspection.ts";
import type { InspectTexts } from "../../text/en/inspection.ts";
import { percentOrDash, significant, whole } from "../../text/format.ts";

/** What the terminal and the page show alike: a head and its rows, as text. */
export interface InspectTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How examples are named: a file, a line or row of one, or a number alone. */
export function namedBy(first: string | null, texts: InspectTexts): string {
  if (first === null) return texts.index;
  return /: row \d+$/.test(first) ? texts.row : /:\d+$/.test(first) ? texts.line : texts.file;
}

/** An example as a sentence has it. */
export function exampleName(found: Parameters<ExampleName>[0], where: ExampleName, texts: InspectTexts): string {
  return where(found) ?? texts.example(found.index);
}

export function classTable({ classes }: Inspection, texts: InspectTexts): InspectTable {
  const rows = classes.map(({ name, examples, share, recall, doubted, suggested }) => [
    name,
    whole(examples),
    percentOrDash(share),
    percentOrDash(Number.isNaN(recall) ? undefined : recall),
    whole(doubted),
    whole(suggested),
  ]);
  return {
    head: [texts.class, texts.examples, texts.share, texts.recall, texts.doubted, texts.suggestedElsewhere],
    rows,
  };
}

/** The groups that hold a doubted label, and how many others there are. */
export function doubtedGroupTable(
  { groups }: Pick<Inspection, "groups">,
  texts: InspectTexts,
): InspectTable & { readonly others: number } {
  const found = groups.filter(({ doubted }) => doubted > 0);
  const rows = found.map(({ column, value, examples, doubted }) => [
    column,
    value,
    whole(examples),
    whole(doubted),
    percentOrDash(doubted / examples),
  ]);
  const head = [texts.column, texts.value, texts.examples, texts.doubted, texts.share];
  return { head, rows, others: groups.length - found.length };
}

export function conflictTable({ conflicts }: Inspection, texts: InspectTexts): InspectTable {
  const rows = conflicts.map(({ column, values, stiffness, cosineOfMeans, p }) => [
    column,
    values.join(" – "),
    significant(stiffness),
    significant(cosineOfMeans),
    significant(p),
  ]);
  return { head: [texts.column, texts.value, texts.stiffness, texts.cosineOfMeans, "p"], rows };
}
