import { float, int, ints } from "../../ops/op.ts";
import { normalizeAxis } from "../../tensor/broadcast.ts";
import { fromNumbers, sizeOf, toNumbers } from "../../tensor/tensor.ts";
import { attributesOf, type Rewrite, required, unsupported } from "./node.ts";

/**
 * Each axis cut to its size in the middle, or padded with zeros on both sides; the odd element is the last
 * (CenterCropPad-18).
 */
export const centerCropPad: Rewrite = (g, node) => {
  const [data, shape] = required(node, 2);
  if (!shape!.constant) throw unsupported(node, "a shape known when the graph is built", "a computed one");
  const { axes = [...data!.shape.keys()] } = attributesOf(node, { axes: ints() });
  const along: number[] = axes.map((axis: number) => normalizeAxis(axis, data!.shape.length));
  const target = [...data!.shape];
  for (const [i, size] of toNumbers(shape!.constant).entries()) target[along[i]!] = size;
  const cropped = along.filter((axis) => target[axis]! < data!.shape[axis]!);
  const starts = cropped.map((axis) => Math.floor((data!.shape[axis]! - target[axis]!) / 2));
  const ends = cropped.map((axis, i) => starts[i]! + target[axis]!);
  const ones = cropped.map(() => 1);
  const inside = g.slice(data!, cropped, starts, ends, ones);
  const missing = inside.shape.map((size, axis) => target[axis]! - size);
  return [g.padAll(inside, [...missing.map((n) => Math.floor(n / 2)), ...missing.map((n) => Math.ceil(n / 2))])];
};

/** The first `length` elements of each example backwards, the others as they are (ReverseSequence-10). */
export const reverseSequence: Rewrite = (g, node) => {
  const [input, lengths] = required(node, 2);
  const { batch_axis, time_axis } = attributesOf(node, { batch_axis: int(1), time_axis: int(0) });
  if (!lengths!.constant) throw unsupported(node, "sequence_lens known when the graph is built", "computed ones");
  const own = toNumbers(lengths!.constant);
  const [T, rank] = [input!.shape[time_axis]!, input!.shape.length];
  const from = (time: number, length: number) => (time < length ? length - 1 - time : time);
  if (own.every((length) => length === own[0])) {
    const order = Array.from({ length: T }, (_, time) => from(time, own[0] ?? 0));
    return [g.gather(input!, g.constant(fromNumbers("int64", [T], order), "backwards"), time_axis)];
  }
  const shape = Array.from({ length: rank }, (_, axis) =>
    axis === time_axis || axis === batch_axis ? input!.shape[axis]! : 1,
  );
  const step = (axis: number) => sizeOf(shape.slice(axis + 1));
  const order = Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const [time, example] = [time_axis, batch_axis].map((axis) => Math.floor(flat / step(axis)) % shape[axis]!);
    return from(time!, own[example!]!);
  });
  const places = g.expand(g.constant(fromNumbers("int64", shape, order), "backwards"), input!.shape);
  return [g.gatherElements(input!, places, time_axis)];
};

/** x + bias below −lambd, x − bias above lambd, 0 between (Shrink-9). */
export const shrink: Rewrite = (g, node) => {
  const [input] = required(node, 1);
  const { bias, lambd } = attributesOf(node, { bias: float(0), lambd: float(0.5) });
  const above = g.where(g.greater(input!, lambd), g.sub(input!, bias), 0);
  return [g.where(g.less(input!, -lambd), g.add(input!, bias), above)];
};
