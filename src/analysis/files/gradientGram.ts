import type { SketchBound } from "../../store/schema.ts";
import { is, requireArguments } from "../../tensor/arguments.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { layerName } from "../gramParts.ts";
import type { GradientSource } from "./gradientSource.ts";
import { type Arrays, exactSums, type GramSums, type MultiplyBlock, sketchedSums } from "./gradientSums.ts";

/** Sums of a pass that is not over, and where it goes on. */
export interface GramSoFar {
  readonly part: number;
  readonly column: number;
  readonly arrays: Arrays;
}

export interface GradientGramOptions {
  readonly multiply: MultiplyBlock;
  /** Bytes for blocks of rows, for Grams of layers and for sketches: beside the K × K products of all. */
  readonly memoryBudget: number;
  /** Numbers that stand for a row; null for exact products. */
  readonly sketch: number | null;
  /** Of the sketch. */
  readonly seed: number;
  readonly from?: GramSoFar | undefined;
  /** Told after every block; where it gives true, `save` is called. */
  readonly progress?: ((done: number, total: number) => boolean) | undefined;
  /** Must not keep the arrays, which go on changing. */
  readonly save?: ((soFar: GramSoFar) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The Gram of gradients in files, and what was read with it. */
export interface GradientGram {
  /** [K, K] */
  readonly products: Float64Array;
  /** By the names of parameters up to the last dot; empty where there is one layer, or no room for more. */
  readonly layers: ReadonlyMap<string, Float64Array>;
  /** Layers whose products the budget had no room for. */
  readonly layersLeftOut: number;
  /** Null where products are exact, which they are too where a sketch would be no shorter than the rows. */
  readonly sketch: SketchBound | null;
}

/** Columns of a block: fewer are read too often, more gain nothing. */
const FEWEST_COLUMNS = 64;
const MOST_COLUMNS = 2 ** 16;

/**
 * The inner products of the rows of `source`, read once in blocks of columns that the budget holds; everything is
 * multiplied and added up in float64. With a sketch, squared lengths are exact and products are those of projections
 * (`newSketch`). Where `signal` interrupts, what is there is saved and the signal's reason thrown; `from` goes on
 * there. Throws `UsageError` for a budget without room for a block, and what `source.read` throws.
 */
export async function gramOfGradients(source: GradientSource, options: GradientGramOptions): Promise<GradientGram> {
  requireArguments(
    "gramOfGradients",
    { source },
    { source: is.objectOf("a source of gradients", { read: is.function, rows: is.number }) },
  );
  const plan = planOf(source, options);
  const { width, sums } = plan;
  const { from, signal } = options;
  const block = new Float64Array(source.rows * width);
  const total = columnsOf(source);
  let done = 0;
  for (const [part, { length }] of source.parts.entries())
    for (let column = 0; column < length; column += width) {
      // Blocks of a pass that goes on begin where it stopped, whatever their width is now.
      if (from && (part < from.part || (part === from.part && column < from.column))) {
        const next = part < from.part ? length : Math.min(from.column, length);
        done += next - column;
        column = next - width;
        continue;
      }
      if (signal?.aborted) options.save?.({ part, column, arrays: sums.arrays });
      signal?.throwIfAborted();
      const to = Math.min(length, column + width);
      source.read(part, column, to, block);
      await sums.add(block, to - column, part, done);
      done += to - column;
      if (options.progress?.(done, total))
        options.save?.({
          ...(to < length ? { part, column: to } : { part: part + 1, column: 0 }),
          arrays: sums.arrays,
        });
    }
  return { layersLeftOut: plan.layersLeftOut, ...(await sums.result()) };
}

function columnsOf({ parts }: GradientSource): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

interface Plan {
  /** Columns of a block. */
  readonly width: number;
  readonly sums: GramSums;
  readonly layersLeftOut: number;
}

function planOf(source: GradientSource, { memoryBudget, multiply, seed, from, ...options }: GradientGramOptions): Plan {
  const { rows, parts } = source;
  const sketch = options.sketch !== null && options.sketch < columnsOf(source) ? options.sketch : null;
  const names = parts.map(({ name }) => layerName(name));
  const layers = sketch === null && new Set(names).size > 1 ? new Set(names).size : 0;
  const room = 2 * layers * 8 * rows ** 2 <= memoryBudget;
  const held = 8 * rows * (sketch ?? (room ? layers * rows : 0));
  // A block, and the bytes that it is made from.
  const perColumn = 2 * 8 * rows;
  const width = Math.min(MOST_COLUMNS, Math.floor((memoryBudget - held) / perColumn));
  const longest = Math.max(...parts.map(({ length }) => length));
  if (width < Math.min(FEWEST_COLUMNS, longest)) {
    const needed = Math.ceil((held + perColumn * Math.min(FEWEST_COLUMNS, longest)) / 2 ** 20);
    throw new UsageError(
      `${option("memoryBudget")}: expected at least ${needed} MiB for ${rows} rows${sketch === null ? "" : ` and a sketch of ${sketch}`}, got ${Math.floor(memoryBudget / 2 ** 20)}; raise it`,
    );
  }
  const sums =
    sketch === null
      ? exactSums(rows, layers > 0 && room ? names : parts.map(() => ""), multiply, from?.arrays)
      : sketchedSums(rows, { dimensions: sketch, seed, multiply }, from?.arrays);
  return { width: Math.min(width, longest), sums, layersLeftOut: room ? 0 : layers };
}
