import type { Value } from "../graph/graph.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { toNumbers } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";

/**
 * Row rules that several operators share. "Grouped" means: axis 0 holds the examples (or a fixed number of rows for
 * each), so that group k is the k-th block of axis 0.
 */

type Keeps = (
  io: Record<string, Value | readonly Value[] | undefined>,
  attributes: Record<string, unknown>,
  isGrouped: (value: Value) => boolean,
) => boolean;

function values(io: Record<string, Value | readonly Value[] | undefined>): Value[] {
  return Object.values(io).flatMap((value) => value ?? []);
}

/** Element by element with broadcasting: grouped operands must lie along the output's axis 0. */
export const elementwiseRows = {
  keepsGroups: ((io, _attributes, isGrouped) => {
    const rank = Math.max(...values(io).map((value) => value.shape.length));
    const rows = Math.max(...values(io).map((value) => (value.shape.length === rank ? (value.shape[0] ?? 1) : 1)));
    return values(io).every((value) => !isGrouped(value) || (value.shape.length === rank && value.shape[0] === rows));
  }) satisfies Keeps,
};

/**
 * Whatever happens inside an example; `axesOf` names the axes that the operator works along, which must not be axis 0.
 */
export function rowsAlong<A>(axesOf: (attributes: A, rank: number) => readonly number[]) {
  return {
    keepsGroups(io: object, attributes: A, isGrouped: (value: Value) => boolean): boolean {
      const grouped = values(io as Record<string, Value>).filter(isGrouped);
      return grouped.every((value) =>
        axesOf(attributes, value.shape.length).every((axis) => normalizeAxis(axis, value.shape.length) !== 0),
      );
    },
  };
}

/** Operators that treat axis 0 as independent examples by definition: convolutions, pools. */
export const perExampleRows = { keepsGroups: () => true };

/**
 * Whether index vectors [N, …, depth] that are known name, for each row of axis 0, places in that row only: exporters
 * write x[:, 1:3] = y so.
 */
export function staysInRow(indices: Value, rows: number): boolean {
  if (!indices.constant || indices.shape.length < 2 || indices.shape[0] !== rows) return false;
  const depth = indices.shape.at(-1)!;
  const numbers = toNumbers(indices.constant);
  const each = numbers.length / rows;
  return numbers.every((number, i) => i % depth !== 0 || number === Math.floor(i / each));
}

/** Operators for which groups cannot be followed; rows then run group by group (gradient/rows.ts). */
export const groupByGroup = { keepsGroups: () => false };

/** [N, ...rest] → [K, N/K, ...rest]: a free reshape, since groups are consecutive. */
export function byGroup(g: Builder, value: Value, groups: number): Value {
  const [rows = 1, ...rest] = value.shape;
  return g.reshape(value, [groups, rows / groups, ...rest]);
}

/** Sums [N, ...rest] over the examples: to [...rest], or with `groups` inside each group to [K, ...rest]. */
export function sumExamples(g: Builder, value: Value, groups: number | undefined): Value {
  const [rows = 1, ...rest] = value.shape;
  if (groups === undefined) return g.sumTo(value, rest);
  return rows === groups ? value : g.reduceSum(byGroup(g, value, groups), [1]);
}
