import { NotFoundError, option, UsageError } from "../tensor/errors.ts";
import type { Dataset } from "./dataset.ts";
import { fileArrays, folderArrays, openParts, parquetTable } from "./fileSource.ts";
import { openCsv } from "./files/csv.ts";
import { listFolder } from "./files/files.ts";
import type { Table } from "./files/table.ts";
import { newImages } from "./images/newImages.ts";
import { type Located, locate } from "./locate.ts";
import { type Learned, type NewDataOptions, type Preparation, preparationOf } from "./preparation.ts";
import { newArrays } from "./tables/newArrays.ts";
import { newTable } from "./tables/newTable.ts";

/** Examples after training, in the order of their file. */
export interface NewData {
  readonly data: Dataset;
  /** Where parts of the data lie in files without names. */
  readonly close: (() => void) | undefined;
}

/**
 * All examples at `path` as a model reads them that `learned` from others: prepared with the numbers, categories and
 * classes of the training, never with their own. Throws `NotFoundError` where nothing is there, `UsageError` for data
 * of another kind and `DataError` for what the model cannot read.
 */
export async function openNewData(path: string, learned: Learned, options: NewDataOptions): Promise<NewData> {
  const preparation = preparationOf(learned.preprocessing, learned.name);
  const images = preparation.kind === "arrays" ? preparation.channels.get("x") : undefined;
  const folder = images === undefined ? null : await listFolder(path);
  const holdsArrays = folder?.files.some((name) => name.endsWith(".npy")) ?? false;
  if (images !== undefined && preparation.kind === "arrays" && folder !== null && !holdsArrays)
    return {
      data: await newImages(path.replace(/[/\\]+$/, ""), learned, { moments: images, deep: preparation.deep }, options),
      close: undefined,
    };
  const located = await locate(path);
  if (located === null) throw new NotFoundError(`${path}: expected data, got nothing there; check ${option("data")}`);
  return openLocated(located, path, learned, preparation, options);
}

async function openLocated(
  located: Located,
  path: string,
  learned: Learned,
  preparation: Preparation,
  options: NewDataOptions,
): Promise<NewData> {
  if ("parts" in located && located.parts.length > 1)
    throw new UsageError(
      `${option("data")}: expected data in one part, got ${located.parts.flat().join(" and ")}; pass one of them alone`,
    );
  const { memory } = options;
  if (preparation.kind === "table") {
    const table = await tableAt(located, memory);
    if (table !== null) return newTable(table, learned, preparation, options);
  } else if (located.kind === "arrays" || located.kind === "npy") {
    const read = located.kind === "arrays" ? fileArrays : folderArrays;
    return {
      data: newArrays(await read(located.parts[0], memory), learned, preparation.channels, options),
      close: undefined,
    };
  }
  const wanted =
    preparation.kind === "table"
      ? "a table, as the model was trained on one"
      : "arrays .npz, .safetensors or .npy, or images";
  throw new UsageError(`${path}: expected ${wanted}, got ${located.kind}; pass such data`);
}

function tableAt(located: Located, memory: number): Promise<Table> | null {
  if (located.kind === "csv") return openCsv(located.parts[0], memory);
  if (located.kind === "parquet") return parquetTable(located.parts[0], memory);
  return located.kind === "tableParts" ? openParts(located.parts[0]!, memory, located.roots?.[0]) : null;
}
