import type { Value } from "../graph/graph.ts";
import type { Builder } from "./builder.ts";
import type { Window } from "./convolution.ts";
import { sumExamples } from "./rows.ts";

/** dW of a convolution, [O, C/group, ...kernel], or [K, O, C/group, ...kernel] by group of examples. */
export function weightGradient(
  g: Builder,
  X: Value,
  W: Value,
  dY: Value,
  w: Window,
  group: number,
  groups?: number,
): Value {
  const [N, C] = X.shape as [number, number];
  const O = dY.shape[1]!;
  const steps = dY.shape.slice(2);
  const area = steps.reduce((product, size) => product * size, 1);
  const taps = w.kernel.reduce((product, size) => product * size, 1);
  const columns = g.reshape(unfold(g, g.pad(X, w.pads), w, steps, group), [N, group, (taps * C) / group, area]);
  const perExample = g.matMul(g.reshape(dY, [N, group, O / group, area]), g.transpose(columns, [0, 1, 3, 2]));
  const summed = sumExamples(g, perExample, groups);
  // The taps came outermost; the weight wants them innermost.
  const lead = groups === undefined ? [] : [groups];
  const split = g.reshape(summed, [...lead, O, taps, C / group]);
  const order = [...lead.map(() => 0), lead.length, lead.length + 2, lead.length + 1];
  return g.reshape(g.transpose(split, order), [...lead, ...W.shape]);
}

/**
 * What each kernel tap sees, [N, group, taps·C/group, ...positions], in row-major order of taps. One axis at a time from the last, so
 * that a k×k kernel costs k long and k short slices instead of k² of either.
 */
export function unfold(g: Builder, X: Value, w: Window, steps: readonly number[], group: number): Value {
  const [N, C, ...size] = X.shape as [number, number, ...number[]];
  let columns = g.reshape(X, [N, group, C / group, ...size]);
  for (let axis = w.kernel.length - 1; axis >= 0; axis--) {
    const stride = w.strides[axis]!;
    const length = (steps[axis]! - 1) * stride + 1;
    const taps = Array.from({ length: w.kernel[axis]! }, (_, tap) => {
      const start = tap * w.dilations[axis]!;
      return g.slice(columns, [axis + 3], [start], [start + length], [stride]);
    });
    columns = taps.length === 1 ? taps[0]! : g.concat(taps, 2);
  }
  return columns;
}
