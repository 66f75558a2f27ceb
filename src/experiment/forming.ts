import { defaultLoss } from "../model/loss.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { gradientGraph, gramGraph, rowsGraph } from "../training/graphs.ts";
import { peakBytes } from "../training/rowGraphs.ts";
import type { RowSource } from "./rowMakers.ts";

/** How rows are formed, and the bytes that a run holds. */
export type Forming =
  | { readonly way: "one pass" }
  | { readonly way: "blocks of rows"; readonly perBlock: number; readonly bytes: number }
  | { readonly way: "batch by batch"; readonly microBatch: number; readonly bytes: number };

/** What one run holds fits a quarter of the budget, and no more than this: more at once is not faster. */
const LARGEST_RUN = 2 ** 29;

/** All at once where that is small, else as many mini-batches as are, else parts of one. */
export function chooseForming(source: RowSource, memoryBudget: number): Forming {
  const share = Math.min(LARGEST_RUN, memoryBudget / 4);
  try {
    return allAtOnce(source, memoryBudget) ?? blocks(source, share) ?? oneByOne(source, share);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return oneByOne(source, share);
  }
}

function allAtOnce(source: RowSource, memoryBudget: number): Forming | undefined {
  const { model, groups, indices, mode, loss = defaultLoss } = source;
  // Without an example's results the graph need not be built to know.
  const most = Math.min(LARGEST_RUN, memoryBudget);
  if (perRow(source) * groups > 4 * most) return undefined;
  return peakBytes(gramGraph(model, indices.length, groups, mode, loss)) <= most ? { way: "one pass" } : undefined;
}

function blocks(source: RowSource, share: number): Forming | undefined {
  const each = perRow(source);
  const perBlock = Math.min(source.groups, Math.floor(share / each));
  return perBlock > 0 ? { way: "blocks of rows", perBlock, bytes: perBlock * each } : undefined;
}

/** Bytes for one more mini-batch in a run. One alone has a graph of its own, in which nothing is kept apart. */
function perRow({ model, batchSize, mode, loss = defaultLoss }: RowSource): number {
  const [two, four] = [2, 4].map((count) => peakBytes(rowsGraph(model, count * batchSize, count, mode, loss)));
  return (four! - two!) / 2;
}

/** Batch normalisation in training mode needs the whole mini-batch. */
function oneByOne({ model, batchSize, mode, loss = defaultLoss }: RowSource, share: number): Forming {
  const bytes = (size: number) => peakBytes(gradientGraph(model, size, { accumulate: false, mode, loss }));
  let microBatch = batchSize;
  while (mode === "evaluation" && microBatch > 1 && bytes(microBatch) > share) microBatch = Math.ceil(microBatch / 2);
  return { way: "batch by batch", microBatch, bytes: bytes(microBatch) };
}
