import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DataError } from "../tensor/errors.ts";

/**
 * A seal is a checksum inside the file that it covers: the SHA-256 of all the bytes of a .safetensors file, header and
 * position included, taken while its own 64 digits are "0". It stands first in the header's metadata, as `"sha256"`,
 * with what else the store has to say of a checkpoint.
 */

const BLANK = "0".repeat(64);
const START = `{"__metadata__":{`;
const SEAL = `${START}"sha256":"`;
const HEADER_LENGTH = 8;

/** What .safetensors allows a header to have. */
const MAXIMUM_HEADER = 100_000_000;

/** The note by which a file of ours is known wherever it lies, as it stands in the header. */
const OURS = `"batchscope":`;

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
 * The metadata of a sealed file whose bytes are those that were written. Throws `DataError`, naming `file`, for one
 * that was cut short or changed, and for one that has no seal.
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
  return metadataOf(bytes, file);
}

/**
 * Throws `DataError` for a file of ours that is not as it was written. Of ours is what says so in its metadata, bears a
 * seal, or lies where a run keeps its weights: what damage has taken from one of these signs the others still tell. A
 * file of others passes.
 */
export function requireWholeIfOurs(bytes: Uint8Array, file: string): void {
  if (sealOf(bytes) !== null || liesInRun(file) || split(bytes, file).json.includes(OURS)) openSeal(bytes, file);
}

function liesInRun(file: string): boolean {
  const folder = dirname(resolve(file));
  const run = basename(folder) === "checkpoints" ? dirname(folder) : folder;
  return existsSync(join(run, "run.json"));
}

function metadataOf(bytes: Uint8Array, file: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(split(bytes, file).json).__metadata__ ?? {};
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw notSafetensors(file);
  }
}

function split(bytes: Uint8Array, file: string): { json: string; data: Uint8Array } {
  const length =
    bytes.length < HEADER_LENGTH ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const end = HEADER_LENGTH + length;
  if (length > MAXIMUM_HEADER || end > bytes.length) throw notSafetensors(file);
  const json = new TextDecoder().decode(bytes.subarray(HEADER_LENGTH, end)).trimEnd();
  if (!json.startsWith("{")) throw notSafetensors(file);
  return { json, data: bytes.subarray(end) };
}

function notSafetensors(file: string): DataError {
  return new DataError(`${file}: expected the bytes of a .safetensors file, got others; write the file again`);
}
