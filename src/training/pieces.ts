import { type Optimizer, oneGroup, type ParameterGroup } from "../optimizer/optimizer.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { FlatLayout } from "./flat.ts";

/** A slice of the flat arrays that one run of the update graph handles. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly group: ParameterGroup;
}

/**
 * The slices of an optimizer step, of at most `size` elements: each of one group; for a layer-wise optimizer each
 * exactly one parameter of any size. Frozen parameters are in none. Without groups that is the whole array, gaps
 * included, in as few pieces as possible.
 */
export function piecesOf(layout: FlatLayout, optimizer: Optimizer, size: number): Piece[] {
  const { layerWise = false } = optimizer;
  const runs = layerWise ? parametersOf(layout, optimizer) : runsOf(layout, optimizer);
  const moving = runs.filter(({ group }) => group.learningRateScale > 0);
  return layerWise ? moving : moving.flatMap((run) => cut(run, size));
}

function parametersOf({ entries }: FlatLayout, optimizer: Optimizer): Piece[] {
  return entries.map(({ offset, ...entry }) => ({
    start: offset,
    end: offset + sizeOf(entry.shape),
    group: optimizer.groupOf?.(entry) ?? oneGroup,
  }));
}

/** Neighbours of equal groups as one; the gap behind a parameter belongs to it. */
function runsOf({ entries, length }: FlatLayout, optimizer: Optimizer): Piece[] {
  const runs: Piece[] = [];
  for (const [i, entry] of entries.entries()) {
    const group = optimizer.groupOf?.(entry) ?? oneGroup;
    const end = entries[i + 1]?.offset ?? length;
    const last = runs.at(-1);
    if (last && groupKey(last.group) === groupKey(group)) runs[runs.length - 1] = { ...last, end };
    else runs.push({ start: entry.offset, end, group });
  }
  return runs;
}

/** Equal for groups that are treated alike. */
export function groupKey({ decays, learningRateScale }: ParameterGroup): string {
  return `${decays} ${learningRateScale}`;
}

function cut({ start, end, group }: Piece, size: number): Piece[] {
  const count = Math.ceil((end - start) / size);
  return Array.from({ length: count }, (_, i) => ({
    start: start + i * size,
    end: Math.min(start + (i + 1) * size, end),
    group,
  }));
}
