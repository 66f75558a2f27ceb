import { defaultLoss } from "../model/loss.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { gradientGraph, gramGraph, rowsGraph } from "../training/graphs.ts";
import { peakBytes } from "../training/rowGraphs.ts";
import type { RowSource } from "./rowMakers.ts";

/** How rows are computed, and the bytes that a run holds. */
export type RowMethod =
  | { readonly way: "one pass" }
  | { readonly way: "blocks of rows"; readonly perBlock: number; readonly bytes: number }
  | { readonly way: "batch by batch"; readonly microBatch: number; readonly bytes: number };

/**
 * What a run over some mini-batches holds fits a quarter of the budget, and no more than this: LeNet's blocks take 1.4
 * times as long when they hold 128 MiB, which no cache does (bench/analyze.ts).
 */
const LARGEST_BLOCK = 2 ** 25;

/** A run over all of them keeps no rows, which pays for more. */
const LARGEST_RUN = 2 ** 27;

/** All at once where that is small, else as many mini-batches as are, else parts of one. */
export function chooseRowMethod(source: RowSource, memoryBudget: number): RowMethod {
  const share = Math.min(LARGEST_BLOCK, memoryBudget / 4);
  try {
    const each = perRow(source);
    return (
      allAtOnce(source, each, Math.min(LARGEST_RUN, memoryBudget)) ??
      blocks(source, each, share) ??
      oneByOne(source, share)
    );
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return oneByOne(source, share);
  }
}

function allAtOnce(source: RowSource, each: number, most: number): RowMethod | undefined {
  const { model, groups, indices, mode, loss = defaultLoss, coordinates, signs, scale } = source;
  // It holds less than all rows, but not so much less: the large graph need not be built.
  if (each * groups > 4 * most) return undefined;
  const graph = gramGraph(model, indices.length, groups, mode, loss, {
    coordinates: coordinates || signs || false,
    scaled: scale !== undefined,
  });
  return peakBytes(graph) <= most ? { way: "one pass" } : undefined;
}

function blocks({ groups }: RowSource, each: number, share: number): RowMethod | undefined {
  const perBlock = Math.min(groups, Math.floor(share / each));
  return perBlock > 0 ? { way: "blocks of rows", perBlock, bytes: perBlock * each } : undefined;
}

/** Bytes for one more mini-batch in a run. One alone has a graph of its own, in which nothing is kept apart. */
function perRow({ model, batchSize, mode, loss = defaultLoss }: RowSource): number {
  const [two, four] = [2, 4].map((count) => peakBytes(rowsGraph(model, count * batchSize, count, mode, loss)));
  return (four! - two!) / 2;
}

/**
 * Gradients of the parameters are there however few the examples, so that only what grows with those is held to the
 * share. Batch normalisation in training mode needs the whole mini-batch.
 */
function oneByOne({ model, batchSize, mode, loss = defaultLoss }: RowSource, share: number): RowMethod {
  const bytes = (size: number) => peakBytes(gradientGraph(model, size, { accumulate: false, mode, loss }));
  const fixed = bytes(1);
  let microBatch = batchSize;
  while (mode === "evaluation" && microBatch > 1 && bytes(microBatch) - fixed > share)
    microBatch = Math.ceil(microBatch / 2);
  return { way: "batch by batch", microBatch, bytes: bytes(microBatch) };
}
