import { lstatSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError } from "../tensor/errors.ts";
import { namesIn } from "./file.ts";
import { lockState } from "./lock.ts";
import { isThere, listRunFiles } from "./runFiles.ts";
import { finalName } from "./temporary.ts";

/** Folders in which a run was being made when its process was killed: `createRun` writes `run.json` last. */

/** As `createRun` names folders. */
const NAME = /^\d{8}-\d{6}-[a-z0-9-]+-[0-9a-f]{4}$/;
/** What `createRun` writes, as far as it came. */
const WRITTEN: ReadonlySet<string> = new Set([
  "lock",
  "config.yaml",
  "command.txt",
  "environment.json",
  "data.json",
  "run.json",
]);

/**
 * Whether a run was only begun to be made here, by a process that is gone: the folder is named as a run of a store, has
 * no `run.json`, and nothing but what is written before it.
 */
export function isUnmade(path: string): boolean {
  if (!NAME.test(basename(path)) || basename(dirname(path)) !== "runs") return false;
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory() || isThere(join(path, "run.json"))) return false;
  const { own, folders, foreign } = listRunFiles({ path });
  if (foreign.length + folders.length > 0 || !own.every((name) => WRITTEN.has(finalName(name).name))) return false;
  return !own.includes("lock") || lockState({ path }) !== "held";
}

/** What is said of such a folder. */
export function unmadeError(path: string): DataError {
  return new DataError(
    `${path}: expected a run, got a folder without run.json: its process was killed while it made the run; ` +
      `remove it with \`batchscope runs rm ${basename(path)}\``,
  );
}

/** One for each such folder of a store. */
export function unmadeRuns(directory: string): DataError[] {
  const paths = namesIn(join(directory, "runs")).map((id) => join(directory, "runs", id));
  return paths.filter(isUnmade).map(unmadeError);
}
