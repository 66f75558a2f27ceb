import { basename, join, resolve } from "node:path";
import type { RunRows } from "../store/runIndex.ts";
import type { Run } from "../store/runs.ts";
import { commandsIn } from "../text/commandsText.ts";
import { languageOf } from "./language.ts";
import { say } from "./terminal/print.ts";

/** Says of a run that its record has another id than its folder's name, where that is so. */
export function sayOtherId(run: Pick<Run, "path" | "otherId">): void {
  if (run.otherId === undefined) return;
  const name = basename(resolve(run.path));
  say(commandsIn(languageOf(process.env)).runs.otherId(join(run.path, "run.json"), name, run.otherId));
}

/** Says of a run that it cannot be read. */
export function sayLeftOut({ message }: Error): void {
  say(commandsIn(languageOf(process.env)).runs.leftOut(message));
}

/** Says which runs are left out, and which have another id in their record. */
export function sayOddRows(directory: string, { rows, damaged }: RunRows): void {
  damaged.forEach(sayLeftOut);
  for (const { id, otherId } of rows)
    sayOtherId({ path: join(directory, "runs", id), ...(otherId !== undefined && { otherId }) });
}
