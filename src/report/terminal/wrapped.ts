import { displayWidth } from "./displayWidth.ts";

/** On fewer columns nothing can be read whatever is done. */
const LEAST_COLUMNS = 20;
/** By which the lines that follow are set in. */
const HANGING = 2;

/** Two columns wide, between any two of which a line may end. */
const WIDE = "\\u2e80-\\u9fff\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff00-\\uff60";
/** Code, which would not be code if it were broken; spaces; one wide character; and what stands together else. */
const TOKEN = new RegExp(`\`[^\`]*\`|\\s+|[${WIDE}]|[^\\s\`${WIDE}]+|\``, "gu");
const isWide = new RegExp(`^[${WIDE}]$`, "u");
/** What may not begin a line, and what may not end one. */
const CLOSING = /^[、。，．；：？！）」』】》〉”’％…—～·,.;:?!)\]}%]/u;
const OPENING = /[（「『【《〈“‘([{]$/u;
/** A command that stands there without marks of code goes on to the end of its line. */
const COMMAND = /(?:^|(?<=\s))(?:npx |node \S*)?batchscope(?:\.js)? .*$/u;
/** Rows of a picture or a bar have no words. */
const DRAWN = /[\u2500-\u259f]/u;

interface Piece {
  readonly text: string;
  /** Spaces before it, which go where a line ends there. */
  readonly space: string;
}

/**
 * A line as lines of at most `columns` columns, broken between words, or between characters of Chinese, and set in
 * below its first word, or below what stands behind its label. What has no place to break stays as it is.
 */
export function wrapped(line: string, columns: number): string[] {
  if (columns < LEAST_COLUMNS || displayWidth(line) <= columns || DRAWN.test(line)) return [line];
  const start = /^\s*/.exec(line)![0];
  const indent = " ".repeat(hangingIndent(line, start, columns));
  const lines: string[] = [];
  let current = start;
  let isEmpty = true;
  for (const { text, space } of piecesOf(line.slice(start.length))) {
    const longer = isEmpty ? current + text : current + space + text;
    // What fits nowhere, as a long path, stays beside its label.
    const staysBeside = displayWidth(indent + text) > columns && displayWidth(current) <= columns / 3;
    if (!isEmpty && !staysBeside && displayWidth(longer) > columns) {
      lines.push(current);
      current = indent + text;
    } else current = longer;
    isEmpty = false;
  }
  return [...lines, current];
}

/** Below what stands behind a label, where that leaves most of the line. */
function hangingIndent(line: string, start: string, columns: number): number {
  const label = /^\s*\S+(?: \S+){0,4}\s{2,}(?=\S)/u.exec(line)?.[0];
  const width = label === undefined ? Number.POSITIVE_INFINITY : displayWidth(label);
  return width <= columns / 3 ? width : start.length + HANGING;
}

function piecesOf(text: string): Piece[] {
  const command = text.includes("`") ? null : COMMAND.exec(text);
  const tokens = (command ? text.slice(0, command.index) : text).match(TOKEN) ?? [];
  const pieces: Piece[] = [];
  let space = "";
  for (const token of command ? [...tokens, command[0]] : tokens) {
    if (/^\s/.test(token)) {
      space += token;
      continue;
    }
    const last = pieces.at(-1);
    // A per cent sign stays with its number.
    if (last && ((space === "" && !mayBreak(last.text, token)) || token.startsWith("%")))
      pieces[pieces.length - 1] = { ...last, text: last.text + space + token };
    else pieces.push({ text: token, space });
    space = "";
  }
  return pieces;
}

function mayBreak(before: string, after: string): boolean {
  const isBesideWide = isWide.test([...before].at(-1)!) || isWide.test(after);
  return isBesideWide && !CLOSING.test(after) && !OPENING.test(before);
}
