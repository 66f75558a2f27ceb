import { defaultMemory } from "../data/openOptions.ts";
import type { NewDataOptions } from "../data/preparation.ts";
import { option, UsageError } from "../tensor/errors.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { readerFields, readingOptions } from "./options/readerOptions.ts";
import { sequenceFields } from "./options/sequenceOptions.ts";

type Field = keyof typeof readerFields | keyof typeof sequenceFields;

/** What may be another matter in new data; how the rest is taken was settled by the training. */
const open: readonly Field[] = ["target", "missing", "imageSize", "dataMemory"];
const openOfSeries: readonly Field[] = ["seriesBy", "time", "seriesGap", "windowStride"];

/**
 * Throws `UsageError` for an option of data that the training settled. `own`: of the run's own data, which are read as
 * they were.
 */
export function refuseRecorded(reading: TrainConfiguration, own: boolean): void {
  const fields = Object.keys({ ...readerFields, ...sequenceFields }) as Field[];
  // A switch that nobody touched is off.
  const given = fields.filter((name) => reading[name] !== undefined && reading[name] !== false);
  const stray = given.find((name) => own || ![...open, ...openOfSeries].includes(name));
  if (stray === undefined) return;
  if (own && [...open, ...openOfSeries].includes(stray))
    throw new UsageError(
      `${option(stray)}: expected ${option("data")} beside it, as the run's own data are read as they were, got none; leave it out`,
    );
  throw new UsageError(
    `${option(stray)}: expected nothing that the training settled, got ${reading[stray]}; leave it out`,
  );
}

/** How new data are read that nobody says more of than `request`; `trained`: as the run was told. */
export function newDataOptions(
  { withTarget, reading }: { readonly withTarget: boolean; readonly reading: TrainConfiguration },
  trained?: TrainConfiguration,
): NewDataOptions {
  const { target, dataMemory, imageSize, missing } = readingOptions(reading) ?? {};
  const { seriesBy: by, time, seriesGap: gap, windowStride: stride } = reading;
  const isOfSeries = [by, time, gap, stride].some((one) => one !== undefined);
  return {
    withTarget,
    target,
    missing,
    trainedMissing: trained?.missing,
    imageSize: imageSize ?? (trained && readingOptions(trained)?.imageSize),
    ignoreIndex: reading.ignoreIndex ?? trained?.ignoreIndex,
    ...(isOfSeries && { series: { by, time, gap, stride } }),
    memory: dataMemory ?? defaultMemory,
  };
}
