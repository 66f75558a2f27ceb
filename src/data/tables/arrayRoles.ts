import { DataError, option, UsageError } from "../../tensor/errors.ts";
import { IGNORED_LABEL } from "../../tensor/ignoredLabel.ts";
import { type Shape, sizeOf, type TensorData } from "../../tensor/tensor.ts";
import { type DataArray, levelMoments, type Moments, oneClass } from "../dataset.ts";
import type { Rows } from "../files/rows.ts";
import type { OpenOptions } from "../openOptions.ts";
import {
  allIgnored,
  classNumbers,
  countLabel,
  type Gathered,
  type Numbering,
  namedLabels,
  noProbability,
  numberLabels,
  type Occurring,
  taskFor,
} from "../targets.ts";

/** Arrays by name, where they came from, for messages, and what their file says of them. */
export interface NamedArrays {
  readonly file: string;
  readonly arrays: ReadonlyMap<string, Rows>;
  readonly said?: SaidOfArrays | undefined;
}

/** What a file may say of its arrays: what the classes 0, 1, … of `y` are called, and how its numbers came about. */
export interface SaidOfArrays {
  readonly classNames?: readonly string[] | undefined;
  readonly targetScale?: Moments | undefined;
  readonly preprocessing?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The endings that tell arrays of the two parts of one file apart, as in Keras' mnist.npz: x_train, y_train, x_test,
 * y_test.
 */
const endings = { train: ["_train"], validation: ["_validation", "_val", "_test"] };

/** The arrays of a file that holds both parts, apart; a file without such names is one part. */
export function trainingAndValidation(
  whole: NamedArrays,
): readonly [NamedArrays] | readonly [NamedArrays, NamedArrays] {
  const { file, arrays, said } = whole;
  const ending = endings.validation.find((one) => arrays.has(`y${one}`));
  if (!arrays.has("y_train")) return [whole];
  const without = endings.validation.find((one) => [...arrays.keys()].some((name) => name.endsWith(one)));
  if (ending === undefined && without !== undefined)
    throw new DataError(
      `${file}: expected "y${without}" beside "x${without}", got none; save it, or save x_train and y_train alone as x and y, which are split then`,
    );
  if (ending === undefined) return [whole];
  const part = (suffix: string) => ({
    file,
    said,
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
      `${option("splitBy")}: expected the name of an array [N] of ${file}, got "${group}"; choose one of ${names.join(", ")}`,
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
  return counts.map(levelMoments);
}

/**
 * What the examples are to become. `oneHot`: whether the class of an example is the place of its only 1.
 */
export interface ArrayTarget extends Numbering {
  readonly target: DataArray & { readonly name: "y" };
  readonly oneHot: boolean;
}

/** A part of the data, as far as its target is concerned. */
export interface TargetPart {
  readonly file: string;
  readonly y: Rows;
  readonly said?: SaidOfArrays | undefined;
}

/**
 * The target of `y` arrays of all parts: whole numbers [N] or [N, 1] are classes, and rows [N, C] of one 1 and zeros
 * the class that the 1 stands at; int [N, T] one class for each position, others numbers [N, ...]; `task` and the loss
 * say otherwise. `tokens`: whether inputs are numbers of the same kind, as in texts. Throws `DataError` for labels that
 * are no classes, as `numberLabels`, and for targets that the loss does not take.
 */
export async function arrayTarget(
  parts: readonly TargetPart[],
  { task, targets = {} }: Pick<OpenOptions, "task" | "targets">,
  tokens: boolean,
): Promise<ArrayTarget> {
  const { type, shape } = parts[0]!.y;
  const example = shape.slice(1);
  const wanted = taskFor(task, targets);
  if (wanted !== "regression" && example.length === 1 && example[0]! > 1 && parts.every(({ y }) => isOneHot(y))) {
    const classes = example[0]!;
    return { ...noLabels, target: oneClass, classes, classNames: classNumbers(classes), oneHot: true };
  }
  if (wanted === "regression" || (wanted === undefined && type.startsWith("float"))) {
    if (targets.aim === "probabilities") for (const part of parts) checkProbabilities(part);
    const target = { name: "y", type: "float32", shape: example.length === 0 ? [1] : example } as const;
    return { ...noLabels, target, classes: 0, classNames: [], oneHot: false };
  }
  const single = sizeOf(example) === 1;
  const labels = occurring(parts);
  const { ignoreIndex = IGNORED_LABEL } = targets;
  for (const part of parts.length > 1 && labels.has(ignoreIndex) ? parts : [])
    if ([...occurring([part]).keys()].every((label) => label === ignoreIndex))
      throw allIgnored(part.file, "y", ignoreIndex);
  const { said } = parts[0]!;
  const numbering = said?.classNames
    ? namedLabels(labels, said.classNames, targets)
    : await numberLabels(labels, targets, tokens && !single);
  return {
    ...numbering,
    target: single ? oneClass : { name: "y", type: "int64", shape: example },
    classNames: single || said?.classNames || numbering.positions !== null ? numbering.classNames : [],
    oneHot: false,
  };
}

/** Of a target that no label stands in. */
const noLabels = {
  positions: null,
  ignored: IGNORED_LABEL,
  unlabelled: { label: IGNORED_LABEL, labels: 0, of: 0 },
} as const;

/** Throws `DataError`, with the place, for a target outside [0, 1]. */
function checkProbabilities({ y, file }: TargetPart): void {
  for (let i = 0; i < y.shape[0]!; i++)
    for (const value of y.at(i) as Iterable<number | bigint>)
      if (!(value >= 0 && value <= 1)) throw noProbability(`${file}: example ${i}`, Number(value), "y");
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

function occurring(parts: readonly TargetPart[]): Occurring {
  const values: Gathered = new Map();
  for (const { y, file } of parts)
    for (let example = 0; example < y.shape[0]!; example++)
      for (const value of y.at(example) as Iterable<number | bigint>) {
        const number = Number(value);
        if (!Number.isSafeInteger(number))
          throw new DataError(
            `${file}: expected whole numbers ${typeof value === "bigint" ? "below 2^53 " : ""}as classes in "y", got ${value} in example ${example}; ` +
              (typeof value === "bigint" ? "number them with numpy.unique(y, return_inverse=True)[1]" : "correct it"),
          );
        countLabel(values, number, file, example);
      }
  return values;
}

/** Throws `DataError` for an element of an example that is not a finite number, or is none in float32. */
export function checkFinite(elements: TensorData, name: string, file: string, index: number): void {
  if (elements instanceof BigInt64Array) return;
  if (elements instanceof Float64Array) checkFloat32(elements, name, file, index);
  for (let i = 0; i < elements.length; i++)
    if (!Number.isFinite(elements[i]!))
      throw new DataError(
        `${file}: expected finite numbers in "${name}", got ${elements[i]} in example ${index}; correct it`,
      );
}

function checkFloat32(elements: Float64Array, name: string, file: string, index: number): void {
  const at = elements.findIndex((value) => Number.isFinite(value) && !Number.isFinite(Math.fround(value)));
  if (at !== -1)
    throw new DataError(
      `${file}: expected numbers that float32 holds in "${name}", got ${elements[at]} in example ${index}; scale or correct it`,
    );
}
