import type { Value } from "../../graph/graph.ts";
import { apply, type Builder } from "../../ops/builder.ts";
import { type KernelWindow, kernelWindow, positions } from "../../ops/convolution.ts";
import { int, ints, string } from "../../ops/op.ts";
import { requireSmall, windowCounts } from "../../ops/pooling.ts";
import { fromNumbers } from "../../tensor/tensor.ts";
import { attributesOf, type ForeignNode, type Rewrite, required, unsupported } from "./node.ts";

const windowAttributes = {
  auto_pad: string("NOTSET"),
  ceil_mode: int(0),
  count_include_pad: int(0),
  dilations: ints(),
  kernel_shape: ints(),
  pads: ints(),
  strides: ints(),
};

/** A MaxPool over the whole image (GlobalMaxPool-1): as in PyTorch, the first of equal maxima gets the gradient. */
export const globalMaxPool: Rewrite = (g, node) => {
  const [X] = required(node, 1);
  return [g.maxPool(X!, { kernel_shape: X!.shape.slice(2) })];
};

/** Y = (Σ |X|^p)^(1/p) over the whole image (GlobalLpPool-2). The gradient where Y is 0 is 0. */
export const globalLpPool: Rewrite = (g, node) => {
  const [X] = required(node, 1);
  const { p } = attributesOf(node, { p: int(2) });
  return [root(g, g.reduceSum(power(g, X!, p), [...X!.shape.keys()].slice(2), true), p)];
};

/** Y = (Σ |X|^p)^(1/p) over each window (LpPool-18): an average times the number of elements. */
export const lpPool: Rewrite = (g, node) => {
  const [X] = required(node, 1);
  const { p, ...rest } = attributesOf(node, { ...windowAttributes, p: int(2) });
  const w = poolWindow(node, X!, rest);
  const size = X!.shape.slice(2);
  const ceil_mode: number = rest.ceil_mode;
  const steps = positions(node.op, size, w, ceil_mode === 1);
  const { kernel: kernel_shape, strides, dilations, pads } = w;
  const attributes = { kernel_shape, strides, dilations, pads, ceil_mode };
  const [mean] = apply(g.graph, "AveragePool", [power(g, X!, p)], attributes);
  const counts = fromNumbers(X!.type, [1, 1, ...steps], windowCounts(size, steps, w, false));
  return [root(g, g.mul(mean!, g.constant(counts, "windowCounts")), p)];
};

/**
 * ceil_mode, where a last window would start behind the data: PyTorch and ONNX Runtime leave it out, against the
 * formula of the specification. Without what no other window reads, of the padding and else of the data, all agree.
 */
export const ceilPool: Rewrite = (g, node) => {
  const [X] = required(node, 1);
  const a = attributesOf(node, windowAttributes);
  if (a.ceil_mode !== 1) return undefined;
  const w = poolWindow(node, X!, a);
  const size = X!.shape.slice(2);
  const unread = size.map((n, i) => unreadBehind(n, w, i));
  if (!unread.some((n) => n > 0)) return undefined;
  const { kernel: kernel_shape, strides, dilations } = w;
  const after = w.pads.slice(size.length);
  const cut = unread.map((n, i) => Math.max(0, n - after[i]!));
  const pads = [...w.pads.slice(0, size.length), ...after.map((n, i) => Math.max(0, n - unread[i]!))];
  const read = g.slice(
    X!,
    size.map((_, i) => i + 2),
    size.map(() => 0),
    size.map((n, i) => n - cut[i]!),
    size.map(() => 1),
  );
  const attributes = { kernel_shape, strides, dilations, pads, ceil_mode: 1 };
  if (node.op === "MaxPool") return apply(g.graph, "MaxPool", [read], attributes);
  return apply(g.graph, "AveragePool", [read], { ...attributes, count_include_pad: a.count_include_pad });
};

/** How much of an axis is left over where rounding up would add a window that starts behind the data; else 0. */
function unreadBehind(size: number, w: KernelWindow, axis: number): number {
  const [before, after] = [w.pads[axis]!, w.pads[axis + w.kernel.length]!];
  const span = size + before + after - w.dilations[axis]! * (w.kernel[axis]! - 1) - 1;
  const over = span % w.strides[axis]!;
  return over > 0 && span - over + w.strides[axis]! >= size + before ? over : 0;
}

function poolWindow(node: ForeignNode, X: Value, a: { kernel_shape?: readonly number[] }): KernelWindow {
  if (!a.kernel_shape) throw unsupported(node, "kernel_shape", "none");
  return requireSmall(node.op, kernelWindow(node.op, X.shape.slice(2), a.kernel_shape, a));
}

function power(g: Builder, X: Value, p: number): Value {
  if (p === 2) return g.mul(X, X);
  return p === 1 ? g.abs(X) : g.pow(g.abs(X), p);
}

/** sum^(1/p), with gradient 0 at 0: the root is taken of 1 there, so that no infinite slope meets the zero. */
function root(g: Builder, sum: Value, p: number): Value {
  if (p === 1) return sum;
  const zero = g.equal(sum, 0);
  const safe = g.where(zero, 1, sum);
  return g.where(zero, 0, p === 2 ? g.sqrt(safe) : g.pow(safe, 1 / p));
}
