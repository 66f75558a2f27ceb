import { displayWidth } from "../../report/terminal/displayWidth.ts";
import type { PromptsText } from "../../text/en/prompts.ts";
import { printable } from "../../text/printable.ts";
import { clipped, clippedEnd, type Frame, type Key, type Question, type Size, wrap } from "./question.ts";

/** One line to choose. */
export interface Choice {
  readonly value: string;
  /** Default: the value. */
  readonly label?: string | undefined;
  readonly about?: string | undefined;
}

export interface ListState {
  /** Leaves the choices that have it. */
  readonly typed: string;
  /** Index in those that are left. */
  readonly at: number;
  readonly problem?: string | undefined;
}

export interface List {
  readonly message: string;
  readonly choices: readonly Choice[];
  /** The value that is chosen unless another one is. Default: the first. */
  readonly preset?: string | undefined;
  /** What may be typed instead of choosing. */
  readonly free?: ((typed: string) => Choice | null) | undefined;
  readonly words: PromptsText["keys"];
}

/** Lines of a list that are shown at once; the rest scrolls. */
const MOST_ROWS = 12;
const MARK = "> ";
const INDENT = "  ";
/** Labels are not brought to one width beyond this, so that there is room for what is said of them. */
const WIDEST_LABEL = 32;
/** What is said of a choice is left out where less room is left. */
const LEAST_ABOUT = 12;

/** A list that is narrowed by typing. */
export function listQuestion(list: List): Question<ListState, string> {
  const { message, choices, preset, free, words } = list;
  const first = Math.max(
    0,
    choices.findIndex(({ value }) => value === preset),
  );
  const left = ({ typed }: ListState) => matching(choices, typed, free);
  return {
    message,
    start: { typed: "", at: first },
    press(state, key) {
      const typed = typedAfter(state.typed, key);
      if (typed !== state.typed) return { typed, at: typed === "" ? first : 0 };
      const at = moved(state.at, left(state).length, key);
      return { typed, at };
    },
    frame: (state, size) => frameOf(list, left(state), state, size),
    take(state) {
      const chosen = left(state)[state.at];
      return chosen ? { answer: chosen.value, shown: labelOf(chosen) } : { problem: words.none };
    },
    refuse: (state, problem) => ({ ...state, problem }),
  };
}

const labelOf = ({ value, label = value }: Choice) => printable(label);

/** Those that have what is typed, whose name is it or begins with it first; then what is typed itself. */
function matching(choices: readonly Choice[], typed: string, free: List["free"]): Choice[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return [...choices];
  const rank = ({ value, label = value, about = "" }: Choice) => {
    const names = [value, label].map((name) => name.toLowerCase());
    if (names.includes(wanted)) return 0;
    if (names.some((name) => name.startsWith(wanted))) return 1;
    return [...names, about.toLowerCase()].some((text) => text.includes(wanted)) ? 2 : 3;
  };
  const found = choices.filter((choice) => rank(choice) < 3).sort((a, b) => rank(a) - rank(b));
  const own = free?.(typed.trim()) ?? null;
  return own === null || found.some(({ value }) => value === own.value) ? found : [...found, own];
}

/** What is typed after a key; Backspace and Ctrl-U take away. */
export function typedAfter(typed: string, { name, text }: Key): string {
  if (name === "backspace") return [...typed].slice(0, -1).join("");
  return name === "clear" ? "" : typed + text;
}

/** From the first line one comes to the last, but pages end there. */
function moved(at: number, count: number, { name }: Key): number {
  if (count === 0) return 0;
  const bounded = (to: number) => Math.max(0, Math.min(count - 1, to));
  if (name === "up") return (at + count - 1) % count;
  if (name === "down" || name === "tab") return (at + 1) % count;
  if (name === "pageup") return bounded(at - MOST_ROWS);
  if (name === "pagedown") return bounded(at + MOST_ROWS);
  if (name === "home") return 0;
  return name === "end" ? count - 1 : at;
}

function frameOf({ message, words }: List, left: readonly Choice[], state: ListState, size: Size): Frame {
  const columns = size.columns - 1;
  const head = wrap(`? ${message}`, columns, 2);
  const typed = clippedEnd(
    printable(state.typed),
    Math.max(1, columns - displayWidth(words.filter) - INDENT.length - 1),
  );
  const search = `${INDENT}${words.filter} ${typed}`;
  const keys = wrap(words.list, columns - INDENT.length, 2).map((line) => INDENT + line);
  // Beside the question, what is typed and the keys: two lines that say how much more there is, and one to spare.
  const room = Math.max(1, Math.min(MOST_ROWS, size.rows - head.length - keys.length - 4));
  const { from, to } = windowOf(state.at, left.length, room);
  const width = Math.min(WIDEST_LABEL, Math.max(0, ...left.map((choice) => displayWidth(labelOf(choice)))));
  const rows = left.slice(from, to).map((choice, i) => rowOf(choice, from + i === state.at, width, columns));
  const problem = state.problem ?? (left.length === 0 ? words.none : undefined);
  const lines = [
    ...head,
    search,
    ...(from > 0 ? [clipped(INDENT + words.above(from), columns)] : []),
    ...rows,
    ...(to < left.length ? [clipped(INDENT + words.below(left.length - to), columns)] : []),
    ...(problem === undefined ? [] : wrap(problem, columns - INDENT.length, 2).map((line) => INDENT + line)),
    ...keys,
  ].slice(0, Math.max(2, size.rows - 1));
  return { lines, caret: { line: head.length, column: displayWidth(search) } };
}

/** The part of a list that is shown: the chosen line in it, with a line beyond it where there is one. */
function windowOf(at: number, count: number, room: number): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.min(at - Math.floor(room / 2), count - room));
  return { from, to: Math.min(count, from + room) };
}

function rowOf(choice: Choice, isChosen: boolean, width: number, columns: number): string {
  const label = clipped(labelOf(choice), columns - MARK.length);
  const start = `${isChosen ? MARK : INDENT}${label}`;
  const gap = " ".repeat(Math.max(0, width - displayWidth(label)) + 2);
  const room = columns - displayWidth(start) - gap.length;
  const about = printable(choice.about ?? "");
  return about === "" || room < LEAST_ABOUT ? start : `${start}${gap}${clipped(about, room)}`;
}
