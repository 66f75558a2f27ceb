import { type Dataset, newBatch } from "../../data/dataset.ts";
import { random } from "../../tensor/random.ts";

/** Numbers of a row that are compared with those of others. */
const NUMBERS = 60;

/** The array of numbers that a model reads; undefined of tokens. */
export const numbersOf = ({ inputs }: Dataset) => inputs.find(({ type }) => type === "float32");

/** Every example's numbers in one row. */
export async function inputRows(data: Dataset, name: string): Promise<Float64Array[]> {
  const batch = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    batch,
  );
  const values = batch[name]!.data as Float32Array;
  const width = values.length / data.size;
  return Array.from({ length: data.size }, (_, i) => Float64Array.from(values.subarray(i * width, (i + 1) * width)));
}

/** Wide rows on random directions, always the same; others as they are. */
export function projectionOf(width: number): (row: Float64Array) => Float64Array {
  if (width <= NUMBERS) return (row) => row;
  const source = random(0);
  const directions = Array.from({ length: NUMBERS }, () => Float64Array.from({ length: width }, () => source.normal()));
  return (row) => Float64Array.from(directions, (direction) => direction.reduce((sum, x, i) => sum + x * row[i]!, 0));
}
