import { PassThrough, Writable } from "node:stream";
import type { Terminal } from "../src/cli/terminal/conversation.ts";
import { displayWidth } from "../src/report/terminal/displayWidth.ts";

export const UP = "\x1b[A";
export const DOWN = "\x1b[B";
export const ENTER = "\r";
export const BACKSPACE = "\x7f";
export const CTRL_C = "\x03";
export const CTRL_D = "\x04";
export const ESC = "\x1b";

/** What is typed once a question stands there; an empty key ends the input. */
export type Script = readonly (readonly [question: string, ...keys: string[]])[];

/** A terminal of a given size, whose user waits for each question and then presses keys. */
export function fakeTerminal(script: Script = [], { columns = 80, rows = 24, language = "en" as "en" | "zh" } = {}) {
  const steps = [...script];
  let [shown, read] = ["", 0];
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => void modes.push(on),
  });
  const press = (keys: readonly string[]) => {
    const [key, ...others] = keys;
    if (key === undefined) return;
    if (key === "") input.end();
    else input.write(key);
    setImmediate(press, others);
  };
  const output = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        shown += chunk;
        const [question, ...keys] = steps[0] ?? [];
        const at = question === undefined ? -1 : shown.indexOf(question, read);
        if (at >= 0) {
          read = at + question!.length;
          steps.shift();
          setImmediate(press, keys);
        }
        done();
      },
    }),
    { columns, rows },
  );
  const terminal: Terminal = { input, output, language };
  return {
    terminal,
    press,
    shown: () => shown,
    /** Questions that were not asked. */
    left: () => steps.map(([question]) => question),
    isRaw: () => modes.at(-1) ?? false,
    resize(width: number) {
      output.columns = width;
      output.emit("resize");
    },
  };
}

/**
 * What a terminal of so many columns shows of a text with the few escape sequences that questions use: a line each, and
 * those that it had to wrap marked by a `+` in front of what follows.
 */
export function screenOf(text: string, columns: number): string[] {
  /** A wide character stands in its first cell, with an empty one behind it. */
  const cells: string[][] = [[]];
  let [line, column] = [0, 0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const [token, count, letter] of text.matchAll(/\x1b\[(\d*)([A-Za-z])|[\s\S]/gu)) {
    if (letter === "A") line = Math.max(0, line - Number(count || 1));
    else if (letter === "C") column += Number(count || 1);
    else if (letter === "J") {
      cells.length = line + 1;
      cells[line]!.length = Math.min(cells[line]!.length, column);
    } else if (token === "\r") column = 0;
    // As the system's driver has it.
    else if (token === "\n") [line, column] = [line + 1, 0];
    else {
      const width = widthOf(token);
      if (column + width > columns) {
        [line, column] = [line + 1, 0];
        cells[line] = ["+"];
      }
      while (cells[line]!.length < column) cells[line]!.push(" ");
      cells[line]![column] = token;
      if (width === 2) cells[line]![column + 1] = "";
      column += width;
    }
    cells[line] ??= [];
  }
  return cells.map((one) => one.join(""));
}

const widths = new Map<string, number>();

function widthOf(character: string): number {
  const width = widths.get(character) ?? displayWidth(character);
  widths.set(character, width);
  return width;
}
