import type { Bound, Engine, Session } from "../runtime/engine.ts";
import { sizeOf, type Tensor, tensor, zeros } from "../tensor/tensor.ts";
import type { FlatLayout } from "../training/flat.ts";
import { blockGraph, blockName, productName } from "../training/rowGraphs.ts";
import type { ColumnRange } from "./gramPlan.ts";
import type { ResumableArray } from "./resumableRows.ts";
import { newSketch, type Sketch } from "./sketch.ts";

/** Columns that are multiplied at once, in float32; what they give is added up in float64. */
const WIDEST_BLOCK = 2 ** 18;

/** The rows of one pass, or their sketches, in blocks of columns, until their inner products are taken. */
export interface RowBlocks {
  /** Keeps what the pass needs of row k of a parameter. */
  put(k: number, parameter: number, row: Float32Array): void;
  /** Adds the inner products [K, K] of what is kept to those of each parameter's layer. */
  addProducts(of: (parameter: number) => Float64Array): Promise<void>;
  /** Multiplies the rows themselves by numbers in this layout. Not of sketches, which cannot be. */
  multiply(scale: Float32Array, layout: FlatLayout): void;
  /** The arrays themselves of the first rows, under names of their own. */
  arrays(rows: number): ReadonlyMap<string, ResumableArray>;
  /** ‖row_k‖² [K] of each parameter that is sketched. */
  readonly squares: ReadonlyMap<number, Float64Array>;
  release(): void;
}

/** `pool` has room for K numbers of all that the ranges keep. */
export function newRowBlocks(
  engine: Engine,
  columnRanges: readonly ColumnRange[],
  groups: number,
  options: { readonly threads: number; readonly seed: number; readonly pool: Float32Array },
): RowBlocks {
  let used = 0;
  const take = (width: number) => {
    used += groups * width;
    return options.pool.subarray(used - groups * width, used);
  };
  const parameters = new Map<number, ParameterRows>();
  for (const range of columnRanges) parameters.set(range.parameter, newParameterRows(range, take, options.seed));
  const sketched = [...parameters].filter(([, { sketch }]) => sketch);
  const squares = new Map(sketched.map(([parameter]) => [parameter, new Float64Array(groups)]));
  const multiply = multiplier(engine, groups, options.threads);
  return {
    squares,
    put(k, parameter, row) {
      const { range, sketch, scratch, blocks } = parameters.get(parameter)!;
      const numbers = sketch ? scratch : row.subarray(range.from, range.to);
      if (sketch) squares.get(parameter)![k] = sketch.fold(row, scratch);
      for (const { values, width, start } of blocks) values.set(numbers.subarray(start, start + width), k * width);
    },
    async addProducts(of) {
      for (const [parameter, { blocks, sketch }] of parameters) {
        const sum = of(parameter);
        for (const { values, width } of blocks) {
          const products = await multiply.run(values, width);
          // The length of a sketch is not that of the row, which is known.
          for (let i = 0; i < products.length; i++) if (!sketch || i % (groups + 1) !== 0) sum[i]! += products[i]!;
        }
        squares.get(parameter)?.forEach((square, k) => {
          sum[k * (groups + 1)]! += square;
        });
      }
    },
    multiply(scale, { entries }) {
      for (const [parameter, { range, blocks }] of parameters) {
        const first = entries[parameter]!.offset + range.from;
        for (const { values, width, start } of blocks)
          for (let i = 0; i < values.length; i++) values[i]! *= scale[first + start + (i % width)]!;
      }
    },
    arrays: (rows) =>
      new Map<string, ResumableArray>([
        ...[...parameters].flatMap(([parameter, { blocks }]) =>
          blocks.map(
            ({ values, width, start }) => [`rows:${parameter}:${start}`, values.subarray(0, rows * width)] as const,
          ),
        ),
        ...[...squares].map(([parameter, values]) => [`squares:${parameter}`, values] as const),
      ]),
    release: multiply.release,
  };
}

/** Takes the rows times `scale`, which is in this layout: where sketches of them are kept. */
export function scaledBlocks(blocks: RowBlocks, scale: Float32Array, { entries }: FlatLayout): RowBlocks {
  const product = new Float32Array(Math.max(...entries.map(({ shape }) => sizeOf(shape))));
  return {
    ...blocks,
    put(k, parameter, row) {
      const { offset } = entries[parameter]!;
      const scaled = product.subarray(0, row.length);
      for (let i = 0; i < row.length; i++) scaled[i] = row[i]! * scale[offset + i]!;
      blocks.put(k, parameter, scaled);
    },
  };
}

interface ColumnBlock {
  /** [K, width] */
  readonly values: Float32Array;
  readonly width: number;
  /** Its first column among those that are kept of the parameter. */
  readonly start: number;
}

interface ParameterRows {
  readonly range: ColumnRange;
  readonly sketch: Sketch | undefined;
  /** One row's sketch. */
  readonly scratch: Float32Array;
  readonly blocks: readonly ColumnBlock[];
}

function newParameterRows(range: ColumnRange, take: (width: number) => Float32Array, seed: number): ParameterRows {
  const { parameter, from, to, width } = range;
  const sketch = width < to - from ? newSketch(to - from, width, seed, parameter) : undefined;
  const blocks = Array.from({ length: Math.ceil(width / WIDEST_BLOCK) }, (_, i) => {
    const start = i * WIDEST_BLOCK;
    const columns = Math.min(WIDEST_BLOCK, width - start);
    return { values: take(columns), width: columns, start };
  });
  return { range, sketch, scratch: new Float32Array(sketch ? width : 0), blocks };
}

/** One session for each width of a block; the memory of its result is used again. */
function multiplier(engine: Engine, groups: number, threads: number) {
  const products = zeros("float32", [groups, groups]);
  const sessions = new Map<number, Session>();
  const bounds = new Map<Float32Array, Bound>();
  return {
    async run(values: Float32Array, width: number): Promise<Float32Array> {
      const session = sessions.get(width) ?? (await engine.load(blockGraph(groups, width), { threads }));
      sessions.set(width, session);
      const block: Tensor = tensor("float32", [groups, width], values);
      const bound = bounds.get(values) ?? session.bind({ [blockName]: block, [productName]: products });
      bounds.set(values, bound);
      await bound.run();
      return products.data as Float32Array;
    },
    release() {
      for (const session of sessions.values()) session.release();
    },
  };
}
