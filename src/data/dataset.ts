import { is, requireArguments } from "../tensor/arguments.ts";
import { DataError, option, ShapeError, UsageError } from "../tensor/errors.ts";
import { IGNORED_LABEL } from "../tensor/ignoredLabel.ts";
import { type Shape, type Tensor, zeros } from "../tensor/tensor.ts";
import type { Numbering } from "./targets.ts";

/** What a data set gives of each example: the batch axis is not in `shape`. */
export interface DataArray {
  readonly name: string;
  readonly type: "float32" | "int64";
  readonly shape: Shape;
}

/** Arrays by name, the examples on axis 0: the data set's inputs, and `y`. */
export type Batch = Readonly<Record<string, Tensor>>;

/** Examples that are read a micro-batch at a time. */
export interface Dataset {
  /** `{data}` or `{data}_{subset}`, as in the names of runs and plots. */
  readonly name: string;
  /** Number of examples. */
  readonly size: number;
  /** Number of classes (of a text: the vocabulary); classes lie in [0, classes). 0 where the target is no class. */
  readonly classes: number;
  /** What each class stands for, e.g. ["2", "3"]; empty where classes have no names. */
  readonly classNames: readonly string[];
  /** What the model reads, the first one called `x`, e.g. [{ name: "x", type: "float32", shape: [1, 28, 28] }]. */
  readonly inputs: readonly DataArray[];
  /**
   * What the loss compares with: `y`, int64 [] for one class, int64 [T] for one class per position, float32 for
   * numbers.
   */
  readonly target: DataArray & { readonly name: "y" };
  /**
   * How numbers to be predicted were standardised: (value − mean)/deviation. Absent where they are read as they are.
   */
  readonly targetScale?: Moments | undefined;
  /** [size] the class of each example, −1 where its label stands for none; empty unless the target is one class. */
  readonly labels: Int32Array;
  /**
   * What `y` holds where there is no label, whatever the loss was told to ignore: labels were numbered anew. Absent
   * where `y` holds the labels of the file.
   */
  readonly ignored?: number | undefined;
  /** What was done to the stored values before a model reads them, as plain data for who uses the model elsewhere. */
  readonly preprocessing?: Readonly<Record<string, unknown>>;
  /** Columns that say where an example comes from (site, file, annotator, …), [size] texts each. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  /** Of a table: where the row of an example stands, for a reader, `flowers.csv:12`. */
  readonly place?: ((example: number) => string) | undefined;
  /** Of examples that `select` took from others: those others, and where each stands in them. */
  readonly selected?: { readonly from: Dataset; readonly indices: Uint32Array };
  /**
   * Fills every array of `batch` with the examples at `indices` [n]; see `newBatch`. `draw` says which of the endless
   * random versions of an augmented example to give: the same draw gives the same bits. Data without augmentation
   * ignore it. Throws `ShapeError` when the lengths disagree or an index lies outside the data set.
   */
  read(indices: Uint32Array, batch: Batch, draw?: number): void | Promise<void>;
}

/** Arrays that `read` fills with `count` examples. */
export function newBatch({ inputs, target }: Dataset, count: number): Batch {
  return Object.fromEntries([...inputs, target].map(({ name, type, shape }) => [name, zeros(type, [count, ...shape])]));
}

/** The target of data whose examples have one class each. */
export const oneClass = { name: "y", type: "int64", shape: [] } as const;

/** Grey images as they lie in a file, and where they came from, for messages. */
export interface LabeledImages {
  /** [n, height, width] uint8 */
  readonly images: Tensor;
  /** [n] uint8 */
  readonly labels: Tensor;
  readonly imageFile: string;
  readonly labelFile: string;
}

/**
 * Mean and (population) standard deviation, which of a constant counts as 1: of a feature, or of pixel values scaled to
 * [0, 1].
 */
export interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/** Throws `DataError` where images and labels are not of the same number, or not images and labels. */
export function checkLabeledImages({ images, labels, imageFile, labelFile }: LabeledImages): void {
  if (images.type !== "uint8" || images.shape.length !== 3)
    throw new DataError(
      `${imageFile}: expected uint8[n, height, width], got ${images.type}[${images.shape.join(", ")}]; ` +
        "is it the image file?",
    );
  if (labels.type !== "uint8" || labels.shape.length !== 1)
    throw new DataError(
      `${labelFile}: expected uint8[n], got ${labels.type}[${labels.shape.join(", ")}]; is it the label file?`,
    );
  if (images.shape[0] !== labels.shape[0])
    throw new DataError(
      `${labelFile}: expected ${images.shape[0]} labels for the images of ${imageFile}, got ${labels.shape[0]}; ` +
        "use files that belong together",
    );
  if (images.data.length === 0)
    throw new DataError(`${imageFile}: expected at least one image, got none; use a data set that is not empty`);
}

/**
 * A data set over images that stay one byte per pixel in memory; reading goes through a table of the 256 normalised
 * values. Labels are classes as they are, unless they were numbered.
 * Throws `DataError`, naming the file, where a label has no class.
 */
export function imageDataset(
  name: string,
  { images, labels, labelFile }: LabeledImages,
  classNames: readonly string[],
  normalization: Moments,
  { positions, ignored, unlabelled }: Pick<Numbering, "positions" | "ignored" | "unlabelled"> = asTheyAre,
): Dataset {
  const [size = 0, height = 0, width = 0] = images.shape;
  const pixels = images.data as Uint8Array;
  const given = labels.data as Uint8Array;
  const classOf = Int32Array.from(given, (label) =>
    label === unlabelled.label ? -1 : positions === null ? label : (positions.get(label) ?? classNames.length),
  );
  const bad = classOf.findIndex((label) => label >= classNames.length);
  if (bad !== -1)
    throw new DataError(
      `${labelFile}: expected labels ${positions === null ? `below ${classNames.length}` : `that are one of ${classNames.join(", ")}`}, ` +
        `got ${given[bad]} at position ${bad}; check the file`,
    );
  return {
    name,
    size,
    classes: classNames.length,
    classNames,
    inputs: [{ name: "x", type: "float32", shape: [1, height, width] }],
    target: oneClass,
    labels: classOf,
    ...(positions !== null && { ignored }),
    preprocessing: { pixels: "(byte / 255 - mean) / deviation", ...normalization },
    read: imageReader(pixels, { labels: classOf, ignored }, height * width, normalizationTable(normalization)),
  };
}

/** Labels that are the numbers of their classes. */
const asTheyAre = {
  positions: null,
  ignored: IGNORED_LABEL,
  unlabelled: { label: IGNORED_LABEL, labels: 0, of: 0 },
};

function imageReader(
  pixels: Uint8Array,
  { labels, ignored }: { readonly labels: Int32Array; readonly ignored: number },
  length: number,
  table: Float32Array,
): Dataset["read"] {
  return (indices, batch) => {
    const [x, y] = [batch.x!.data as Float32Array, batch.y!.data as BigInt64Array];
    if (x.length !== indices.length * length || y.length !== indices.length)
      throw new ShapeError(
        `read: expected x of ${indices.length * length} and y of ${indices.length} elements, ` +
          `got ${x.length} and ${y.length}; pass arrays that fit the micro-batch`,
      );
    let target = 0;
    for (let i = 0; i < indices.length; i++) {
      const label = labels[indices[i]!];
      if (label === undefined)
        throw new ShapeError(
          `read: expected indices below ${labels.length}, got ${indices[i]}; sample from this data set's size`,
        );
      y[i] = BigInt(label < 0 ? ignored : label);
      const end = (indices[i]! + 1) * length;
      for (let source = end - length; source < end; source++) x[target++] = table[pixels[source]!]!;
    }
  };
}

function normalizationTable({ mean, deviation }: Moments): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / deviation);
}

/** Of all pixels, scaled to [0, 1]. */
export function measureNormalization({ images }: LabeledImages): Moments {
  const counts = new Float64Array(256);
  for (const byte of images.data as Uint8Array) counts[byte]!++;
  return levelMoments(counts);
}

/** What a data set says of channels that were normalised. `deep`: of levels of 16 bits, else of bytes. */
export function byChannel(channels: readonly Moments[], deep = false): Record<string, unknown> {
  return { pixels: `(${deep ? "level / 65535" : "byte / 255"} - mean) / deviation, by channel`, channels };
}

/**
 * Of levels over the highest one, from how many there are of each: 256 of bytes, 65,536 of 16 bits. The deviation of
 * equal levels counts as 1.
 */
export function levelMoments(counts: Float64Array): Moments {
  const highest = counts.length - 1;
  const n = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, level) => sum + (count * level) / highest, 0) / n;
  const variance = counts.reduce((sum, count, level) => sum + count * (level / highest - mean) ** 2, 0) / n;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

/** The examples whose label is one of `classes`, relabelled 0, 1, … in the order of `classes`. */
export function keepClasses(source: LabeledImages, classes: readonly number[]): LabeledImages {
  const [, height = 0, width = 0] = source.images.shape;
  const length = height * width;
  const labels = source.labels.data as Uint8Array;
  const pixels = source.images.data as Uint8Array;
  const kept = Uint32Array.from(labels.keys()).filter((i) => classes.includes(labels[i]!));
  const images = new Uint8Array(kept.length * length);
  kept.forEach((i, k) => {
    images.set(pixels.subarray(i * length, (i + 1) * length), k * length);
  });
  return {
    ...source,
    images: { type: "uint8", shape: [kept.length, height, width], data: images },
    labels: { type: "uint8", shape: [kept.length], data: Uint8Array.from(kept, (i) => classes.indexOf(labels[i]!)) },
  };
}

/**
 * The first `count` examples, or all when there are fewer: for quick runs. Throws `UsageError` unless `count` is a
 * whole number ≥ 1.
 */
export function limit(dataset: Dataset, count: number): Dataset {
  requireArguments("limit", { dataset }, { dataset: is.data });
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(
      `limit: expected a whole number of at least 1 example, got ${count}; raise ${option("limitExamples")}`,
    );
  if (count >= dataset.size) return dataset;
  return select(
    dataset,
    Uint32Array.from({ length: count }, (_, i) => i),
  );
}

/** The examples of `dataset` at `indices`, in that order: a split, a fold, a subset. */
export function select(dataset: Dataset, indices: Uint32Array, called?: string): Dataset {
  requireArguments("select", { dataset, indices }, { dataset: is.data, indices: is.indices });
  const { labels, columns = {}, selected, place, name } = dataset;
  const taken = <T>(column: readonly T[]) => Array.from(indices, (i) => column[i]!);
  return {
    ...dataset,
    name: called ?? name,
    size: indices.length,
    labels: labels.length === 0 ? labels : Int32Array.from(indices, (i) => labels[i]!),
    columns: Object.fromEntries(Object.entries(columns).map(([key, column]) => [key, taken(column)])),
    ...(place && { place: (example) => place(indices[example]!) }),
    selected: {
      from: selected?.from ?? dataset,
      indices: selected ? indices.map((i) => selected.indices[i]!) : indices,
    },
    read: (wanted, batch, draw) => {
      const bad = wanted.find((i) => i >= indices.length);
      if (bad !== undefined)
        throw new ShapeError(
          `read: expected indices below ${indices.length}, got ${bad}; sample from this data set's size`,
        );
      return dataset.read(
        wanted.map((i) => indices[i]!),
        batch,
        draw,
      );
    },
  };
}
