import { createHash } from "node:crypto";
import { type Dataset, newBatch } from "../../src/data/dataset.ts";
import { openData } from "../../src/data/registry.ts";
import { DataError, UnsupportedError, UsageError } from "../../src/tensor/errors.ts";
import { command } from "./command.ts";
import { Fault } from "./judge.ts";

/** Flags of `train` that say how data are read. */
export type Flags = readonly string[];

const BATCH = 8;
const MOST = 512;

/**
 * Reads data as `train` does: first its plan, then every example (of many, the first ones) twice. Throws what the
 * product throws, and `Fault` where two readings differ or hold what is no number.
 */
export async function readData(path: string, flags: Flags = [], model = "mlp"): Promise<void> {
  await command("train", "--model", model, "--data", path, ...flags, "--dry-run");
}

/** Every example of data that need no options. */
export async function readExamples(path: string, options: Parameters<typeof openData>[1] = {}): Promise<void> {
  const once = await digestOf(path, options);
  if ((await digestOf(path, options)) !== once) throw new Fault("disagreement", "two readings differ");
}

async function digestOf(path: string, options: Parameters<typeof openData>[1]): Promise<string> {
  const { train, validation } = await openData(path, options);
  const hash = createHash("sha1");
  for (const data of [train, validation]) await add(data, hash);
  return hash.digest("hex");
}

async function add(data: Dataset, hash: ReturnType<typeof createHash>): Promise<void> {
  for (let from = 0; from < Math.min(data.size, MOST); from += BATCH) {
    const indices = Uint32Array.from({ length: Math.min(BATCH, data.size - from) }, (_, i) => from + i);
    const batch = newBatch(data, indices.length);
    await data.read(indices, batch, 0);
    for (const [name, { type, data: values }] of Object.entries(batch)) {
      if (type === "float32" && !(values as Float32Array).every(Number.isFinite))
        throw new Fault("disagreement", `"${name}" of the examples from ${from} on is no number`);
      const outside = (label: bigint) => label < 0n || label >= BigInt(data.classes);
      if (name === "y" && type === "int64" && data.classes > 0 && data.labels.length > 0)
        if ((values as BigInt64Array).some(outside))
          throw new Fault("disagreement", `a class outside 0 … ${data.classes - 1} among the examples from ${from} on`);
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  }
}

/** What `read` gives; undefined where it refuses a file in our own words. */
export async function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if ([DataError, UnsupportedError, UsageError].some((type) => error instanceof type)) return undefined;
    throw error;
  }
}
