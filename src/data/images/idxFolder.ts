import { DataError, NotFoundError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLabeledImages, type LabeledImages } from "../dataset.ts";
import { listFolder, readBytes } from "../files/files.ts";
import { parseIdx } from "../files/idx.ts";
import { defaultMemory } from "../openOptions.ts";

type Read = (file: string) => Promise<Uint8Array>;

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
export async function readIdxFolder(folder: string, memory: number = defaultMemory): Promise<Splits> {
  const { files } = (await listFolder(folder)) ?? { files: [] };
  let room = memory;
  const read: Read = async (file) => {
    const bytes = await readBytes(file, room);
    room -= bytes.length;
    return bytes;
  };
  // One after the other, as the later ones may take what the earlier ones leave.
  const train = await readLabeledImages(folder, files, parts.train, read);
  const validation = await readLabeledImages(folder, files, parts.validation, read);
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
  read: Read,
): Promise<LabeledImages> {
  const image = await readArray(pathOf(folder, files, names.images, 3), read);
  const label = await readArray(pathOf(folder, files, names.labels, 1), read);
  const labeled = { images: image.array, labels: label.array, imageFile: image.file, labelFile: label.file };
  checkLabeledImages(labeled);
  return labeled;
}

async function readArray(file: string, read: Read): Promise<{ array: Tensor; file: string }> {
  return { array: parseIdx(await read(file), file), file };
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
