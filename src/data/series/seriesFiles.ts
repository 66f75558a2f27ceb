import { DataError, NotFoundError, option, UsageError } from "../../tensor/errors.ts";
import type { Dataset } from "../dataset.ts";
import { openArrays } from "../files/arrays.ts";
import { openCsv } from "../files/csv.ts";
import { fileSizes, isThere, listFolder } from "../files/files.ts";
import { repeated } from "../files/table.ts";
import { filePair, holdsArrays, kindOfFile, validationNames } from "../locate.ts";
import { defaultMemory, type OpenedData } from "../openOptions.ts";
import type { DataOptions } from "../options.ts";
import type { Learned, NewDataOptions, Preparation } from "../preparation.ts";
import { type NamedArrays, trainingAndValidation } from "../tables/arrayRoles.ts";
import { arrayTable } from "./arrayTable.ts";
import { newSeries } from "./newSeries.ts";
import { openSeries, type SeriesParts } from "./openSeries.ts";
import type { SeriesFile } from "./seriesTable.ts";

/** Series in files that can be opened, whole or one subset. */
export interface SeriesSource {
  readonly subsets: readonly string[];
  /** Throws `UsageError` where a subset must be chosen, and as `openSeries` and the readers do. */
  open(subset: string | undefined, options: DataOptions): Promise<OpenedData>;
}

/** The files of each part; a folder of `.npy` files stands as one. */
type Paths = readonly [readonly string[]] | readonly [readonly string[], readonly string[]];

/**
 * The series at `path`, called `name`; null where nothing is. Of a folder, the first of these that fits: train.* and
 * validation.* (or val, valid, test); arrays as `.npy`; train/ and validation/ with files of series; files, each a
 * series; folders of any of these, which are subsets. Throws `NotFoundError` for a folder without any of them.
 */
export async function seriesSource(path: string, name: string): Promise<SeriesSource | null> {
  const located = await locateSeries(path);
  if (located === null) return null;
  return "subsets" in located ? subsets(path, name, located.subsets) : whole(located.parts, name);
}

type LocatedSeries = { readonly parts: Paths } | { readonly subsets: ReadonlyMap<string, Paths> };

async function locateSeries(path: string): Promise<LocatedSeries | null> {
  const listing = await listFolder(path);
  if (listing === null) {
    if (!(await isThere(path))) return null;
    await fileSizes([path]);
    return { parts: [[path]] };
  }
  const folder = path.replace(/[/\\]+$/, "");
  const own = await locateParts(folder);
  if (own !== null) return { parts: own };
  const found = new Map<string, Paths>();
  for (const one of listing.folders) {
    const inside = await locateParts(`${folder}/${one}`);
    if (inside !== null) found.set(one, inside);
  }
  if (found.size > 0) return { subsets: found };
  throw new NotFoundError(
    `${path}: expected series as tables .csv or .parquet or arrays .npz, .npy or .safetensors, or folders of them, got none; put them there`,
  );
}

function whole(paths: Paths, name: string): SeriesSource {
  return { subsets: [], open: (_, options) => openPaths(paths, name, options) };
}

function subsets(path: string, name: string, found: ReadonlyMap<string, Paths>): SeriesSource {
  const names = [...found.keys()];
  return {
    subsets: names,
    async open(subset, options) {
      if (subset === undefined)
        throw new UsageError(
          `${path}: expected a subset, one of ${names.join(", ")}, got none; pass ${option("subset")}`,
        );
      return openPaths(found.get(subset)!, `${name}_${subset}`, options);
    },
  };
}

/** The parts that a folder holds; null where there are none. */
async function locateParts(folder: string): Promise<Paths | null> {
  const { files, folders } = (await listFolder(folder))!;
  const pair = filePair(folder, files);
  if (pair !== null) return pair.parts[1] === undefined ? [[pair.parts[0]]] : [[pair.parts[0]], [pair.parts[1]]];
  if (holdsArrays(files)) return [[folder]];
  const validation = folders.includes("train") ? validationNames.find((name) => folders.includes(name)) : undefined;
  if (validation !== undefined) {
    const [train, held] = [await tablesIn(`${folder}/train`), await tablesIn(`${folder}/${validation}`)];
    if (train.length > 0 && held.length > 0) return [train, held];
  }
  const tables = await tablesIn(folder);
  return tables.length > 0 ? [tables] : null;
}

async function tablesIn(folder: string): Promise<string[]> {
  const { files } = (await listFolder(folder))!;
  return files.filter((name) => kindOfFile(name) !== null && !name.endsWith(".npy")).map((name) => `${folder}/${name}`);
}

/**
 * New series for a model that learned from others, of data in two parts those to validate on. Throws as `seriesSource`
 * and `newSeries`, and `UsageError` for a folder of subsets.
 */
export async function openNewSeries(
  path: string,
  learned: Learned,
  preparation: Extract<Preparation, { readonly kind: "series" }>,
  options: NewDataOptions,
): Promise<{ readonly data: Dataset; readonly validationOnly: boolean }> {
  const located = await locateSeries(path);
  if (located === null) throw new NotFoundError(`${path}: expected data, got nothing there; check ${option("data")}`);
  if ("subsets" in located)
    throw new UsageError(
      `${path}: expected one folder of series, got ${[...located.subsets.keys()].join(", ")}; pass the path of one of them`,
    );
  const parts = await seriesParts(located.parts, options.memory);
  return { data: await newSeries(parts.at(-1)!, learned, preparation, options), validationOnly: parts.length > 1 };
}

async function openPaths(paths: Paths, name: string, options: DataOptions): Promise<OpenedData> {
  const { reading = {} } = options;
  const memory = reading.dataMemory ?? defaultMemory;
  const parts = await seriesParts(paths, memory);
  const [[first]] = paths;
  const isTable = ["csv", "parquet"].includes(kindOfFile(first!) ?? "");
  // Among arrays it is `y` that is predicted, and x stands for all of x[0], x[1], ….
  const chosen = isTable
    ? reading
    : { ...reading, target: reading.target ?? "y", features: allOf(reading.features, parts) };
  return openSeries(name, parts, { ...options, reading: { ...chosen, targets: options.targets } });
}

async function seriesParts([files, second]: Paths, memory: number): Promise<SeriesParts> {
  const arrays = files.length === 1 && second === undefined ? await arraysAt(files[0]!, memory) : null;
  if (arrays) return arrayParts(arrays);
  const train = await openAll(files, memory);
  return second === undefined ? [train] : [train, await openAll(second, memory)];
}

function allOf(features: readonly string[] | undefined, [files]: SeriesParts): string[] | undefined {
  const { columns } = files[0]!.table;
  return features?.flatMap((name) => {
    const parts = columns.filter((column) => column.startsWith(`${name}[`));
    return parts.length > 0 ? parts : [name];
  });
}

/** A file may hold the arrays of both parts, as x_train, y_train, x_test, y_test. */
function arrayParts(arrays: NamedArrays): SeriesParts {
  const [train, validation] = trainingAndValidation(arrays);
  const part = (one: NamedArrays, suffix: string) => [
    { table: arrayTable(one), name: `${baseName(one.file)}${suffix}` },
  ];
  return validation === undefined ? [part(train, "")] : [part(train, "_train"), part(validation, "_validation")];
}

async function openAll(files: readonly string[], memory: number): Promise<SeriesFile[]> {
  const names = files.map(baseName);
  const twice = repeated(names);
  if (twice !== undefined)
    throw new DataError(
      `${files[names.indexOf(twice)]}: expected names of files that differ, got "${twice}" twice; rename one`,
    );
  return Promise.all(files.map(async (file, i) => ({ table: await openTable(file, memory), name: names[i]! })));
}

async function openTable(file: string, memory: number) {
  const kind = kindOfFile(file);
  if (kind === "csv") return openCsv(file, memory);
  if (kind === "parquet") return (await import("../files/parquet.ts")).openParquet(file, memory);
  const arrays = await arraysAt(file, memory);
  if (arrays !== null) return arrayTable(arrays);
  throw new NotFoundError(
    `${file}: expected series in a file .csv, .tsv, .parquet, .npz or .safetensors, got another; convert it`,
  );
}

/** The arrays of a file, or of a folder of `.npy` files; null where it is neither. */
async function arraysAt(path: string, memory: number): Promise<NamedArrays | null> {
  const listing = await listFolder(path);
  if (listing === null)
    return kindOfFile(path) === "arrays" ? { file: path, arrays: await openArrays(path, memory) } : null;
  const files = listing.files.filter((name) => name.endsWith(".npy"));
  const opened = await Promise.all(files.map((name) => openArrays(`${path}/${name}`, memory)));
  return { file: path, arrays: new Map(opened.flatMap((arrays) => [...arrays])) };
}

function baseName(path: string): string {
  return path.replace(/^.*[/\\]/, "").replace(/\.(csv|tsv|parquet|npz|npy|safetensors)(\.gz)?$/i, "");
}
