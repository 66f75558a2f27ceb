import { NotFoundError } from "../tensor/errors.ts";
import { arrayEnding } from "./files/arrays.ts";
import { csvEnding } from "./files/csv.ts";
import { imageEnding } from "./files/decodeImage.ts";
import { fileSizes, listFolder } from "./files/files.ts";
import { isIdxFolder } from "./images/idxFolder.ts";

interface FilePair {
  readonly kind: "csv" | "parquet" | "arrays";
  readonly parts: readonly [string] | readonly [string, string];
}

/**
 * What is at a path, and the files or folders of its parts: the one to train on, and the one to validate on where there
 * are two.
 */
export type Located =
  | FilePair
  | { readonly kind: "images"; readonly parts: FilePair["parts"] }
  /** Each `.npy` file of a folder holds one array. */
  | { readonly kind: "npy"; readonly parts: readonly [string] | readonly [string, string] }
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
 * one kind; y.npy; train/ and validation/; one folder of images for each class; one readable thing alone; several of
 * them, which are subsets.
 */
export async function locate(path: string): Promise<Located | null> {
  const listing = await listFolder(path);
  if (listing === null) {
    if (!(await isFile(path))) return null;
    // Refuses a pipe, whatever it is called.
    await fileSizes([path]);
    return locateFile(path);
  }
  const folder = path.replace(/[/\\]+$/, "");
  const located = (await locateFolder(folder, listing)) ?? (await locateSubsets(folder, listing));
  if (located !== null) return located;
  throw new NotFoundError(
    `${path}: expected a table .csv or .parquet, arrays .npz, .npy or .safetensors, images in one folder for each class, ` +
      "MNIST's four IDX files, or folders with any of these, got none; put them there",
  );
}

async function isFile(path: string): Promise<boolean> {
  const [, folder = ".", name = path] = /^(.*)[/\\]([^/\\]+)$/.exec(path) ?? [];
  return ((await listFolder(folder || "/"))?.files ?? []).includes(name);
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
  if (pair !== null) return pair;
  if (holdsArrays(listing.files)) return { kind: "npy", parts: [path] };
  return (await folderPair(path, listing)) ?? (await classFolders(path));
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

async function folderPair(path: string, { folders }: Listing): Promise<Located | null> {
  if (!folders.includes("train")) return null;
  const validation = validationNames.find((name) => folders.includes(name));
  const parts =
    validation === undefined ? ([`${path}/train`] as const) : ([`${path}/train`, `${path}/${validation}`] as const);
  const inside = await listFolder(parts[0]);
  if (holdsArrays(inside?.files ?? [])) return { kind: "npy", parts };
  return (await classFolders(parts[0])) === null ? null : { kind: "images", parts };
}

async function classFolders(path: string): Promise<Located | null> {
  const { folders } = (await listFolder(path)) ?? { folders: [] };
  for (const name of folders)
    if ((await listFolder(`${path}/${name}`))?.files.some((file) => imageEnding.test(file)))
      return { kind: "images", parts: [path] };
  return null;
}

/** The readable files and folders in a folder. Subsets of subsets are not looked for. */
async function locateSubsets(path: string, { files, folders }: Listing): Promise<Located | null> {
  const found = new Map<string, Located>();
  for (const name of files) {
    const kind = kindOfFile(name);
    if (kind !== null && !name.endsWith(".npy"))
      found.set(name.replace(fileKinds[kind], ""), { kind, parts: [`${path}/${name}`] });
  }
  for (const name of folders) {
    const inside = await listFolder(`${path}/${name}`);
    const located = inside && (await locateFolder(`${path}/${name}`, inside));
    if (located) found.set(name, located);
  }
  if (found.size === 0) return null;
  if (found.size === 1 && folders.length === 0) return [...found.values()][0]!;
  return { kind: "subsets", subsets: new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
