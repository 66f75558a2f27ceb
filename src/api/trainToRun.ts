import type { Dataset } from "../data/dataset.ts";
import { averageCopies } from "../experiment/swapCopies.ts";
import type { Engine } from "../runtime/engine.ts";
import { resolveConfiguration } from "../session/configuration.ts";
import { createSessionRun } from "../session/create.ts";
import { openChosenEngine } from "../session/engine.ts";
import type { SessionEvent } from "../session/events.ts";
import { type TrainConfiguration, type TrainField, trainAliases, trainFields } from "../session/options/options.ts";
import { prepareTraining } from "../session/prepare.ts";
import type { RunResult } from "../session/result.ts";
import { trainRun } from "../session/run.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import type { TrainingFinding } from "../store/trainingFindings.ts";
import { is, type RulesOf, requireOptions } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { shown } from "../tensor/shown.ts";
import { didYouMean } from "../tensor/suggest.ts";
import { keepDataset } from "./keepDataset.ts";

type Value<Configuration, Field> = Configuration extends unknown
  ? Field extends keyof Configuration
    ? Configuration[Field]
    : never
  : never;

/** The options of `batchscope train`, without their hyphens: `batchSize` for `--batch-size`. */
export type RunOptions = {
  readonly [Field in Exclude<TrainField, "model" | "data">]?: Value<TrainConfiguration, Field> | undefined;
} & {
  /** By name, or an `.onnx` file. */
  readonly model: string;
  /** By name, a file or a folder, or a data set in memory, which is kept beside the runs. */
  readonly data: string | Dataset;
};

/** What a training that is recorded may be given beside its options. */
export interface RunMeans {
  /** Default: the one that `device` asks for. */
  readonly engine?: Engine | undefined;
  /** Ends training in order, so that `batchscope train --resume` goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Is told what happens. */
  readonly listen?: ((event: SessionEvent) => void) | undefined;
  /** Is called with each finding as it is made: a broken promise of the step, a sign of ill health. */
  readonly watch?: ((finding: TrainingFinding) => void) | undefined;
}

const rulesOfMeans: RulesOf<RunMeans> = {
  engine: is.optional(is.engine),
  signal: is.optional(is.object),
  listen: is.optional(is.function),
  watch: is.optional(is.function),
};

/**
 * Trains as `batchscope train` does, and writes a run: `batchscope runs`, `analyze`, `report` and `evaluate` find it,
 * and so do the functions of their names. A data set in memory is kept as a `.safetensors` file in `data/` beside the
 * runs. Prints nothing. Throws `UsageError`, before a run exists, for options that are unknown or
 * cannot be meant, and what `train` throws, after it is written into the run.
 */
export async function trainToRun(options: RunOptions, means: RunMeans = {}): Promise<RunResult> {
  requireRunOptions("trainToRun", options);
  requireOptions("trainToRun", means, rulesOfMeans);
  const names = typeof options.data === "string" ? {} : { name: options.data.name };
  const kept = await withKeptData(options, storeDirectory(options.dir));
  const configuration = resolveConfiguration({ ...names, ...kept }, {});
  const prepared = await prepareTraining(configuration);
  const engine = means.engine ?? (await openChosenEngine({}, configuration.device));
  const { signal, listen, watch } = means;
  const hear = (event: SessionEvent) => {
    listen?.(event);
    if (event.kind === "finding") watch?.(event.finding);
  };
  return trainRun(prepared, () => createSessionRun(prepared), {
    engine,
    averageCopies,
    ...(signal && { signal }),
    listen: hear,
  });
}

/** The same options, of which data in memory are the file in the store that keeps them. */
export async function withKeptData<Options extends { readonly data?: string | Dataset | undefined }>(
  options: Options,
  directory: string,
): Promise<Omit<Options, "data"> & { readonly data?: string }> {
  const { data, ...others } = options;
  if (data === undefined) return others;
  return { ...others, data: typeof data === "string" ? data : await keepDataset(data, directory) };
}

/** Throws `UsageError` for what are no options of a training, beside those of `own`. */
export function requireRunOptions(place: string, options: RunOptions, own: readonly string[] = []): void {
  requireKnownOptions(place, options, own);
  const { model, data } = options;
  if (typeof model !== "string")
    throw new UsageError(`${place}: expected the name of a model or an .onnx file, got ${shown(model)}; write it`);
  if (typeof data !== "string" && typeof data?.read !== "function")
    throw new UsageError(`${place}: expected data by name or path, or a data set, got ${shown(data)}; pass one`);
}

/** Throws `UsageError` for an option that no training has, and that is none of `own`. */
export function requireKnownOptions(place: string, options: object, own: readonly string[] = []): void {
  if (typeof options !== "object" || options === null)
    throw new UsageError(`${place}: expected options as an object, got ${shown(options)}; write { model, data }`);
  const known = [...own, ...Object.keys(trainFields), ...Object.keys(trainAliases)];
  const stray = Object.keys(options).find((key) => !known.includes(key));
  if (stray !== undefined)
    throw new UsageError(
      `${place}: expected a known option, got "${stray}"${didYouMean(stray, known) || "; leave it out"}`,
    );
}
