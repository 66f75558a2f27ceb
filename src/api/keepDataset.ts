import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, newBatch } from "../data/dataset.ts";
import { encodeNpz } from "../data/files/npz.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { writeAtomically } from "../store/document.ts";

/** Where data sets of memory are kept, made where it is not there. */
export function folderOfData(directory: string): string {
  const folder = join(directory, "data");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A data set as a file in `folder` that holds the same examples; its path, which is the same for the same data. */
export async function keepDataset(data: Dataset, folder: string): Promise<string> {
  const digest = (await fingerprint(data)).slice(0, 12);
  const path = join(folder, `${data.name.replaceAll(/[^\p{L}\p{N}_-]+/gu, "_")}-${digest}.npz`);
  if (existsSync(path)) return path;
  const all = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    all,
  );
  writeAtomically(path, encodeNpz(new Map(Object.entries(all))));
  return path;
}
