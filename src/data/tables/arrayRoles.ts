import { DataError, option, UsageError } from "../../tensor/errors.ts";
import { type Shape, sizeOf, type TensorData } from "../../tensor/tensor.ts";
import { byteMoments, type DataArray, type Moments, oneClass } from "../dataset.ts";
import type { Rows } from "../files/rows.ts";
import type { Task } from "./tableRoles.ts";

/** Arrays by name, and where they came from, for messages. */
export interface NamedArrays {
  readonly file: string;
  readonly arrays: ReadonlyMap<string, Rows>;
}

/**
 * The endings that tell arrays of the two parts of one file apart, as in Keras' mnist.npz: x_train, y_train, x_test,
 * y_test.
 */
const endings = { train: ["_train"], validation: ["_validation", "_val", "_test"] };

/** The arrays of a file that holds both parts, apart; a file without such names is one part. */
export function partsOf({ file, arrays }: NamedArrays): readonly [NamedArrays] | readonly [NamedArrays, NamedArrays] {
  const ending = endings.validation.find((one) => arrays.has(`y${one}`));
  if (ending === undefined || !arrays.has("y_train")) return [{ file, arrays }];
  const part = (suffix: string) => ({
    file,
    arrays: new Map(
      [...arrays]
        .filter(([name]) => name.endsWith(suffix))
        .map(([name, rows]) => [name.slice(0, -suffix.length), rows]),
    ),
  });
  return [part("_train"), part(ending)];
}

/**
 * The inputs, `x` first, the others by name, and the target, all of the same number of examples. Throws `DataError`
 * otherwise.
 */
export function checkArrays({ file, arrays }: NamedArrays, group: string | undefined) {
  const names = [...arrays.keys()];
  const y = arrays.get("y");
  const inputs = names
    .filter((name) => name !== "y" && name !== group)
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (y === undefined || inputs.length === 0)
    throw new DataError(
      `${file}: expected arrays "x" (or the names of the model's inputs) and "y", got ${names.join(", ") || "none"}; rename them`,
    );
  if (group !== undefined && arrays.get(group)?.shape.length !== 1)
    throw new UsageError(
      `${option("splitBy")}: expected the name of an array [N] of ${file}, got "${group}"; choose of ${names.join(", ")}`,
    );
  const size = y.shape[0]!;
  const wrong = names.find((name) => arrays.get(name)!.shape[0] !== size);
  if (wrong !== undefined || size === 0)
    throw new DataError(
      `${file}: expected as many examples in every array, and at least one, got ${size} in "y" and ` +
        `${arrays.get(wrong ?? inputs[0]!)!.shape[0]} in "${wrong ?? inputs[0]}"; save arrays that belong together`,
    );
  return { inputs, y, size };
}

function rank(name: string): number {
  return name === "x" ? 0 : 1;
}

/** How the elements of one array become an input. */
export interface ArrayInput extends DataArray {
  /** Of bytes that are images, one for each channel. */
  readonly moments: readonly Moments[] | null;
  /** Whether the channels come last in the array. */
  readonly channelsLast: boolean;
}

/**
 * What an array is to a model: bytes with at least two axes an example are images, grey [H, W], or [C, H, W], or [H, W,
 * C] where the last axis is 1 or 3 and the first is not; int64 are tokens; everything else numbers, as they are.
 */
export function inputOf(
  name: string,
  { type, shape }: Rows,
): Omit<ArrayInput, "moments"> & { readonly image: boolean } {
  const example = shape.slice(1);
  if (type === "int64") return { name, type: "int64", shape: example, channelsLast: false, image: false };
  if (type !== "uint8" || example.length < 2 || example.length > 3)
    return { name, type: "float32", shape: example, channelsLast: false, image: false };
  if (example.length === 2) return { name, type: "float32", shape: [1, ...example], channelsLast: false, image: true };
  const [first = 0, second = 0, last = 0] = example;
  const channelsLast = (last === 1 || last === 3) && first !== 1 && first !== 3;
  return { name, type: "float32", shape: channelsLast ? [last, first, second] : example, channelsLast, image: true };
}

/** Mean and deviation of the bytes of each channel, over 255, among the training examples. */
export function measureImages(
  rows: Rows,
  { shape, channelsLast }: { shape: Shape; channelsLast: boolean },
  training: Uint32Array,
) {
  const [channels = 1, height = 1, width = 1] = shape;
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  for (const index of training.toSorted()) {
    const bytes = rows.at(index) as Uint8Array;
    for (let at = 0; at < bytes.length; at++)
      counts[channelsLast ? at % channels : Math.floor(at / (height * width))]![bytes[at]!]!++;
  }
  return counts.map(byteMoments);
}

/**
 * What the examples are to become. `positions`: classes of the labels that stand for them, where these are not 0, 1, 2
 * ….
 */
export interface ArrayTarget {
  readonly target: DataArray & { readonly name: "y" };
  readonly classes: number;
  readonly classNames: readonly string[];
  readonly positions: ReadonlyMap<number, number> | null;
  /** Whether the class of an example is the place of its only 1. */
  readonly oneHot: boolean;
}

/** More classes than this are numbers by mistake. */
const MAXIMUM_CLASSES = 100_000;

/**
 * The target of `y` arrays of all parts: whole numbers [N] or [N, 1] are classes, and rows [N, C] of one 1 and zeros
 * the class that the 1 stands at; int [N, T] one class for each position, others numbers [N, ...]; `task` says
 * otherwise. Throws `DataError` for labels that are no classes.
 */
export function arrayTarget(
  parts: readonly { readonly file: string; readonly y: Rows }[],
  task: Task | undefined,
): ArrayTarget {
  const { type, shape } = parts[0]!.y;
  const example = shape.slice(1);
  if (task !== "regression" && example.length === 1 && example[0]! > 1 && parts.every(({ y }) => isOneHot(y))) {
    const classNames = Array.from({ length: example[0]! }, (_, i) => String(i));
    return { target: oneClass, classes: classNames.length, classNames, positions: null, oneHot: true };
  }
  const whole = !type.startsWith("float");
  if (task === "regression" || (task === undefined && !whole))
    return {
      target: { name: "y", type: "float32", shape: example.length === 0 ? [1] : example },
      classes: 0,
      classNames: [],
      positions: null,
      oneHot: false,
    };
  const values = new Set(parts.flatMap(({ y, file }) => [...wholeNumbers(y, file)]));
  const highest = Math.max(...values);
  const single = sizeOf(example) === 1;
  // The positions of a text may be marked as ones that do not count, e.g. by -100.
  const direct = Math.min(...values) >= 0 || !single;
  const classes = direct ? highest + 1 : values.size;
  if (!(classes >= 1 && classes <= MAXIMUM_CLASSES))
    throw new DataError(
      `${parts[0]!.file}: expected labels from 0 to ${MAXIMUM_CLASSES - 1} in "y", got ${highest}; pass ${option("task")} regression for numbers`,
    );
  const ordered = [...values].sort((a, b) => a - b);
  return {
    target: single ? oneClass : { name: "y", type: "int64", shape: example },
    classes,
    classNames: single ? (direct ? Array.from({ length: classes }, (_, i) => String(i)) : ordered.map(String)) : [],
    positions: direct ? null : new Map(ordered.map((value, i) => [value, i])),
    oneHot: false,
  };
}

/** Whether every example is zeros and one 1; a single example may be by chance. */
function isOneHot(y: Rows): boolean {
  const size = y.shape[0]!;
  for (let i = 0; i < size; i++) {
    let ones = 0;
    for (const value of y.at(i) as Iterable<number | bigint>) {
      if (Number(value) === 1) ones++;
      else if (Number(value) !== 0) return false;
    }
    if (ones !== 1) return false;
  }
  return size > 1;
}

function wholeNumbers(y: Rows, file: string): Set<number> {
  const values = new Set<number>();
  for (let i = 0; i < y.shape[0]!; i++)
    for (const value of y.at(i) as Iterable<number | bigint>) {
      const number = Number(value);
      if (!Number.isSafeInteger(number))
        throw new DataError(
          `${file}: expected whole numbers as classes in "y", got ${number} in example ${i}; correct it`,
        );
      values.add(number);
    }
  return values;
}

/** Throws `DataError` for an element of an example that is not a finite number. */
export function checkFinite(elements: TensorData, name: string, file: string, index: number): void {
  if (elements instanceof BigInt64Array) return;
  for (let i = 0; i < elements.length; i++)
    if (!Number.isFinite(elements[i]!))
      throw new DataError(
        `${file}: expected finite numbers in "${name}", got ${elements[i]} in example ${index}; correct it`,
      );
}
