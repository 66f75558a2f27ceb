import { join } from "node:path";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged } from "../bytes.ts";
import { command } from "../command.ts";
import type { Format } from "../format.ts";
import { chance, one } from "../stream.ts";
import { changeNpy, npyBytes, npyOf } from "./npyBytes.ts";
import { safetensorsOf } from "./safetensorsBytes.ts";
import { zipBytes } from "./zipBytes.ts";

const [K, P] = [5, 7];
const stored: Readonly<Record<string, string>> = { "<f4": "F32", "<f8": "F64", "<f2": "F16" };
const floats = Object.keys(stored);

function matrixNpy(type: string, shape: readonly number[], stream: Random): Uint8Array {
  const fields = npyOf(type, shape, stream, 0.002);
  return npyBytes(chance(0.1, stream) ? changeNpy(fields, stream) : fields);
}

const counts = (stream: Random) =>
  npyBytes(npyOf(one(["<i8", "<i4", "<f4", "|u1"], stream), one([[K], [K, 1], [], [2]], stream), stream));

function member(ending: string, type: string, shape: readonly number[], stream: Random): Uint8Array {
  if (ending === "npy") return matrixNpy(type, shape, stream);
  if (ending === "safetensors") return safetensorsOf([stored[type]!, shape], stream);
  const files = new Map([["gradients.npy", matrixNpy(type, shape, stream)]]);
  if (chance(0.5, stream)) files.set(one(["counts.npy", "count.npy", "__proto__.npy"], stream), counts(stream));
  return zipBytes(files, stream);
}

/** Gradients of other frameworks: a matrix, or a file for each batch, as `analyze --gradients` takes them. */
export const gradients: Format = {
  name: "gradients",
  share: 700,
  make(stream) {
    const files = new Map<string, Uint8Array>();
    const ending = one(["npy", "npz", "safetensors"], stream);
    const [type, folder] = [one(floats, stream), chance(0.5, stream)];
    const mark = one(["", "", "-n4", "-n0", "-n99999999999999999999"], stream);
    const names = folder ? [0, 1, 2].map((k) => `batches/${k}${mark}.${ending}`) : [`G.${ending}`];
    for (const name of names) files.set(name, member(ending, type, folder ? [P] : [K, P], stream));
    const [name = "", bytes] = one([...files], stream);
    if (chance(0.3, stream)) files.set(name, damaged(bytes!, stream));
    const flags = one(
      [[], ["--batch-size", "4"], ["--batch-size", "4"], ["--batch-size", "4", "--sketch", "16"]],
      stream,
    );
    return { files, asked: { path: folder ? "batches" : names[0], flags } };
  },
  async read(folder, { asked }) {
    const { path, flags } = asked as { path: string; flags: string[] };
    await command("analyze", "--gradients", join(folder, path), ...flags);
  },
};
