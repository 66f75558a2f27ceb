import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged, joined, packed } from "../bytes.ts";
import { type Flags, readData, readExamples } from "../dataset.ts";
import type { Format } from "../format.ts";
import { chance, nastySizes, one, times } from "../stream.ts";

type Kind = "png" | "jpg" | "webp";

/** An image that is right, of any of the kinds that are read. */
async function whole(kind: Kind, stream: Random): Promise<Uint8Array<ArrayBuffer>> {
  const { default: sharp } = await import("sharp");
  const channels = one([1, 3, 4] as const, stream);
  const side = one([8, 8, 8, 16, 3], stream);
  const data = Uint8Array.from({ length: side * side * channels }, () => stream.integer(256));
  const image = sharp(data, { raw: { width: side, height: side, channels } });
  const turned = chance(0.1, stream) ? image.withMetadata({ orientation: 1 + stream.integer(8) }) : image;
  const formats = {
    png: () => turned.png({ palette: chance(0.1, stream), progressive: chance(0.2, stream), compressionLevel: 1 }),
    jpg: () => turned.jpeg({ progressive: chance(0.2, stream) }),
    webp: () => turned.webp({ lossless: chance(0.5, stream) }),
  };
  return new Uint8Array(await formats[kind]().toBuffer());
}

interface Chunk {
  type: string;
  data: Uint8Array;
  length: number | null;
  crc: number | null;
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString("latin1");
    chunks.push({ type, data: bytes.slice(at + 8, at + 8 + length), length: null, crc: null });
    at += 12 + length;
  }
  return chunks;
}

function pngOf(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const parts = chunks.map(({ type, data, length, crc }) => {
    const body = joined(Buffer.from(type, "latin1"), data);
    return joined(packed([[4, length ?? data.length]], false), body, packed([[4, crc ?? crc32(body)]], false));
  });
  return joined(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), ...parts);
}

/** Changes of a PNG's chunks whose check sums are right again. */
const pngChanges: readonly ((chunks: Chunk[], stream: Random) => void)[] = [
  (chunks, stream) => {
    const size = one(
      nastySizes.filter((size) => size < 2 ** 32),
      stream,
    );
    chunks[0]!.data.set(packed([[4, size]], false), 4 * stream.integer(2));
  },
  (chunks, stream) => {
    chunks[0]!.data[8 + stream.integer(5)] = one([0, 1, 2, 3, 4, 6, 8, 16, 32, 255], stream);
  },
  (chunks, stream) => {
    const { data } = chunks.find(({ type }) => type === "IDAT") ?? chunks[0]!;
    if (data.length > 0) data[stream.integer(data.length)]! ^= 1 << stream.integer(8);
  },
  (chunks, stream) => {
    const chunk = one(chunks, stream);
    chunk[one(["length", "crc"] as const, stream)] = one(
      nastySizes.filter((size) => size < 2 ** 32),
      stream,
    );
  },
  (chunks, stream) => {
    one(chunks, stream).type = one(
      ["IDAT", "PLTE", "tRNS", "iCCP", "zTXt", "eXIf", "acTL", "IEND", "abcd", "ABCD"],
      stream,
    );
  },
  (chunks, stream) => {
    const bomb = deflateSync(new Uint8Array(one([2 ** 10, 2 ** 24, 2 ** 26], stream)), { level: 1 });
    const type = one(["zTXt", "iCCP", "IDAT"], stream);
    const data = type === "IDAT" ? bomb : joined(Buffer.from("name\0\0", "latin1"), bomb);
    chunks.splice(1, 0, { type, data, length: null, crc: null });
  },
  (chunks, stream) => {
    chunks.splice(stream.integer(chunks.length), 1);
  },
  (chunks, stream) => {
    chunks.push(one(chunks, stream));
  },
];

/** Files of another kind than their name says, some of which would have the reader fetch or grow something. */
const strangers: readonly ((stream: Random) => Uint8Array)[] = [
  () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'),
  () =>
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><rect width="9" height="9"/></svg>',
    ),
  () =>
    Buffer.from(
      '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><text>&a;</text></svg>',
    ),
  () =>
    Buffer.from(
      "GIF89a\x08\0\x08\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x08\0\x08\0\0\x02\x08\x84\x8f\xa9\xcb\xed\x0f\xa3\x9c\x05\0;",
      "latin1",
    ),
  () => Buffer.from("P6\n8 8\n255\n"),
  () => Buffer.from("%PDF-1.4"),
  () => new Uint8Array(0),
  (stream) => Uint8Array.from({ length: 1000 }, () => stream.integer(256)),
];

async function image(kind: Kind, stream: Random): Promise<Uint8Array> {
  if (chance(0.1, stream)) return one(strangers, stream)(stream);
  const bytes = await whole(kind, stream);
  if (kind !== "png" || chance(0.3, stream)) return damaged(bytes, stream);
  const chunks = chunksOf(bytes);
  times(
    1,
    2,
    stream,
    () => chunks.length > 0 && chunks[0]!.data.length > 12 && one(pngChanges, stream)(chunks, stream),
  );
  return pngOf(chunks);
}

const classes = [
  ["a", "b"],
  ["a", "b"],
  ["__proto__", "constructor"],
  ["=1+1", "\u001b[31mred"],
  ["a\nb", "ü"],
  [".a", "b"],
];
const options: readonly Flags[] = [[], ["--image-size", "4"], ["--image-size", "8x4"], ["--data-memory", "1"]];

/** Two folders of images, one of which is changed. */
export const images: Format = {
  name: "images",
  share: 700,
  async make(stream) {
    const files = new Map<string, Uint8Array>();
    const kind = one(["png", "jpg", "webp"] as const, stream);
    const names = one(classes, stream);
    const right = await whole(kind, stream);
    for (const name of names) for (const at of [0, 1, 2, 3]) files.set(`pictures/${name}/${at}.${kind}`, right);
    files.set(`pictures/${names[0]}/${stream.integer(4)}.${kind}`, await image(kind, stream));
    return { files, asked: one(options, stream) };
  },
  async read(folder, { asked }) {
    const path = join(folder, "pictures");
    await readData(path, asked as Flags);
    const [flag, size] = asked as Flags;
    const imageSize = flag === "--image-size" ? (size === "4" ? ([4, 4] as const) : ([8, 4] as const)) : undefined;
    await readExamples(path, { reading: { imageSize } });
  },
  compare(_, { files }) {
    const wrong = [...files]
      .map(([name, bytes]) => [name, problemOfPng(bytes)])
      .find(([, problem]) => problem !== null);
    return wrong ? `taken, and of ${wrong[0]} ${wrong[1]}` : null;
  },
};

/**
 * Of a file that begins as a PNG: what of the chunks without which it cannot be shown is not as the specification says.
 */
function problemOfPng(bytes: Uint8Array): string | null {
  if (!bytes.slice(0, 8).every((byte, i) => byte === [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10][i]) || bytes.length < 8)
    return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8, first = true; ; first = false) {
    if (at + 12 > bytes.length) return "the end is missing";
    const length = view.getUint32(at);
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString("latin1");
    if (at + 12 + length > bytes.length) return `the chunk ${JSON.stringify(type)} reaches beyond the file`;
    if (first !== (type === "IHDR")) return "the header is not first, or there are two";
    // A decoder may leave out what it need not know (PNG, 5.4).
    const needed = /^[A-Z]/.test(type);
    if (needed && view.getUint32(at + 8 + length) !== crc32(bytes.subarray(at + 4, at + 8 + length)))
      return `the check sum of ${JSON.stringify(type)} is wrong`;
    if (type === "IEND") return null;
    at += 12 + length;
  }
}
