import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, newBatch } from "../data/dataset.ts";
import { encodeSafetensors } from "../data/files/safetensors.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { metadataOf } from "../data/tables/saidOfArrays.ts";
import { writeAtomically } from "../store/document.ts";

/**
 * A data set as a file in `data/` of a directory of runs that holds the same examples and names of classes; its path,
 * which is the same for the same data.
 */
export async function keepDataset(data: Dataset, directory: string): Promise<string> {
  const digest = (await fingerprint(data)).slice(0, 12);
  const folder = join(directory, "data");
  const path = join(folder, `${data.name.replaceAll(/[^\p{L}\p{N}_-]+/gu, "_")}-${digest}.safetensors`);
  if (existsSync(path)) return path;
  const all = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    all,
  );
  mkdirSync(folder, { recursive: true });
  writeAtomically(path, encodeSafetensors(new Map(Object.entries(all)), metadataOf(data)));
  return path;
}
