import type { Value } from "../graph/graph.ts";
import { equalShapes, normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, discrete, int, type Op, sameType, string } from "./op.ts";
import { rowsAlong, staysInRow } from "./rows.ts";

/** Copies of data with updates written, added or compared at indices: the adjoints of the Gathers. */

const reductions = ["none", "add", "mul", "max", "min"];

function requireReduction(op: string, reduction: string): void {
  if (!reductions.includes(reduction))
    throw new ShapeError(
      `${op}: expected reduction ${reductions.join(", ")}, got ${reduction}; export the model again`,
    );
}

/** How an operator reads at its indices, and how it writes there. */
interface Places {
  gather(data: Value): Value;
  scatter(data: Value, updates: Value, reduction: "none" | "add" | "mul"): Value;
}

interface ScatterIo {
  readonly data: Value;
  readonly updates: Value;
  readonly output: Value;
  readonly doutput: Value;
}

/**
 *   none      ddata = dY, with 0 where an update was written   dupdates = dY there   (indices without repetition)
 *   add       ddata = dY                                       dupdates = dY there
 *   mul       see `productGradient`
 *   max, min  an element of Y shares its dY evenly among the data and the updates that equal it, as PyTorch's
 *             scatter_reduce does
 */
function scatterGradient(g: Builder, reduction: string, io: ScatterIo, places: Places) {
  const { data, updates, output, doutput } = io;
  if (reduction === "add") return { data: doutput, indices: discrete, updates: places.gather(doutput) };
  if (reduction === "none") {
    const erased = places.scatter(doutput, g.zeros(updates.type, updates.shape), "none");
    return { data: erased, indices: discrete, updates: places.gather(doutput) };
  }
  if (reduction === "mul") return { indices: discrete, ...productGradient(g, io, places) };
  const keptData = g.cast(g.equal(data, output), doutput.type);
  const keptUpdates = g.cast(g.equal(updates, places.gather(output)), doutput.type);
  const share = g.div(doutput, places.scatter(keptData, keptUpdates, "add"));
  return { data: g.mul(keptData, share), indices: discrete, updates: g.mul(keptUpdates, places.gather(share)) };
}

/**
 * Y = data · Π u over the updates u of an element: ddata = dY · Π u and du = dY · data · Π of the other updates.
 * Divided out of the product of those that are not 0, so that repeated indices need no order:
 *
 *   no other is 0     Π (u not 0) / u
 *   one other is 0    itself times that, which is 0 but has a gradient of its own
 *   more are 0        0
 *
 * Right where updates are 0 too, as PyTorch's scatter_reduce with prod, and so is its own gradient; a third one there
 * is not.
 */
function productGradient(g: Builder, { data, updates, doutput }: ScatterIo, { gather, scatter }: Places) {
  const zero = g.equal(updates, 0);
  const isZero = g.cast(zero, updates.type);
  const filled = g.where(zero, 1, updates);
  const sums = g.zeros(data.type, data.shape);
  const ones = g.expand(g.fill(data, 1), data.shape);
  const otherZeros = g.sub(gather(scatter(sums, isZero, "add")), isZero);
  const zeros = g.where(zero, updates, 0);
  const theZero = g.sub(gather(scatter(sums, zeros, "add")), zeros);
  const factor = g.where(g.equal(otherZeros, 0), 1, g.where(g.equal(otherZeros, 1), theZero, 0));
  const others = g.mul(g.div(gather(scatter(ones, filled, "mul")), filled), factor);
  return {
    data: g.mul(doutput, scatter(ones, updates, "mul")),
    updates: g.mul(gather(g.mul(doutput, data)), others),
  };
}

/** Y = data, but Y[i][indices[i][j]] takes updates[i][j] for axis 1: the adjoint of GatherElements. */
export const scatterElements: Op = defineOp({
  type: "ScatterElements",
  inputs: ["data", "indices", "updates"],
  outputs: ["output"],
  attributes: { axis: int(0), reduction: string("none") },
  doc: 'ScatterElements-18 with reduction "none" (indices without repetition), "add", "mul", "max" and "min".',
  shape({ data, indices, updates }, { axis, reduction }) {
    requireReduction("ScatterElements", reduction);
    normalizeAxis(axis, data.shape.length);
    if (!equalShapes(indices.shape, updates.shape) || indices.shape.length !== data.shape.length)
      throw new ShapeError(
        `ScatterElements: expected indices and updates of one shape and data's rank, got ${show(data)}, ${show(indices)} and ${show(updates)}; reshape one`,
      );
    return { output: { type: sameType("ScatterElements", data, updates), shape: data.shape } };
  },
  gradient: (g, { indices, ...io }, { axis, reduction }) =>
    scatterGradient(g, reduction, io, {
      gather: (data) => g.gatherElements(data, indices, axis),
      scatter: (data, updates, how) => g.scatterElements(data, indices, updates, { axis, reduction: how }),
    }),
  rows: rowsAlong(({ axis }: { axis: number }) => [axis]),
});

/**
 * Y = data, but the slice that each index vector names takes its update: the adjoint of GatherND.
 *
 *   data [...d]    indices [...i, depth]    updates [...i, ...d behind its first `depth` axes]
 */
export const scatterND: Op = defineOp({
  type: "ScatterND",
  inputs: ["data", "indices", "updates"],
  outputs: ["output"],
  attributes: { reduction: string("none") },
  doc: 'ScatterND-18 with reduction "none" (index vectors without repetition), "add", "mul", "max" and "min". Rows in one pass where known indices stay in their own row.',
  shape({ data, indices, updates }, { reduction }) {
    requireReduction("ScatterND", reduction);
    const depth = indices.shape.at(-1) ?? 0;
    const expected = [...indices.shape.slice(0, -1), ...data.shape.slice(depth)];
    if (depth < 1 || depth > data.shape.length || !equalShapes(updates.shape, expected))
      throw new ShapeError(
        `ScatterND: expected indices [..., 1 to ${data.shape.length}] and updates [${expected.join(", ")}] for ${show(data)}, got ${show(indices)} and ${show(updates)}; check the indices`,
      );
    return { output: { type: sameType("ScatterND", data, updates), shape: data.shape } };
  },
  gradient: (g, { indices, ...io }, { reduction }) =>
    scatterGradient(g, reduction, io, {
      gather: (data) => g.gatherND(data, indices),
      scatter: (data, updates, how) => g.scatterND(data, indices, updates, how),
    }),
  rows: { keepsGroups: ({ data, indices }) => staysInRow(indices, data.shape[0]!) },
});
