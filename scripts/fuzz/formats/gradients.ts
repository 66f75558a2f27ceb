import { join } from "node:path";
import { type GradientSource, openGradients } from "../../../src/analysis/files/gradientSource.ts";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged } from "../bytes.ts";
import { command } from "../command.ts";
import type { Format } from "../format.ts";
import { digest, digestsOfNumpy, missingNumpy } from "../references/numpy.ts";
import { digestsOfSpecification } from "../references/safetensors.ts";
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
  async compare(folder, { files, asked }) {
    const { path } = asked as { path: string };
    const source = await openGradients(join(folder, path));
    try {
      const names = path === "batches" ? [...files.keys()] : [path];
      for (const [k, name] of names.entries()) {
        const theirs = await arraysOf(join(folder, name), files.get(name)!);
        const difference = theirs && differs(rowsOf(source, path === "batches" ? k : null), theirs);
        if (difference) return `${name}: ${difference}`;
      }
      return null;
    } finally {
      source.close();
    }
  },
  missing: missingNumpy,
};

/** Numbers as ours reads them: of row k its parts, or the whole matrix. */
function rowsOf(source: GradientSource, k: number | null): Float64Array[] {
  return source.parts.map(({ length }, part) => {
    const all = new Float64Array(source.rows * length);
    source.read(part, 0, length, all);
    return k === null ? all : all.slice(k * length, (k + 1) * length);
  });
}

/**
 * Digests of the arrays of a file, but for its numbers of examples, by a second reader; a text where that refuses, null
 * where it is not here.
 */
async function arraysOf(path: string, bytes: Uint8Array): Promise<Map<string, string> | string | null> {
  const found = path.endsWith(".safetensors") ? digestsOfSpecification(bytes) : await digestsOfNumpy(path);
  if (found !== null && typeof found !== "string" && found.size > 1)
    for (const name of ["count", "counts"]) found.delete(name);
  return found;
}

function differs(ours: readonly Float64Array[], theirs: Map<string, string> | string): string | null {
  if (typeof theirs === "string") return `taken, and a second reader refuses it: ${theirs}`;
  const [own, other] = [ours.map(digest).sort(), [...theirs.values()].sort()];
  return own.join() === other.join()
    ? null
    : `taken with other numbers than a second reader finds in ${[...theirs.keys()]}`;
}
