import type { Value } from "../graph/graph.ts";
import { equalShapes, normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, show, sizeOf } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, float, int, type Op, requireFloat } from "./op.ts";
import { byGroup, sumExamples } from "./rows.ts";

/**
 * Y = Scale · (X − Mean) · InvStdDev + B over the axes from `axis` on; Ba et al. 2016, arXiv:1607.06450.
 *
 *   X [...rows, ...size]   Scale, B [...size]   Mean, InvStdDev [...rows, 1, …]   n = elements of size
 *   with c = X − Mean, s = InvStdDev = 1/√(Σc²/n + epsilon), h = dY·Scale:
 *     dX = s·h − s·Σh/n − c·s³·Σ(h·c)/n,   dScale = Σ dY·c·s,   dB = Σ dY, the last two over the rows
 *   what arrives at the second and third outputs adds dMean/n − c·s³·dInvStdDev/n
 *
 * Ask for all three outputs where it trains: the gradient reads them. Sums are products with vectors, which are faster
 * than ReduceSum (docs/benchmarks.md); one of them is the vector s, so that c·s is never formed.
 */
export const layerNormalization: Op = defineOp({
  type: "LayerNormalization",
  inputs: ["X", "Scale", "B?"],
  outputs: ["Y", "Mean?", "InvStdDev?"],
  attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) },
  doc: "LayerNormalization-17 with Scale and B of the normalised axes' shape.",
  shape({ X, Scale, B }, { axis }, outputs) {
    const at = normalizeAxis(axis, X.shape.length);
    const size = X.shape.slice(at);
    if (!equalShapes(Scale.shape, size) || (B && !equalShapes(B.shape, size)))
      throw new ShapeError(
        `LayerNormalization: expected Scale and B of shape [${size.join(", ")}] for X ${show(X)} and axis ${axis}, got ${[Scale, B].flatMap((value) => (value ? [show(value)] : [])).join(" and ")}; check the normalised axes`,
      );
    const Y = { type: requireFloat("LayerNormalization", X), shape: X.shape };
    const row = { type: X.type, shape: X.shape.map((length, i) => (i < at ? length : 1)) };
    return outputs > 1 ? { Y, Mean: row, InvStdDev: row } : { Y };
  },
  gradient(g, io, { axis, epsilon }) {
    const { X, Scale, B, dY } = io;
    const { n, c, inverse, rows } = centred(g, io, axis, epsilon);
    const dy = rows(dY);
    const product = g.mul(dy, c);
    const shares = g.div(g.reshape(Scale, [n, 1]), n);
    const plain = isOnes(Scale) ? dy : g.mul(dy, g.reshape(Scale, [n]));
    const cube = g.mul(inverse, g.mul(inverse, inverse));
    const ownSlope = g.matMul(product, shares);
    const slope = io.dInvStdDev ? g.add(ownSlope, g.div(rows(io.dInvStdDev), n)) : ownSlope;
    const ownShift = g.mul(g.matMul(dy, shares), inverse);
    const shift = io.dMean ? g.sub(ownShift, g.div(rows(io.dMean), n)) : ownShift;
    const dX = g.sub(g.sub(g.mul(plain, inverse), shift), g.mul(c, g.mul(cube, slope)));
    return {
      X: g.reshape(dX, X.shape),
      Scale: g.reshape(g.matMul(g.reshape(inverse, [1, sizeOf(inverse.shape)]), product), Scale.shape),
      B: B && dY,
    };
  },
  rows: {
    keepsGroups: ({ X, Scale, B }, { axis }, isGrouped) =>
      normalizeAxis(axis, X.shape.length) > 0 && !isGrouped(Scale) && !(B && isGrouped(B)),
    gradient(g, io, { axis, epsilon }, groups) {
      const { c, inverse, rows } = centred(g, io, axis, epsilon);
      const dy = rows(io.dY);
      const each = sizeOf(inverse.shape) / groups;
      const dScale = g.matMul(g.reshape(inverse, [groups, 1, each]), byGroup(g, g.mul(dy, c), groups));
      const size = [groups, ...io.Scale.shape];
      return {
        Scale: g.reshape(dScale, size),
        ...(io.B && { B: g.reshape(sumExamples(g, dy, groups), size) }),
      };
    },
  },
});

interface Io {
  readonly X: Value;
  readonly Mean?: Value;
  readonly InvStdDev?: Value;
}

/**
 * X as rows of the n elements that are normalised together, less their mean; and 1/√(variance + epsilon), [rows, 1].
 */
function centred(g: Builder, { X, Mean, InvStdDev }: Io, axis: number, epsilon: number) {
  const n = sizeOf(X.shape.slice(normalizeAxis(axis, X.shape.length)));
  const count = sizeOf(X.shape) / n;
  const rows = (value: Value) => g.reshape(value, [count, sizeOf(value.shape) / count]);
  const x = rows(X);
  if (Mean && InvStdDev) return { n, rows, c: g.sub(x, rows(Mean)), inverse: rows(InvStdDev) };
  const ones = g.constant(fromNumbers(X.type, [n, 1], Array(n).fill(1)), "ones");
  const mean = (value: Value) => g.div(g.matMul(value, ones), n);
  const c = g.sub(x, mean(x));
  return { n, rows, c, inverse: g.div(1, g.sqrt(g.add(mean(g.mul(c, c)), epsilon))) };
}

function isOnes({ constant }: Value): boolean {
  return constant?.data.every((element) => Number(element) === 1) ?? false;
}
