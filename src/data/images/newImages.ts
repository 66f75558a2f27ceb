import { DataError, option } from "../../tensor/errors.ts";
import type { Dataset, Moments } from "../dataset.ts";
import { imageEnding, openImageDecoder } from "../files/decodeImage.ts";
import { countEndings, filesIn, inWords } from "../files/walk.ts";
import type { Learned, NewDataOptions } from "../preparation.ts";
import { commonImageShape, imageFileDataset, keepPixels } from "./imageFolder.ts";

/**
 * The images of a folder and of those in it as a model reads them, in the order of their paths, with the mean and
 * deviation of each channel that it was trained with. With a target the folder that an image lies in is its class.
 * Throws `DataError` for images of another size than the model's unless `imageSize` brings them to it, and for a class
 * that the model does not know.
 */
export async function newImages(
  folder: string,
  learned: Learned,
  { moments, deep }: { readonly moments: readonly Moments[]; readonly deep: boolean },
  { withTarget, imageSize, memory }: NewDataOptions,
): Promise<Dataset> {
  const [channels = 1, height = 1, width = 1] = learned.inputs[0]!.shape;
  const files = await filesIn(folder);
  const images = files.filter((file) => imageEnding.test(file)).sort();
  if (images.length === 0)
    throw new DataError(
      `${folder}: expected images .png, .jpg or .webp, got ${inWords(countEndings(files))}; convert or add some`,
    );
  const positions = new Map(learned.classNames.map((name, i) => [name, i]));
  const labels = Int32Array.from(images, (file) => (withTarget ? classOf(file, positions, folder) : 0));
  const decoder = await openImageDecoder(memory);
  const paths = images.map((file) => `${folder}/${file}`);
  const found = await commonImageShape(decoder, paths, imageSize);
  if (found.height !== height || found.width !== width)
    throw new DataError(
      `${paths[0]}: expected ${height} × ${width} pixels, as the model reads them, got ${found.height} × ${found.width}; pass ${option("imageSize")} ${height}x${width}`,
    );
  const shape = { height, width, channels: channels === 1 ? 1 : 3, deep } as const;
  const pixels = keepPixels(decoder, paths, shape, memory);
  const { classNames } = learned;
  return imageFileDataset(learned.name, imageFiles(folder, paths, labels), pixels, shape, { classNames, moments });
}

function imageFiles(folder: string, paths: readonly string[], labels: Int32Array) {
  return { folder, paths, labels, others: new Map() };
}

function classOf(file: string, positions: ReadonlyMap<string, number>, folder: string): number {
  const name = file.includes("/") ? file.slice(0, file.indexOf("/")) : undefined;
  const position = name === undefined ? undefined : positions.get(name);
  if (position !== undefined) return position;
  throw new DataError(
    `${folder}/${file}: expected an image in the folder of a class that the model knows (${[...positions.keys()].slice(0, 8).join(", ")}), ` +
      `got ${name === undefined ? "it in none" : `"${name}"`}; move it, or use predict, which needs no classes`,
  );
}
