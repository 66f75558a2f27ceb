import { DataError, NotFoundError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLabeledImages, type LabeledImages } from "./dataset.ts";
import { listFolder, readBytes } from "./files.ts";
import { parseIdx } from "./idx.ts";

export interface Splits {
  readonly train: LabeledImages;
  readonly validation: LabeledImages;
}

/** The names under which MNIST and the data sets modelled on it are distributed. */
const parts = {
  train: { images: "train-images", labels: "train-labels" },
  validation: { images: "t10k-images", labels: "t10k-labels" },
} as const;

/** Whether a folder with these files is meant as a data set in MNIST's four files. */
export function isIdxFolder(files: readonly string[]): boolean {
  return find(files, parts.train.images, 3) !== undefined;
}

/** Paths of the four files. Throws `NotFoundError` naming one that is missing. */
export async function idxFiles(folder: string) {
  const { files } = (await listFolder(folder)) ?? { files: [] };
  const { train, validation } = parts;
  return {
    train: { images: pathOf(folder, files, train.images, 3), labels: pathOf(folder, files, train.labels, 1) },
    validation: {
      images: pathOf(folder, files, validation.images, 3),
      labels: pathOf(folder, files, validation.labels, 1),
    },
  };
}

/**
 * The four files of a folder: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
 * `t10k-labels-idx1-ubyte`, each also with a dot before `idx` and also as `.gz`.
 * Throws `NotFoundError` naming a file that is missing, `DataError` for damaged files or files that do not belong
 * together.
 */
export async function readIdxFolder(folder: string): Promise<Splits> {
  const { files } = (await listFolder(folder)) ?? { files: [] };
  const [train, validation] = await Promise.all([
    readLabeledImages(folder, files, parts.train),
    readLabeledImages(folder, files, parts.validation),
  ]);
  const [expected, got] = [train, validation].map(({ images }) => images.shape.slice(1).join(" × "));
  if (got !== expected)
    throw new DataError(
      `${validation.imageFile}: expected images of ${expected} pixels as in ${train.imageFile}, ` +
        `got ${got}; use files that belong together`,
    );
  return { train, validation };
}

async function readLabeledImages(
  folder: string,
  files: readonly string[],
  names: { images: string; labels: string },
): Promise<LabeledImages> {
  const [image, label] = await Promise.all([
    readArray(folder, files, names.images, 3),
    readArray(folder, files, names.labels, 1),
  ]);
  const labeled = { images: image.array, labels: label.array, imageFile: image.file, labelFile: label.file };
  checkLabeledImages(labeled);
  return labeled;
}

async function readArray(
  folder: string,
  files: readonly string[],
  part: string,
  rank: number,
): Promise<{ array: Tensor; file: string }> {
  const file = pathOf(folder, files, part, rank);
  return { array: parseIdx(await readBytes(file), file), file };
}

function pathOf(folder: string, files: readonly string[], part: string, rank: number): string {
  const name = find(files, part, rank);
  if (name !== undefined) return `${folder}/${name}`;
  throw new NotFoundError(
    `${folder}: expected ${part}-idx${rank}-ubyte (or .gz), got no such file; ` +
      "put all four files of the data set there",
  );
}

function find(files: readonly string[], part: string, rank: number): string | undefined {
  const names = ["-", "."].flatMap((joint) => ["", ".gz"].map((ending) => `${part}${joint}idx${rank}-ubyte${ending}`));
  return names.find((name) => files.includes(name));
}
