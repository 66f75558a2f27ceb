import { damagedRecords, type RecordName } from "../store/damage.ts";
import { openRun, type Run } from "../store/runs.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { textIn } from "../text/text.ts";
import { languageOf } from "./language.ts";
import { sayLeftOut, sayOtherId } from "./sayOdd.ts";
import { say } from "./terminal/print.ts";

/**
 * The run that an argument names, in the store of `--dir`. A newer one that cannot be read is told on stderr, and one
 * whose record has another id. Errors as in `openRun`.
 */
export function openNamedRun(dir: string | undefined, reference: string): Run {
  const run = openRun(storeDirectory(dir), reference, sayLeftOut);
  sayOtherId(run);
  return run;
}

/**
 * Throws what is damaged of the records that a command needs, before it computes anything; what is damaged of the
 * others is told on stderr, a line each.
 */
export function requireRecords(run: Run, needed: readonly RecordName[]): void {
  const damaged = damagedRecords(run);
  const needful = damaged.find(({ name }) => needed.includes(name));
  if (needful) throw needful.error;
  const text = textIn(languageOf(process.env)).commands.runs;
  // Two records may lie below one that is no folder.
  for (const message of new Set(damaged.map(({ error }) => error.message))) say(text.passedOver(message));
}
