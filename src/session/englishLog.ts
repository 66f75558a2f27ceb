import { remarksEnglish } from "../text/en/remarks.ts";
import { sessionEnglish } from "../text/en/session.ts";
import { terminalEnglish } from "../text/en/terminal.ts";
import type { SessionEvent } from "./events.ts";
import { eventLines } from "./log.ts";

const english = { remarks: remarksEnglish, session: sessionEnglish, terminal: terminalEnglish };

/** The lines of log.txt: in one language, whoever goes on with the run, and without loading the words of another. */
export function englishLog(event: SessionEvent): string[] {
  return eventLines(event, english);
}
