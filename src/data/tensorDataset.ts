import { is, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { DataError, ShapeError, UsageError } from "../tensor/errors.ts";
import { IGNORED_LABEL } from "../tensor/ignoredLabel.ts";
import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { DataArray, Dataset } from "./dataset.ts";

/** Examples that a program holds in memory. */
export interface TensorExamples {
  /** What the model reads, the first one called `x`: float32 or int64, the examples on axis 0. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /**
   * int64 [N] of one class each, int64 [N, T] of one class per position, or float32 of numbers. A label of −100 stands
   * for none.
   */
  readonly target: Tensor;
  /**
   * Number of classes where the target is int64. Default: the number of names, else one more than the largest label.
   */
  readonly classes?: number;
  readonly classNames?: readonly string[];
}

/**
 * A data set of arrays in memory, in the order given; `select` takes parts of it. The arrays are read where they are
 * and not copied.
 *
 * Throws `UsageError` for arrays of other types or without an input `x`, `ShapeError` for arrays of other numbers of
 * examples, `DataError` for no examples and for a label that has no class.
 */
export function tensorDataset(name: string, examples: TensorExamples): Dataset {
  requireArguments("tensorDataset", { name }, { name: is.text });
  requireOptions("tensorDataset", examples, {
    inputs: is.object,
    target: is.object,
    classes: is.optional(is.whole(1)),
    classNames: is.optional(is.list),
  });
  const { inputs, target, ...given } = examples;
  const [size = 0] = target.shape;
  const arrays = [...Object.entries(inputs), ["y", target] as const];
  if (Object.keys(inputs)[0] !== "x")
    throw new UsageError(
      `${name}: expected the first input to be called x, got ${Object.keys(inputs)[0] ?? "none"}; rename it`,
    );
  for (const [key, tensor] of arrays) checkArray(name, key, tensor, size);
  if (size === 0) throw new DataError(`${name}: expected at least one example, got none; add some`);
  const classNames = given.classNames ?? [];
  const classes = target.type === "int64" ? (given.classes ?? (classNames.length || 1 + largest(target))) : 0;
  if (target.type === "int64") checkLabels(name, target, classes);
  return {
    name,
    size,
    classes,
    classNames,
    inputs: Object.entries(inputs).map(([key, input]) => ofEach(key, input)),
    target: ofEach("y", target),
    labels:
      target.type === "int64" && target.shape.length === 1
        ? Int32Array.from(labelsOf(target), (label) => Math.max(-1, Number(label)))
        : new Int32Array(),
    read(indices, batch) {
      const bad = indices.find((index) => index >= size);
      if (bad !== undefined)
        throw new ShapeError(`read: expected indices below ${size}, got ${bad}; sample from this data set's size`);
      for (const [key, tensor] of arrays) copyRows(key, tensor, indices, batch[key]!);
    },
  };
}

const IGNORED = BigInt(IGNORED_LABEL);

/** What one example has of an array, whose type was checked. */
function ofEach<Name extends string>(name: Name, { type, shape }: Tensor) {
  return { name, type: type as DataArray["type"], shape: shape.slice(1) };
}

function checkArray(name: string, key: string, { type, shape }: Tensor, size: number): void {
  if (type !== "float32" && type !== "int64")
    throw new UsageError(`${name}: expected ${key} of float32 or int64, got ${type}; convert it`);
  if (shape[0] !== size)
    throw new ShapeError(
      `${name}: expected ${key} of as many examples as y, ${size}, got [${shape.join(", ")}]; give every example all arrays`,
    );
}

function labelsOf({ data }: Tensor): BigInt64Array {
  return data as BigInt64Array;
}

function largest(target: Tensor): number {
  return labelsOf(target).reduce((most, label) => Math.max(most, Number(label)), -1);
}

function checkLabels(name: string, target: Tensor, classes: number): void {
  const at = labelsOf(target).findIndex((label) => label !== IGNORED && !(label >= 0n && label < BigInt(classes)));
  if (at !== -1)
    throw new DataError(
      `${name}: expected labels from 0 to ${classes - 1}, got ${labelsOf(target)[at]} at position ${at}; number the classes from 0`,
    );
}

/** All typed arrays of one kind: source and destination are of the type that `newBatch` gave. */
type Rows = Float32Array;

function copyRows(key: string, { data, shape }: Tensor, indices: Uint32Array, into: Tensor): void {
  const length = sizeOf(shape.slice(1));
  if (into.data.length !== indices.length * length)
    throw new ShapeError(
      `read: expected ${key} of ${indices.length * length} elements, got ${into.data.length}; pass arrays that fit the micro-batch`,
    );
  const [from, to] = [data as Rows, into.data as Rows];
  for (const [i, index] of indices.entries()) to.set(from.subarray(index * length, (index + 1) * length), i * length);
}
