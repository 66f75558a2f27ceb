import { displayWidth, truncate } from "../../report/terminal/displayWidth.ts";

/** A key that was pressed: its name, as `node:readline` calls it, or what it types. */
export interface Key {
  readonly name: string;
  /** Printable characters; empty for a key that types none. */
  readonly text: string;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What stands on the screen while a question is asked. */
export interface Frame {
  /** None wider than the screen, and fewer than its rows. */
  readonly lines: readonly string[];
  /** Where the cursor blinks: behind what is typed. */
  readonly caret: { readonly line: number; readonly column: number };
}

/** What Enter does: takes an answer, of which `shown` stays on the screen, or says why it is none. */
export type Outcome<Answer> = { readonly answer: Answer; readonly shown: string } | { readonly problem: string };

/** A question as plain functions of a state, so that it needs no terminal to be tried. */
export interface Question<State, Answer> {
  readonly message: string;
  readonly start: State;
  press(state: State, key: Key): State;
  frame(state: State, size: Size): Frame;
  take(state: State): Outcome<Answer>;
  /** The same state where Enter took no answer. */
  refuse(state: State, problem: string): State;
}

/** Marks what was cut off. */
const CUT = "...";

/** `text` in at most `columns` columns. */
export function clipped(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  return columns <= CUT.length ? truncate(text, columns) : `${truncate(text, columns - CUT.length)}${CUT}`;
}

/** The end of `text` in at most `columns` columns: of what is typed, that is what one looks at. */
export function clippedEnd(text: string, columns: number): string {
  let rest = text;
  while (displayWidth(rest) > columns) rest = rest.slice(Math.max(1, truncate(rest, 1).length));
  return rest;
}

/** `text` in lines of at most `columns` columns, between words where there are some, at most `most` lines. */
export function wrap(text: string, columns: number, most: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== "" && lines.length < most) {
    if (lines.length === most - 1 || displayWidth(rest) <= columns) return [...lines, clipped(rest, columns)];
    const start = truncate(rest, columns);
    const space = rest[start.length] === " " ? start.length : start.lastIndexOf(" ");
    const end = space > 0 ? space : Math.max(1, start.length);
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return lines;
}
