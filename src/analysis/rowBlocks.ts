import type { Bound, Engine, Session } from "../runtime/engine.ts";
import { type Tensor, tensor, zeros } from "../tensor/tensor.ts";
import { bandGraph, bandName, productName } from "../training/rowGraphs.ts";
import type { Stretch } from "./gramPlan.ts";
import type { KeptArray } from "./resumableRows.ts";
import { newSketch, type Sketch } from "./sketch.ts";

/** Columns that are multiplied at once, in float32; what they give is added up in float64. */
const WIDEST_BAND = 2 ** 18;

/** The rows of one pass, or their sketches, until their inner products are taken. */
export interface Bands {
  /** Keeps what the pass needs of row k of a parameter. */
  put(k: number, parameter: number, row: Float32Array): void;
  /** Adds the inner products [K, K] of what is kept to those of each parameter's layer. */
  addProducts(of: (parameter: number) => Float64Array): Promise<void>;
  /** What is kept of the first rows, as the arrays themselves, under names of their own. */
  held(rows: number): ReadonlyMap<string, KeptArray>;
  /** ‖row_k‖² [K] of each parameter that is sketched. */
  readonly squares: ReadonlyMap<number, Float64Array>;
  release(): void;
}

/** `pool` has room for K numbers of all that the stretches keep. */
export function newBands(
  engine: Engine,
  stretches: readonly Stretch[],
  groups: number,
  options: { readonly threads: number; readonly seed: number; readonly pool: Float32Array },
): Bands {
  let used = 0;
  const take = (width: number) => {
    used += groups * width;
    return options.pool.subarray(used - groups * width, used);
  };
  const shelves = new Map<number, Shelf>();
  for (const stretch of stretches) shelves.set(stretch.parameter, shelfOf(stretch, take, options.seed));
  const sketched = [...shelves].filter(([, { sketch }]) => sketch);
  const squares = new Map(sketched.map(([parameter]) => [parameter, new Float64Array(groups)]));
  const multiply = multiplier(engine, groups, options.threads);
  return {
    squares,
    put(k, parameter, row) {
      const { stretch, sketch, scratch, bands } = shelves.get(parameter)!;
      const kept = sketch ? scratch : row.subarray(stretch.from, stretch.to);
      if (sketch) squares.get(parameter)![k] = sketch.fold(row, scratch);
      for (const { values, width, start } of bands) values.set(kept.subarray(start, start + width), k * width);
    },
    async addProducts(of) {
      for (const [parameter, { bands, sketch }] of shelves) {
        const sum = of(parameter);
        for (const { values, width } of bands) {
          const products = await multiply.run(values, width);
          // The length of a sketch is not that of the row, which is known.
          for (let i = 0; i < products.length; i++) if (!sketch || i % (groups + 1) !== 0) sum[i]! += products[i]!;
        }
        squares.get(parameter)?.forEach((square, k) => {
          sum[k * (groups + 1)]! += square;
        });
      }
    },
    held: (rows) =>
      new Map<string, KeptArray>([
        ...[...shelves].flatMap(([parameter, { bands }]) =>
          bands.map(
            ({ values, width, start }) => [`rows:${parameter}:${start}`, values.subarray(0, rows * width)] as const,
          ),
        ),
        ...[...squares].map(([parameter, values]) => [`squares:${parameter}`, values] as const),
      ]),
    release: multiply.release,
  };
}

interface Band {
  /** [K, width] */
  readonly values: Float32Array;
  readonly width: number;
  /** Its first column among those that are kept of the parameter. */
  readonly start: number;
}

interface Shelf {
  readonly stretch: Stretch;
  readonly sketch: Sketch | undefined;
  /** One row's sketch. */
  readonly scratch: Float32Array;
  readonly bands: readonly Band[];
}

function shelfOf(stretch: Stretch, take: (width: number) => Float32Array, seed: number): Shelf {
  const { parameter, from, to, kept } = stretch;
  const sketch = kept < to - from ? newSketch(to - from, kept, seed, parameter) : undefined;
  const bands = Array.from({ length: Math.ceil(kept / WIDEST_BAND) }, (_, i) => {
    const start = i * WIDEST_BAND;
    const width = Math.min(WIDEST_BAND, kept - start);
    return { values: take(width), width, start };
  });
  return { stretch, sketch, scratch: new Float32Array(sketch ? kept : 0), bands };
}

/** One session for each width of a band; the memory of its result is used again. */
function multiplier(engine: Engine, groups: number, threads: number) {
  const products = zeros("float32", [groups, groups]);
  const sessions = new Map<number, Session>();
  const bounds = new Map<Float32Array, Bound>();
  return {
    async run(values: Float32Array, width: number): Promise<Float32Array> {
      const session = sessions.get(width) ?? (await engine.load(bandGraph(groups, width), { threads }));
      sessions.set(width, session);
      const band: Tensor = tensor("float32", [groups, width], values);
      const bound = bounds.get(values) ?? session.bind({ [bandName]: band, [productName]: products });
      bounds.set(values, bound);
      await bound.run();
      return products.data as Float32Array;
    },
    release() {
      for (const session of sessions.values()) session.release();
    },
  };
}
