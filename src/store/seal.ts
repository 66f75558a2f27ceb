import { createHash } from "node:crypto";
import { DataError } from "../tensor/errors.ts";

/**
 * A seal is a checksum inside the file that it covers: the SHA-256 of all the bytes of a .safetensors file, header and position
 * included, taken while its own 64 digits are "0". It stands first in the header's metadata, as `"sha256"`, with what else the
 * store has to say of a checkpoint.
 */

const BLANK = "0".repeat(64);
const START = `{"__metadata__":{`;
const SEAL = `${START}"sha256":"`;
const HEADER_LENGTH = 8;

/** The file `bytes` with `notes` in its metadata and a seal, as two arrays to be written one after the other. */
export function seal(
  bytes: Uint8Array,
  notes: Readonly<Record<string, string>>,
): [header: Uint8Array, data: Uint8Array] {
  const { json, data } = split(bytes, "seal");
  const members = JSON.stringify({ sha256: BLANK, ...notes }).slice(1, -1);
  const rest = json.startsWith(START) ? json.slice(START.length) : json === "{}" ? "}}" : `},${json.slice(1)}`;
  const joined = new TextEncoder().encode(`${START}${members}${rest.startsWith("}") ? "" : ","}${rest}`);
  const header = new Uint8Array(HEADER_LENGTH + Math.ceil(joined.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - HEADER_LENGTH), true);
  header.set(joined, HEADER_LENGTH);
  const digest = createHash("sha256").update(header).update(data).digest("hex");
  header.set(new TextEncoder().encode(digest), HEADER_LENGTH + SEAL.length);
  return [header, data];
}

/** The digits of the seal that `seal` set, or of a file's. */
export function sealOf(bytes: Uint8Array): string | null {
  const start = HEADER_LENGTH + SEAL.length;
  const text = new TextDecoder("latin1").decode(bytes.subarray(HEADER_LENGTH, start + BLANK.length + 1));
  return text.startsWith(SEAL) && /^[0-9a-f]{64}"$/.test(text.slice(SEAL.length)) ? text.slice(SEAL.length, -1) : null;
}

/**
 * The metadata of a sealed file whose bytes are those that were written. Throws `DataError`, naming `file`, for one that was cut short
 * or changed, and for one that has no seal.
 */
export function openSeal(bytes: Uint8Array, file: string): Readonly<Record<string, string>> {
  const stated = sealOf(bytes);
  if (stated === null)
    throw new DataError(
      `${file}: expected a checksum in its header, got none; the file is damaged or not of this program`,
    );
  const start = HEADER_LENGTH + SEAL.length;
  const digest = createHash("sha256")
    .update(bytes.subarray(0, start))
    .update(BLANK)
    .update(bytes.subarray(start + BLANK.length))
    .digest("hex");
  if (digest !== stated)
    throw new DataError(
      `${file}: expected the checksum ${stated.slice(0, 8)}…, got ${digest.slice(0, 8)}…; the file is damaged, use another checkpoint`,
    );
  return JSON.parse(split(bytes, file).json).__metadata__;
}

function split(bytes: Uint8Array, file: string): { json: string; data: Uint8Array } {
  const length =
    bytes.length < HEADER_LENGTH ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const end = HEADER_LENGTH + length;
  const json = new TextDecoder().decode(bytes.subarray(HEADER_LENGTH, end)).trimEnd();
  if (!json.startsWith("{") || end > bytes.length)
    throw new DataError(`${file}: expected the bytes of a .safetensors file, got others; write the file again`);
  return { json, data: bytes.subarray(end) };
}
