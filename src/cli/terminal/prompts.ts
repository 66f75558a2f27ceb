import { InterruptedError } from "../../session/ends.ts";
import { printable } from "../../text/printable.ts";
import { textIn } from "../../text/text.ts";
import { converse, type Terminal } from "./conversation.ts";
import { listQuestion } from "./listQuestion.ts";

/** Asks whether these runs are to be removed. Throws `InterruptedError` for a no, and when cancelled. */
export async function askRemoval(names: readonly string[], terminal: Terminal): Promise<void> {
  const { prompts } = textIn(terminal.language);
  const message = prompts.remove(printable(names.join(", ")));
  const choices = [
    { value: "no", label: prompts.no },
    { value: "yes", label: prompts.yes },
  ];
  const question = listQuestion({ message, choices, words: prompts.keys });
  const answer = await converse(terminal, async ({ ask }) => ask(question));
  if (answer === "no") throw new InterruptedError("SIGINT");
}
