import { DataError } from "../../tensor/errors.ts";
import { crc32, inflateAll, inflated, readInParts } from "./compression.ts";
import { describe, type RandomAccess } from "./randomAccess.ts";
import type { ZipEntry } from "./zip.ts";

/**
 * The bytes of a member, whole. Throws `DataError`, naming file and member, where they are not what the archive says.
 */
export function readMember(file: RandomAccess, entry: ZipEntry): Uint8Array {
  const stored = new Uint8Array(entry.storedSize);
  file.read(stored, entry.offset);
  const bytes = entry.compression === "stored" ? stored : inflate(file, entry, stored);
  checkSum(file, entry, crc32(bytes));
  return bytes;
}

function inflate(file: RandomAccess, entry: ZipEntry, stored: Uint8Array): Uint8Array {
  try {
    return inflateAll(stored, entry.size);
  } catch (error) {
    throw notDeflated(file, entry, describe(error));
  }
}

/**
 * The bytes of a member, a part at a time. Throws as `readMember`, at the latest after the last part, and gives no more
 * than the archive says.
 */
export async function* memberParts(file: RandomAccess, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const place = { offset: entry.offset, length: entry.storedSize };
  const parts = entry.compression === "stored" ? readInParts(file, place) : inflated(file, place, "deflate");
  let [length, sum] = [0, 0];
  try {
    for await (const chunk of parts) {
      length += chunk.length;
      if (length > entry.size) throw new Error(`more than ${entry.size} bytes`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw notDeflated(file, entry, describe(error));
  }
  if (length !== entry.size) throw notDeflated(file, entry, `${length} bytes instead of ${entry.size}`);
  checkSum(file, entry, sum);
}

/** Reads a member for its check sum alone, which whoever reads it in part never sees. Throws as `readMember`. */
export async function checkMember(file: RandomAccess, entry: ZipEntry): Promise<void> {
  for await (const part of memberParts(file, entry)) if (part.length === 0) return;
}

function checkSum({ path }: RandomAccess, { name, crc32 }: ZipEntry, sum: number): void {
  const hexadecimal = (value: number) => value.toString(16).padStart(8, "0");
  if (sum !== crc32)
    throw new DataError(
      `${path}/${name}: expected bytes of the CRC-32 ${hexadecimal(crc32)}, as the archive says, got ${hexadecimal(sum)}; ` +
        "the file is damaged, copy or write it again",
    );
}

function notDeflated({ path }: RandomAccess, { name }: ZipEntry, got: string): DataError {
  return new DataError(`${path}/${name}: expected deflated data, got: ${got}; write the file again`);
}
