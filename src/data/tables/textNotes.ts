import type { DataNote } from "../notes.ts";
import type { Feature, Target } from "./tableRoles.ts";

/** So many texts with digits are quantities in a spelling that nobody reads, more often than they are categories. */
const LEAST_QUANTITIES = 20;

/** What is to be said of categories and classes by their names alone; `codes` are columns of which more is known. */
export function textNotes(features: readonly Feature[], target: Target, codes: ReadonlySet<string>): DataNote[] {
  const named = [
    ...features.map(({ name, categories }) => ({ name, names: categories })),
    { ...target, names: target.classes },
  ];
  return [
    ...features.flatMap(({ name, categories }) => (codes.has(name) ? [] : quantities(name, categories ?? []))),
    ...named.flatMap(({ name, names }) => similar(name, (names ?? []).map(String))),
  ];
}

/** Digits without letters, or hexadecimal ones. */
export function seemsQuantity(text: string): boolean {
  return /^[^\p{L}]*\d[^\p{L}]*$|^0x[\da-f]+$/iu.test(text);
}

function quantities(column: string, texts: readonly string[]): DataNote[] {
  if (texts.length < LEAST_QUANTITIES || !texts.every(seemsQuantity)) return [];
  return [{ kind: "quantitiesAsTexts", column, texts: texts.slice(0, 2), inputs: texts.length }];
}

/** The first names that differ in case, in spaces or in how letters with marks are encoded. */
function similar(column: string, names: readonly string[]): DataNote[] {
  const alike = Map.groupBy(names, (name) =>
    name
      .normalize("NFKC")
      .toLowerCase()
      // Between letters and digits alone: the sign of −1 and of a grade A− means something.
      .replace(/(?<=[\p{L}\p{N}])[\s_-]+(?=[\p{L}\p{N}])/gu, " ")
      .trim(),
  );
  const several = [...alike.values()].find((group) => group.length > 1);
  return several ? [{ kind: "similarNames", column, names: several.slice(0, 3) }] : [];
}
