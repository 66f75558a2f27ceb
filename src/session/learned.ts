import { z } from "zod";
import { limit } from "../data/dataset.ts";
import { type Learned, learnedFromTable } from "../data/preparation.ts";
import { openData } from "../data/registry.ts";
import { setAside } from "../data/setAside.ts";
import { readMetadata } from "../export/onnxFile.ts";
import { type DataRecord, readDataRecord } from "../store/dataRecord.ts";
import { DataError } from "../tensor/errors.ts";
import { loadForeignModel, readModelFile } from "../training/openModel.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { dataOptionsOf } from "./options/sequenceOptions.ts";
import { targetRuleOf } from "./options/targetRule.ts";

type Run = { readonly path: string };

/**
 * The data of a run, as they are now, for training. `part` is what to validate on: what the run did, or what it was
 * told to set aside. Throws as `openData`.
 */
export async function reopenData(configuration: TrainConfiguration, part: "kept" | "aside" = "kept") {
  const { data, subset, limitExamples, setAside: count } = configuration;
  const opened = await openData(data, {
    subset,
    ...dataOptionsOf(configuration),
    targets: targetRuleOf(configuration),
  });
  return {
    ...opened,
    train: limitExamples === undefined ? opened.train : limit(opened.train, limitExamples),
    validation: count === undefined ? opened.validation : setAside(opened.validation, count)[part],
  };
}

/**
 * What a run's model learned from: of a table by the run's record alone, of other data by opening them again. `locate`
 * gives the run's configuration with its files where they are. Throws `DataError` where they have changed since.
 */
export async function learnedOfRun(
  run: Run,
  configuration: TrainConfiguration,
  locate: () => TrainConfiguration,
): Promise<Learned> {
  const recorded = readDataRecord(run);
  const { kind, target, inputs, classNames } = recorded ?? {};
  if (target && (kind === "csv" || kind === "parquet")) {
    const features = inputs!.map(({ name, moments, categories = null }) => ({
      name,
      moments,
      categories: categories && [...categories],
    }));
    return learnedFromTable(configuration.data, features, target, classNames!);
  }
  const { train, description } = await reopenData(locate());
  if (recorded && description && !isSame(recorded, description))
    throw new DataError(
      `${run.path}: expected the data of the run as they were trained on, got others in ${description.files.join(", ")}; restore them`,
    );
  return train;
}

function isSame(one: DataRecord, other: DataRecord): boolean {
  const prepared = ({ inputs, classNames }: DataRecord) =>
    JSON.stringify([inputs.map(({ name, moments }) => [name, moments?.mean, moments?.deviation]), classNames]);
  return prepared(one) === prepared(other);
}

const target = z.object({
  type: z.enum(["float32", "int64"]),
  shape: z.array(z.number().int().positive()),
  classes: z.number().int().nonnegative(),
  ignored: z.number().int().optional(),
  /** Of a table. */
  column: z.string().optional(),
});

/** What an exported model says of itself. */
export interface ExportedModel {
  readonly learned: Learned;
  /** The loss that it was trained with. */
  readonly loss: string | undefined;
  readonly run: string;
}

/**
 * What `export` wrote into a model's file; null of the files of others. Throws `DataError` for metadata that are
 * damaged.
 */
export async function exportedModel(file: string, output: string | undefined): Promise<ExportedModel | null> {
  const metadata = readMetadata(await readModelFile(file));
  const run = metadata.get("run");
  if (run === undefined || !metadata.has("class_names")) return null;
  const classNames = parsed(file, metadata, "class_names", z.array(z.string()));
  const preprocessing = metadata.has("preprocessing")
    ? parsed(file, metadata, "preprocessing", z.record(z.string(), z.unknown()))
    : undefined;
  if (!metadata.has("target"))
    throw new DataError(
      `${file}: expected what the model was trained to say ("target" in its metadata), got the export of an older version; export the run again`,
    );
  const { ignored, column, ...aim } = parsed(file, metadata, "target", target);
  const { inputs } = await loadForeignModel(file, output);
  const read = inputs.map(({ name, type, shape }) => ({
    name,
    type: type === "int64" ? ("int64" as const) : ("float32" as const),
    shape,
  }));
  const learned = {
    name: metadata.get("data") ?? file,
    inputs: read,
    target: { name: "y" as const, type: aim.type, shape: aim.shape },
    classes: aim.classes,
    classNames,
    ...(ignored !== undefined && { ignored }),
    ...(preprocessing && {
      preprocessing: column === undefined ? preprocessing : { ...preprocessing, target: { name: column } },
    }),
  };
  return { learned, loss: metadata.get("loss"), run };
}

function parsed<T>(file: string, metadata: ReadonlyMap<string, string>, key: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(metadata.get(key)!));
  } catch {
    throw new DataError(
      `${file}: expected "${key}" in the metadata as export writes it, got ${JSON.stringify(metadata.get(key)!.slice(0, 60))}; export the run again`,
    );
  }
}
