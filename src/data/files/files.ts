import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { type FileHandle, lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { totalmem } from "node:os";
import { dirname, join, sep } from "node:path";
import { is, requireArguments } from "../../tensor/arguments.ts";
import { DataError, NotFoundError, UnsupportedError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { defaultMemory } from "../openOptions.ts";
import { gunzip, tooLarge } from "./compression.ts";
import { decodeNpy, readNpz } from "./npz.ts";
import { describe, openRandomAccess, READ, refuseOther } from "./randomAccess.ts";
import { decodeSafetensors } from "./safetensors.ts";

/** Node reads at most 2 GiB at once. */
const CHUNK = 2 ** 30;

/**
 * The contents of a plain file of at most `limit` bytes, decompressed when its name ends in `.gz`; without a limit, of
 * any size, but decompressed of at most 1 GiB. Throws `NotFoundError` where there is no such file and `DataError` where
 * it is none, is damaged or, before memory is taken for it, too large.
 */
export async function readBytes(path: string, limit?: number): Promise<Uint8Array> {
  if (/\.gz$/i.test(path)) return gunzip(openRandomAccess(path), limit ?? defaultMemory);
  try {
    // Before it is opened: opening a device may do something.
    refuseOther(path, await stat(path));
    await using file = await open(path, READ);
    const status = await file.stat();
    refuseOther(path, status);
    if (status.size > (limit ?? Number.POSITIVE_INFINITY)) throw tooLarge(path, limit!, status.size);
    return await readAll(file, status.size);
  } catch (error) {
    if (error instanceof DataError) throw error;
    if (isAbsent(error)) throw new NotFoundError(`${path}: expected a file, got nothing there; check the path`);
    throw new DataError(
      `${path}: expected a readable file, got: ${describe(error)}; check the path and its permissions`,
    );
  }
}

async function readAll(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let position = 0;
  while (position < size) {
    const { bytesRead } = await file.read(bytes, position, Math.min(CHUNK, size - position), position);
    if (bytesRead === 0) break;
    position += bytesRead;
  }
  return bytes.subarray(0, position);
}

/** Bytes of a file beside a model: `location` is what the model's file says, `label` whose bytes they are. */
interface Beside {
  readonly label: string;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * A function that reads the tensors that `model`, a path, keeps in other files. It reads nothing outside the model's
 * own folder: `UnsupportedError` for an absolute path, one with `..`, or a symbolic link that leads elsewhere. Throws
 * `DataError` where the file is missing, is not a plain file or is too short, before it allocates memory, and where the
 * tensors, which may lie on one another, take more than `memory` bytes together.
 */
export function externalReader(
  model: string,
  memory: number = machineMemory(),
): (data: Beside) => Uint8Array<ArrayBuffer> {
  let all = 0;
  return ({ label, location, offset, length }) => {
    const path = pathBeside(model, location, label);
    // Before it is opened: opening a pipe would wait for a writer.
    const status = statSync(path);
    if (!status.isFile() || offset + length > status.size)
      throw new DataError(
        `onnx: expected ${length} bytes at ${offset} of "${location}" for ${label}, got ${status.isFile() ? `a file of ${status.size}` : "no plain file"}; export the model again`,
      );
    all += length;
    if (all > memory)
      throw new DataError(
        `onnx: expected tensors that fit into ${Math.floor(memory / 2 ** 20)} MiB of memory, got ` +
          `${Math.ceil(all / 2 ** 20)} MiB with ${label} in "${location}"; use a smaller model or a larger machine`,
      );
    try {
      return readFully(path, offset, length);
    } catch (error) {
      throw new DataError(
        `onnx: expected to read ${label} from "${location}", got: ${describe(error)}; check its permissions`,
      );
    }
  };
}

/** Bytes that this process may take at most. */
function machineMemory(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}

/** The real path of a file in the model's folder or below it. */
function pathBeside(model: string, location: string, label: string): string {
  const refuse = (got: string) =>
    new UnsupportedError(
      `onnx: expected ${label} in a file in the model's own folder, got "${location}"${got}; move it beside the model`,
    );
  if (!/^[^/\\:\0][^\\:\0]*$/.test(location) || location.split("/").includes("..")) throw refuse("");
  try {
    const folder = realpathSync(dirname(model));
    const path = realpathSync(join(folder, location));
    if (path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return path;
  } catch (error) {
    throw new DataError(
      `onnx: expected ${label} in the file "${location}" beside ${model}, got: ${describe(error)}; copy it there`,
    );
  }
  throw refuse(", a link that leads elsewhere");
}

function readFully(path: string, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(length);
    for (let position = 0; position < length; ) {
      const read = readSync(file, bytes, position, Math.min(CHUNK, length - position), offset + position);
      if (read === 0) throw new Error(`the file became shorter, ${position} of ${length} bytes`);
      position += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** The names in a folder, sorted. */
export interface FolderListing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/**
 * The names in a folder, folders apart from files; null where there is no such folder. Links stand for what they lead
 * to, one that leads nowhere for a file. Names that programs hide are not there: those that begin with a dot, and what
 * macOS puts beside the files of an archive.
 */
export async function listFolder(path: string): Promise<FolderListing | null> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const [files, folders]: [string[], string[]] = [[], []];
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name === "__MACOSX") continue;
      const isFolder = entry.isSymbolicLink()
        ? await stat(join(path, entry.name)).then(
            (status) => status.isDirectory(),
            () => false,
          )
        : entry.isDirectory();
      (isFolder ? folders : files).push(entry.name);
    }
    return { files: files.sort(), folders: folders.sort() };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw new DataError(`${path}: expected a readable folder, got: ${describe(error)}; check its permissions`);
  }
}

/** Whether anything of this name is there, a link that leads nowhere included. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** A path without links, with / between its parts; null where it leads nowhere. */
export async function realPath(path: string): Promise<string | null> {
  return realpath(path).then(
    (real) => real.replaceAll("\\", "/"),
    () => null,
  );
}

/** Sizes of files in bytes. Throws `NotFoundError` where one is not there, `DataError` where one is no file. */
export async function fileSizes(paths: readonly string[]): Promise<number[]> {
  const sizes: number[] = [];
  for (const path of paths) {
    const status = await stat(path).catch(() => null);
    if (status === null) throw new NotFoundError(`${path}: expected a file, got nothing there; check the path`);
    refuseOther(path, status);
    sizes.push(status.size);
  }
  return sizes;
}

/**
 * The folder of an installed npm package: the one that the user's project sees, else the one that Batchscope sees.
 * Throws `NotFoundError` with the command that installs it.
 */
export function packageFolder(name: string, project: string = process.cwd()): string {
  for (const start of [join(project, "package.json"), import.meta.url]) {
    try {
      return dirname(createRequire(start).resolve(`${name}/package.json`));
    } catch {
      // Not there; look in the next place.
    }
  }
  throw new NotFoundError(
    `${name}: expected the npm package in ${project} or beside batchscope, got none; run: npm install ${name}`,
  );
}

/**
 * Named arrays from a `.safetensors`, `.npz` or `.npy` file; the array of a `.npy` file is named like the file.
 * Compressed arrays may take `limit` bytes together. Throws as `readBytes` and the decoders do, and `DataError` for
 * another ending.
 */
export async function readTensors(path: string, limit: number = defaultMemory): Promise<Map<string, Tensor>> {
  requireArguments("readTensors", { path, limit }, { path: is.text, limit: is.above0 });
  const [, name = "", ending] = /([^/\\]*)\.(safetensors|npz|npy)$/.exec(path) ?? [];
  if (ending === undefined)
    throw new DataError(
      `${path || "readTensors"}: expected a name ending in .safetensors, .npz or .npy, got another; convert the file`,
    );
  if (ending === "npz") return readNpz(openRandomAccess(path), limit);
  const bytes = await readBytes(path);
  return ending === "npy" ? new Map([[name, decodeNpy(bytes, path)]]) : decodeSafetensors(bytes, path).tensors;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
