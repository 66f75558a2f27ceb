import { option, UsageError } from "../tensor/errors.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { imageDataset, type LabeledImages, measureNormalization } from "./dataset.ts";
import { idxInFile, openArrays } from "./files/arrays.ts";
import { openCsv } from "./files/csv.ts";
import { fileSizes, listFolder, readBytes } from "./files/files.ts";
import { parseIdx } from "./files/idx.ts";
import { type Rows, tensorRows } from "./files/rows.ts";
import type { Table } from "./files/table.ts";
import { idxFiles, readIdxFolder } from "./images/idxFolder.ts";
import { openImages } from "./images/openImages.ts";
import { kindOfFile, type Located, locate } from "./locate.ts";
import { type DataNote, leftOut } from "./notes.ts";
import { allowOnly, defaultMemory, type OpenedData, type OpenOptions } from "./openOptions.ts";
import type { DataOptions } from "./options.ts";
import type { NamedArrays } from "./tables/arrayRoles.ts";
import { folderColumns, numericColumns, withFolderColumns } from "./tables/folderColumns.ts";
import { openNamedArrays } from "./tables/openArrays.ts";
import { openTables } from "./tables/openTables.ts";
import { saidOfArrays } from "./tables/saidOfArrays.ts";
import { joinTables, missingParts } from "./tables/tableParts.ts";
import { countLabel, type Gathered, labelNotes, numberLabels, type Occurring } from "./targets.ts";

/** Files that can be opened, whole or one subset. */
export interface FileSource {
  readonly subsets: readonly string[];
  /** Throws `UsageError` where a subset must be chosen, and as the readers do. */
  open(subset: string | undefined, options: Pick<DataOptions, "reading" | "targets">): Promise<OpenedData>;
}

/** What is at `path`, called `name`; null where nothing is. Throws as `locate`. */
export async function fileSource(path: string, name: string): Promise<FileSource | null> {
  const located = await locate(path);
  if (located === null) return null;
  if (located.kind !== "subsets")
    return { subsets: [], open: (_, { reading, targets }) => openWhole(located, name, { ...reading, targets }) };
  const subsets = [...located.subsets.keys()];
  return {
    subsets,
    async open(subset, { reading, targets }) {
      if (subset === undefined)
        throw new UsageError(
          `${path}: expected a subset, one of ${subsets.join(", ")}, got none; pass ${option("subset")}${orClasses(located.subsets)}`,
        );
      const opened = await openWhole(located.subsets.get(subset)!, `${name}_${subset}`, { ...reading, targets });
      return { ...opened, notes: [...opened.notes, ...unreadOf(located)] };
    },
  };
}

type LocatedParts = Extract<Located, { readonly kind: "tableParts" }>;

/** Folders of folders of images are sets; whoever means classes has their images one folder too deep. */
function orClasses(subsets: ReadonlyMap<string, Located>): string {
  const [name] = [...subsets].find(([, { kind }]) => kind === "images") ?? [];
  return name === undefined
    ? ""
    : `; if "${name}" is a class and not a set of its own, put its images into that folder itself`;
}

async function openWhole(located: Located, name: string, options: OpenOptions): Promise<OpenedData> {
  const opened = await openLocated(located, name, options);
  return { ...opened, notes: [...opened.notes, ...unreadOf(located)] };
}

function unreadOf({ unread }: Located): DataNote[] {
  return unread ? leftOut(unread.folder, unread.files, unread.folders) : [];
}

async function openLocated(located: Located, name: string, options: OpenOptions): Promise<OpenedData> {
  const memory = options.dataMemory ?? defaultMemory;
  switch (located.kind) {
    case "csv":
      return openTables(name, "csv", await each(located.parts, (part) => openCsv(part, memory)), options);
    case "parquet":
      return openTables(name, "parquet", await each(located.parts, (part) => parquetTable(part, memory)), options);
    case "tableParts": {
      const { parts, roots } = located;
      const [first, second] = parts.map((files, i) => openParts(files, memory, roots?.[i]));
      const tables = second === undefined ? ([await first!] as const) : ([await first!, await second] as const);
      const opened = await openTables(name, kindOfFile(parts[0]![0]!)!, tables, options);
      return { ...opened, notes: [...opened.notes, ...partNotes(located, opened.description)] };
    }
    case "arrays":
      return openNamedArrays(name, "arrays", await each(located.parts, (part) => fileArrays(part, memory)), options);
    case "npy":
      return openNamedArrays(name, "arrays", await each(located.parts, (part) => folderArrays(part, memory)), options);
    case "images":
      return openImages(name, located.parts, options);
    case "idx":
      return openIdx(located.parts[0], name, options);
    case "subsets":
      throw new Error("internal: subsets are opened one by one");
  }
}

async function each<T>(
  [first, second]: readonly [string] | readonly [string, string],
  open: (part: string) => Promise<T>,
): Promise<readonly [T] | readonly [T, T]> {
  return second === undefined ? [await open(first)] : [await open(first), await open(second)];
}

/** Loads the reader, most of it codecs, only where such a file is read. */
export async function parquetTable(file: string, memory: number) {
  const { openParquet } = await import("./files/parquet.ts");
  return openParquet(file, memory);
}

/** The files of a table in parts, each within its share of memory. `root`: below which folders are values. */
export async function openParts(files: readonly string[], memory: number, root?: string): Promise<Table> {
  const values = root === undefined ? [] : files.map((file) => folderColumns(root, file));
  const numeric = numericColumns(values);
  const parts: Table[] = [];
  for (const [i, file] of files.entries()) {
    const table = kindOfFile(file) === "csv" ? await openCsv(file, memory) : await parquetTable(file, memory);
    parts.push(root === undefined ? table : withFolderColumns(table, values[i]!, numeric));
  }
  return parts.length === 1 ? parts[0]! : joinTables(parts, root ?? files[0]!.replace(/[/\\][^/\\]*$/, ""));
}

function partNotes(
  { parts, roots: [root] = [] }: LocatedParts,
  { inputs, target }: OpenedData["description"],
): DataNote[] {
  const named = root === undefined ? new Map() : folderColumns(root, parts[0]![0]!);
  const used = new Set([...inputs, ...(target ? [target] : [])].map(({ name }) => name));
  const columns = [...named.keys()].filter((name) => used.has(name));
  return [
    ...parts.flatMap((files) => missingParts(files)),
    ...(columns.length > 0 ? [{ kind: "folderColumns", columns } as const] : []),
  ];
}

export async function fileArrays(file: string, memory: number): Promise<NamedArrays> {
  return { file, arrays: await openArrays(file, memory), said: saidOfArrays(file) };
}

export async function folderArrays(folder: string, memory: number): Promise<NamedArrays> {
  const { files } = (await listFolder(folder)) ?? { files: [] };
  const arrays = new Map<string, Rows>();
  for (const name of files.filter((file) => file.endsWith(".npy")))
    for (const [key, rows] of await openArrays(`${folder}/${name}`, memory)) arrays.set(key, rows);
  return { file: folder, arrays };
}

/** The labels of images, which are bytes. */
function occurringIn({ labels, labelFile }: LabeledImages): Occurring {
  const found: Gathered = new Map();
  for (const [example, label] of (labels.data as Uint8Array).entries()) countLabel(found, label, labelFile, example);
  return found;
}

/** In memory as bytes where they fit; else the images stay in their files, which must not be compressed then. */
async function openIdx(folder: string, name: string, options: OpenOptions): Promise<OpenedData> {
  allowOnly([], options, folder);
  const files = await idxFiles(folder);
  const sizes = await fileSizes([files.train.images, files.validation.images]);
  if (sizes[0]! + sizes[1]! > (options.dataMemory ?? defaultMemory)) {
    const part = async ({ images, labels }: { images: string; labels: string }) => ({
      file: images,
      arrays: new Map([
        ["x", idxInFile(images)],
        ["y", tensorRows(parseIdx(await readBytes(labels), labels))],
      ]),
    });
    return openNamedArrays(name, "idx", [await part(files.train), await part(files.validation)], options);
  }
  const { train, validation } = await readIdxFolder(folder, options.dataMemory);
  const numbering = await numberLabels(occurringIn(train), options.targets ?? {}, false);
  const { classNames } = numbering;
  const moments = measureNormalization(train);
  const opened = {
    train: imageDataset(name, train, classNames, moments, numbering),
    validation: imageDataset(name, validation, classNames, moments, numbering),
  };
  return {
    ...opened,
    notes: labelNotes(numbering),
    description: {
      kind: "idx",
      files: Object.values(files).flatMap((part) => Object.values(part)),
      task: "classification",
      target: { name: "y", moments: null },
      classNames,
      inputs: [{ name: "x channel 0", moments }],
      examples: { train: train.labels.data.length, validation: sizeOf(validation.labels.shape) },
      split: "as the files give it",
      duplicates: null,
    },
  };
}
