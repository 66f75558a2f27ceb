import { type Attributes, addNode, type Node, type Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { plainAttributes } from "../ops/op.ts";
import { elementwiseRows } from "../ops/rows.ts";
import { isOpName, ops } from "../ops/table.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { fromNumbers, type Shape, sizeOf, toNumbers } from "../tensor/tensor.ts";
import { type Arranged, type BatchAxis, isFront, type Layout } from "./layout.ts";

/** How operators are written when the examples' axis of their operands was moved to the front. */

type Rule = (layout: Layout, node: Node, place: BatchAxis) => readonly Arranged[] | undefined;

/**
 * The node's outputs with the examples in front, or `undefined` where the node is to be copied as it is: when its
 * operands have the examples there already and leave them, or when there is no rule.
 */
export function layoutRule(layout: Layout, node: Node): readonly Arranged[] | undefined {
  if (node.domain !== "" || !isOpName(node.op)) return undefined;
  const places = node.inputs.map((value) => value && layout.place(value)).filter((place) => place !== undefined);
  const moved = places.find((place) => !isFront(place));
  const [first] = places;
  if (first && node.op === "Transpose") return transpose(layout, node, first);
  if (first && rearranging.has(node.op)) return reshape(layout, node, first);
  if (!moved) return undefined;
  return ruleFor(node.op)?.(layout, node, moved);
}

function ruleFor(op: keyof typeof ops): Rule | undefined {
  if (ops[op].rows.keepsGroups === elementwiseRows.keepsGroups) return elementwise;
  return op.startsWith("Reduce") ? reduction : rules[op];
}

const rearranging: ReadonlySet<string> = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

/** The shape with the examples' axis in front. */
function frontShape(shape: Shape, axis: number): number[] {
  return [shape[axis]!, ...shape.toSpliced(axis, 1)];
}

/** Where axis i of a value lies when the examples' axis is in front. */
function frontAxis(i: number, axis: number): number {
  return i < axis ? i + 1 : i === axis ? 0 : i;
}

/** The node on operands with the examples in front. */
function emit(
  layout: Layout,
  node: Node,
  inputs: readonly (Value | undefined)[],
  place: BatchAxis,
  attributes: Attributes = node.attributes,
): Arranged[] {
  const outputs = node.outputs.map(({ type, shape }) => ({ type, shape: frontShape(shape, place.axis) }));
  return addNode(layout.g.graph, { ...node, inputs, attributes, outputs }).map((value) => ({ value, place }));
}

function integers(g: Builder, values: readonly number[]): Value {
  return g.constant(fromNumbers("int64", [values.length], values), "integers");
}

/** The examples' axis stays in front; the others take the order that they have in the result. */
const transpose: Rule = (layout, node, { axis, outer }) => {
  const [data] = node.inputs as [Value];
  const perm = plainAttributes(ops.Transpose, node.attributes).perm ?? [...data.shape.keys()].reverse();
  const place = { axis: perm.indexOf(axis), outer };
  if (isFront({ axis, outer }) && isFront(place)) return undefined;
  const others = perm.filter((i: number) => i !== axis).map((i: number) => frontAxis(i, axis));
  return [{ value: layout.g.transpose(layout.inFront(data), [0, ...others]), place }];
};

/**
 * The order of elements stays as it is in the source, so the examples stay behind equally many. Through [examples, all
 * in front of them, all behind them], which most often is no work.
 */
const reshape: Rule = (layout, node, { axis, outer }) => {
  const { g, examples } = layout;
  const [[data], [output]] = [node.inputs as [Value], node.outputs as [Value]];
  const lead = sizeOf(data.shape.slice(0, axis)) * outer;
  const place = find(output.shape, lead, examples);
  if (!place || (isFront({ axis, outer }) && isFront(place))) return undefined;
  const each = data.shape[axis]! / outer / examples;
  const before = sizeOf(data.shape.slice(0, axis));
  const rest = sizeOf(data.shape.slice(axis + 1));
  const apart = g.reshape(layout.inFront(data), [examples, outer, each, before, rest]);
  const ordered = g.reshape(exchange(g, apart, [0, 3, 1, 2, 4]), [examples, lead, each * rest]);
  const after = sizeOf(output.shape.slice(0, place.axis));
  const own = output.shape[place.axis]! / place.outer / examples;
  const tail = sizeOf(output.shape.slice(place.axis + 1));
  const back = exchange(g, g.reshape(ordered, [examples, after, place.outer, own, tail]), [0, 2, 3, 1, 4]);
  return [{ value: g.reshape(back, frontShape(output.shape, place.axis)), place }];
};

/** A Transpose, or nothing where only axes of 1 change places. */
function exchange(g: Builder, value: Value, perm: readonly number[]): Value {
  const long = perm.filter((axis) => value.shape[axis] !== 1);
  const shape = perm.map((axis) => value.shape[axis]!);
  return long.every((axis, i) => i === 0 || long[i - 1]! < axis) ? g.reshape(value, shape) : g.transpose(value, perm);
}

/** The axis of a shape that holds the examples when `lead` elements lie in front of each run of them. */
function find(shape: Shape, lead: number, examples: number): BatchAxis | undefined {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const outer = lead / sizeOf(shape.slice(0, axis));
    if (Number.isInteger(outer) && shape[axis]! % (outer * examples) === 0 && shape[axis] !== 0) return { axis, outer };
  }
  return undefined;
}

/** Operands that all examples share must have 1 on the examples' axis, or nothing; moving a 1 is a reshape. */
const elementwise: Rule = (layout, node, moved) => {
  const [output] = node.outputs as [Value];
  const rank = output.shape.length;
  const movedRank = node.inputs.find((value) => value && layout.place(value) === moved)!.shape.length;
  const place = { axis: moved.axis + rank - movedRank, outer: moved.outer };
  const inputs = node.inputs.map((value) => value && aligned(layout, value, rank, place));
  return inputs.some((value, i) => node.inputs[i] && !value) ? undefined : emit(layout, node, inputs, place);
};

/** An operand with the examples in front and the axes behind where broadcasting finds them. */
function aligned(layout: Layout, value: Value, rank: number, { axis, outer }: BatchAxis): Value | undefined {
  const { g } = layout;
  const missing = rank - value.shape.length;
  const own = layout.place(value);
  if (own) {
    if (own.axis + missing !== axis || own.outer !== outer) return undefined;
    const [rows, ...others] = frontShape(value.shape, own.axis) as [number, ...number[]];
    return g.reshape(layout.inFront(value), [rows, ...Array<number>(missing).fill(1), ...others]);
  }
  if (axis < missing) return layout.original(value);
  if (value.shape[axis - missing] !== 1) return undefined;
  const full = [...Array<number>(missing).fill(1), ...value.shape];
  return g.reshape(layout.original(value), frontShape(full, axis));
}

/** Operators that work along the axis in an attribute, which is not the examples'. */
const alongAxis: Rule = (layout, node, place) => {
  const [data, ...others] = node.inputs as [Value, ...(Value | undefined)[]];
  const plain = plainAttributes(ops[node.op as keyof typeof ops], node.attributes);
  const axis = normalizeAxis(plain.axis, data.shape.length);
  const alike = node.inputs.every((value) => value && samePlace(layout.place(value), place));
  const alone = others.every((value) => !value || value.constant) && node.op !== "Concat";
  if (axis === place.axis || !(alike || alone)) return undefined;
  const attributes: Attributes = { ...node.attributes, axis: { kind: "int", value: frontAxis(axis, place.axis) } };
  return emit(
    layout,
    node,
    node.inputs.map((value) => value && layout.inFront(value)),
    place,
    attributes,
  );
};

function samePlace(a: BatchAxis | undefined, b: BatchAxis): boolean {
  return a?.axis === b.axis && a.outer === b.outer;
}

/** Layer normalisation works on the axes from `axis` on, where its scale and bias lie too. */
const layerNormalization: Rule = (layout, node, place) => {
  const [X, ...parameters] = node.inputs as [Value, ...(Value | undefined)[]];
  const axis = normalizeAxis(plainAttributes(ops.LayerNormalization, node.attributes).axis, X.shape.length);
  if (axis <= place.axis || parameters.some((value) => value && layout.place(value))) return undefined;
  const attributes: Attributes = { ...node.attributes, axis: { kind: "int", value: axis } };
  const inputs = [layout.inFront(X), ...parameters.map((value) => value && layout.original(value))];
  return emit(layout, node, inputs, place, attributes);
};

/** Rows of A by one matrix B; or stacks of matrices of equal rank, in which the examples are on one axis in front. */
const matMul: Rule = (layout, node, place) => {
  const [A, B] = node.inputs as [Value, Value];
  const weight = !layout.place(B) && B.shape.length === 2 && place.axis < A.shape.length - 1;
  const stacks = A.shape.length === B.shape.length && place.axis < A.shape.length - 2;
  if (weight) return emit(layout, node, [layout.inFront(A), layout.original(B)], place);
  const alike = samePlace(layout.place(A), place) && samePlace(layout.place(B), place);
  return stacks && alike ? emit(layout, node, [layout.inFront(A), layout.inFront(B)], place) : undefined;
};

const gemm: Rule = (layout, node, place) => {
  const [A, B, C] = node.inputs as [Value, Value, Value | undefined];
  const { transA } = plainAttributes(ops.Gemm, node.attributes);
  const shared = !layout.place(B) && (!C || (!layout.place(C) && (C.shape.length < 2 || C.shape[0] === 1)));
  if (transA || place.axis !== 0 || !shared) return undefined;
  return emit(layout, node, [layout.inFront(A), layout.original(B), C && layout.original(C)], place);
};

/** Reductions over other axes than the examples'. */
const reduction: Rule = (layout, node, place) => {
  const [data, axes] = node.inputs as [Value, Value | undefined];
  const { keepdims } = plainAttributes(ops[node.op as keyof typeof ops], node.attributes);
  const along = axes?.constant && toNumbers(axes.constant).map((axis) => normalizeAxis(axis, data.shape.length));
  if (!along || along.length === 0 || along.includes(place.axis)) return undefined;
  const dropped = keepdims ? 0 : along.filter((axis) => axis < place.axis).length;
  const inFront = along.map((axis) => frontAxis(axis, place.axis));
  const inputs = [layout.inFront(data), integers(layout.g, inFront)];
  return emit(layout, node, inputs, { axis: place.axis - dropped, outer: place.outer });
};

/** Slices of a shared table; or by indices that all examples share, along another axis, which their axes replace. */
const gather: Rule = (layout, node, place) => {
  const [data, indices] = node.inputs as [Value, Value];
  const axis = normalizeAxis(plainAttributes(ops.Gather, node.attributes).axis, data.shape.length);
  if (!layout.place(data) && axis === 0)
    return emit(layout, node, [layout.original(data), layout.inFront(indices)], place);
  if (layout.place(indices) || axis === place.axis) return undefined;
  const added = axis < place.axis ? indices.shape.length - 1 : 0;
  const attributes: Attributes = { axis: { kind: "int", value: frontAxis(axis, place.axis) } };
  const inputs = [layout.inFront(data), layout.original(indices)];
  return emit(layout, node, inputs, { axis: place.axis + added, outer: place.outer }, attributes);
};

const slice: Rule = (layout, node, place) => {
  const [data, starts, ends, axes, steps] = node.inputs as [Value, Value, Value, Value?, Value?];
  if (axes && !axes.constant) return undefined;
  const given = axes?.constant ? toNumbers(axes.constant) : Array.from({ length: starts.shape[0]! }, (_, i) => i);
  const along = given.map((axis) => normalizeAxis(axis, data.shape.length));
  if (along.includes(place.axis)) return undefined;
  const inFront = along.map((axis) => frontAxis(axis, place.axis));
  const bounds = [starts, ends, integers(layout.g, inFront), steps].map((value) => value && layout.original(value));
  return emit(layout, node, [layout.inFront(data), ...bounds], place);
};

const expand: Rule = (layout, node, moved) => {
  const [[input], [output]] = [node.inputs as [Value], node.outputs as [Value]];
  const place = { axis: moved.axis + output.shape.length - input.shape.length, outer: moved.outer };
  const value = aligned(layout, input, output.shape.length, place);
  if (!value || input.shape[moved.axis] !== output.shape[place.axis]) return undefined;
  return emit(layout, node, [value, integers(layout.g, frontShape(output.shape, place.axis))], place);
};

const rules: Readonly<Record<string, Rule>> = {
  Concat: alongAxis,
  Expand: expand,
  Gather: gather,
  Gemm: gemm,
  LayerNormalization: layerNormalization,
  LogSoftmax: alongAxis,
  MatMul: matMul,
  Slice: slice,
  Softmax: alongAxis,
  Split: alongAxis,
  TopK: alongAxis,
};
