import { sizeOf } from "../../tensor/tensor.ts";
import type { Rows } from "../files/rows.ts";
import type { DataNote } from "../notes.ts";
import type { Split } from "../split.ts";
import type { ArrayInput, ArrayTarget, NamedArrays } from "./arrayRoles.ts";
import { coarseColumns } from "./coarse.ts";
import { suspectColumns } from "./suspects.ts";

/** Numbers that are compared, of an array of features. */
const MOST_COMPARED = 2 ** 24;

/** Of features in memory that stand in rows, and of one target each; of their rounding whatever the target. */
export function suspectsOf(
  { arrays, y, size }: NamedArrays & { readonly y: Rows; readonly size: number },
  {
    inputs,
    target,
    split,
  }: { readonly inputs: readonly ArrayInput[]; readonly target: ArrayTarget; readonly split: Split },
): DataNote[] {
  const tables = inputs.flatMap(({ name, type, shape }) => {
    const rows = arrays.get(name)!;
    const fits = type === "float32" && shape.length === 1 && rows.inMemory && size * shape[0]! <= MOST_COMPARED;
    return fits ? [{ name, rows, width: shape[0]! }] : [];
  });
  const coarse = tables.flatMap(({ name, rows, width }) => coarseColumns(name, rows, width));
  if (target.oneHot || sizeOf(y.shape.slice(1)) !== 1 || !y.inMemory) return coarse;
  const isClass = target.classes > 0;
  const aim = (i: number) => {
    const value = Number(y.at(i)[0]);
    return isClass && value === target.unlabelled.label ? Number.NaN : value;
  };
  const first = aim(split.train[0]!);
  const constant = !isClass && split.train.every((i) => aim(i) === first);
  return [
    ...coarse,
    ...(constant ? [{ kind: "constantTarget", target: "y", value: first } as const] : []),
    ...tables.flatMap(({ name, rows, width }) =>
      suspectColumns({
        names: Array.from({ length: width }, (_, c) => `${name}[${c}]`),
        target: "y",
        classes: false,
        rows: withTarget(rows, aim, size),
        droppable: false,
      }),
    ),
  ];
}

function* withTarget(rows: Rows, aim: (i: number) => number, size: number): Generator<number[]> {
  for (let i = 0; i < size; i++) yield [...Array.from(rows.at(i) as ArrayLike<number>, Number), aim(i)];
}
