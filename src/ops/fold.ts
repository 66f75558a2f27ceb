import type { Attributes, Value } from "../graph/graph.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type ElementType, fromNumbers, isFloat, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { at, type Evaluator, fill, position } from "./evaluator.ts";
import { placeEvaluators } from "./foldPlaces.ts";
import { outputSpecifications, plainAttributes } from "./op.ts";
import { isOpName, type OpName, ops } from "./table.ts";

/**
 * Exported models compute shapes, axes and masks with ordinary operators. Where every input is known while the graph is
 * built (for those that read only shapes: always), so is the result, and the node is replaced by a constant. Works on
 * JavaScript numbers, exact below 2^53.
 */

/** Larger operands and results are left to the engine: folding is for shapes and masks, not for data. */
export const LARGEST_FOLDED = 2 ** 22;

/**
 * The node's outputs as constants, or `undefined` where they are not known or not worth knowing: of more than `limit`
 * elements, or integers beyond 2^53 that would have to be calculated with.
 */
export function fold(
  name: OpName,
  inputs: readonly (Value | undefined)[],
  attributes: Attributes,
  outputs = 1,
  limit = LARGEST_FOLDED,
): Tensor[] | undefined {
  const evaluate = evaluators[name];
  const byShape = shapeOnly.has(name);
  const known = byShape || inputs.every((input) => !input || (input.constant && sizeOf(input.shape) <= LARGEST_FOLDED));
  if (!evaluate || !known) return undefined;
  const op = ops[name];
  const plain = plainAttributes(op, attributes);
  const results = outputSpecifications(op, inputs, plain, outputs);
  if (results.some(({ shape }) => sizeOf(shape) > limit)) return undefined;
  const constants = byShape
    ? []
    : inputs.flatMap((input, i) => (input?.constant ? [{ tensor: input.constant, i }] : []));
  if (constants.some(({ tensor, i }) => !moves(name, i) && !keepsRange.has(name) && isBeyond(tensor))) return undefined;
  const operands = inputs.map((input, i) => ({
    shape: input?.shape ?? [],
    numbers: byShape ? [] : contents(input, moves(name, i)),
  }));
  const tensors = results.map(({ type, shape }, i) => {
    const earlier = results.slice(0, i).map((result) => result.shape);
    const numbers = evaluate(operands, { type, shape, earlier, attributes: plain });
    requireNumbers(name, type, numbers);
    return isFloat(type) || numbers.every((x) => isExact(x)) ? fromNumbers(type, shape, numbers) : undefined;
  });
  return tensors.every((one) => one !== undefined) ? tensors : undefined;
}

/** Operators that put elements elsewhere as they are, with the inputs that they take them from. */
const sources: Partial<Record<OpName, readonly number[]>> = {
  Compress: [0],
  Expand: [0],
  Flatten: [0],
  Gather: [0],
  GatherElements: [0],
  GatherND: [0],
  Identity: [0],
  OneHot: [2],
  Reshape: [0],
  Slice: [0],
  Split: [0],
  Squeeze: [0],
  Tile: [0],
  Transpose: [0],
  Trilu: [0],
  Unsqueeze: [0],
  Where: [1, 2],
};

/** "To the end" is a bound of 2^63 − 1; saturated, it is as good a bound, and no result that may be taken. */
const keepsRange: ReadonlySet<OpName> = new Set<OpName>(["Clip", "Expand", "Max", "Min", "Reshape", "Slice"]);

function moves(name: OpName, input: number): boolean {
  return name === "Concat" || (sources[name]?.includes(input) ?? false);
}

const largest = BigInt(Number.MAX_SAFE_INTEGER);

/** Whether a JavaScript number would not hold each element. */
function isBeyond({ data }: Tensor): boolean {
  return data instanceof BigInt64Array && data.some((x) => x >= largest || x <= -largest);
}

/** Elements that are only moved may be integers beyond 2^53, as bigints. */
function isExact(x: number | bigint): boolean {
  return typeof x === "bigint" || Math.abs(x) < Number.MAX_SAFE_INTEGER;
}

/**
 * An index outside the data gives `undefined`, a division of integers by 0 no integer; the engine would refuse both
 * later.
 */
function requireNumbers(
  name: OpName,
  type: ElementType,
  numbers: readonly (number | undefined)[],
): asserts numbers is readonly number[] {
  const odd = numbers.find((x) => x === undefined || !(isFloat(type) || typeof x === "bigint" || Number.isFinite(x)));
  if (odd !== undefined || numbers.includes(undefined))
    throw new ShapeError(
      `${name}: expected indices inside the data and whole ${type} numbers, got ${odd ?? "an index outside"}; export the model again`,
    );
}

const shapeOnly: ReadonlySet<OpName> = new Set<OpName>(["EyeLike", "Shape", "Size"]);

/**
 * int64 elements that are only moved stay bigints where a number would not hold them; evaluators do not look at them.
 */
function contents(input: Value | undefined, moved: boolean): number[] {
  if (!input?.constant) return [];
  if (moved && isBeyond(input.constant)) return Array.from(input.constant.data as unknown as number[]);
  return toNumbers(input.constant);
}

function elementwise(compute: (...values: number[]) => number): Evaluator {
  return (operands, { shape, type }) => {
    const round = type === "int64" || type === "int32" ? Math.trunc : (x: number) => x;
    return fill(shape, (index) => round(Number(compute(...operands.map((operand) => at(operand, index))))));
  };
}

const same: Evaluator = ([operand]) => operand!.numbers;

function reduction(combine: (a: number, b: number) => number, start: number): Evaluator {
  return ([data, axes], { attributes }) => {
    const rank = data!.shape.length;
    const along = axes?.numbers.length
      ? axes.numbers.map((axis) => normalizeAxis(axis, rank))
      : data!.shape.map((_, i) => i);
    if (!axes?.numbers.length && attributes.noop_with_empty_axes === 1) return data!.numbers;
    const kept = data!.shape.map((size, axis) => (along.includes(axis) ? 1 : size));
    const totals = Array<number>(sizeOf(kept)).fill(start);
    let position = 0;
    fill(data!.shape, (index) => {
      const flat = kept.reduce((sum, size, axis) => sum * size + (size === 1 ? 0 : index[axis]!), 0);
      totals[flat] = combine(totals[flat]!, data!.numbers[position++]!);
      return 0;
    });
    return totals;
  };
}

const sum = reduction((a, b) => a + b, 0);

const mean: Evaluator = (operands, target) => {
  const count = sizeOf(operands[0]!.shape) / sizeOf(target.shape);
  const whole = !target.type.startsWith("float");
  return sum(operands, target).map((total) => (whole ? Math.trunc(total! / count) : total! / count));
};

/**
 * The least int32 has no quotient by −1: the engine refuses it (runtime/divisions.ts). int64 as small is not folded.
 */
function traps(type: ElementType, a: number, b: number): boolean {
  return type === "int32" && b === -1 && a === -(2 ** 31);
}

function halfToEven(x: number): number {
  const nearest = Math.round(x);
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : nearest;
}

const evaluators: Partial<Record<OpName, Evaluator>> = {
  ...placeEvaluators,
  Shape: ([data], { attributes: { start, end } }) =>
    data!.shape.slice((start as number | undefined) ?? 0, (end as number | undefined) ?? data!.shape.length),
  Size: ([data]) => [sizeOf(data!.shape)],
  ConstantOfShape: (_operands, { shape, attributes: { value } }) =>
    Array<number>(sizeOf(shape)).fill(value ? toNumbers(value as Tensor)[0]! : 0),
  Range: ([start, , delta], { shape }) =>
    Array.from({ length: shape[0]! }, (_, i) => start!.numbers[0]! + i * delta!.numbers[0]!),

  Identity: same,
  Reshape: same,
  Flatten: same,
  Squeeze: same,
  Unsqueeze: same,
  Cast: ([data], { type }) => {
    if (type === "bool") return data!.numbers.map((x) => (x === 0 ? 0 : 1));
    return type.startsWith("float") ? data!.numbers : data!.numbers.map(Math.trunc);
  },
  Expand: ([data], { shape }) => fill(shape, (index) => at(data!, index)),
  Transpose: ([data], { shape, attributes }) => {
    const perm = (attributes.perm as readonly number[] | undefined) ?? shape.map((_, i) => shape.length - 1 - i);
    return fill(shape, (index) =>
      at(
        data!,
        data!.shape.map((_, axis) => index[perm.indexOf(axis)]!),
      ),
    );
  },
  Concat: (operands, { shape, attributes }) => {
    const axis = normalizeAxis(attributes.axis as number, shape.length);
    return fill(shape, (index) => {
      let [rest, which] = [index[axis]!, 0];
      while (rest >= operands[which]!.shape[axis]!) rest -= operands[which++]!.shape[axis]!;
      const { shape: own, numbers } = operands[which]!;
      return numbers[own.reduce((flat, size, i) => flat * size + (i === axis ? rest : index[i]!), 0)]!;
    });
  },
  Gather: ([data, indices], { shape, attributes }) => {
    const axis = normalizeAxis(attributes.axis as number, data!.shape.length);
    const length = indices!.shape.length;
    return fill(shape, (index) => {
      const chosen = length === 0 ? indices!.numbers[0]! : at(indices!, index.slice(axis, axis + length));
      return data!.numbers[position(data!.shape, [...index.slice(0, axis), chosen, ...index.slice(axis + length)])]!;
    });
  },
  Slice: ([data, starts, , axes, steps], { shape }) => {
    const rank = data!.shape.length;
    const along = axes?.numbers.length
      ? axes.numbers.map((axis) => normalizeAxis(axis, rank))
      : starts!.numbers.map((_, i) => i);
    const first = data!.shape.map(() => 0);
    const step = data!.shape.map(() => 1);
    along.forEach((axis, i) => {
      const size = data!.shape[axis]!;
      const begin = starts!.numbers[i]!;
      step[axis] = steps?.numbers[i] ?? 1;
      first[axis] = Math.min(step[axis]! > 0 ? size : size - 1, Math.max(0, begin < 0 ? begin + size : begin));
    });
    return fill(
      shape,
      (index) =>
        data!.numbers[data!.shape.reduce((flat, size, i) => flat * size + first[i]! + index[i]! * step[i]!, 0)]!,
    );
  },
  Where: elementwise((condition, a, b) => (condition ? a : b)),
  Add: elementwise((a, b) => a + b),
  Sub: elementwise((a, b) => a - b),
  Mul: elementwise((a, b) => a * b),
  Div: (operands, target) => elementwise((a, b) => (traps(target.type, a, b) ? Number.NaN : a / b))(operands, target),
  Pow: elementwise((a, b) => a ** b),
  Neg: elementwise((a) => -a),
  Abs: elementwise(Math.abs),
  Sign: elementwise(Math.sign),
  Reciprocal: elementwise((a) => 1 / a),
  Floor: elementwise(Math.floor),
  Ceil: elementwise(Math.ceil),
  Round: elementwise(halfToEven),
  Mod: (operands, target) => {
    const floored = (a: number, b: number) => (traps(target.type, a, b) ? Number.NaN : a - b * Math.floor(a / b));
    return elementwise(target.attributes.fmod ? (a, b) => a % b : floored)(operands, target);
  },
  Min: elementwise(Math.min),
  Max: elementwise(Math.max),
  Sum: elementwise((...values) => values.reduce((total, x) => total + x)),
  Mean: elementwise((...values) => values.reduce((total, x) => total + x) / values.length),
  // A bound that is left out reads as undefined.
  Clip: elementwise((x, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY) =>
    Math.min(Math.max(x, low), high),
  ),
  Sqrt: elementwise(Math.sqrt),
  Exp: elementwise(Math.exp),
  Log: elementwise(Math.log),
  Sin: elementwise(Math.sin),
  Cos: elementwise(Math.cos),
  Tanh: elementwise(Math.tanh),
  Not: elementwise((a) => (a ? 0 : 1)),
  And: elementwise((a, b) => (a && b ? 1 : 0)),
  Or: elementwise((a, b) => (a || b ? 1 : 0)),
  Xor: elementwise((a, b) => (a === b ? 0 : 1)),
  IsNaN: elementwise((a) => Number(Number.isNaN(a))),
  Equal: elementwise((a, b) => Number(a === b)),
  Greater: elementwise((a, b) => Number(a > b)),
  GreaterOrEqual: elementwise((a, b) => Number(a >= b)),
  Less: elementwise((a, b) => Number(a < b)),
  LessOrEqual: elementwise((a, b) => Number(a <= b)),
  ReduceMean: mean,
  ReduceProd: reduction((a, b) => a * b, 1),
  ReduceSum: sum,
  ReduceMax: reduction(Math.max, Number.NEGATIVE_INFINITY),
  ReduceMin: reduction(Math.min, Number.POSITIVE_INFINITY),
};

/** Operators that are folded. */
export const foldable: readonly OpName[] = Object.keys(evaluators).filter(isOpName);
