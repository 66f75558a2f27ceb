import type { Embedding } from "../statistics/types.ts";
import { pictureNotes } from "./earlierFiles.ts";
import type { NotesText } from "./en/notes.ts";
import { said } from "./words.ts";

export type NotedPicture = Pick<Embedding, "notes" | "note">;

/** What the reader must know of a picture; empty where there is nothing. */
export function pictureNote(picture: NotedPicture, text: NotesText): string {
  const { notes, rest } = pictureNotes(picture);
  return [...notes.map((note) => said(note, text.picture)), ...(rest === "" ? [] : [rest])].join(text.sentences);
}
