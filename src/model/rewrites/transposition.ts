import { producerOf, type Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";
import { int, ints } from "../../ops/op.ts";
import { equalShapes, normalizeAxis } from "../../tensor/broadcast.ts";
import { sizeOf, toNumbers } from "../../tensor/tensor.ts";
import { attributesOf, type Rewrite, required } from "./node.ts";

/**
 * Exported recurrent networks transpose the examples to the second axis and back. These rewrites move every Transpose
 * behind what follows it until two meet and cancel, so that examples stay on the first axis, where rows can follow
 * them.
 */

interface Transposed {
  readonly source: Value;
  readonly perm: readonly number[];
}

/** What `value` is a transpose of, if it is one. */
function transposeOf(g: Builder, value: Value | undefined): Transposed | undefined {
  const node = value && producerOf(g.graph, value);
  const perm = node?.attributes.perm;
  return node?.op === "Transpose" && perm?.kind === "ints" ? { source: node.inputs[0]!, perm: perm.value } : undefined;
}

/** The transpose of a value that may be one itself: at most one Transpose in the end. */
export function transposed(g: Builder, value: Value, perm: readonly number[]): Value {
  const inner = transposeOf(g, value);
  if (!inner) return g.transpose(value, perm);
  return g.transpose(
    inner.source,
    perm.map((axis) => inner.perm[axis]!),
  );
}

export const transpose: Rewrite = (g, node) => {
  const [data] = required(node, 1);
  const { perm } = attributesOf(node, { perm: ints() });
  return perm && transposeOf(g, data) ? [transposed(g, data!, perm)] : undefined;
};

export const squeeze: Rewrite = (g, node) => {
  const [data, axes] = node.inputs;
  const inner = transposeOf(g, data);
  if (!inner || (axes && !axes.constant)) return undefined;
  const rank = inner.perm.length;
  const all = data!.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  const dropped = axes?.constant ? toNumbers(axes.constant).map((axis) => normalizeAxis(axis, rank)) : all;
  const gone = dropped.map((axis) => inner.perm[axis]!);
  const kept = inner.source.shape.filter((_, axis) => !gone.includes(axis));
  return [g.transpose(g.reshape(inner.source, kept), without(inner.perm, dropped))];
};

/** One index along an axis. */
export const gather: Rewrite = (g, node) => {
  const [data, indices] = required(node, 2);
  const inner = transposeOf(g, data);
  if (!inner || indices!.shape.length > 0) return undefined;
  const axis = normalizeAxis(attributesOf(node, { axis: int(0) }).axis, inner.perm.length);
  return [g.transpose(g.gather(inner.source, indices!, inner.perm[axis]!), without(inner.perm, [axis]))];
};

/** Axes that the Transpose left at the end, merged into one. */
export const reshape: Rewrite = (g, node) => {
  const [data, shape] = required(node, 2);
  const inner = transposeOf(g, data);
  if (!inner || !shape!.constant) return undefined;
  const wanted = toNumbers(shape!.constant);
  const kept = wanted.length - 1;
  const leading = data!.shape.slice(0, kept);
  const sizes = wanted.slice(0, kept).map((size, i) => (size === 0 ? data!.shape[i]! : size));
  const merged = sizeOf(data!.shape.slice(kept));
  const inPlace = inner.perm.every((axis, i) => i < kept || axis === i);
  if (!inPlace || !equalShapes(leading, sizes) || (wanted[kept] !== -1 && wanted[kept] !== merged)) return undefined;
  const source = g.reshape(inner.source, [...inner.source.shape.slice(0, kept), merged]);
  return [g.transpose(source, [...inner.perm.slice(0, kept), kept])];
};

/** Of transposes that are alike. */
export const concat: Rewrite = (g, node) => {
  const parts = node.inputs.map((value) => transposeOf(g, value));
  const [first] = parts;
  if (!first || !parts.every((part) => part && equalShapes(part.perm, first.perm))) return undefined;
  const axis = normalizeAxis(attributesOf(node, { axis: int(0) }).axis, first.perm.length);
  const whole = g.concat(
    parts.map((part) => part!.source),
    first.perm[axis]!,
  );
  return [g.transpose(whole, first.perm)];
};

/** The permutation of the axes that are left, numbered anew. */
function without(perm: readonly number[], dropped: readonly number[]): number[] {
  const left = perm.filter((_, i) => !dropped.includes(i));
  const order = left.toSorted((a, b) => a - b);
  return left.map((axis) => order.indexOf(axis));
}
