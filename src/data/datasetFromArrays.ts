import { DataError, ShapeError, UsageError } from "../tensor/errors.ts";
import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { shown } from "../tensor/shown.ts";
import { type Shape, sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { Dataset } from "./dataset.ts";
import { isRow, type NestedNumbers, nestedTensor, requireRows, shapeOfNested } from "./nestedNumbers.ts";
import { MAXIMUM_NUMBERED_CLASSES } from "./tables/tableRoles.ts";
import { tensorDataset } from "./tensorDataset.ts";

/** What plain arrays are, where they do not say it themselves. */
export interface ArraysOptions {
  /** Default "arrays". */
  readonly name?: string | undefined;
  /** Whether targets are classes or numbers to predict. Default: what they look like, see `datasetFromArrays`. */
  readonly task?: "classification" | "regression" | undefined;
  /** What the classes 0, 1, … stand for. Default: the labels as they are written. */
  readonly classNames?: readonly string[] | undefined;
  /** Of one flat array of examples: the shape of each. Default: as many numbers as there are for each target. */
  readonly exampleShape?: Shape | undefined;
}

const known: KeysOf<ArraysOptions> = { name: true, task: true, classNames: true, exampleShape: true };

const PLACE = "datasetFromArrays";

/**
 * A data set of plain arrays: one example for each element of `examples`, a row of numbers or rows of rows (an image as
 * [channel][row][column]), or all of them in one flat array; and its target, a label or a number. What models read are
 * these numbers as they are: scale them before.
 *
 * Labels that are texts or truth values are classes, in their order. So are whole numbers that look like labels, as in
 * a table: from 2 to 20 different ones that occur twice on average, −1 and 1 for example, and those from 0 on of which
 * at least half occur. Other numbers are to be predicted; `task` says otherwise. Labels that do not begin at 0 are
 * numbered in their order. Targets that are rows are several numbers, or with `task` "classification" one class per
 * position.
 *
 * Throws `UsageError` for what is no array and for unknown options, `ShapeError` for examples of different shapes and
 * for another number of targets, `DataError` for what is no finite number, naming the example.
 */
export function datasetFromArrays(
  examples: ArrayLike<number> | readonly NestedNumbers[],
  targets: ArrayLike<number> | readonly (string | NestedNumbers)[],
  options: ArraysOptions = {},
): Dataset {
  requireKnown(PLACE, options, known);
  requireRows(examples, "the examples", PLACE);
  requireRows(targets, "the targets", PLACE);
  const x = examplesTensor(examples, targets.length, options.exampleShape);
  if (x.shape[0] !== targets.length)
    throw new ShapeError(
      `${PLACE}: expected one target for each of the ${x.shape[0]} examples, got ${targets.length}; give both for every example`,
    );
  const { name = "arrays", task, classNames } = options;
  if (task !== undefined && task !== "classification" && task !== "regression")
    throw new UsageError(`${PLACE}: expected the task classification or regression, got ${shown(task)}; choose one`);
  const isClasses = task === undefined ? lookLikeClasses(targets) : task === "classification";
  if (!isClasses && classNames !== undefined)
    throw new UsageError(
      `${PLACE}: expected no classNames for numbers to predict, got some; leave them out or set task to classification`,
    );
  if (!isClasses) return tensorDataset(name, { inputs: { x }, target: numbers(targets) });
  const { target, names } = classes(targets, classNames);
  return tensorDataset(name, { inputs: { x }, target, classNames: names });
}

function examplesTensor(examples: ArrayLike<unknown>, count: number, exampleShape: Shape | undefined): Tensor {
  const isFlat = !isRow(examples[0]);
  if (!isFlat && exampleShape !== undefined)
    throw new UsageError(`${PLACE}: expected exampleShape with one flat array of numbers, got rows; leave it out`);
  if (!isFlat) return nestedTensor(examples, "example", PLACE);
  const size = exampleShape === undefined ? examples.length / count : sizeOf(exampleShape);
  if (!Number.isInteger(examples.length / size) || !Number.isInteger(size))
    throw new ShapeError(
      `${PLACE}: expected a flat array of ${count} examples of one length, got ${examples.length} numbers` +
        `${exampleShape === undefined ? "" : ` for the shape [${exampleShape.join(", ")}]`}; check its length`,
    );
  const { data } = nestedTensor(examples, "number", PLACE);
  const shape = exampleShape ?? [size];
  return { type: "float32", shape: [examples.length / size, ...shape], data };
}

function lookLikeClasses(targets: ArrayLike<unknown>): boolean {
  if (typeof targets[0] === "string" || typeof targets[0] === "boolean") return true;
  const values = Array.from(targets);
  if (!values.every(isWhole)) return false;
  const distinct = [...new Set(values.map(Number))].sort((a, b) => a - b);
  // A line through (1, 1), (2, 3), (3, 5) is none of classes: labels come again.
  const repeated = 2 * distinct.length <= values.length;
  const few = distinct.length >= 2 && distinct.length <= MAXIMUM_NUMBERED_CLASSES;
  return (few && repeated) || asTheyAre(distinct);
}

function isWhole(value: unknown): boolean {
  return typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
}

/** [N, 1] of one number each, else [N, …]. */
function numbers(targets: ArrayLike<unknown>): Tensor {
  const { data, shape } = nestedTensor(targets, "target", PLACE);
  return { type: "float32", shape: shape.length === 1 ? [...shape, 1] : shape, data };
}

function classes(targets: ArrayLike<unknown>, given: readonly string[] | undefined) {
  const shape = shapeOfNested(targets[0]);
  const per = sizeOf(shape);
  const labels = Array.from(targets, (target, example) => rowOf(target, shape, per, example)).flat();
  const [first] = labels;
  const at = labels.findIndex((label) => typeof label !== typeof first || !isLabel(label));
  if (at !== -1)
    throw new DataError(
      `${PLACE}: expected a label like ${shown(first)} of example ${Math.floor(at / per)}, got ${shown(labels[at])}; ` +
        "give every example one",
    );
  const isText = typeof first === "string";
  const distinct = [...new Set(labels)].sort((a, b) =>
    isText ? (String(a) < String(b) ? -1 : 1) : Number(a) - Number(b),
  );
  const positions = isText && given ? given : asTheyAre(distinct) ? null : distinct;
  const codes = labels.map((label) => (positions === null ? Number(label) : positions.indexOf(label as string)));
  const unknown = codes.findIndex((code) => code < 0 || code >= (given?.length ?? Number.POSITIVE_INFINITY));
  if (unknown !== -1)
    throw new DataError(
      `${PLACE}: expected a label among the ${given!.length} classNames, got ${shown(labels[unknown])} in example ` +
        `${Math.floor(unknown / per)}; name every class`,
    );
  const count = 1 + codes.reduce((most, code) => Math.max(most, code), 0);
  const names = given ?? (positions ?? Array.from({ length: count }, (_, c) => c)).map(String);
  return {
    names,
    target: { type: "int64", shape: [targets.length, ...shape], data: BigInt64Array.from(codes, BigInt) } as Tensor,
  };
}

function rowOf(target: unknown, shape: Shape, per: number, example: number): unknown[] {
  if (shape.length === 0) return [target];
  const row = isRow(target) ? Array.from(target) : [];
  if (shape.length > 1 || row.length !== per)
    throw new ShapeError(
      `${PLACE}: expected ${per} labels in target ${example}, as the first has, got ${isRow(target) ? row.length : shown(target)}; ` +
        "give one for each position",
    );
  return row;
}

function isLabel(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || isWhole(value);
}

/** Labels, in their order, that are the numbers of their classes: from 0 on, at least half of which occur. */
function asTheyAre(distinct: readonly unknown[]): boolean {
  return isWhole(distinct[0]) && Number(distinct[0]) === 0 && 2 * distinct.length > Number(distinct.at(-1));
}
