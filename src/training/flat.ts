import type { Parameter } from "../model/model.ts";
import { type Shape, sizeOf, type Tensor, tensor } from "../tensor/tensor.ts";

/**
 * Where each parameter lies in one flat array. Each starts on a 64-byte boundary; the gaps stay 0 under every
 * optimizer.
 */
export interface FlatLayout {
  /** Elements in all, gaps included. */
  readonly length: number;
  readonly entries: readonly FlatEntry[];
}

export interface FlatEntry {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
}

const ALIGNMENT = 16;

export function flatLayout(parameters: readonly Parameter[]): FlatLayout {
  let length = 0;
  const entries = parameters.map(({ name, initial }) => {
    const offset = length;
    length += Math.ceil(sizeOf(initial.shape) / ALIGNMENT) * ALIGNMENT;
    return { name, shape: initial.shape, offset };
  });
  return { length, entries };
}

/** One parameter as a view of the flat array: writing the tensor writes the array. */
export function viewOf(flat: Float32Array, entry: FlatEntry): Tensor {
  return tensor("float32", entry.shape, flat.subarray(entry.offset, entry.offset + sizeOf(entry.shape)));
}

/** Every parameter's view under `prefix` + its name, as sessions bind them. */
export function viewsOf(flat: Float32Array, layout: FlatLayout, prefix = ""): Record<string, Tensor> {
  return Object.fromEntries(layout.entries.map((entry) => [prefix + entry.name, viewOf(flat, entry)]));
}

/** The initial values in one flat array. */
export function flatParameters(parameters: readonly Parameter[], layout: FlatLayout): Float32Array {
  const flat = new Float32Array(layout.length);
  parameters.forEach(({ initial }, i) => {
    flat.set(initial.data as Float32Array, layout.entries[i]!.offset);
  });
  return flat;
}

/** Slices of at most `size` elements that fill the array: an update of 2^18 elements stays in a core's cache. */
export function chunksOf(flat: Float32Array, size: number): Float32Array[] {
  const count = Math.ceil(flat.length / size);
  return Array.from({ length: count }, (_, i) => flat.subarray(i * size, Math.min((i + 1) * size, flat.length)));
}
