import { type Dataset, newBatch } from "../data/dataset.ts";
import { hash } from "../data/duplicates.ts";
import type { Features } from "../statistics/outliers.ts";
import { sizeOf } from "../tensor/tensor.ts";

/** Numbers of an example that are compared; of longer ones a sketch. */
const WIDEST = 1024;
/** Numbers of all examples together. */
const MOST_NUMBERS = 2 ** 27;
/** Fewer numbers are compared bit for bit only. */
const NARROWEST = 64;
/** Of centred inputs: two pairs among the 70,000 digits of MNIST reach it. */
const NEAR = 0.99;
const BATCH = 250;

/** What examples look like to a model, for comparing them. */
export interface Inputs {
  /** [N × width], less the mean of each column. */
  readonly values: Float32Array;
  readonly width: number;
  /** The first example, itself included, whose inputs have the same bits. */
  readonly copyOf: Uint32Array;
}

/**
 * Reads all examples of one or more data sets with the same inputs, one after the other, each once. Examples of more
 * than 1,024 numbers (fewer where there are more than 131,072 examples) are sketched as by `sketchRows`. Equality is
 * always that of all bits.
 */
export async function readInputs(parts: readonly Dataset[]): Promise<Inputs> {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const full = parts[0]!.inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const width = Math.min(full, WIDEST, Math.max(NARROWEST, Math.floor(MOST_NUMBERS / size)));
  const [places, signs] = width < full ? sketchOf(full, width) : [null, null];
  const values = new Float32Array(size * width);
  const firsts = new Map<number, number>();
  const copyOf = new Uint32Array(size);
  let start = 0;
  for (const part of parts) {
    await forEachExample(part, (i, arrays) => {
      const example = start + i;
      const key = hash(
        arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
      );
      copyOf[example] = firsts.get(key) ?? example;
      if (copyOf[example] === example) firsts.set(key, example);
      let d = 0;
      for (const array of arrays)
        for (const value of array) {
          const at = example * width + (places ? places[d]! : d);
          values[at]! += Number(value) * (signs ? signs[d]! : 1);
          d++;
        }
    });
    start += part.size;
  }
  subtractMeans(values, width);
  return { values, width, copyOf };
}

type Numbers = Float32Array | BigInt64Array;

async function forEachExample(data: Dataset, see: (example: number, arrays: readonly Numbers[]) => void) {
  for (let start = 0; start < data.size; start += BATCH) {
    const indices = Uint32Array.from({ length: Math.min(BATCH, data.size - start) }, (_, i) => start + i);
    const batch = newBatch(data, indices.length);
    await data.read(indices, batch);
    for (const i of indices.keys())
      see(
        start + i,
        data.inputs.map(({ name, shape }) => {
          const length = sizeOf(shape);
          return (batch[name]!.data as Numbers).subarray(i * length, (i + 1) * length);
        }),
      );
  }
}

/**
 * Rows of at most `most` numbers. Of longer ones every number is added to, or subtracted from, one of `most` sums,
 * which keeps inner products in expectation, and squared distances within about √(2/most) (Charikar, Chen &
 * Farach-Colton 2002; Weinberger et al. 2009, arXiv 0902.2206).
 */
export function sketchRows(features: Features, most: number): Features {
  const { values, width } = features;
  if (width <= most) return features;
  const [places, signs] = sketchOf(width, most);
  const count = values.length / width;
  const sums = new Float32Array(count * most);
  for (let i = 0; i < count; i++)
    for (let d = 0; d < width; d++) sums[i * most + places[d]!]! += signs[d]! * values[i * width + d]!;
  return { values: sums, width: most };
}

/** A sum and a sign for each number, by a hash of its place: the same in every run. */
function sketchOf(length: number, width: number): [Uint32Array, Int8Array] {
  const mixed = Uint32Array.from({ length }, (_, d) => {
    let key = Math.imul(d + 1, 0x9e3779b1);
    key = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
    key = Math.imul(key ^ (key >>> 13), 0xc2b2ae35);
    return (key ^ (key >>> 16)) >>> 0;
  });
  return [mixed.map((key) => (key >>> 1) % width), Int8Array.from(mixed, (key) => (key & 1 ? 1 : -1))];
}

function subtractMeans(values: Float32Array, width: number): void {
  const mean = new Float64Array(width);
  const count = values.length / width;
  for (let i = 0; i < values.length; i++) mean[i % width]! += values[i]! / count;
  for (let i = 0; i < values.length; i++) values[i]! -= mean[i % width]!;
}

/**
 * The cosine from which examples are near duplicates; null for inputs so short that unlike examples often point the
 * same way.
 */
export function duplicateThreshold({ width }: Inputs): number | null {
  return width < NARROWEST ? null : NEAR;
}
