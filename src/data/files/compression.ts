import { pipeline, Readable } from "node:stream";
import zlib, { brotliDecompressSync, createGunzip, createInflateRaw, gunzipSync, inflateRawSync } from "node:zlib";
import { DataError, option } from "../../tensor/errors.ts";
import { describe, type RandomAccess } from "./randomAccess.ts";

export { crc32 } from "node:zlib";

/** Compressed bytes that are read, and plain ones that are given, at a time. */
const CHUNK = 2 ** 20;

/** Deflate makes at most 258 bytes of 2 bits. */
const HIGHEST_RATIO = 1032;

/** Where compressed bytes lie in a file. */
interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/** A file that would take more memory than it may; `size` is what its header declares, or what was reached. */
export function tooLarge(path: string, limit: number, size: number, unpacked = ""): DataError {
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  return new DataError(
    `${path}: expected at most ${mebibytes(limit)}${unpacked} in memory, got ${mebibytes(size)}; ` +
      `raise ${option("dataMemory")}${unpacked && ", or save the file uncompressed"}`,
  );
}

/** Whether so few deflated bytes can hold so many. */
export function canInflate(stored: number, size: number): boolean {
  return size <= HIGHEST_RATIO * (stored + 1);
}

/**
 * The contents of a gzip file (RFC 1952), whose members follow one another, with their check sums verified. Throws
 * `DataError` for another file, a damaged one, one with anything but zeros behind it, and, before memory is taken for
 * it, one that declares or reaches more than `limit` bytes.
 */
export async function gunzip(file: RandomAccess, limit: number): Promise<Uint8Array> {
  // Of a damaged file it may be anything.
  const declared = canInflate(file.size, declaredSize(file)) ? declaredSize(file) : 0;
  if (declared > limit) throw tooLarge(file.path, limit, declared, " unpacked");
  let bytes = new Uint8Array(declared);
  let length = 0;
  try {
    for await (const chunk of inflated(file, { offset: 0, length: file.size }, "gzip")) {
      if (length + chunk.length > limit) throw tooLarge(file.path, limit, length + chunk.length, " unpacked");
      if (length + chunk.length > bytes.length) bytes = grown(bytes, length + chunk.length, limit);
      bytes.set(chunk, length);
      length += chunk.length;
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw notGzip(file, describe(error));
  }
  return bytes.subarray(0, length);
}

/** The size of the last member, modulo 2³², which is nearly always all of them. */
function declaredSize(file: RandomAccess): number {
  if (file.size === 0) throw notGzip(file, "an empty file");
  if (file.size < 18) return 0;
  const tail = new Uint8Array(4);
  file.read(tail, file.size - 4);
  return new DataView(tail.buffer).getUint32(0, true);
}

function grown(bytes: Uint8Array, needed: number, limit: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(limit, Math.max(needed, 2 * bytes.length)));
  larger.set(bytes);
  return larger;
}

function notGzip({ path }: RandomAccess, got: string): DataError {
  return new DataError(`${path}: expected gzip data, got: ${got}; download or copy the file again`);
}

/**
 * What is compressed at a place of a file, a part at a time. Throws what zlib says of damaged data, `Error` where the
 * compressed data end before that place does, and as `file.read`.
 */
export async function* inflated(
  file: RandomAccess,
  { offset, length }: Stretch,
  form: "gzip" | "deflate",
): AsyncGenerator<Uint8Array> {
  const inflate = form === "gzip" ? createGunzip({ chunkSize: CHUNK }) : createInflateRaw({ chunkSize: CHUNK });
  // Errors of both come out of the iteration.
  pipeline(Readable.from(readInParts(file, { offset, length })), inflate, () => {});
  for await (const chunk of inflate) yield chunk as Uint8Array;
  const used = inflate.bytesWritten;
  const rest = readInParts(file, { offset: offset + used, length: length - used });
  // Zeros may follow gzip data, as padding.
  if (used < length && (form === "deflate" || [...rest].some((part) => part.some((byte) => byte !== 0))))
    throw new Error(`${length - used} bytes behind the end of the compressed data`);
}

/** A place of a file, a part at a time. Throws as `file.read`. */
export function* readInParts(file: RandomAccess, { offset, length }: Stretch): Generator<Uint8Array, void> {
  for (let at = 0; at < length; at += CHUNK) {
    const bytes = new Uint8Array(Math.min(CHUNK, length - at));
    file.read(bytes, offset + at);
    yield bytes;
  }
}

/** The `size` bytes that `bytes` were deflated from. Throws `Error` where they are others, or more or fewer. */
export function inflateAll(bytes: Uint8Array, size: number): Uint8Array {
  // The engine is what says how many bytes were used; the types of Node do not tell of it.
  const chunkSize = Math.max(64, Math.min(size, 2 ** 26));
  const options = { info: true, chunkSize, maxOutputLength: Math.max(1, size) };
  const { buffer, engine } = inflateRawSync(bytes, options) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  if (engine.bytesWritten !== bytes.length)
    throw new Error(`${bytes.length - engine.bytesWritten} bytes behind the end of the compressed data`);
  if (buffer.length !== size) throw new Error(`${buffer.length} bytes instead of ${size}`);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

type Unpack = (input: Uint8Array, length: number) => Uint8Array;

/** Codecs of Parquet that Node knows: at most `length` bytes of what is compressed. Throw `Error` for more. */
export const unpackers: Readonly<Record<"GZIP" | "BROTLI" | "ZSTD", Unpack>> = {
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => zlib.zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
};
