import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { OpenFile, RandomAccess } from "../../data/files/randomAccess.ts";
import { type StoredType, storedBytes } from "../../data/files/safetensors.ts";
import { createSpill } from "../../data/files/spill.ts";
import type { ZipEntry } from "../../data/files/zip.ts";
import { defaultMemory } from "../../data/openOptions.ts";
import { is, requireArguments } from "../../tensor/arguments.ts";
import { DataError, NotFoundError, option } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { type FilePool, filePool } from "./filePool.ts";
import { COUNT, COUNTS, checkedCounts, countOf, countsOfAll, readNumbers } from "./gradientCounts.ts";
import {
  arrayLabel,
  type StoredArray,
  type StoredFile,
  showStored,
  storedArrays,
  typed,
  type Unpacked,
  type Unpacking,
} from "./storedArrays.ts";

/** Columns of the rows that belong to one parameter; one part of no name where the file does not tell them apart. */
export interface GradientPart {
  readonly name: string;
  readonly length: number;
}

/** K gradients on disk, each the mean over its own examples, of which any columns can be read. */
export interface GradientSource {
  /** K. */
  readonly rows: number;
  readonly parts: readonly GradientPart[];
  /** Examples behind each row, where the files say. */
  readonly counts: readonly number[] | null;
  /** Changes with the files: their names, sizes and dates, and what they hold. */
  readonly fingerprint: string;
  /**
   * Fills `into` [K, to − from], row-major, with columns of a part in float64. Throws `DataError`, naming file, array
   * and place, for a number that is not finite.
   */
  read(part: number, from: number, to: number, into: Float64Array): void;
  close(): void;
}

const ENDING = /\.(safetensors|npz|npy)$/;

/**
 * The gradients at `path`: a file with one matrix [K, P], or a folder with one file for each row, in natural order of
 * names (2 before 10). A matrix file may hold `counts` [K] beside it, whatever the matrix is called. Files of a folder
 * hold the same arrays, whose names tell layers apart, and may say their examples in an array or metadata field
 * `count`, or end in `-n32` before the dot.
 *
 * Throws `NotFoundError` where nothing is there, and `DataError`, naming file and array, for what does not fit
 * together, and for deflated arrays that unpack to more than `memory` bytes and more than gradients do.
 */
export async function openGradients(path: string, memory: number = defaultMemory): Promise<GradientSource> {
  requireArguments("openGradients", { path, memory }, { path: is.text, memory: is.above0 });
  const files = filePool();
  const unpacked = lazySpill(memory);
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (!status)
      throw new NotFoundError(`${path}: expected a file or a folder of gradients, got nothing there; check the path`);
    const layout = status.isDirectory()
      ? await layoutOfFolder(path, files, unpacked.get)
      : await layoutOfMatrix(path, files, unpacked.get);
    return sourceOf(layout, files, unpacked.finish());
  } catch (error) {
    files.close();
    unpacked.close();
    throw error;
  }
}

/** Where each row of each part lies. */
interface Layout {
  readonly rows: number;
  readonly parts: readonly (GradientPart & { readonly type: StoredType })[];
  readonly counts: readonly number[] | null;
  /** Of row k. */
  readonly path: (k: number) => string;
  /** Of element (k, 0) of a part, in bytes. */
  readonly offset: (k: number, part: number) => number;
  /** Whether that offset is one of the spill, where deflated arrays are unpacked, or of the row's own file. */
  readonly isInSpill: (k: number, part: number) => boolean;
  /** Elements from one column to the next: 1, but in Fortran order K. */
  readonly stride: number;
  readonly about: unknown;
}

/**
 * Bytes that one of a deflated gradient stands for at most: numbers that differ hardly shrink, and many are 0 at times.
 */
const HIGHEST_RATIO = 16;

/** Told of each deflated array before it is unpacked: a small archive may declare all that a disk has. */
function lazySpill(memory: number) {
  let unpacked: Unpacked | undefined;
  let [declared, stored] = [0, 0];
  return {
    get: ({ path }: RandomAccess, entry: ZipEntry) => {
      declared += entry.size;
      stored += entry.storedSize;
      if (declared > memory && declared > HIGHEST_RATIO * stored)
        throw new DataError(
          `${path}/${entry.name}: expected at most ${mebibytes(memory)} unpacked of ${mebibytes(stored)}, got ` +
            `${mebibytes(declared)}; raise ${option("memoryBudget")}, or save the file uncompressed`,
        );
      if (unpacked) unpacked.spill.reserve(entry.size);
      else unpacked = { spill: createSpill(entry.size), bytes: 0 };
      return unpacked;
    },
    finish: () => unpacked?.spill.finish(),
    close: () => unpacked?.spill.close(),
  };
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;

async function layoutOfMatrix(path: string, files: FilePool, unpacked: Unpacking): Promise<Layout> {
  const file = files.at(path);
  const { arrays } = await storedArrays(file, unpacked);
  const others = [...arrays].filter(([name]) => name !== COUNTS || arrays.size === 1);
  const [only] = others;
  if (others.length !== 1 || !only)
    throw new DataError(
      `${path}: expected one array, got ${others.length} (${others.map(([name]) => name).join(", ")}); save the gradients alone, or one file for each batch in a folder`,
    );
  const [, array] = only;
  const [rows = 0, columns = 0] = array.shape;
  if (array.shape.length !== 2 || !isFloating(array.type) || rows < 2 || columns < 1)
    throw new DataError(
      `${path}: expected a floating-point matrix [K ≥ 2, P ≥ 1], got ${showStored(array)}; stack one gradient per row`,
    );
  const size = storedBytes(array.type);
  const step = array.fortran ? size : size * columns;
  const counts = arrays.size > 1 ? arrays.get(COUNTS) : undefined;
  return {
    rows,
    parts: [{ name: "", length: columns, type: array.type }],
    counts: counts ? checkedCounts(readNumbers(counts, file), rows, arrayLabel(path, COUNTS)) : null,
    path: () => path,
    offset: (k) => array.offset + k * step,
    isInSpill: () => array.unpacked,
    stride: array.fortran ? rows : 1,
    about: [basename(path), file.size, file.modifiedAt, array],
  };
}

async function layoutOfFolder(folder: string, files: FilePool, unpacked: Unpacking): Promise<Layout> {
  const names = readdirSync(folder).filter((name) => ENDING.test(name) && !name.startsWith("."));
  const paths = names.toSorted(naturally).map((name) => join(folder, name));
  if (paths.length < 2)
    throw new DataError(
      `${folder}: expected a .safetensors, .npz or .npy file for each of at least 2 batches, got ${paths.length}; save more`,
    );
  const first = await storedArrays(files.at(paths[0]!), unpacked);
  const parts = gradientsIn(first, paths[0]!).map(([name, array]) => {
    return { name, length: sizeOf(array.shape), type: array.type, shape: array.shape };
  });
  const offsets = new Float64Array(paths.length * parts.length);
  const inSpill = new Uint8Array(offsets.length);
  const counts: (number | null)[] = [];
  const about: unknown[] = [parts];
  for (const [k, path] of paths.entries()) {
    const file = files.at(path);
    const stored = k === 0 ? first : await storedArrays(file, unpacked);
    checkParts(new Map(gradientsIn(stored, path)), parts, path, paths[0]!);
    parts.forEach(({ name }, part) => {
      const { offset, unpacked: isUnpacked } = stored.arrays.get(name)!;
      offsets[k * parts.length + part] = offset;
      inSpill[k * parts.length + part] = Number(isUnpacked);
    });
    counts.push(countOf(stored, file));
    about.push([basename(path), file.size, file.modifiedAt]);
  }
  return {
    rows: paths.length,
    parts,
    counts: countsOfAll(counts, paths),
    path: (k) => paths[k]!,
    offset: (k, part) => offsets[k * parts.length + part]!,
    isInSpill: (k, part) => inSpill[k * parts.length + part] === 1,
    stride: 1,
    about,
  };
}

/** The arrays of a batch's file, but for the number of its examples. */
function gradientsIn({ arrays }: StoredFile, path: string): [string, StoredArray][] {
  const found = [...arrays].filter(([name]) => name !== COUNT);
  for (const [name, array] of found) {
    if (!isFloating(array.type) || sizeOf(array.shape) < 1)
      throw new DataError(
        `${arrayLabel(path, name)}: expected floating-point gradients, got ${showStored(array)}; leave it out`,
      );
    if (array.fortran && array.shape.length > 1)
      throw new DataError(
        `${arrayLabel(path, name)}: expected C order, got Fortran order; save numpy.ascontiguousarray(a)`,
      );
  }
  if (found.length === 0) throw new DataError(`${path}: expected gradients, got no array; save them with their names`);
  return found;
}

function checkParts(
  arrays: ReadonlyMap<string, StoredArray>,
  parts: readonly (GradientPart & Pick<StoredArray, "type" | "shape">)[],
  path: string,
  first: string,
): void {
  for (const part of parts) {
    const array = arrays.get(part.name);
    const same = array?.type === part.type && array.shape.join() === part.shape.join();
    if (!same)
      throw new DataError(
        `${arrayLabel(path, part.name)}: expected ${showStored(part)} as in ${basename(first)}, got ${array ? showStored(array) : "none"}; save every batch alike`,
      );
  }
  const extra = [...arrays.keys()].find((name) => !parts.some((part) => part.name === name));
  if (extra !== undefined)
    throw new DataError(
      `${arrayLabel(path, extra)}: expected the arrays of ${basename(first)}, got this one too; save every batch alike`,
    );
}

function sourceOf(layout: Layout, files: FilePool, spill: OpenFile | undefined): GradientSource {
  const { rows, parts, counts, about } = layout;
  const read = reader(layout, files, spill);
  return {
    rows,
    parts: parts.map(({ name, length }) => ({ name, length })),
    counts,
    fingerprint: createHash("sha256").update(JSON.stringify(about)).digest("hex"),
    read(part, from, to, into) {
      read(part, from, to, into);
      const bad = into.subarray(0, rows * (to - from)).findIndex((value) => !Number.isFinite(value));
      if (bad < 0) return;
      const k = Math.floor(bad / (to - from));
      throw new DataError(
        `${arrayLabel(layout.path(k), parts[part]!.name)}: expected finite gradients, got ${into[bad]} in row ${k}, ` +
          `column ${from + (bad % (to - from))}; leave that batch out`,
      );
    },
    close() {
      files.close();
      spill?.close();
    },
  };
}

function reader(layout: Layout, files: FilePool, spill: RandomAccess | undefined): GradientSource["read"] {
  const { rows, parts, stride } = layout;
  let buffer = new Uint8Array(0);
  const floatsAt = (k: number, part: number, from: number, to: number) => {
    const { type } = parts[part]!;
    const size = storedBytes(type) * stride;
    const length = (to - from) * size;
    if (buffer.length < length) buffer = new Uint8Array(length);
    const bytes = buffer.subarray(0, length);
    const file = layout.isInSpill(k, part) ? spill! : files.at(layout.path(k));
    file.read(bytes, layout.offset(k, part) + from * size);
    return toFloats(bytes, type);
  };
  if (stride === 1)
    return (part, from, to, into) => {
      for (let k = 0; k < rows; k++) into.set(floatsAt(k, part, from, to), k * (to - from));
    };
  // Fortran order: whole columns lie one after the other.
  return (part, from, to, into) => {
    const block = floatsAt(0, part, from, to);
    const width = to - from;
    for (let k = 0; k < rows; k++) for (let i = 0; i < width; i++) into[k * width + i] = block[i * stride + k]!;
  };
}

/** The numbers that bytes, which begin at an aligned place, stand for. */
function toFloats(bytes: Uint8Array, type: StoredType): ArrayLike<number> {
  const values = typed(bytes, type);
  if (type !== "bfloat16") return values as Float32Array;
  // The upper half of a float32.
  const wide = new Uint32Array(values.length);
  for (let i = 0; i < wide.length; i++) wide[i] = (values as Uint16Array)[i]! << 16;
  return new Float32Array(wide.buffer);
}

function isFloating(type: StoredType): boolean {
  return type === "bfloat16" || type.startsWith("float");
}

const collator = new Intl.Collator("en", { numeric: true });

/** By the numbers in names, and where these are alike by the characters, so that the order is the same everywhere. */
function naturally(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}
