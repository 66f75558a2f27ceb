import type { SketchBound } from "../../store/schema.ts";
import { cosineErrorOf, newSketch } from "../sketch.ts";

/** X·Xᵀ [K, K] of a block X [K, width] in float64, for the first `width` · K numbers of it. */
export type MultiplyBlock = (block: Float64Array, rows: number, width: number) => Promise<Float64Array>;

export type Arrays = ReadonlyMap<string, Float64Array>;

/** What blocks of columns of K rows are added to. */
export interface GramSums {
  /** All that is remembered, by name. */
  readonly arrays: Arrays;
  /** `block` holds [K, width]; `done` columns came before. */
  add(block: Float64Array, width: number, part: number, done: number): Promise<void>;
  result(): Promise<{ products: Float64Array; layers: Arrays; sketch: SketchBound | null }>;
}

/** Products of each layer; `layerOf` names that of each part. One layer alone stands for all. */
export function exactSums(
  rows: number,
  layerOf: readonly string[],
  multiply: MultiplyBlock,
  before?: Arrays,
): GramSums {
  const arrays = before ?? new Map(layerOf.map((layer) => [layer, new Float64Array(rows ** 2)]));
  return {
    arrays,
    async add(block, width, part) {
      addTo(arrays.get(layerOf[part]!)!, await multiply(block, rows, width));
    },
    async result() {
      if (arrays.size === 1) return { products: [...arrays.values()][0]!, layers: new Map(), sketch: null };
      const products = new Float64Array(rows ** 2);
      for (const layer of arrays.values()) addTo(products, layer);
      return { products, layers: arrays, sketch: null };
    },
  };
}

interface SketchOptions {
  readonly dimensions: number;
  readonly seed: number;
  readonly multiply: MultiplyBlock;
}

/**
 * Sketches of the rows and their squared lengths. Every block has a map of its own, and the sum of maps of different
 * columns is one of all columns, with the same bound: two numbers still share a place with probability 1/dimensions at
 * most.
 */
export function sketchedSums(rows: number, { dimensions, seed, multiply }: SketchOptions, before?: Arrays): GramSums {
  const arrays =
    before ??
    new Map([["sketch", new Float64Array(rows * dimensions)] as const, ["squares", new Float64Array(rows)] as const]);
  const [sketches, squares] = [arrays.get("sketch")!, arrays.get("squares")!];
  const folded = new Float32Array(dimensions);
  return {
    arrays,
    async add(block, width, _part, done) {
      const sketch = newSketch(width, dimensions, seed, done);
      const row = new Float32Array(width);
      for (let k = 0; k < rows; k++) {
        const values = block.subarray(k * width, (k + 1) * width);
        row.set(values);
        sketch.fold(row, folded);
        addTo(sketches.subarray(k * dimensions, (k + 1) * dimensions), folded);
        let square = 0;
        for (let i = 0; i < width; i++) square += values[i]! * values[i]!;
        squares[k]! += square;
      }
    },
    async result() {
      const products = Float64Array.from(await multiply(sketches, rows, dimensions));
      squares.forEach((square, k) => {
        products[k * (rows + 1)] = square;
      });
      const cosineError = cosineErrorOf(squares, [{ squares, dimensions }]);
      return { products, layers: new Map(), sketch: { dimensions, seed, cosineError } };
    },
  };
}

function addTo(sum: Float64Array, values: Float64Array | Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}
