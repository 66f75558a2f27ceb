import { NotFoundError, UsageError } from "../tensor/errors.ts";
import { type Dataset, imageDataset, measureNormalization } from "./dataset.ts";
import { listFolder } from "./files.ts";
import { isIdxFolder, readIdxFolder } from "./idxFolder.ts";
import { mnistSubsets, openMnist } from "./mnist.ts";
import { type DataOptions, type OptionKind, optionFlags } from "./options.ts";
import { fieldDefaults, openSensors, sensorSubsets, seriesDefaults } from "./sensors.ts";
import { didYouMean } from "./suggest.ts";
import { isText, openMobyDick, openTextFile, openTextFolder } from "./textFiles.ts";

export interface OpenData {
  readonly train: Dataset;
  readonly validation: Dataset;
  /** The subsets that `name` has, whether or not one was opened. */
  readonly subsets: readonly string[];
}

interface DataSource {
  /** One line for pickers and help. */
  readonly about: string;
  readonly subsets: readonly string[];
  /** Options that mean something for these data; none by default. */
  readonly takes?: readonly OptionKind[];
  readonly open: (subset: string | undefined, options: DataOptions) => Promise<{ train: Dataset; validation: Dataset }>;
}

/** The data sets that `--data` knows by name. */
export const dataSources: Readonly<Record<string, DataSource>> = {
  mnist: {
    about: "handwritten digits, 60,000 + 10,000 images of 28 × 28",
    subsets: mnistSubsets,
    open: (subset) => openMnist(mnistSubsets.find((known) => known === subset)),
  },
  sensors: {
    about: "humidity and temperature of four sensors, two of them with an anomaly, in windows of readings",
    subsets: sensorSubsets,
    takes: ["series"],
    open: (subset, { series }) => openSensors("sensors", subset, { ...seriesDefaults, ...series }),
  },
  DualGAF: {
    about: "the windows of sensors as Gramian angular summation and difference fields",
    subsets: sensorSubsets,
    takes: ["series", "fields"],
    open: (subset, { series, fields }) => openSensors("DualGAF", subset, { ...fieldDefaults, ...series, ...fields }),
  },
  "moby-dick": {
    about: "Melville's novel as tokens, split by chapters",
    subsets: [],
    takes: ["text"],
    open: (_, { text = {} }) => openMobyDick(text),
  },
};

/** The subsets of a data set known by name or of a folder; none where it is one whole. Throws as `openData`. */
export async function listSubsets(name: string): Promise<readonly string[]> {
  return (await sourceOf(name)).subsets;
}

function sourceOf(name: string): DataSource | Promise<DataSource> {
  const known = Object.keys(dataSources).find((key) => key.toLowerCase() === name.toLowerCase());
  return known === undefined ? folderSource(name) : dataSources[known]!;
}

/**
 * Training and validation examples of a data set known by name, or of a folder with MNIST's four IDX files, or of one
 * subfolder (the subset) of a folder of such folders. A folder's images are normalised by the mean and deviation of
 * its own training pixels.
 *
 * Throws `NotFoundError` for data that are not there, `UsageError` for a subset that is unknown or must be chosen,
 * `DataError` for damaged files.
 */
export async function openData(
  name: string,
  { subset, ...options }: DataOptions & { readonly subset?: string | undefined } = {},
): Promise<OpenData> {
  const source = await sourceOf(name);
  if (subset !== undefined && !source.subsets.includes(subset)) {
    const known = source.subsets.length === 0 ? "no subset" : `one of ${source.subsets.join(", ")}`;
    const hint = didYouMean(subset, source.subsets) || "; change or leave out --subset";
    throw new UsageError(`${name}: expected ${known}, got the subset "${subset}"${hint}`);
  }
  refuseOptions(name, source.takes ?? [], options);
  return { ...(await source.open(subset, options)), subsets: source.subsets };
}

function textSource(path: string, open: typeof openTextFile): DataSource {
  return { about: path, subsets: [], takes: ["text"], open: (_, { text = {} }) => open(path, folderName(path), text) };
}

/** Throws `UsageError` for options that mean nothing for these data. */
function refuseOptions(name: string, takes: readonly OptionKind[], options: DataOptions): void {
  const kind = (Object.keys(optionFlags) as OptionKind[]).find((one) => options[one] && !takes.includes(one));
  if (kind !== undefined)
    throw new UsageError(
      `${name}: expected no options of ${kind} for such data, got some; leave out ${optionFlags[kind]}`,
    );
}

async function folderSource(path: string): Promise<DataSource> {
  if (isText(path)) return textSource(path, openTextFile);
  const listing = await listFolder(path);
  const names = Object.keys(dataSources);
  if (listing === null)
    throw new NotFoundError(
      `openData: expected ${names.join(", ")} or a folder, got "${path}"${didYouMean(path, names) || "; check --data"}`,
    );
  const label = folderName(path);
  if (isIdxFolder(listing.files)) return { about: path, subsets: [], open: () => openFolder(path, label) };

  if (listing.files.some(isText)) return textSource(path, openTextFolder);

  const inside = await Promise.all(listing.folders.map((folder) => listFolder(`${path}/${folder}`)));
  const subsets = listing.folders.filter((_, i) => isIdxFolder(inside[i]?.files ?? []));
  if (subsets.length === 0)
    throw new NotFoundError(
      `${path}: expected train-images-idx3-ubyte and its three companions, or folders with them, got neither; ` +
        "put the files there",
    );
  const open = async (subset: string | undefined) => {
    if (subset === undefined)
      throw new UsageError(`${path}: expected a subset, one of ${subsets.join(", ")}, got none; pass --subset`);
    return openFolder(`${path}/${subset}`, `${label}_${subset}`);
  };
  return { about: path, subsets, open };
}

async function openFolder(path: string, name: string): Promise<{ train: Dataset; validation: Dataset }> {
  const { train, validation } = await readIdxFolder(path);
  const highest = (train.labels.data as Uint8Array).reduce((max, label) => Math.max(max, label), 0);
  const classNames = Array.from({ length: highest + 1 }, (_, label) => String(label));
  const normalization = measureNormalization(train);
  return {
    train: imageDataset(name, train, classNames, normalization),
    validation: imageDataset(name, validation, classNames, normalization),
  };
}

/** The last part of a path that is a name: `data/letters/` is `letters`, and what has none is `data`. */
function folderName(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.at(-1) ?? "data";
}
