import { basename, join, resolve } from "node:path";
import { damagedRecords, type RecordName } from "../store/damage.ts";
import { openRun, type Run, storeDirectory } from "../store/runs.ts";
import { textIn } from "../text/text.ts";
import { languageOf } from "./language.ts";
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

/** Says of a run that its record has another id than its folder's name, where that is so. */
export function sayOtherId(run: Pick<Run, "path" | "otherId">): void {
  if (run.otherId === undefined) return;
  const name = basename(resolve(run.path));
  say(textIn(languageOf(process.env)).commands.runs.otherId(join(run.path, "run.json"), name, run.otherId));
}

/** Says of a run that it cannot be read. */
export function sayLeftOut({ message }: Error): void {
  say(textIn(languageOf(process.env)).commands.runs.leftOut(message));
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
