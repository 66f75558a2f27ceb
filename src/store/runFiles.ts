import { type Dirent, lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { finalName } from "./temporary.ts";

/**
 * What a run's folder holds that is the run's, by path below it. Everything else was put there by others, and nothing
 * that removes a run touches it. `copies/N/runs/ID` is a run again.
 */
const files: readonly RegExp[] = [
  /^(run|environment|summary|analysis|data|landscape)\.json$/,
  /^(config\.yaml|command\.txt|log\.txt|report\.html|lock|reserve|averaged\.safetensors|model\.onnx(\.data)?)$/,
  /^(metrics\.(jsonl|csv|parquet)|findings\.jsonl)$/,
  /^(tensorboard\/)?events\.out\.tfevents\.\d+\.[^/]+$/,
  /^checkpoints\/(epoch=\d+-step=\d+\.safetensors|best\.json|last\.json)$/,
  /^evaluation\/(epoch|step)_\d+\.json$/,
  /^analysis\/(epoch|step)_\d+\/statistics\.json$/,
  /^analysis\/unfinished-[0-9a-f]{16}\/(lock|[^/]+\.safetensors)$/,
  /^plots\/(gns_vs_epoch|gns_phase|gradient_directions_\w+|gradient_similarities|gradient_groups|noise_scale_by_layer)_[^/]+\.png$/,
  /^plots\/loss_(line|between|plane|path|taylor|spectrum|checkpoints)(_(epoch|step)_\d+)?\.(png|svg)$/,
  /^copies\/\d+\/index\.sqlite(-wal|-shm)?$/,
];

const folders: readonly RegExp[] = [
  /^(checkpoints|evaluation|analysis|plots|tensorboard|copies)$/,
  /^analysis\/((epoch|step)_\d+|unfinished-[0-9a-f]{16})$/,
  /^copies\/\d+(\/runs(\/\d{8}-\d{6}-[^/]+-[0-9a-f]{4})?)?$/,
];

const copy = /^copies\/\d+\/runs\/[^/]+\//;

/** Whether the path below a run's folder, with `/` between names, is one of the run's files, whole or being written. */
export function isRunFile(path: string): boolean {
  const { name } = finalName(path);
  return copy.test(name) ? isRunFile(name.replace(copy, "")) : files.some((form) => form.test(name));
}

function isRunFolder(path: string): boolean {
  return copy.test(path) ? isRunFolder(path.replace(copy, "")) : folders.some((form) => form.test(path));
}

/** What a run's folder holds; paths are below it, with `/` between names. */
export interface RunFiles {
  readonly own: string[];
  /** The folders of the run's files, each before those inside it. */
  readonly folders: string[];
  /** Of others, a folder with all that is in it as one. A link is never the run's, wherever it leads. */
  readonly foreign: string[];
}

/** Looks through a run's folder, following no link. */
export function listRunFiles(run: { readonly path: string }): RunFiles {
  const found: RunFiles = { own: [], folders: [], foreign: [] };
  const look = (folder: string) => {
    for (const entry of entriesOf(join(run.path, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile() && isRunFile(path)) found.own.push(path);
      else if (entry.isDirectory() && isRunFolder(path)) {
        found.folders.push(path);
        look(path);
      } else found.foreign.push(path);
    }
  };
  look("");
  return found;
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The bytes of files of a run; what is gone by now has none. */
export function bytesOf(run: { readonly path: string }, paths: readonly string[]): number {
  const size = (path: string) => lstatSync(join(run.path, path), { throwIfNoEntry: false })?.size ?? 0;
  return paths.reduce((sum, path) => sum + size(path), 0);
}

/** Removes files of a run in their order, then the folders that are empty now. Gives the bytes that became free. */
export function removeRunFiles(run: { readonly path: string }, { own, folders }: Omit<RunFiles, "foreign">): number {
  const bytes = bytesOf(run, own);
  for (const path of own) rmSync(join(run.path, path), { force: true });
  for (const path of folders.toReversed()) removeIfEmpty(join(run.path, path));
  return bytes;
}

/** Removes a folder that nothing is in. */
export function removeIfEmpty(folder: string): void {
  if (isThere(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Whether something has the name, also a link that leads nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
