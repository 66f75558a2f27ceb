import type { Dataset } from "../data/dataset.ts";
import { defaultLoss, divisor, type Loss } from "../model/loss.ts";
import type { Mode, Model } from "../model/model.ts";
import type { Engine } from "../runtime/engine.ts";
import { type EngineScope, engineScope } from "../runtime/scope.ts";
import { is, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { TrainingState } from "../training/state.ts";
import { coordinateMeter } from "./coordinates.ts";
import {
  type GramPass,
  gramFrom,
  type LayerOf,
  layersOf,
  type MeasuredGram,
  newPart,
  type Part,
  partFrom,
  savedPart,
} from "./gramParts.ts";
import { type ColumnRange, type ProductsOf, planPasses } from "./gramPlan.ts";
import { onePass } from "./onePass.ts";
import { type ArraysOf, type ResumableArray, type ResumableParts, resumableRows } from "./resumableRows.ts";
import { newRowBlocks, type RowBlocks, scaledBlocks } from "./rowBlocks.ts";
import { type RowMaker, type RowSource, rowsInBlocks, rowsOneByOne, type TakeRow, type Watch } from "./rowMakers.ts";
import { chooseRowMethod, type RowMethod } from "./rowMethod.ts";

export interface GramOptions {
  /** K, the number of mini-batches. */
  readonly groups: number;
  /** Examples of each. */
  readonly batchSize: number;
  /** K · batchSize examples; mini-batch k is the k-th block. */
  readonly indices: Uint32Array;
  readonly mode: Mode;
  /** Default cross-entropy. */
  readonly loss?: Loss;
  readonly threads: number;
  /** Bytes that the measurement may hold beside the model, the data and the K × K products. */
  readonly memoryBudget: number;
  /** Default "auto": exact, unless that takes more than eight passes over the mini-batches. */
  readonly products?: ProductsOf;
  /** Of the sketch. Default 0. */
  readonly seed?: number;
  /** Also gives the Gram of each layer. Default false. */
  readonly byLayer?: boolean;
  /** Also gives what `signalOf` needs. Default false. */
  readonly coordinates?: boolean;
  /** Also gives the Gram of rows times these numbers, as they are when it is measured; in the layout of `state`. */
  readonly scale?: Float32Array | undefined;
  /** Also gives the rows at the coordinates that `coordinates` looks at, for `signNoiseScale`. Default false. */
  readonly signs?: boolean;
}

export interface GramWatch extends Watch {
  /** Takes each pass that is done, and the rows so far of one that the signal ends: none is computed again. */
  readonly resumable?: ResumableParts | undefined;
}

/** Measures the same mini-batches again and again, at whatever parameters `state` holds. */
export interface GramMeter {
  /**
   * "one pass" or "blocks of rows", or "batch by batch" where the model's groups cannot be followed or are too large
   * for a block.
   */
  readonly way: RowMethod["way"];
  /** Times that the mini-batches go through the network. */
  readonly passes: number;
  /** Sketches of the rows are compared, as they do not fit the budget. */
  readonly sketched: boolean;
  /** Ends with the signal's reason once it is aborted. */
  measure(watch?: GramWatch): Promise<MeasuredGram>;
  release(): void;
}

/**
 * Compiles the measurement of the Gram of K mini-batch gradients, each the mean over its own examples. Where a run over
 * all examples is small the rows live layer by layer only. Else blocks of rows fill a K × P matrix; where the budget
 * has no room for that the matrix holds a range of columns at a time, each filled by a pass of its own, or a sketch of
 * the rows.
 *
 * Throws `UsageError` for a budget that is too small.
 */
export async function gramMeter(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  options: GramOptions,
): Promise<GramMeter> {
  requireArguments(
    "gramMeter",
    { engine, model, state, data },
    { engine: is.engine, model: is.model, state: is.object, data: is.data },
  );
  requireOptions("gramMeter", options, {
    groups: is.whole(1),
    batchSize: is.whole(1),
    indices: is.indices,
    mode: is.text,
    loss: is.optional(is.loss),
    threads: is.whole(1),
    memoryBudget: is.above0,
    products: is.optional(is.text),
    seed: is.optional(is.seed),
    byLayer: is.optional(is.yesOrNo),
    coordinates: is.optional(is.yesOrNo),
    scale: is.optional(is.list),
    signs: is.optional(is.yesOrNo),
  });
  const sessions = engineScope(engine);
  try {
    return await openMeter({ engine: sessions, model, state, data, ...options });
  } catch (error) {
    sessions.release();
    throw error;
  }
}

type MeterSource = RowSource & GramOptions & { readonly engine: EngineScope };

async function openMeter(source: MeterSource): Promise<GramMeter> {
  const { model, ...options } = source;
  const method = chooseRowMethod(source, options.memoryBudget);
  const layerOf = layersOf(model, options.byLayer ?? false);
  if (method.way === "one pass") return meterOf(source, method.way, [await onePass(source, layerOf)], 0, false);
  const sizes = model.parameters.map(({ initial }) => sizeOf(initial.shape));
  const { groups, memoryBudget, products = "auto" } = options;
  const costs = { groups, sizes, runBytes: method.bytes, memoryBudget };
  const isSketch = (passes: readonly (readonly ColumnRange[])[]) =>
    passes.some((ranges) => ranges.some(({ from, to, width }) => width < to - from));
  const exact = planPasses(costs, products);
  // Rows are multiplied where they lie; of what is multiplied a sketch is a second one.
  const plan = options.scale && isSketch(exact) ? planPasses({ ...costs, copies: 2 }, "sketch") : exact;
  const passes = passesOver(source, layerOf, method, plan, options.seed ?? 0);
  return meterOf(source, method.way, passes, options.seed ?? 0, isSketch(plan));
}

function meterOf(
  source: MeterSource,
  way: RowMethod["way"],
  passes: readonly GramPass[],
  seed: number,
  sketched: boolean,
): GramMeter {
  return {
    way,
    sketched,
    passes: passes.length,
    async measure({ resumable, ...watch } = {}) {
      const parts: Part[] = [];
      for (const [i, pass] of passes.entries()) {
        const name = `pass-${i + 1}-of-${passes.length}`;
        const saved = resumable?.read(name);
        if (saved) watch.progress?.(source.indices.length);
        const rows = resumable && resumableRows(resumable, name);
        const part = saved ? partFrom(saved) : await pass.run(watch, rows);
        if (!saved) resumable?.write(name, savedPart(part));
        rows?.forget();
        // An engine keeps the memory of its largest run; the next pass needs it.
        if (passes.length > 1) pass.release();
        parts.push(part);
      }
      return gramFrom(parts, source, seed);
    },
    release: () => {
      for (const pass of passes) pass.release();
      source.engine.release();
    },
  };
}

/** All passes fill the same memory, one after the other. */
function passesOver(
  source: RowSource,
  layerOf: LayerOf,
  method: Exclude<RowMethod, { way: "one pass" }>,
  plan: readonly (readonly ColumnRange[])[],
  seed: number,
): GramPass[] {
  const { engine, groups, threads } = source;
  const widths = plan.map((columnRanges) => columnRanges.reduce((sum, { width }) => sum + width, 0));
  const { scale, state } = source;
  let pool: Float32Array | undefined;
  let scaledPool: Float32Array | undefined;
  return plan.map((columnRanges) =>
    passOver(source, layerOf, columnRanges, () => {
      pool ??= new Float32Array(groups * Math.max(...widths));
      const parameters = columnRanges.map(({ parameter }) => parameter);
      const maker =
        method.way === "blocks of rows"
          ? rowsInBlocks(source, parameters, method.perBlock)
          : rowsOneByOne(source, parameters, method.microBatch);
      const blocks = newRowBlocks(engine, columnRanges, groups, { threads, seed, pool });
      if (!scale || columnRanges.every(({ from, to, width }) => width === to - from)) return { maker, blocks };
      scaledPool ??= new Float32Array(pool.length);
      const scaled = newRowBlocks(engine, columnRanges, groups, { threads, seed, pool: scaledPool });
      return { maker, blocks, scaled: scaledBlocks(scaled, scale, state.layout) };
    }),
  );
}

interface Opened {
  readonly maker: RowMaker;
  readonly blocks: RowBlocks;
  /** Sketches of the rows times what `scale` holds. */
  readonly scaled?: RowBlocks | undefined;
}

function passOver(
  source: RowSource,
  layerOf: LayerOf,
  columnRanges: readonly ColumnRange[],
  open: () => Opened,
): GramPass {
  const { groups, batchSize, coordinates, signs, loss = defaultLoss } = source;
  let opened: Opened | undefined;
  return {
    async run(watch, resumable) {
      opened ??= open();
      const { maker, blocks, scaled } = opened;
      const part = newPart(groups, layerOf, columnRanges, blocks.squares);
      const seen = coordinates || signs ? coordinateMeter(source.model, columnRanges, source) : undefined;
      const take: TakeRow = (k, parameter, row) => {
        blocks.put(k, parameter, row);
        scaled?.put(k, parameter, row);
        seen?.addRow(k, parameter, row, divisor(loss, part.weights[k]!));
      };
      const arrays: ArraysOf = (rows) =>
        new Map<string, ResumableArray>([
          ["weights", part.weights],
          ...blocks.arrays(rows),
          ...[...(scaled?.arrays(rows) ?? [])].map(([name, values]) => [`scaled ${name}`, values] as const),
          ...(seen?.arrays() ?? []),
        ]);
      const formed = { rows: resumable?.read(arrays) ?? 0 };
      watch.progress?.(formed.rows * batchSize);
      try {
        await maker.form(take, part.weights, formed, watch);
      } catch (error) {
        if (watch.signal?.aborted && formed.rows > 0) resumable?.write(formed.rows, arrays);
        throw error;
      }
      await blocks.addProducts((parameter) => part.products.get(layerOf(parameter))!);
      const { scale, state } = source;
      const scaledProducts = scale && new Float64Array(groups * groups);
      if (scale && !scaled) blocks.multiply(scale, state.layout);
      if (scale) await (scaled ?? blocks).addProducts(() => scaledProducts!);
      const { coordinates: none } = part;
      return {
        ...part,
        scaled: scaledProducts,
        coordinates: coordinates && seen ? seen.sums() : none,
        signs: seen?.kept() ?? [],
      };
    },
    release() {
      opened?.maker.release();
      opened?.blocks.release();
      opened?.scaled?.release();
      opened = undefined;
    },
  };
}
