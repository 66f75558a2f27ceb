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
