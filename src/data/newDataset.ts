import { DataError, option, ShapeError, UsageError } from "../tensor/errors.ts";
import { IGNORED_LABEL } from "../tensor/ignoredLabel.ts";
import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import { type Batch, type Dataset, newBatch } from "./dataset.ts";
import type { Learned } from "./preparation.ts";

/** Examples that are read at once where their targets are looked at. */
const BLOCK = 256;

/**
 * A data set in memory as a model reads it that `learned` from another: its classes by their names, its numbers in the
 * unit that the model was trained with; of whole numbers, which arrays of numbers may hold instead of classes, those
 * that are names of classes. Its targets are read only `withTarget`. Throws `ShapeError` for inputs of other names,
 * types or shapes, `UsageError` for data that were prepared by other numbers than the training data and for targets of
 * another kind, and `DataError` for a class that the model does not know; what is wrong with one of several positions
 * is thrown by `read`.
 */
export async function newDataset(
  data: Dataset,
  learned: Learned,
  {
    withTarget,
    ignoreIndex = IGNORED_LABEL,
  }: { readonly withTarget: boolean; readonly ignoreIndex?: number | undefined },
): Promise<Dataset> {
  for (const wanted of learned.inputs) requireInput(data, wanted);
  requirePrepared(data, learned);
  const { inputs, target, classes, classNames, targetScale, ignored, preprocessing } = learned;
  const label = withTarget ? labelReader(data, learned, ignoreIndex) : () => 0;
  const scale = targetScale ?? { mean: 0, deviation: 1 };
  const per = sizeOf(target.shape);
  const read: Dataset["read"] = async (indices, batch, draw) => {
    const own: Batch = { ...newBatch(data, indices.length), ...ofInputs(batch, learned) };
    await data.read(indices, own, draw);
    if (!withTarget) return;
    const into = batch.y!.data;
    for (const [i, value] of valuesOf(own.y!).entries()) {
      const example = indices[Math.floor(i / per)]!;
      if (into instanceof BigInt64Array) into[i] = BigInt(label(value, example));
      else into[i] = (numberOf(value, data, example) - scale.mean) / scale.deviation;
    }
  };
  const isOneClass = target.type === "int64" && target.shape.length === 0;
  return {
    name: data.name,
    size: data.size,
    ...{ inputs, target, classes, classNames },
    ...(targetScale && { targetScale }),
    ...(ignored !== undefined && { ignored }),
    ...(preprocessing && { preprocessing }),
    labels: withTarget && isOneClass ? await labelsOf(data, label, ignored ?? ignoreIndex) : new Int32Array(),
    ...(data.columns && { columns: data.columns }),
    ...(data.place && { place: data.place }),
    read,
  };
}

function requireInput(data: Dataset, wanted: Learned["inputs"][number]): void {
  const given = data.inputs.find(({ name }) => name === wanted.name);
  if (given?.type === wanted.type && given.shape.join() === wanted.shape.join()) return;
  const got = given === undefined ? data.inputs.map(({ name }) => name).join(", ") : described(given);
  throw new ShapeError(
    `${data.name}: expected the input "${wanted.name}" ${described(wanted)}, as the model was trained on, got ${got}; ` +
      "give examples of that shape",
  );
}

function described({ type, shape }: Pick<Tensor, "shape"> & { readonly type: string }): string {
  return `${type}[${["N", ...shape].join(", ")}]`;
}

/** Numbers that were scaled by the means of other data would be read as something else, and nobody would see it. */
function requirePrepared({ name, preprocessing }: Dataset, learned: Learned): void {
  if (inputsOf(preprocessing) === inputsOf(learned.preprocessing)) return;
  throw new UsageError(
    `${name}: expected examples prepared by the training data (${preparationIn(learned)}), ` +
      `got ${preprocessing === undefined ? "numbers as they are" : "such as were prepared by their own"}; ` +
      `pass the path of their file or folder as ${option("data")}`,
  );
}

function preparationIn({ preprocessing }: Learned): string {
  const { series: _, ...inputs } = preprocessing ?? {};
  return preprocessing === undefined ? "numbers as they are" : `its ${Object.keys(inputs).join(", ")}`;
}

/** What was done to inputs. A target is converted by its own scale, and where windows are cut changes none. */
function inputsOf(preprocessing: Dataset["preprocessing"]): string {
  const { target: _, y: __, series: ___, ...inputs } = preprocessing ?? {};
  return JSON.stringify(inputs);
}

function ofInputs(batch: Batch, { inputs }: Learned): Batch {
  return Object.fromEntries(inputs.map(({ name }) => [name, batch[name]!]));
}

function valuesOf({ data }: Tensor): Float64Array {
  return Float64Array.from(data as ArrayLike<number | bigint>, Number);
}

/** The number that a target stands for, in its own unit: of classes their names. */
function numberOf(value: number, { name, target, targetScale, classNames }: Dataset, example: number): number {
  if (target.type === "float32") return targetScale ? value * targetScale.deviation + targetScale.mean : value;
  const number = classNames.length === 0 ? value : Number(classNames[value]);
  if (Number.isFinite(number)) return number;
  throw new DataError(
    `${name}: example ${example}: expected a number, as the model predicts numbers, got the class ${JSON.stringify(classNames[value])}; ` +
      "give numbers as targets",
  );
}

/** What turns a target of the data into the class of the model. */
function labelReader(data: Dataset, learned: Learned, ignoreIndex: number): (value: number, example: number) => number {
  requireTarget(data, learned);
  if (learned.target.type === "float32") return () => 0;
  const classOf = new Map(learned.classNames.map((name, label) => [name, label]));
  const isNamed = learned.classNames.length > 0 && (data.target.type === "float32" || data.classNames.length > 0);
  const nameOf = (value: number) => (data.target.type === "float32" ? String(value) : data.classNames[value]);
  return (value, example) => {
    if (data.target.type === "int64" && value === (data.ignored ?? ignoreIndex)) return learned.ignored ?? ignoreIndex;
    const label = isNamed ? classOf.get(nameOf(value) ?? "") : value;
    if (label !== undefined && Number.isInteger(label) && label >= 0 && label < learned.classes) return label;
    throw new DataError(
      `${data.name}: example ${example}: expected a class that the model knows (${namesIn(learned)}), ` +
        `got ${JSON.stringify(isNamed ? (nameOf(value) ?? value) : value)}; correct it or leave it out`,
    );
  };
}

function requireTarget({ name, target }: Dataset, learned: Learned): void {
  const size = sizeOf(target.shape);
  const single = size === 1 && sizeOf(learned.target.shape) === 1;
  if (single || (target.type === learned.target.type && target.shape.join() === learned.target.shape.join())) return;
  throw new ShapeError(
    `${name}: expected targets ${described(learned.target)}, as the model was trained on, got ${described(target)}; give such`,
  );
}

function namesIn({ classNames, classes }: Learned): string {
  if (classNames.length === 0) return `0 to ${classes - 1}`;
  return classNames.length <= 8
    ? classNames.join(", ")
    : `${classNames.slice(0, 8).join(", ")} and ${classNames.length - 8} more`;
}

/** The class of each example, −1 where it has none. */
async function labelsOf(
  data: Dataset,
  label: (value: number, example: number) => number,
  none: number,
): Promise<Int32Array> {
  const labels = new Int32Array(data.size);
  for (let start = 0; start < data.size; start += BLOCK) {
    const indices = Uint32Array.from({ length: Math.min(BLOCK, data.size - start) }, (_, i) => start + i);
    const batch = newBatch(data, indices.length);
    await data.read(indices, batch);
    for (const [i, value] of valuesOf(batch.y!).entries()) {
      const one = label(value, start + i);
      labels[start + i] = one === none ? -1 : one;
    }
  }
  return labels;
}
