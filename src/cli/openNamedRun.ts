import { damagedRecords, type RecordName } from "../store/damage.ts";
import { nameRemark, openRun, type Run, storeDirectory } from "../store/runs.ts";
import { say } from "./terminal/print.ts";

/**
 * The run that an argument names, in the store of `--dir`. A newer one that cannot be read is told on stderr, and one whose record has
 * another id. Errors as in `openRun`.
 */
export function openNamedRun(dir: string | undefined, reference: string): Run {
  const run = openRun(storeDirectory(dir), reference, sayLeftOut);
  sayOtherId(run);
  return run;
}

/** Says of a run that its record has another id than its folder's name, where that is so. */
export function sayOtherId(run: Pick<Run, "path" | "otherId">): void {
  const remark = nameRemark(run);
  if (remark !== null) say(remark);
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
