import { displayWidth } from "../../report/terminal/displayWidth.ts";
import type { PromptsText } from "../../text/en/prompts.ts";
import { printable } from "../../text/printable.ts";
import { typedAfter } from "./listQuestion.ts";
import { clipped, clippedEnd, type Question, wrap } from "./question.ts";

export interface TextState {
  readonly typed: string;
  readonly problem?: string | undefined;
}

export interface TextField {
  readonly message: string;
  /** What Enter alone takes. */
  readonly preset: string;
  /** Why that cannot be taken; null where it can. */
  readonly check: (typed: string) => string | null;
  readonly words: PromptsText["keys"];
}

/** A line to type, with an answer that stands ready. */
export function textQuestion({ message, preset, check, words }: TextField): Question<TextState, string> {
  return {
    message,
    start: { typed: "" },
    press: ({ typed }, key) => ({ typed: typedAfter(typed, key) }),
    frame({ typed, problem }, size) {
      const columns = size.columns - 1;
      const head = wrap(`? ${message}`, columns, 2);
      const shown = clippedEnd(printable(typed), columns - 2);
      // What stands ready is behind the cursor, and goes with the first key.
      const line = typed === "" ? clipped(`  ${words.preset(printable(preset))}`, columns) : `  ${shown}`;
      const below = problem === undefined ? words.text : problem;
      const lines = [...head, line, ...wrap(below, columns - 2, 2).map((one) => `  ${one}`)];
      return {
        lines: lines.slice(0, Math.max(2, size.rows - 1)),
        caret: { line: head.length, column: 2 + displayWidth(shown) },
      };
    },
    take({ typed }) {
      const answer = typed.trim() === "" ? preset : typed.trim();
      const problem = check(answer);
      return problem === null ? { answer, shown: printable(answer) } : { problem };
    },
    refuse: (state, problem) => ({ ...state, problem }),
  };
}
