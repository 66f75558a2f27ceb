import { readBytes, readTensors } from "../data/files/files.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { requireWholeWeights } from "../store/average.ts";
import type { Weights } from "../training/openModel.ts";

/**
 * Weights to start from: a checkpoint or an average of ours, which must be what was written, or a file of others.
 * Throws `DataError` for a damaged one, and as `readTensors` does.
 */
export async function readWeights(file: string): Promise<Weights> {
  if (!file.endsWith(".safetensors")) return { file, tensors: await readTensors(file) };
  const bytes = await readBytes(file);
  requireWholeWeights(bytes, file);
  return { file, tensors: decodeSafetensors(bytes, file).tensors };
}
