import { NotFoundError } from "../tensor/errors.ts";
import { arrayEnding } from "./files/arrays.ts";
import { csvEnding } from "./files/csv.ts";
import { imageEnding } from "./files/decodeImage.ts";
import { fileSizes, isThere, listFolder } from "./files/files.ts";
import { countEndings, type Endings, inWords, walkFolder } from "./files/walk.ts";
import { isIdxFolder } from "./images/idxFolder.ts";
import { tablesByFolders } from "./tables/folderColumns.ts";
import { marks, tableParts } from "./tables/tableParts.ts";

/** One part, or the one to train on and the one to validate on. */
type Parts = readonly [string] | readonly [string, string];

interface FilePair {
  readonly kind: "csv" | "parquet" | "arrays";
  readonly parts: Parts;
}

/**
 * What is at a path, and the files or folders of its parts: the one to train on, and the one to validate on where there
 * are two.
 */
export type Located = Readable & {
  /** Of a folder: what in it is not read. */
  readonly unread?: { readonly folder: string; readonly files: Endings; readonly folders: number };
};

type Readable =
  | FilePair
  /** Each part is files that are one table together. `roots`: of each, below which folder folders are values. */
  | {
      readonly kind: "tableParts";
      readonly parts: readonly (readonly string[])[];
      readonly roots?: readonly string[];
    }
  | { readonly kind: "images"; readonly parts: Parts }
  /** Each `.npy` file of a folder holds one array. */
  | { readonly kind: "npy"; readonly parts: Parts }
  | { readonly kind: "idx"; readonly parts: readonly [string] }
  | { readonly kind: "subsets"; readonly subsets: ReadonlyMap<string, Located> };

/** The names of the part to validate on, the first that is there. */
export const validationNames = ["validation", "val", "valid", "test"];

/** Here, since its reader is loaded only where such a file is read. */
const parquetEnding = /\.parquet$/i;

const fileKinds = { csv: csvEnding, parquet: parquetEnding, arrays: arrayEnding } as const;
type FileKind = keyof typeof fileKinds;

/**
 * What can be read at `path`: null where there is nothing, `NotFoundError` for a folder or file that is nothing known.
 * Of a folder, the first of these that fits: MNIST's four IDX files; train.* and validation.* (or val, valid, test) of
 * one kind; y.npy; tables in parts (`tableParts`, `tablesByFolders`); train/ and validation/; one folder of images for
 * each class; one readable thing alone; several of them, which are subsets.
 */
export async function locate(path: string): Promise<Located | null> {
  const listing = await listFolder(path);
  if (listing === null) {
    if (!(await isThere(path))) return null;
    // Refuses a pipe, whatever it is called.
    await fileSizes([path]);
    return locateFile(path);
  }
  const folder = path.replace(/[/\\]+$/, "");
  const located = (await locateFolder(folder, listing)) ?? (await locateSubsets(folder, listing));
  if (located !== null) return located;
  const { got, tooDeep } = await holdings(folder);
  throw new NotFoundError(
    `${path}: expected a table .csv or .parquet, arrays .npz, .npy or .safetensors, images .png, .jpg or .webp in one folder for each class, ` +
      `texts .txt alone, MNIST's four IDX files, or folders with any of these, got ${got}` +
      (tooDeep === undefined
        ? "; put such files there, or convert these"
        : `, but deeper, as ${tooDeep}; pass the folder that holds them`),
  );
}

/** Folders below a class folder in which images are looked for before a folder is taken for one of images. */
const DEEPEST = 2;

/** Files that are counted for a message. */
const MOST_COUNTED = 100_000;

/** What a folder holds, and the first file in it that would be read if it did not lie in folders of folders. */
async function holdings(folder: string): Promise<{ readonly got: string; readonly tooDeep: string | undefined }> {
  const files: string[] = [];
  for await (const file of walkFolder(folder, DEEPEST)) if (files.push(file) === MOST_COUNTED) break;
  const tooDeep = files.find((name) => /[/\\]/.test(name) && kindOfFile(name) !== null);
  return { got: inWords(countEndings(files)), tooDeep };
}

/** Of what kind a file is, by its ending; null where it is no table and no arrays. */
export function kindOfFile(name: string): FileKind | null {
  return (Object.keys(fileKinds) as FileKind[]).find((kind) => fileKinds[kind].test(name)) ?? null;
}

function locateFile(path: string): Located {
  const kind = kindOfFile(path);
  if (kind === null || path.endsWith(".npy"))
    throw new NotFoundError(
      `${path}: expected a file .csv, .tsv, .parquet, .npz or .safetensors, got another; ` +
        (kind === null ? "convert it" : "pass its folder, with x.npy and y.npy"),
    );
  return { kind, parts: [path] };
}

interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

async function locateFolder(path: string, listing: Listing): Promise<Located | null> {
  if (isIdxFolder(listing.files)) return { kind: "idx", parts: [path] };
  const pair = filePair(path, listing.files);
  if (pair !== null) return withUnread(path, listing, pair, pair.parts.map(baseName));
  if (holdsArrays(listing.files)) {
    const arrays = listing.files.filter((name) => name.endsWith(".npy"));
    return withUnread(path, listing, { kind: "npy", parts: [path] }, arrays);
  }
  const parts = tableParts(path, listing.files);
  if (parts !== null)
    return withUnread(path, listing, { kind: "tableParts", parts }, [
      ...parts.flat().map(baseName),
      ...listing.files.filter((name) => marks.test(name)),
    ]);
  return (await partitioned(path, listing)) ?? (await folderPair(path, listing)) ?? (await classFolders(path));
}

/** Folders named after the values of a column; those of a column called split are the two parts. */
async function partitioned(path: string, listing: Listing): Promise<Located | null> {
  const isTable = (name: string) => ["csv", "parquet"].includes(kindOfFile(name) ?? "");
  const files = await tablesByFolders(path, listing, isTable);
  if (files === null || new Set(files.map(kindOfFile)).size > 1) return null;
  const inSplit = (name: string) => files.filter((file) => file.startsWith(`${path}/split=${name}/`));
  const validation = validationNames.find((name) => inSplit(name).length > 0);
  const isSplit = inSplit("train").length > 0 && validation !== undefined;
  if (!isSplit)
    return withUnread(path, listing, { kind: "tableParts", parts: [files], roots: [path] }, listing.folders);
  const used = ["split=train", `split=${validation}`];
  const parts = [inSplit("train"), inSplit(validation)];
  return withUnread(path, listing, { kind: "tableParts", parts, roots: used.map((name) => `${path}/${name}`) }, used);
}

const baseName = (path: string) => path.replace(/^.*[/\\]/, "");

/** What is read, with what else is in its folder. */
function withUnread<T extends Readable>(folder: string, listing: Listing, readable: T, used: readonly string[]) {
  const names = new Set(used);
  const files = countEndings(listing.files.filter((name) => !names.has(name)));
  const folders = listing.folders.filter((name) => !names.has(name)).length;
  return files.size + folders === 0 ? readable : { ...readable, unread: { folder, files, folders } };
}

/** train.* and validation.* (or val, valid, test) of one kind; train.* alone where there is no other. */
export function filePair(path: string, files: readonly string[]): FilePair | null {
  const train = files.find((name) => /^train\./.test(name) && kindOfFile(name) !== null && !name.endsWith(".npy"));
  if (train === undefined) return null;
  const kind = kindOfFile(train)!;
  const validation = validationNames
    .map((part) => files.find((name) => name.startsWith(`${part}.`) && kindOfFile(name) === kind))
    .find((name) => name !== undefined);
  return {
    kind,
    parts: validation === undefined ? [`${path}/${train}`] : [`${path}/${train}`, `${path}/${validation}`],
  };
}

/** Whether the files of a folder are one array each. */
export function holdsArrays(files: readonly string[]): boolean {
  return files.includes("y.npy") || files.includes("y_train.npy");
}

async function folderPair(path: string, listing: Listing): Promise<Located | null> {
  const { folders } = listing;
  if (!folders.includes("train")) return null;
  const validation = validationNames.find((name) => folders.includes(name));
  const parts =
    validation === undefined ? ([`${path}/train`] as const) : ([`${path}/train`, `${path}/${validation}`] as const);
  const inside = await listFolder(parts[0]);
  const kind = holdsArrays(inside?.files ?? []) ? "npy" : (await classFolders(parts[0])) !== null ? "images" : null;
  if (kind !== null) return withUnread(path, listing, { kind, parts }, parts.map(baseName));
  const tables = await Promise.all(parts.map(tablesOf));
  const kinds = new Set(tables.map((files) => files && kindOfFile(files[0]!)));
  if (kinds.size !== 1 || kinds.has(null)) return null;
  const located = { kind: "tableParts", parts: tables as (readonly string[])[] } as const;
  return withUnread(path, listing, located, parts.map(baseName));
}

/** The table that a folder holds, whole or in parts; null where it holds something else, or several. */
async function tablesOf(path: string): Promise<readonly string[] | null> {
  const { files, folders } = (await listFolder(path)) ?? { files: [], folders: [] };
  const parts = tableParts(path, files);
  if (parts !== null) return parts.length === 1 ? parts[0]! : null;
  const only = onlyFile(path, { files, folders });
  return only?.kind === "csv" || only?.kind === "parquet" ? [only.parts[0]] : null;
}

/**
 * A folder of images: one of its folders holds images, or each of them has at most one folder of images in it. Folders
 * that have several each are sets of their own.
 */
async function classFolders(path: string): Promise<Readable | null> {
  const { folders } = (await listFolder(path)) ?? { folders: [] };
  const within: number[] = [];
  for (const name of folders) {
    const inside = (await listFolder(`${path}/${name}`)) ?? { files: [], folders: [] };
    if (inside.files.some((file) => imageEnding.test(file))) return { kind: "images", parts: [path] };
    const withImages: string[] = [];
    for (const one of inside.folders) if (await holdsImages(`${path}/${name}/${one}`)) withImages.push(one);
    within.push(withImages.length);
  }
  return Math.max(0, ...within) === 1 && folders.length > 1 ? { kind: "images", parts: [path] } : null;
}

async function holdsImages(folder: string): Promise<boolean> {
  for await (const file of walkFolder(folder, DEEPEST)) if (imageEnding.test(file)) return true;
  return false;
}

/** A folder of one table or file of arrays is that. */
function onlyFile(path: string, { files, folders }: Listing): Located | null {
  const [only, ...others] = files.filter((name) => kindOfFile(name) !== null);
  if (only === undefined || others.length > 0 || only.endsWith(".npy")) return null;
  return withUnread(path, { files, folders }, { kind: kindOfFile(only)!, parts: [`${path}/${only}`] }, [only]);
}

/** The readable files and folders in a folder. Subsets of subsets are not looked for. */
async function locateSubsets(path: string, { files, folders }: Listing): Promise<Located | null> {
  const found = new Map<string, Located>();
  const read: string[] = [];
  for (const name of files) {
    const kind = kindOfFile(name);
    if (kind === null || name.endsWith(".npy")) continue;
    read.push(name);
    found.set(name.replace(fileKinds[kind], ""), { kind, parts: [`${path}/${name}`] });
  }
  for (const name of folders) {
    const inside = await listFolder(`${path}/${name}`);
    const located = inside && ((await locateFolder(`${path}/${name}`, inside)) ?? onlyFile(`${path}/${name}`, inside));
    if (located) found.set(name, located);
  }
  if (found.size === 0) return null;
  const [only] = found.values();
  const readable: Readable =
    found.size === 1 && folders.length === 0
      ? only!
      : { kind: "subsets", subsets: new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1))) };
  return withUnread(path, { files, folders }, readable, [...read, ...found.keys()]);
}
