import { normalizeAxis } from "../tensor/broadcast.ts";
import { type Shape, sizeOf } from "../tensor/tensor.ts";
import { type Evaluator, fill, type Operand, position } from "./evaluator.ts";

/** Evaluators of the operators that repeat, cut, mask and scatter: exporters build masks and positions with them. */

const combine: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_old, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

/** A copy of data with each update combined into the element that `place` names, in order. */
function scattered(data: Operand, updates: Operand, reduction: unknown, place: (index: readonly number[]) => number) {
  const numbers: (number | undefined)[] = [...data.numbers];
  const places = fill(updates.shape, place);
  for (const [i, target] of places.entries())
    numbers[target] = combine[reduction as string]!(numbers[target]!, updates.numbers[i]!);
  return places.some(Number.isNaN) ? [undefined] : numbers;
}

/** The index vector of a GatherND or ScatterND at i…, which is all but the last axis of `indices`. */
function vectorAt({ shape, numbers }: Operand, index: readonly number[]): readonly number[] {
  const depth = shape.at(-1)!;
  const first = position(shape.slice(0, -1), index) * depth;
  return numbers.slice(first, first + depth);
}

/** Elements of the flattened shape where the condition holds. */
function positions({ numbers }: Operand): number[] {
  return numbers.flatMap((element, i) => (element === 0 ? [] : [i]));
}

function multiIndex(shape: Shape, flat: number): number[] {
  return shape.map((size, axis) => Math.floor(flat / sizeOf(shape.slice(axis + 1))) % size);
}

export const placeEvaluators = {
  Split: ([input], { shape, earlier, attributes }) => {
    const axis = normalizeAxis(attributes.axis as number, shape.length);
    const start = earlier.reduce((sum, other) => sum + other[axis]!, 0);
    return fill(shape, (index) => input!.numbers[position(input!.shape, index.with(axis, index[axis]! + start))]!);
  },
  Tile: ([input], { shape }) =>
    fill(shape, (index) => {
      const source = index.map((i, axis) => i % input!.shape[axis]!);
      return input!.numbers[position(input!.shape, source)]!;
    }),
  CumSum: ([x, along], { shape, attributes: { exclusive, reverse } }) => {
    const axis = normalizeAxis(along!.numbers[0]!, shape.length);
    const element = (index: readonly number[], i: number) => x!.numbers[position(shape, index.with(axis, i))]!;
    return fill(shape, (index) => {
      const [first, last] = reverse ? [index[axis]!, shape[axis]! - 1] : [0, index[axis]!];
      let sum = 0;
      for (let i = first; i <= last; i++) if (!exclusive || i !== index[axis]) sum += element(index, i);
      return sum;
    });
  },
  Trilu: ([input, k], { shape, attributes: { upper } }) => {
    const diagonal = k?.numbers[0] ?? 0;
    let next = 0;
    return fill(shape, (index) => {
      const [row, column] = index.slice(-2) as [number, number];
      const element = input!.numbers[next++]!;
      return (upper ? column - row >= diagonal : column - row <= diagonal) ? element : 0;
    });
  },
  EyeLike: (_operands, { shape, attributes: { k } }) =>
    fill(shape, ([row, column]) => Number(column! - row! === (k as number))),
  OneHot: ([indices, , values], { shape, attributes }) => {
    const axis = normalizeAxis(attributes.axis as number, shape.length);
    return fill(shape, (index) => {
      const hot = indices!.numbers[position(indices!.shape, index.toSpliced(axis, 1))]!;
      return values!.numbers[(hot < 0 ? hot + shape[axis]! : hot) === index[axis] ? 1 : 0]!;
    });
  },
  NonZero: ([X], { shape: [rank = 0] }) => {
    const columns = positions(X!).map((flat) => multiIndex(X!.shape, flat));
    return Array.from({ length: rank }, (_, axis) => columns.map((index) => index[axis]!)).flat();
  },
  Compress: ([input, condition], { shape, attributes }) => {
    const chosen = positions(condition!);
    if (attributes.axis === undefined) return chosen.map((flat) => input!.numbers[flat]!);
    const axis = normalizeAxis(attributes.axis as number, shape.length);
    return fill(shape, (index) => input!.numbers[position(input!.shape, index.with(axis, chosen[index[axis]!]!))]!);
  },
  GatherElements: ([data, indices], { shape, attributes }) => {
    const axis = normalizeAxis(attributes.axis as number, shape.length);
    return fill(shape, (index) => {
      const source = index.with(axis, indices!.numbers[position(shape, index)]!);
      return data!.numbers[position(data!.shape, source)]!;
    });
  },
  GatherND: ([data, indices], { shape, attributes }) => {
    const [batch, lead] = [attributes.batch_dims as number, indices!.shape.length - 1];
    return fill(shape, (index) => {
      const vector = vectorAt(indices!, index.slice(0, lead));
      return data!.numbers[position(data!.shape, [...index.slice(0, batch), ...vector, ...index.slice(lead)])]!;
    });
  },
  ScatterElements: ([data, indices, updates], { attributes }) => {
    const axis = normalizeAxis(attributes.axis as number, data!.shape.length);
    return scattered(data!, updates!, attributes.reduction, (index) =>
      position(data!.shape, index.with(axis, indices!.numbers[position(indices!.shape, index)]!)),
    );
  },
  ScatterND: ([data, indices, updates], { attributes }) => {
    const lead = indices!.shape.length - 1;
    return scattered(data!, updates!, attributes.reduction, (index) =>
      position(data!.shape, [...vectorAt(indices!, index.slice(0, lead)), ...index.slice(lead)]),
    );
  },
} satisfies Record<string, Evaluator>;
