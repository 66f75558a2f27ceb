import { DataError, option } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { Rows } from "../files/rows.ts";
import type { DataNote } from "../notes.ts";
import type { ArrayTarget } from "./arrayRoles.ts";

/** Whole numbers to predict that are more than these are quantities rather than classes. */
const MOST_CLASSES = 10;
/** Classes fewer than these are no quantities by mistake, however few examples they have. */
const LEAST_QUANTITIES = 20;
/** Examples of a class, on average, below which its label may be a quantity. */
const FEW_EXAMPLES = 3;

/** Throws `DataError` for whole numbers none of which comes twice: they are quantities. */
export function refuseClassOfEach({ y, file }: { readonly y: Rows; readonly file: string }, target: ArrayTarget): void {
  const { classes, oneHot } = target;
  const each = !oneHot && sizeOf(y.shape.slice(1)) === 1 && classes >= LEAST_QUANTITIES && differing(y) === y.shape[0]!;
  if (each)
    throw new DataError(
      `${file}: expected classes that examples share in "y", got ${y.shape[0]} whole numbers, no two of them alike; ` +
        `pass ${option("task")} regression for numbers`,
    );
}

/** What was taken for numbers but may be classes, or the other way round. */
export function guessedTarget(y: Rows, { classes, oneHot }: ArrayTarget): DataNote[] {
  if (!y.inMemory || oneHot || sizeOf(y.shape.slice(1)) !== 1) return [];
  const examples = y.shape[0]!;
  if (classes === 0) {
    const values = fewWhole(y);
    return values.length > 1 && 2 * values.length <= examples ? [{ kind: "wholeTargets", target: "y", values }] : [];
  }
  const labels = differing(y);
  return labels >= LEAST_QUANTITIES && FEW_EXAMPLES * labels > examples
    ? [{ kind: "manyClasses", target: "y", classes: labels, examples }]
    : [];
}

function differing(y: Rows): number {
  const labels = new Set<number>();
  for (let i = 0; i < y.shape[0]!; i++) labels.add(Number(y.at(i)[0]));
  return labels.size;
}

/** The values in ascending order where all are whole and few; otherwise none. */
function fewWhole(y: Rows): number[] {
  const values = new Set<number>();
  for (let i = 0; i < y.shape[0]!; i++) {
    const value = Number(y.at(i)[0]);
    if (!Number.isInteger(value) || values.add(value).size > MOST_CLASSES) return [];
  }
  return [...values].sort((a, b) => a - b);
}
