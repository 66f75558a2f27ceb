import type { Measured } from "../statistics/batchRegime.ts";
import { analysisIn } from "../store/analysis.ts";
import { readDocument } from "../store/document.ts";
import { number, record } from "../store/records.ts";
import { openRun, readSummary } from "../store/runs.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { NotFoundError, option, UsageError } from "../tensor/errors.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { readMeasured, writeMeasured } from "./options/scaleOptions.ts";

/**
 * The configuration with numbers where it names a file or a run that has them, so that it says the same run without
 * these. Throws `NotFoundError` for what is not there, `DataError` for a damaged file, and `UsageError` for a run that
 * measured no noise scale.
 */
export function settleSources(configuration: TrainConfiguration): TrainConfiguration {
  const { scaleExponent, baseNoiseScale } = configuration;
  return {
    ...configuration,
    ...(scaleExponent !== undefined && { scaleExponent: exponentIn(scaleExponent) }),
    ...(baseNoiseScale !== undefined && { baseNoiseScale: noiseScaleOf(baseNoiseScale, configuration) }),
  };
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
