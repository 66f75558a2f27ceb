import { damagedRecords, type RecordName } from "../store/damage.ts";
import { openRun, type Run, storeDirectory } from "../store/runs.ts";
import { say } from "./terminal/print.ts";

/** The run that an argument names, in the store of `--dir`; a newer one that cannot be read is told on stderr. Errors as in `openRun`. */
export function openNamedRun(dir: string | undefined, reference: string): Run {
  return openRun(storeDirectory(dir), reference, sayLeftOut);
}

/** Says of a run that it cannot be read. */
export function sayLeftOut({ message }: Error): void {
  say(`left out: ${message}`);
}

/**
 * Throws what is damaged of the records that a command needs, before it computes anything; what is damaged of the others is told on stderr,
 * a line each.
 */
export function requireRecords(run: Run, needed: readonly RecordName[]): void {
  const damaged = damagedRecords(run);
  const needful = damaged.find(({ name }) => needed.includes(name));
  if (needful) throw needful.error;
  // Two records may lie below one that is no folder.
  for (const message of new Set(damaged.map(({ error }) => error.message))) say(`passed over: ${message}`);
}
