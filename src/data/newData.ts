import { NotFoundError, option, UsageError } from "../tensor/errors.ts";
import type { Dataset, Moments } from "./dataset.ts";
import { fileArrays, folderArrays } from "./fileSource.ts";
import { listFolder } from "./files/files.ts";
import { isIdxFolder } from "./images/idxFolder.ts";
import { newIdx } from "./images/newIdx.ts";
import { newImages } from "./images/newImages.ts";
import { type Located, locate, validationNames } from "./locate.ts";
import { type Learned, type NewDataOptions, type Preparation, preparationOf } from "./preparation.ts";
import { tableAt } from "./tableAt.ts";
import { newArrays } from "./tables/newArrays.ts";
import { newTable } from "./tables/newTable.ts";

/** Examples after training, in the order of their file. */
export interface NewData {
  readonly data: Dataset;
  /** Whether they are the part to validate on of data in two parts. */
  readonly validationOnly: boolean;
  /** Where parts of the data lie in files without names. */
  readonly close: (() => void) | undefined;
}

/**
 * The examples at `path`, of data in two parts those to validate on, as a model reads them that `learned` from others:
 * prepared with the numbers, categories and classes of the training, never with their own. Throws `NotFoundError` where
 * nothing is there, `UsageError` for data of another kind and `DataError` for what the model cannot read.
 */
export async function openNewData(path: string, learned: Learned, options: NewDataOptions): Promise<NewData> {
  const preparation = preparationOf(learned.preprocessing, learned.name);
  if (preparation.kind === "series") {
    const { openNewSeries } = await import("./series/seriesFiles.ts");
    return { ...(await openNewSeries(path, learned, preparation, options)), close: undefined };
  }
  const images = preparation.kind === "arrays" ? preparation.channels.get("x") : undefined;
  const folder = images === undefined ? null : await listFolder(path);
  if (images !== undefined && folder !== null && isIdxFolder(folder.files))
    return { data: await newIdx(path, learned, images[0]!, options), validationOnly: true, close: undefined };
  const holdsArrays = folder?.files.some((name) => name.endsWith(".npy")) ?? false;
  if (images !== undefined && preparation.kind === "arrays" && folder !== null && !holdsArrays)
    return newImageFolder(path.replace(/[/\\]+$/, ""), folder.folders, learned, {
      ...options,
      moments: images,
      deep: preparation.deep,
    });
  const located = await locate(path);
  if (located === null) throw new NotFoundError(`${path}: expected data, got nothing there; check ${option("data")}`);
  return openLocated(located, path, learned, preparation, options);
}

/** In words. */
const kinds: Readonly<Record<Located["kind"], string>> = {
  csv: "a table",
  parquet: "a table",
  tableParts: "a table",
  arrays: "arrays of numbers",
  npy: "arrays of numbers",
  images: "images in folders",
  idx: "IDX files",
  subsets: "a folder of data sets",
};

async function openLocated(
  located: Located,
  path: string,
  learned: Learned,
  preparation: Exclude<Preparation, { readonly kind: "series" }>,
  options: NewDataOptions,
): Promise<NewData> {
  const { memory } = options;
  // Of data in two parts the one to validate on, as `train` takes them.
  const last = "parts" in located ? located.parts.length - 1 : 0;
  const validationOnly = last > 0;
  if (preparation.kind === "table") {
    const table = await tableAt(located, last, memory);
    if (table !== null) return { ...(await newTable(table, learned, preparation, options)), validationOnly };
  } else if (located.kind === "arrays" || located.kind === "npy") {
    const read = located.kind === "arrays" ? fileArrays : folderArrays;
    return {
      data: newArrays(await read(located.parts[last]!, memory), learned, preparation.channels, options),
      validationOnly,
      close: undefined,
    };
  }
  const wanted =
    preparation.kind === "table"
      ? "a table, as the model was trained on one"
      : "arrays .npz, .safetensors or .npy, or images";
  throw new UsageError(`${path}: expected ${wanted}, got ${kinds[located.kind]}; pass such data`);
}

/** Of a folder that holds both parts the one to validate on. */
async function newImageFolder(
  path: string,
  folders: readonly string[],
  learned: Learned,
  { moments, deep, ...options }: NewDataOptions & { readonly moments: readonly Moments[]; readonly deep: boolean },
): Promise<NewData> {
  const isClass = (name: string) => learned.classNames.includes(name);
  const part = validationNames.find((name) => folders.includes(name) && !isClass(name));
  const inTwo = part !== undefined && folders.includes("train") && !isClass("train");
  const data = await newImages(inTwo ? `${path}/${part}` : path, learned, { moments, deep }, options);
  return { data, validationOnly: inTwo, close: undefined };
}
