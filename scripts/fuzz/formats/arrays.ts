import { join } from "node:path";
import { openArrays } from "../../../src/data/files/arrays.ts";
import { readTensors } from "../../../src/data/files/files.ts";
import { DataError, NotFoundError, ShapeError, UnsupportedError } from "../../../src/tensor/errors.ts";
import type { Random } from "../../../src/tensor/random.ts";
import { sizeOf, type Tensor, tensor, zeros } from "../../../src/tensor/tensor.ts";
import { damaged } from "../bytes.ts";
import type { Format, Made } from "../format.ts";
import { differsFromNumpy, missingNumpy } from "../references/numpy.ts";
import { differsFromSpecification } from "../references/safetensors.ts";
import { chance, one, times } from "../stream.ts";
import { changeNpy, npyBytes, npyFields } from "./npyBytes.ts";
import { safetensorsBytes } from "./safetensorsBytes.ts";
import { zipBytes } from "./zipBytes.ts";

/** A file as the two ways to read it give it: whole, and a row at a time. */
interface Readings {
  readonly whole: ReadonlyMap<string, Tensor> | null;
  readonly rows: ReadonlyMap<string, Tensor> | null;
}

const file = (name: string, bytes: Uint8Array): Made => ({ files: new Map([[name, bytes]]) });

function npyFile(stream: Random): Uint8Array {
  const fields = npyFields(stream);
  const bytes = npyBytes(chance(0.75, stream) ? changeNpy(fields, stream) : fields);
  return chance(0.4, stream) ? damaged(bytes, stream) : bytes;
}

export function npzFile(stream: Random): Uint8Array {
  const files = new Map<string, Uint8Array>();
  times(1, 3, stream, () => {
    const fields = npyFields(stream);
    const name = `${one(["x", "y", "z", "count", "a/b", "arr_0"], stream)}.npy`;
    files.set(name, npyBytes(chance(0.1, stream) ? changeNpy(fields, stream) : fields));
  });
  const bytes = zipBytes(files, stream);
  return chance(0.5, stream) ? damaged(bytes, stream) : bytes;
}

export const npy: Format<Readings> = {
  name: "npy",
  share: 1000,
  make: (stream) => file("array.npy", npyFile(stream)),
  read: (folder) => readBoth(join(folder, "array.npy")),
  compare: (folder, _, readings) => compareBoth(readings, (read) => differsFromNumpy(join(folder, "array.npy"), read)),
  missing: missingNumpy,
};

export const npz: Format<Readings> = {
  name: "npz",
  share: 1200,
  make: (stream) => file("arrays.npz", npzFile(stream)),
  read: (folder) => readBoth(join(folder, "arrays.npz")),
  compare: (folder, _, readings) => compareBoth(readings, (read) => differsFromNumpy(join(folder, "arrays.npz"), read)),
  missing: missingNumpy,
};

export const safetensors: Format<Readings> = {
  name: "safetensors",
  share: 1000,
  make(stream) {
    const bytes = safetensorsBytes(stream);
    return file("weights.safetensors", chance(0.35, stream) ? damaged(bytes, stream) : bytes);
  },
  read: (folder) => readBoth(join(folder, "weights.safetensors")),
  compare: (_, { files }, readings) =>
    compareBoth(readings, (read) => differsFromSpecification(files.get("weights.safetensors")!, read)),
};

async function readBoth(path: string): Promise<Readings> {
  const whole = await taken(() => readTensors(path));
  const rows = await taken(async () => {
    const arrays = [...(await openArrays(path, 0))];
    return new Map(arrays.map(([name, value]) => [name, everyRow(value)]));
  });
  if ("refused" in whole && "refused" in rows) throw whole.refused;
  return { whole: "refused" in whole ? null : whole.read, rows: "refused" in rows ? null : rows.read };
}

async function taken<T>(read: () => Promise<T>): Promise<{ readonly read: T } | { readonly refused: Error }> {
  try {
    return { read: await read() };
  } catch (error) {
    const ours = [DataError, NotFoundError, ShapeError, UnsupportedError].some((type) => error instanceof type);
    if (ours) return { refused: error as Error };
    throw error;
  }
}

function everyRow({
  type,
  shape,
  at,
}: Awaited<ReturnType<typeof openArrays>> extends Map<string, infer R> ? R : never) {
  const all = zeros(type, shape);
  const length = sizeOf(shape.slice(1));
  for (let i = 0; i < shape[0]!; i++) all.data.set(at(i) as never, i * length);
  return tensor(type, shape, all.data);
}

async function compareBoth(
  { whole, rows }: Readings,
  differs: (read: ReadonlyMap<string, Tensor>) => Promise<string | null> | string | null,
): Promise<string | null> {
  return (whole && (await differs(whole))) ?? (rows && (await differs(rows))?.replace(/^/, "row by row: ")) ?? null;
}
