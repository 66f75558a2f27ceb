import { emitKeypressEvents, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { displayWidth } from "../../report/terminal/displayWidth.ts";
import { InterruptedError } from "../../session/ends.ts";
import type { Language } from "../../text/languages.ts";
import { textIn } from "../../text/text.ts";
import { clipped, type Frame, type Key, type Question, type Size } from "./question.ts";

/** Where questions are asked; a program uses process.stdin and, since stdout is for results, process.stderr. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };
  readonly output: Writable & { readonly columns?: number; readonly rows?: number };
  readonly language: Language;
}

/** Questions one after another on one terminal. */
export interface Conversation {
  readonly language: Language;
  /** Throws `InterruptedError` where the answer is Ctrl-C, Ctrl-D, Esc, or the end of the input. */
  ask<State, Answer>(question: Question<State, Answer>): Promise<Answer>;
  /** A line between questions. */
  say(line: string): void;
}

/** A terminal that does not tell its size. */
const USUAL: Size = { columns: 80, rows: 24 };
/** Milliseconds after which an escape is the key and not the beginning of another one. */
const ESCAPE_TIMEOUT = 50;

/**
 * Asks what `talk` asks, and leaves the terminal as it was, however that ends. What is typed before a question stands
 * there is its answer.
 */
export async function converse<Result>(
  terminal: Terminal,
  talk: (conversation: Conversation) => Promise<Result>,
): Promise<Result> {
  const { input, output, language } = terminal;
  const keys = readKeys(input);
  try {
    return await talk({
      language,
      ask: (question) => ask(terminal, keys, question),
      say: (line) => void output.write(`${line}\n`),
    });
  } finally {
    keys.close();
  }
}

interface Keys {
  /** The next key; null at the end of the input. */
  next(): Promise<Key | null>;
  close(): void;
}

/** Keeps what is typed until somebody asks for it. */
function readKeys(input: Readable): Keys {
  const typed: (Key | null)[] = [];
  let wake = () => {};
  const take = (key: Key | null) => {
    typed.push(key);
    wake();
  };
  const press = (text: string | undefined, key: { name?: string; ctrl?: boolean; meta?: boolean }) =>
    take(keyOf(text, key));
  const end = () => take(null);
  emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_TIMEOUT } as unknown as Interface);
  input.on("keypress", press);
  input.on("end", end);
  input.on("close", end);
  input.resume();
  return {
    async next() {
      while (typed.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return typed.shift()!;
    },
    close() {
      input.off("keypress", press);
      input.off("end", end);
      input.off("close", end);
      // Nothing may keep the process from its end.
      input.pause();
    },
  };
}

const names: Readonly<Record<string, string>> = { enter: "return", delete: "backspace" };

function keyOf(
  text: string | undefined,
  { name = "", ctrl = false, meta = false }: { name?: string; ctrl?: boolean; meta?: boolean },
): Key {
  if (ctrl)
    return {
      name: { c: "cancel", d: "cancel", u: "clear", p: "up", n: "down", h: "backspace", j: "return" }[name] ?? "",
      text: "",
    };
  if (name === "escape") return { name: "cancel", text: "" };
  const typed = text ?? "";
  return { name: names[name] ?? name, text: meta || /\p{Cc}/u.test(typed) ? "" : typed };
}

async function ask<State, Answer>(terminal: Terminal, keys: Keys, question: Question<State, Answer>): Promise<Answer> {
  const { input, output, language } = terminal;
  const screen = screenOn(output);
  let state = question.start;
  const draw = () => screen.draw(question.frame(state, sizeOf(output)));
  const raw = (on: boolean) => input.isTTY === true && input.setRawMode?.(on);
  raw(true);
  output.on("resize", draw);
  try {
    for (;;) {
      draw();
      const key = await keys.next();
      if (key === null || key.name === "cancel") {
        screen.end([...asked(question.message, "", output), textIn(language).prompts.cancelled]);
        throw new InterruptedError("SIGINT");
      }
      if (key.name !== "return") {
        state = question.press(state, key);
        continue;
      }
      const taken = question.take(state);
      if ("problem" in taken) state = question.refuse(state, taken.problem);
      else {
        screen.end(asked(question.message, taken.shown, output));
        return taken.answer;
      }
    }
  } finally {
    output.off("resize", draw);
    raw(false);
  }
}

function sizeOf({ columns = 0, rows = 0 }: Terminal["output"]): Size {
  return { columns: columns > 0 ? columns : USUAL.columns, rows: rows > 0 ? rows : USUAL.rows };
}

/** What stays of a question: on one line with its answer where there is room. */
function asked(message: string, shown: string, output: Terminal["output"]): string[] {
  const columns = sizeOf(output).columns - 1;
  const line = `? ${message} ${shown}`.trimEnd();
  if (displayWidth(line) <= columns || shown === "") return [clipped(line, columns)];
  return [clipped(`? ${message}`, columns), clipped(`  ${shown}`, columns)];
}

/** Draws one frame over the other. A terminal that became narrower has wrapped what stood on it. */
function screenOn(output: Terminal["output"]) {
  let before: Frame | null = null;
  const back = () => {
    if (before === null) return "";
    const { columns } = sizeOf(output);
    const { lines, caret } = before;
    const above = lines
      .slice(0, caret.line)
      .reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
    const up = above + Math.floor(caret.column / columns);
    return `${up > 0 ? `\x1b[${up}A` : ""}\r\x1b[J`;
  };
  return {
    draw(frame: Frame) {
      const { lines, caret } = frame;
      const up = lines.length - 1 - caret.line;
      const place = `${up > 0 ? `\x1b[${up}A` : ""}\r${caret.column > 0 ? `\x1b[${caret.column}C` : ""}`;
      output.write(`${back()}${lines.join("\n")}${place}`);
      before = frame;
    },
    /** Leaves these lines instead. */
    end(lines: readonly string[]) {
      output.write(`${back()}${lines.join("\n")}\n`);
      before = null;
    },
  };
}
