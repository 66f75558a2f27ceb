import type { GradientStatistics } from "../statistics/table.ts";
import type { Embedding } from "../statistics/types.ts";
import { notesEnglish } from "./en/notes.ts";
import { pictureNote } from "./pictureNote.ts";

/** The same with each picture's notes in English beside them, as files and documents hold them. */
export function withProseNotes(statistics: GradientStatistics): GradientStatistics {
  const { embedding, embeddings } = statistics;
  return { ...statistics, embedding: noted(embedding), ...(embeddings && { embeddings: embeddings.map(noted) }) };
}

function noted(picture: Embedding): Embedding {
  return picture.notes ? { ...picture, note: pictureNote(picture, notesEnglish) } : picture;
}
