import { DataError, option } from "../../tensor/errors.ts";
import { type Moments, select } from "../dataset.ts";
import { hash } from "../duplicates.ts";
import { openImageDecoder } from "../files/decodeImage.ts";
import { fileSizes, readBytes } from "../files/files.ts";
import { countEndings, filesIn, inWords } from "../files/walk.ts";
import { leftOut, type SplitRule, splitInEnglish } from "../notes.ts";
import {
  allowOnly,
  chooseSplit,
  defaultMemory,
  type OpenedData,
  type OpenOptions,
  refuseSplit,
} from "../openOptions.ts";
import {
  commonImageShape,
  type ImageFiles,
  type ImageShape,
  imageClasses,
  imageFileDataset,
  keepPixels,
  listImages,
  measurePixels,
} from "./imageFolder.ts";

/**
 * Images in one folder for each class: of one folder, which is split by class, or of a folder to train and one to
 * validate with the same classes. Headers are read at once, images when they are asked for; decoded ones stay in memory
 * up to `options.dataMemory`. Normalised by mean and deviation of each channel of (at most 1,000) training images.
 */
export async function openImages(
  name: string,
  folders: readonly [string] | readonly [string, string],
  options: OpenOptions,
): Promise<OpenedData> {
  const [first, second] = folders;
  allowOnly(["imageSize", "validationSplit", "splitSeed"], options, `the images of ${first}`);
  if (second !== undefined) refuseSplit(options, `${first} and ${second}`);
  const memory = (options.dataMemory ?? defaultMemory) / folders.length;
  const decoder = await openImageDecoder(options.dataMemory);
  const classNames = await imageClasses(first);
  const files = [await listImages(first, classNames)];
  if (second !== undefined) files.push(await listValidation(first, second, classNames));
  const shape = await commonImageShape(
    decoder,
    files.flatMap(({ paths }) => paths),
    options.imageSize,
  );
  const { split, how } =
    files[1] === undefined
      ? chooseSplit({ size: files[0]!.paths.length, labels: files[0]!.labels, groups: null }, options)
      : {
          split: { train: indicesOf(files[0]!), validation: indicesOf(files[1]) },
          how: { kind: "given", by: "folders" } as const,
        };
  const pixels = files.map(({ paths }) => keepPixels(decoder, paths, shape, memory));
  const moments = await measurePixels(pixels[0]!, split.train, shape);
  const all = files.map((part, i) => imageFileDataset(name, part, pixels[i]!, shape, { classNames, moments }));
  const opened = { train: select(all[0]!, split.train), validation: select(all.at(-1)!, split.validation) };
  const pairs = await equalFiles(opened.train.columns!.file!, opened.validation.columns!.file!);
  return { ...opened, ...reported(files, { shape, classNames, moments, how, pairs }, opened) };
}

async function listValidation(first: string, second: string, classNames: readonly string[]): Promise<ImageFiles> {
  const own = await imageClasses(second);
  if (own.length === 0)
    throw new DataError(
      `${second}: expected a folder for each class of ${first}, got ${inWords(countEndings(await filesIn(second)))}; ` +
        `sort the images into such folders, or pass ${option("data")} ${first} alone, which is split then`,
    );
  const known = new Set(classNames);
  const unknown = own.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new DataError(`${second}: expected the classes of ${first}, got "${unknown}" too; rename or remove it`);
  return listImages(second, classNames);
}

function indicesOf({ paths }: ImageFiles): Uint32Array {
  return Uint32Array.from({ length: paths.length }, (_, i) => i);
}

/**
 * The validation files whose contents a training file has too, each behind the first of those, in the order of these;
 * only files of equal size are read.
 */
async function equalFiles(train: readonly string[], validation: readonly string[]): Promise<[string, string][]> {
  const sizes = await fileSizes([...train, ...validation]);
  const [ofTraining, ofValidation] = [new Set(sizes.slice(0, train.length)), new Set(sizes.slice(train.length))];
  const firsts = new Map<number, number>();
  for (const [i, path] of train.entries()) {
    if (!ofValidation.has(sizes[i]!)) continue;
    const contents = hash([await readBytes(path)]);
    if (!firsts.has(contents)) firsts.set(contents, i);
  }
  const found: { i: number; j: number }[] = [];
  for (const [j, path] of validation.entries()) {
    if (!ofTraining.has(sizes[train.length + j]!)) continue;
    const i = firsts.get(hash([await readBytes(path)]));
    if (i !== undefined) found.push({ i, j });
  }
  return found.sort((a, b) => a.i - b.i || a.j - b.j).map(({ i, j }) => [train[i]!, validation[j]!]);
}

interface Prepared {
  readonly shape: ImageShape & { readonly transparent: number };
  readonly classNames: readonly string[];
  readonly moments: readonly Moments[];
  readonly how: SplitRule;
  readonly pairs: readonly [string, string][];
}

function reported(
  files: readonly ImageFiles[],
  { shape: { channels, height, width, deep, transparent }, classNames, moments, how, pairs }: Prepared,
  { train, validation }: Pick<OpenedData, "train" | "validation">,
): Pick<OpenedData, "notes" | "description"> {
  const examples = { train: train.size, validation: validation.size };
  const duplicates = new Set(pairs.map(([, path]) => path)).size;
  return {
    description: {
      kind: "images",
      files: files.map(({ folder }) => folder),
      task: "classification",
      target: { name: "y", moments: null },
      classNames,
      inputs: moments.map((one, channel) => ({ name: `x channel ${channel}`, moments: one })),
      examples,
      split: splitInEnglish(how),
      duplicates,
    },
    notes: [
      { kind: "images", folder: files[0]!.folder, colour: channels > 1, deep, height, width, classes: classNames },
      { kind: "parts", of: "images", ...examples, split: how },
      ...(transparent > 0 ? [{ kind: "transparentImages", images: transparent } as const] : []),
      ...files.flatMap(({ folder, others }) => leftOut(folder, others)),
      ...(pairs[0]
        ? [
            {
              kind: "duplicates",
              of: "images",
              duplicates,
              validation: examples.validation,
              pair: pairs[0],
            } as const,
          ]
        : []),
    ],
  };
}
