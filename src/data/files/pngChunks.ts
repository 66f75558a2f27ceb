import { DataError } from "../../tensor/errors.ts";
import { crc32 } from "./compression.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];

/** Whether bytes are meant as PNG. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * Throws `DataError`, naming `file`, where a chunk of a PNG is cut or is not that of its check sum (PNG, §5.3):
 * decoders look at no check sum of a chunk that they could do without, as a colour profile, and yet use it.
 */
export function checkPngChunks(bytes: Uint8Array, file: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; ; ) {
    const end = at + 12 <= bytes.length ? at + 12 + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw damaged(file, `${bytes.length} bytes, which end before the image`);
    const sum = crc32(bytes.subarray(at + 4, end - 4));
    if (sum !== view.getUint32(end - 4)) throw damaged(file, `a chunk of another CRC-32 at byte ${at}`);
    // IEND
    if (view.getUint32(at + 4) === 0x49454e44) return;
    at = end;
  }
}

function damaged(file: string, got: string): DataError {
  return new DataError(`${file}: expected an image, got: ${got}; save it again or remove it`);
}
