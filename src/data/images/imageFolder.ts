import { DataError, option } from "../../tensor/errors.ts";
import { byChannel, type Dataset, levelMoments, type Moments, oneClass } from "../dataset.ts";
import { type ImageDecoder, imageEnding } from "../files/decodeImage.ts";
import { listFolder } from "../files/files.ts";
import { countEndings, type Endings, filesIn, inWords } from "../files/walk.ts";
import { shuffled } from "../split.ts";
import { checkRead } from "../tables/tableDataset.ts";

/** The images of a folder and their classes, in random order, the same whenever they are listed. */
export interface ImageFiles {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly labels: Int32Array;
  /** Files in these folders that are no images. */
  readonly others: Endings;
}

/** Files whose headers are read at the same time, and images that are decoded at the same time. */
const AT_ONCE = 16;

/** Images that mean and deviation are measured on. */
const MEASURED = 1000;

/** The subfolders of a folder of images, which are the classes. */
export async function imageClasses(folder: string): Promise<readonly string[]> {
  return (await listFolder(folder))?.folders ?? [];
}

/**
 * Lists the images in the folder of each class and in the folders in it. Throws `DataError` for a class without an
 * image that can be read.
 */
export async function listImages(folder: string, classes: readonly string[]): Promise<ImageFiles> {
  const paths: string[] = [];
  const labels: number[] = [];
  const others = [...((await listFolder(folder))?.files ?? [])];
  for (const [label, name] of classes.entries()) {
    const files = await filesIn(`${folder}/${name}`);
    const images = files.filter((file) => imageEnding.test(file));
    if (images.length === 0)
      throw new DataError(
        `${folder}/${name}: expected images .png, .jpg or .webp of the class "${name}", got ${inWords(countEndings(files))}; ` +
          "convert or add some, or remove the folder",
      );
    for (const file of images) {
      paths.push(`${folder}/${name}/${file}`);
      labels.push(label);
    }
    others.push(...files.filter((file) => !imageEnding.test(file)));
  }
  const order = shuffled(paths.length, 0);
  return {
    folder,
    paths: Array.from(order, (i) => paths[i]!),
    labels: Int32Array.from(order, (i) => labels[i]!),
    others: countEndings(others),
  };
}

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Whether the levels of a pixel have 16 bits, as those of some image do, else 8. */
  readonly deep: boolean;
}

/**
 * The size, channels and depth of all images, from their headers: grey where all are grey; and how many have pixels
 * that may be transparent. Throws `DataError`, naming the
 * file, for one that is no image and, unless `size` says what they are brought to, for one of another size than the
 * first.
 */
export async function commonImageShape(
  decoder: ImageDecoder,
  paths: readonly string[],
  size: readonly [number, number] | undefined,
): Promise<ImageShape & { readonly transparent: number }> {
  const headers = await inParallel(paths, (path) => decoder.header(path));
  const [height, width] = size ?? [headers[0]!.height, headers[0]!.width];
  const other = size ? -1 : headers.findIndex((header) => header.height !== height || header.width !== width);
  if (other !== -1)
    throw new DataError(
      `${paths[other]}: expected ${height} × ${width} pixels as in ${paths[0]}, got ${headers[other]!.height} × ` +
        `${headers[other]!.width}; pass ${option("imageSize")} ${height}x${width} or another`,
    );
  return {
    height,
    width,
    channels: headers.every(({ grey }) => grey) ? 1 : 3,
    deep: headers.some(({ deep }) => deep),
    transparent: headers.filter(({ transparent }) => transparent).length,
  };
}

/** The levels of image `i`, decoded, or as they were decoded before. */
export type Pixels = (i: number) => Promise<Uint8Array | Uint16Array>;

/** Decodes images when they are asked for, and keeps the first ones of together at most `memory` bytes. */
export function keepPixels(
  decoder: ImageDecoder,
  paths: readonly string[],
  shape: ImageShape,
  memory: number,
): Pixels & { held(): number } {
  const kept = new Map<number, Uint8Array | Uint16Array>();
  const bytes = shape.height * shape.width * shape.channels * (shape.deep ? 2 : 1);
  const pixels = async (i: number) => {
    const known = kept.get(i);
    if (known !== undefined) return known;
    const decoded = await decoder.pixels(paths[i]!, shape);
    // A copy, since what the decoder gives may be part of a larger buffer.
    if ((kept.size + 1) * bytes <= memory) kept.set(i, decoded.slice());
    return decoded;
  };
  return Object.assign(pixels, { held: () => kept.size * bytes });
}

function levelsOf(deep: boolean): number {
  return deep ? 65536 : 256;
}

/** Mean and deviation of each channel over at most 1,000 of the images at `indices`, evenly spaced. */
export async function measurePixels(
  pixels: Pixels,
  indices: Uint32Array,
  { channels, deep }: ImageShape,
): Promise<Moments[]> {
  const every = Math.max(1, Math.ceil(indices.length / MEASURED));
  const counts = Array.from({ length: channels }, () => new Float64Array(levelsOf(deep)));
  await inParallel([...indices.filter((_, i) => i % every === 0)], async (index) => {
    const levels = await pixels(index);
    for (let at = 0; at < levels.length; at++) counts[at % channels]![levels[at]!]!++;
  });
  return counts.map(levelMoments);
}

/**
 * The images as examples: `x` float32 [channels, height, width], normalised by channel. Their paths are the column
 * `file`.
 */
export function imageFileDataset(
  name: string,
  { paths, labels }: ImageFiles,
  pixels: Pixels,
  { height, width, channels, deep }: ImageShape,
  { classNames, moments }: { classNames: readonly string[]; moments: readonly Moments[] },
): Dataset {
  const tables = moments.map(({ mean, deviation }) =>
    Float32Array.from({ length: levelsOf(deep) }, (_, level) => (level / (levelsOf(deep) - 1) - mean) / deviation),
  );
  const area = height * width;
  return {
    name,
    size: paths.length,
    classes: classNames.length,
    classNames,
    inputs: [{ name: "x", type: "float32", shape: [channels, height, width] }],
    target: oneClass,
    labels,
    preprocessing: byChannel(moments, deep),
    columns: { file: paths },
    async read(indices, batch) {
      const [x, y] = [batch.x!.data as Float32Array, batch.y!.data as BigInt64Array];
      checkRead(indices, paths.length, x.length, y.length, channels * area);
      await inParallel([...indices], async (index, i) => {
        const levels = await pixels(index);
        for (let channel = 0; channel < channels; channel++)
          for (let at = 0; at < area; at++)
            x[(i * channels + channel) * area + at] = tables[channel]![levels[at * channels + channel]!]!;
        y[i] = BigInt(labels[index]!);
      });
    },
  };
}

/** `action` on every item, some at a time; the results in order. After a failure no further ones are begun. */
async function inParallel<T, R>(items: readonly T[], action: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const work = async () => {
    while (next < items.length && !failed) {
      const i = next++;
      try {
        results[i] = await action(items[i]!, i);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  return results;
}
