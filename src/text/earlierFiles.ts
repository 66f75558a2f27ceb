import type { Embedding, PictureNote } from "../statistics/types.ts";

/** The one reader of sentences: analyses written before notes were data hold them in English only. */

type Reader = readonly [RegExp, (...numbers: number[]) => PictureNote];

const readers: readonly Reader[] = [
  [
    /^The picture shows a stratified draw of (\d+) of (\d+) rows\. ?/,
    (shown, rows) => ({ kind: "drawn", shown: shown!, rows: rows! }),
  ],
  [
    /^Perplexity lowered from ([\d.]+) to ([\d.]+), a third of the other (\d+) rows\. ?/,
    (wanted, perplexity, others) => ({
      kind: "perplexityLowered",
      wanted: wanted!,
      perplexity: perplexity!,
      others: others!,
    }),
  ],
  [
    /^(\d+) rows are too few for t-SNE; their positions are those of classical scaling \(PCA\)\. ?/,
    (rows) => ({ kind: "fewRows", rows: rows! }),
  ],
  [
    /^(\d+) of (\d+) rows have zero norm and no direction; they [^.]*\. ?/,
    (undirected, rows) => ({ kind: "undirected", undirected: undirected!, rows: rows! }),
  ],
];

/** The notes of a picture as data, and in English what is left of those of an earlier file. */
export function pictureNotes({ notes, note }: Pick<Embedding, "notes" | "note">): {
  readonly notes: readonly PictureNote[];
  readonly rest: string;
} {
  if (notes) return { notes, rest: "" };
  const read: PictureNote[] = [];
  let rest = note ?? "";
  for (let found = readFirst(rest); found; found = readFirst(rest)) {
    read.push(found.note);
    rest = rest.slice(found.length);
  }
  return { notes: read, rest };
}

function readFirst(text: string): { readonly note: PictureNote; readonly length: number } | undefined {
  for (const [pattern, noteOf] of readers) {
    const match = pattern.exec(text);
    if (match) return { note: noteOf(...match.slice(1).map(Number)), length: match[0].length };
  }
  return undefined;
}

/** Every analysis has been made so; its file says it in English: "evaluation mode (dropout off, …)". */
export function isEvaluationMode(mode: string): boolean {
  return mode.startsWith("evaluation mode");
}
