import { DataError, ShapeError, UsageError } from "../tensor/errors.ts";
import type { Shape, Tensor } from "../tensor/tensor.ts";

/** Labelled examples that are read a micro-batch at a time. */
export interface Dataset {
  /** `{data}` or `{data}_{subset}`, as in the names of runs and plots. */
  readonly name: string;
  /** Number of examples. */
  readonly size: number;
  /** Number of classes; labels lie in [0, classes). */
  readonly classes: number;
  /** What each label stands for, e.g. ["2", "3"]. */
  readonly classNames: readonly string[];
  /** The model's input; `shape` is that of one example, e.g. [1, 28, 28]. */
  readonly input: { readonly name: "x"; readonly type: "float32"; readonly shape: Shape };
  /** [size] */
  readonly labels: Int32Array;
  /**
   * Fills `x` [n, ...input.shape] with the normalised examples at `indices` [n] and `y` [n] with their labels.
   * Throws `ShapeError` when the lengths disagree or an index lies outside the data set.
   */
  read(indices: Uint32Array, x: Float32Array, y: BigInt64Array): void;
}

/** Grey images as they lie in a file, and where they came from, for messages. */
export interface LabeledImages {
  /** [n, height, width] uint8 */
  readonly images: Tensor;
  /** [n] uint8 */
  readonly labels: Tensor;
  readonly imageFile: string;
  readonly labelFile: string;
}

/** Of pixel values scaled to [0, 1]. */
export interface Normalization {
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
 * values.
 * Throws `DataError`, naming the file, where a label has no class.
 */
export function imageDataset(
  name: string,
  { images, labels, labelFile }: LabeledImages,
  classNames: readonly string[],
  normalization: Normalization,
): Dataset {
  const [size = 0, height = 0, width = 0] = images.shape;
  const pixels = images.data as Uint8Array;
  const classOf = Int32Array.from(labels.data as Uint8Array);
  const bad = classOf.findIndex((label) => label >= classNames.length);
  if (bad !== -1)
    throw new DataError(
      `${labelFile}: expected labels below ${classNames.length}, got ${classOf[bad]} at position ${bad}; ` +
        "check the file",
    );
  const input = { name: "x", type: "float32", shape: [1, height, width] } as const;
  return {
    name,
    size,
    classes: classNames.length,
    classNames,
    input,
    labels: classOf,
    read: imageReader(pixels, classOf, height * width, normalizationTable(normalization)),
  };
}

function imageReader(pixels: Uint8Array, labels: Int32Array, length: number, table: Float32Array): Dataset["read"] {
  return (indices, x, y) => {
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
      y[i] = BigInt(label);
      const end = (indices[i]! + 1) * length;
      for (let source = end - length; source < end; source++) x[target++] = table[pixels[source]!]!;
    }
  };
}

function normalizationTable({ mean, deviation }: Normalization): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / deviation);
}

/**
 * Mean and (population) standard deviation of all pixels, scaled to [0, 1]. The deviation of constant images counts as
 * 1.
 */
export function measureNormalization({ images }: LabeledImages): Normalization {
  const counts = new Float64Array(256);
  for (const byte of images.data as Uint8Array) counts[byte]!++;
  const n = images.data.length;
  const mean = counts.reduce((sum, count, byte) => sum + (count * byte) / 255, 0) / n;
  const variance = counts.reduce((sum, count, byte) => sum + count * (byte / 255 - mean) ** 2, 0) / n;
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
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`limit: expected a whole number of at least 1 example, got ${count}; raise --limit-examples`);
  if (count >= dataset.size) return dataset;
  return { ...dataset, size: count, labels: dataset.labels.subarray(0, count) };
}
