import type { Random } from "../../src/tensor/random.ts";
import { chance, nastySizes, one, times } from "./stream.ts";

/** One to four changes of bytes that know nothing of the format: bits, bytes, numbers, cuts, copies and insertions. */
export function damaged(bytes: Uint8Array, stream: Random): Uint8Array<ArrayBuffer> {
  let result = new Uint8Array(bytes);
  times(1, 4, stream, () => {
    result = one(damages, stream)(result, stream);
  });
  return result;
}

/** Most of what tells how to read a file stands at its ends. */
function place(bytes: Uint8Array, stream: Random): number {
  if (bytes.length === 0) return 0;
  const near = Math.min(bytes.length, 64);
  if (chance(0.35, stream)) return stream.integer(near);
  if (chance(0.3, stream)) return bytes.length - 1 - stream.integer(near);
  return stream.integer(bytes.length);
}

type Damage = (bytes: Uint8Array<ArrayBuffer>, stream: Random) => Uint8Array<ArrayBuffer>;

const damages: readonly Damage[] = [
  function flipBit(bytes, stream) {
    bytes[place(bytes, stream)]! ^= 1 << stream.integer(8);
    return bytes;
  },
  function replaceByte(bytes, stream) {
    bytes[place(bytes, stream)] = chance(0.5, stream) ? stream.integer(256) : one([0, 1, 127, 128, 254, 255], stream);
    return bytes;
  },
  function replaceNumber(bytes, stream) {
    const width = one([2, 4, 8], stream);
    if (bytes.length < width) return bytes;
    const at = Math.min(place(bytes, stream), bytes.length - width);
    const value = BigInt.asUintN(8 * width, BigInt(one(nastySizes, stream)) * (chance(0.3, stream) ? -1n : 1n));
    const little = chance(0.6, stream);
    for (let i = 0; i < width; i++)
      bytes[at + (little ? i : width - 1 - i)] = Number(BigInt.asUintN(8, value >> BigInt(8 * i)));
    return bytes;
  },
  function cutEnd(bytes, stream) {
    return bytes.slice(0, place(bytes, stream));
  },
  function cutPiece(bytes, stream) {
    const at = place(bytes, stream);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + stream.integer(20)));
  },
  function copyPiece(bytes, stream) {
    const [from, at, length] = [place(bytes, stream), place(bytes, stream), 1 + stream.integer(64)];
    const rest = at + stream.integer(2) * length;
    return joined(bytes.subarray(0, at), bytes.subarray(from, from + length), bytes.subarray(rest));
  },
  function insert(bytes, stream) {
    const at = place(bytes, stream);
    const piece = Uint8Array.from({ length: 1 + stream.integer(16) }, () => stream.integer(256));
    return joined(bytes.subarray(0, at), piece, bytes.subarray(at));
  },
  function append(bytes, stream) {
    const piece = new Uint8Array(one([1, 7, 64, 4096], stream)).fill(one([0, 10, 32, 255], stream));
    return joined(bytes, piece);
  },
];

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

/** Numbers one behind the other: `[width in bytes, value]`, little-endian unless told. */
export function packed(
  fields: readonly (readonly [number, number | bigint])[],
  little = true,
): Uint8Array<ArrayBuffer> {
  const length = fields.reduce((sum, [width]) => sum + width, 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const [width, value] of fields) {
    const bits = BigInt.asUintN(8 * width, typeof value === "bigint" ? value : BigInt(Math.trunc(value)));
    for (let i = 0; i < width; i++)
      bytes[at + (little ? i : width - 1 - i)] = Number(BigInt.asUintN(8, bits >> BigInt(8 * i)));
    at += width;
  }
  return bytes;
}
