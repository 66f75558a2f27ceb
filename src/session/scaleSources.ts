import { z } from "zod";
import type { Measured } from "../statistics/batchRegime.ts";
import { analysisIn } from "../store/analysis.ts";
import { readDocument } from "../store/document.ts";
import { count, number, record } from "../store/records.ts";
import { openRun, readSummary } from "../store/runs.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { DataError, NotFoundError, option, UsageError } from "../tensor/errors.ts";
import { namesCriticalBatches, writeCriticalBatches } from "./options/batchSchedule.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { readMeasured, writeMeasured } from "./options/scaleOptions.ts";

/**
 * The configuration with numbers where it names a file or a run that has them, so that it says the same run without
 * these. Throws `NotFoundError` for what is not there, `DataError` for a damaged file, and `UsageError` for a run that
 * measured no noise scale.
 */
export function settleSources(configuration: TrainConfiguration): TrainConfiguration {
  const { scaleExponent, baseNoiseScale, accumulationSchedule: schedule } = configuration;
  return {
    ...configuration,
    ...(namesCriticalBatches(schedule) && { accumulationSchedule: criticalBatchesIn(schedule) }),
    ...(scaleExponent !== undefined && { scaleExponent: exponentIn(scaleExponent) }),
    ...(baseNoiseScale !== undefined && { baseNoiseScale: noiseScaleOf(baseNoiseScale, configuration) }),
  };
}

const bounds = record<{ lower?: number | null }>({ lower: number.nullable().optional() });

interface CriticalBatchDocument {
  readonly checkpoints: readonly {
    readonly step: number;
    readonly criticalBatchSize: { readonly lower?: number | null };
    /** From the smallest on, which is the run's own. */
    readonly factors: readonly { readonly batchSize: number }[];
  }[];
}

const criticalBatchDocument = record<CriticalBatchDocument>({
  checkpoints: z.array(
    z.looseObject({
      step: count,
      criticalBatchSize: bounds,
      factors: z.array(z.looseObject({ batchSize: number })).min(1),
    }),
  ),
});

/** The lower ends of the intervals, by the examples that the run which was branched from had seen. */
function criticalBatchesIn(schedule: string): string {
  const path = schedule.slice("cbs:".length);
  const { checkpoints } = readCriticalBatchFile(path);
  const found = checkpoints.flatMap(({ step, criticalBatchSize: { lower }, factors: [smallest] }) =>
    lower != null && lower > 0 && Number.isFinite(lower)
      ? [{ batch: Number(lower.toPrecision(6)), examples: step * smallest!.batchSize }]
      : [],
  );
  if (found.length > 0) return writeCriticalBatches(found.toSorted((a, b) => a.examples - b.examples));
  throw new UsageError(
    `${option("accumulationSchedule")}: expected a checkpoint whose critical batch size has a lower end, got none of ${checkpoints.length} in ${path}; branch with more seeds or examples`,
  );
}

function readCriticalBatchFile(path: string): CriticalBatchDocument {
  let document: CriticalBatchDocument | null;
  try {
    document = readDocument(path, criticalBatchDocument);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(
      `${option("accumulationSchedule")}: expected a JSON file that critical-batch wrote, got ${JSON.stringify(path)}, which is none; write one with \`batchscope critical-batch\` and ${option("json")}`,
    );
  }
  if (document !== null) return document;
  throw new NotFoundError(
    `${option("accumulationSchedule")}: expected a JSON file that critical-batch wrote, got ${JSON.stringify(path)}, which is not there; write one with \`batchscope critical-batch\` and ${option("json")}`,
  );
}

const exponentDocument = record<{ exponent: number; lower?: number | null; upper?: number | null }>({
  exponent: number,
  lower: number.nullable().optional(),
  upper: number.nullable().optional(),
});

function exponentIn(text: string): string {
  if (readMeasured(text) !== null) return text;
  const document = readDocument(text, exponentDocument);
  if (document === null)
    throw new NotFoundError(
      `${option("scaleExponent")}: expected a number or a JSON file with an exponent, got ${JSON.stringify(text)}, which is neither; change it`,
    );
  const { exponent: value, lower = null, upper = null } = document;
  return writeMeasured({ value, lower, upper });
}

function noiseScaleOf(text: string, { dir, optimizer }: TrainConfiguration): string {
  const read = readMeasured(text);
  if (read === null) return writeMeasured(measuredBy(text, dir, optimizer));
  if (read.value > 0 && (read.lower ?? 1) >= 0 && (read.upper ?? 1) > 0) return text;
  throw new UsageError(
    `${option("baseNoiseScale")}: expected a number of examples above 0, or a run, got ${JSON.stringify(text)}; change it`,
  );
}

/** That of the optimizer's own update, where the run was analyzed and it is known, else what the run measured. */
function measuredBy(reference: string, dir: string, optimizer: string): Measured {
  const run = openRun(storeDirectory(dir), reference);
  const own = analysisIn(run)?.checkpoints.at(-1)?.optimizerNoise;
  if (own?.optimizer === optimizer && own.noiseScale?.resolved) {
    const { value, lower, upper } = own.noiseScale;
    return { value, lower, upper };
  }
  const noiseScale = readSummary(run)?.noiseScale;
  if (noiseScale === undefined)
    throw new UsageError(
      `${option("baseNoiseScale")}: expected a run that ended and measured the noise scale, got ${run.record.id}; name another, or give examples`,
    );
  const { value, lower, upper } = noiseScale;
  return { value, lower, upper };
}
