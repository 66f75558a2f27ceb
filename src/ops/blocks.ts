import type { Value } from "../graph/graph.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, discrete, int, type Op, string } from "./op.ts";
import { perExampleRows, rowsAlong } from "./rows.ts";
import { constantIntegers } from "./shape.ts";

/** Operators that cut, repeat and rearrange whole blocks of elements. */

/** Sizes along an axis: as given, or `count` equal ones of which the last takes what is left (Split-18). */
function splitSizes(size: number, split: Value | undefined, count: number): number[] {
  if (split) return constantIntegers("Split", "split", split);
  const equal = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.min(equal, size - i * equal));
}

/** Consecutive slices along one axis: dX is their gradients side by side. */
export const split: Op = defineOp({
  type: "Split",
  inputs: ["input", "split?"],
  outputs: ["outputs*"],
  attributes: { axis: int(0), num_outputs: int() },
  doc: "Split-18 with sizes known when the graph is built.",
  shape({ input, split }, { axis, num_outputs = 0 }, outputs) {
    const at = normalizeAxis(axis, input.shape.length);
    const sizes = splitSizes(input.shape[at]!, split, Math.min(num_outputs, outputs));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (
      total !== input.shape[at] ||
      sizes.length !== outputs ||
      num_outputs > outputs ||
      sizes.some((size) => size < 0)
    )
      throw new ShapeError(
        `Split: expected ${outputs} sizes that add up to axis ${at} of ${show(input)}, got [${sizes.join(", ")}]; check split and num_outputs`,
      );
    return {
      outputs: sizes.map((size) => ({ type: input.type, shape: input.shape.map((s, i) => (i === at ? size : s)) })),
    };
  },
  gradient: (g, { doutputs }, { axis }) => ({ input: g.concat(doutputs, axis), split: discrete }),
  rows: rowsAlong(({ axis }: { axis: number }) => [axis]),
});

/** The whole repeated `repeats` times along each axis: dX is the sum over the copies. */
export const tile: Op = defineOp({
  type: "Tile",
  inputs: ["input", "repeats"],
  outputs: ["output"],
  doc: "Tile-13 with repeats known when the graph is built.",
  shape({ input, repeats }) {
    const times = constantIntegers("Tile", "repeats", repeats);
    if (times.length !== input.shape.length || times.some((count) => count < 0))
      throw new ShapeError(
        `Tile: expected one count for each axis of ${show(input)}, got [${times.join(", ")}]; check repeats`,
      );
    return { output: { type: input.type, shape: input.shape.map((size, i) => size * times[i]!) } };
  },
  gradient(g, { input, repeats, doutput }) {
    const times = constantIntegers("Tile", "repeats", repeats);
    const copies = times.flatMap((count, i) => (count === 1 ? [input.shape[i]!] : [count, input.shape[i]!]));
    const axes = times.flatMap((count, i) => {
      const earlier = times.slice(0, i).filter((other) => other !== 1).length;
      return count === 1 ? [] : [i + earlier];
    });
    return { input: g.reduceSum(g.reshape(doutput, copies), axes), repeats: discrete };
  },
  rows: {
    keepsGroups: ({ input, repeats }, _a, isGrouped) =>
      !isGrouped(input) || constantIntegers("Tile", "repeats", repeats)[0] === 1,
  },
});

/** [N, C, H, W] and a blocksize that divides what it must. */
function requireImage(op: string, input: Value, fits: boolean, blocksize: number): void {
  if (input.shape.length === 4 && blocksize > 0 && fits) return;
  throw new ShapeError(
    `${op}: expected [N, C, H, W] that blocks of ${blocksize} divide, got ${show(input)}; check blocksize`,
  );
}

/**
 * [N, C·b², H, W] → [N, C, H·b, W·b]: each pixel's channels become a block of b × b pixels. In mode DCR a channel's
 * index is (row in block, column in block, C), in mode CRD, which PyTorch's PixelShuffle exports, (C, row, column).
 *
 *   dX: the blocks of dY back into channels; SpaceToDepth for DCR, a Transpose for CRD
 */
export const depthToSpace: Op = defineOp({
  type: "DepthToSpace",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { blocksize: int(1), mode: string("DCR") },
  doc: "DepthToSpace-13, both modes.",
  shape({ input }, { blocksize: b, mode }) {
    const [N = 0, C = 0, H = 0, W = 0] = input.shape;
    requireImage("DepthToSpace", input, C % (b * b) === 0, b);
    if (mode !== "DCR" && mode !== "CRD")
      throw new ShapeError(`DepthToSpace: expected mode DCR or CRD, got ${mode}; export the model again`);
    return { output: { type: input.type, shape: [N, C / (b * b), H * b, W * b] } };
  },
  gradient: (g, { input, doutput }, { blocksize: b, mode }) => ({
    input: mode === "DCR" ? g.spaceToDepth(doutput, b) : g.reshape(blocksToChannels(g, doutput, b), input.shape),
  }),
  rows: perExampleRows,
});

/** [N, C, H·b, W·b] → [N, C, b, b, H, W]. */
function blocksToChannels(g: Builder, value: Value, b: number): Value {
  const [N, C, H, W] = value.shape as [number, number, number, number];
  return g.transpose(g.reshape(value, [N, C, H / b, b, W / b, b]), [0, 1, 3, 5, 2, 4]);
}

/** [N, C, H·b, W·b] → [N, b²·C, H, W]: the inverse of DepthToSpace in mode DCR, and so is its gradient. */
export const spaceToDepth: Op = defineOp({
  type: "SpaceToDepth",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { blocksize: int(1) },
  doc: "SpaceToDepth-13.",
  shape({ input }, { blocksize: b }) {
    const [N = 0, C = 0, H = 0, W = 0] = input.shape;
    requireImage("SpaceToDepth", input, H % b === 0 && W % b === 0, b);
    return { output: { type: input.type, shape: [N, C * b * b, H / b, W / b] } };
  },
  gradient: (g, { doutput }, { blocksize }) => ({ input: g.depthToSpace(doutput, blocksize) }),
  rows: perExampleRows,
});
