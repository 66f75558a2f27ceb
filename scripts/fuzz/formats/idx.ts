import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { readBytes } from "../../../src/data/files/files.ts";
import { parseIdx } from "../../../src/data/files/idx.ts";
import type { Random } from "../../../src/tensor/random.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { damaged, joined, packed } from "../bytes.ts";
import { readData, readExamples } from "../dataset.ts";
import type { Format } from "../format.ts";
import { chance, nastySizes, one } from "../stream.ts";

const widths: Readonly<Record<number, number>> = { 8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8 };

interface Fields {
  zeros: number;
  type: number;
  rank: number | null;
  sizes: number[];
  data: Uint8Array;
}

function idxBytes({ zeros, type, rank, sizes, data }: Fields): Uint8Array<ArrayBuffer> {
  const head = packed(
    [[2, zeros], [1, type], [1, rank ?? sizes.length], ...sizes.map((size) => [4, size] as const)],
    false,
  );
  return joined(head, data);
}

const changes: readonly ((fields: Fields, stream: Random) => void)[] = [
  (fields, stream) => {
    fields.type = one([0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 255], stream);
  },
  (fields, stream) => {
    fields.rank = one([0, 1, 2, 3, 4, 5, 127, 255], stream);
  },
  (fields, stream) => {
    fields.sizes[stream.integer(fields.sizes.length)] = one(
      nastySizes.filter((size) => size < 2 ** 32),
      stream,
    );
  },
  (fields, stream) => {
    fields.sizes = Array.from({ length: 1 + stream.integer(6) }, () => one([0, 1, 4, 2 ** 16, 2 ** 31], stream));
  },
  (fields, stream) => {
    fields.zeros = one([1, 256, 0x1f8b, 65_535], stream);
  },
  (fields, stream) => {
    fields.data = one([fields.data.slice(1), joined(fields.data, Uint8Array.of(1)), new Uint8Array(0)], stream);
  },
];

function images(count: number, side: number, stream: Random): Fields {
  const data = Uint8Array.from({ length: count * side * side }, () => stream.integer(256));
  return { zeros: 0, type: 8, rank: null, sizes: [count, side, side], data };
}

function labels(count: number): Fields {
  const data = Uint8Array.from({ length: count }, (_, i) => i % 3);
  return { zeros: 0, type: 8, rank: null, sizes: [count], data };
}

/** MNIST's four files, one of them changed. */
export const idx: Format<Tensor | null> = {
  name: "idx",
  share: 700,
  make(stream) {
    const parts: [string, Fields][] = [
      ["train-images-idx3-ubyte", images(12, 4, stream)],
      ["train-labels-idx1-ubyte", labels(12)],
      ["t10k-images-idx3-ubyte", images(6, 4, stream)],
      ["t10k-labels-idx1-ubyte", labels(6)],
    ];
    const [chosen, fields] = one(parts, stream);
    if (chance(0.7, stream)) one(changes, stream)(fields, stream);
    const zipped = chance(0.4, stream);
    const ending = zipped ? ".gz" : "";
    const files = new Map<string, Uint8Array>();
    for (const [name, one] of parts) files.set(`${name}${ending}`, zipped ? gzipSync(idxBytes(one)) : idxBytes(one));
    const file = `${chosen}${ending}`;
    if (zipped && chance(0.1, stream)) files.set(file, bomb(fields, stream));
    if (chance(0.4, stream)) files.set(file, damaged(files.get(file)!, stream));
    return { files, asked: { file, flags: one([[], ["--data-memory", "1"]], stream) } };
  },
  async read(folder, { asked }) {
    const { file, flags } = asked as { file: string; flags: string[] };
    await readData(folder, flags);
    await readExamples(folder);
    return parseIdx(await readBytes(join(folder, file)), file);
  },
  compare(_, { files, asked }, read) {
    const { file } = asked as { file: string };
    return differs(files.get(file)!, file.endsWith(".gz"), read!);
  },
};

/** Zeros without end, as far as a test can go. */
function bomb(fields: Fields, stream: Random): Uint8Array {
  const size = one([2 ** 20, 2 ** 24, 2 ** 27], stream);
  return gzipSync(joined(idxBytes(fields), new Uint8Array(size)), { level: 1 });
}

/** From the format's description ("THE IDX FILE FORMAT", yann.lecun.com/exdb/mnist) and nothing of ours. */
function differs(file: Uint8Array, zipped: boolean, { shape, data }: Tensor): string | null {
  const bytes = zipped ? gunzipSync(file) : file;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, rank] = [widths[bytes[2]!], bytes[3]!];
  if (view.getUint16(0) !== 0 || width === undefined) return "taken, and the magic number is wrong";
  const sizes = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = sizes.reduce((product, size) => product * BigInt(size), 1n);
  if (BigInt(bytes.length) !== BigInt(4 + 4 * rank) + count * BigInt(width)) return "taken, and its length is wrong";
  if (sizes.join() !== shape.join()) return `taken as [${shape.join()}], and the file says [${sizes.join()}]`;
  const start = 4 + 4 * rank;
  const value = [8, 9, 11, 12, 13, 14].indexOf(bytes[2]!);
  const readers = ["getUint8", "getInt8", "getInt16", "getInt32", "getFloat32", "getFloat64"] as const;
  for (let i = 0; i < data.length; i++)
    if (!Object.is(view[readers[value]!](start + i * width), Number(data[i]))) return `taken with other values at ${i}`;
  return null;
}
