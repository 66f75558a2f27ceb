import { median } from "simple-statistics";
import { type Dataset, newBatch } from "../data/dataset.ts";
import { sizeOf } from "../tensor/tensor.ts";

/** Examples by which a column's usual values are told. */
const MOST_ROWS = 2000;
const BATCH = 250;

/**
 * How far a number of an example lies from the middle of its column, in robust standard deviations; NaN where a column
 * has no spread.
 */
export type Deviation = (column: number, value: number) => number;

/**
 * Of the first input, number by number: (value − median)/(1.4826 MAD), the modified z-score of Iglewicz and Hoaglin
 * (1993), over at most 2,000 examples spread evenly. Where half of a column is one value there is no such spread, and
 * nothing is unusual: counts of a rare event would all be.
 */
export async function deviationsOf(data: Dataset): Promise<Deviation> {
  const { name, shape } = data.inputs[0]!;
  const width = sizeOf(shape);
  const rows = Math.min(data.size, MOST_ROWS);
  const columns = Array.from({ length: width }, () => new Float64Array(rows));
  for (let start = 0; start < rows; start += BATCH) {
    const indices = Uint32Array.from({ length: Math.min(BATCH, rows - start) }, (_, i) =>
      Math.floor(((start + i) * data.size) / rows),
    );
    const batch = newBatch(data, indices.length);
    await data.read(indices, batch);
    const values = batch[name]!.data;
    for (const i of indices.keys())
      for (let d = 0; d < width; d++) columns[d]![start + i] = Number(values[i * width + d]);
  }
  const scales = columns.map((column) => {
    const middle = median([...column]);
    return { middle, spread: 1.4826 * median(Array.from(column, (value) => Math.abs(value - middle))) };
  });
  return (column, value) => {
    const { middle, spread } = scales[column]!;
    return spread > 0 ? (value - middle) / spread : Number.NaN;
  };
}
