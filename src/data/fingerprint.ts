import { type Dataset, newBatch } from "./dataset.ts";

/** Contents up to this size are hashed whole. */
const WHOLE_BYTES = 2 ** 26;

/** Of larger data, so many examples spread evenly. */
const SAMPLED = 2048;

/** Examples read at a time. */
const BATCH = 64;

/**
 * 64 hex digits that tell whether data are the same: the SHA-256 of their sizes, names, types and classes, of all class
 * labels, and of the examples as a model reads them, normalised and without random versions. Of data larger than 64 MiB
 * only 2,048 examples are read, spread evenly, so a change between them is not seen.
 */
export async function fingerprint(data: Dataset): Promise<string> {
  const { size, classes, classNames, inputs, target, labels } = data;
  const about = JSON.stringify({ size, classes, classNames, inputs, target });
  const parts: Uint8Array[] = [new TextEncoder().encode(about), bytesOf(labels)];
  const example = Object.values(newBatch(data, 1)).reduce((sum, array) => sum + array.data.byteLength, 0);
  const count = size * example <= WHOLE_BYTES ? size : Math.min(size, SAMPLED);
  for (let start = 0; start < count; start += BATCH) {
    const length = Math.min(BATCH, count - start);
    const indices = Uint32Array.from({ length }, (_, i) => Math.floor(((start + i) * size) / count));
    const batch = newBatch(data, length);
    await data.read(indices, batch);
    // A chain of digests: the data are never in memory at once.
    for (const { data: values } of Object.values(batch)) parts.push(bytesOf(values));
    parts.splice(0, parts.length, await digest(parts));
  }
  return Array.from(await digest(parts), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function digest(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
