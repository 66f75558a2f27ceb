import { join } from "node:path";
import { writeAtomically } from "./document.ts";
import { seal, sealOf } from "./seal.ts";

export const AVERAGE_FILE = "averaged.safetensors";

/**
 * Writes `averaged.safetensors` with its checksum, whole or not at all. Gives the checksum, for the summary: from there
 * it is known that the file has one, should it be lost.
 */
export function saveAverage(run: { readonly path: string }, bytes: Uint8Array): string {
  const pieces = seal(bytes, { batchscope: '{"averaged":true}' });
  writeAtomically(join(run.path, AVERAGE_FILE), pieces);
  return sealOf(pieces[0])!;
}
