import { type Batch, type Dataset, newBatch } from "../src/data/dataset.ts";

/** The examples at `indices`, of data that may have to wait for a file. */
export async function readBatch(data: Dataset, indices: readonly number[], draw?: number): Promise<Batch> {
  const batch = newBatch(data, indices.length);
  await data.read(Uint32Array.from(indices), batch, draw);
  return batch;
}
