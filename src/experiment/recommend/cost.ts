import { join } from "node:path";
import { z } from "zod";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { deviationOf } from "../../statistics/comparison/sample.ts";
import type { UpdateCost } from "../../statistics/recommend/machine.ts";
import { readDocument, writeAtomically } from "../../store/document.ts";
import type { CostModel, ProfileNote } from "../../store/profile.ts";
import { number, record } from "../../store/records.ts";
import { UnsupportedError } from "../../tensor/errors.ts";
import { type ProfileEvent, profileSizes } from "../profile.ts";
import { predictedPeak } from "../profilePlan.ts";
import { inOwnProcesses } from "../profileProcesses.ts";
import { planProfile } from "../profileRun.ts";
import type { StudyMeans } from "../study.ts";
import type { RecommendPlan } from "./plan.ts";

/** What was measured of the machine, once for a study. */
export interface MeasuredCost extends UpdateCost {
  /** Examples that fit into memory, as far as they are tried. */
  readonly largestMicroBatch: number;
  /** Whether a larger one did not fit. */
  readonly memoryBinds: boolean;
  /** That a training may take, as it was when this was measured. */
  readonly memoryBytes: number;
  /** Micro-batches that were tried, with the most memory that a training held. */
  readonly peaks: readonly { readonly batchSize: number; readonly peakBytes: number; readonly seconds: number }[];
}

const measuredCost = record<MeasuredCost>({
  perUpdate: number,
  perMicroBatch: number,
  perExample: number,
  deviation: number,
  largestMicroBatch: number,
  memoryBinds: z.boolean(),
  memoryBytes: number,
  peaks: z.array(record<MeasuredCost["peaks"][number]>({ batchSize: number, peakBytes: number, seconds: number })),
});

const pathOf = (study: string) => join(study, "cost.json");

/** As it was measured before; null where it has not been. Throws `DataError` for a damaged file. */
export const readCost = (study: string): MeasuredCost | null => readDocument(pathOf(study), measuredCost);

/** Rounds of times: their spread is in the errors of the model. */
const ROUNDS = 2;

/** The sizes that are measured, ascending: every second one, and the ends. */
export function sizesMeasured({ batchSizes, devices }: Pick<RecommendPlan, "batchSizes" | "devices">): number[] {
  const own = batchSizes.map((batch) => batch / devices);
  const chosen = own.filter((_, i) => i % 2 === 0 || i === own.length - 1);
  return [...new Set([1, ...chosen])].toSorted((a, b) => a - b);
}

/** What `profile` measures of these batches. Throws as `planProfile`. */
export async function costPlan(plan: RecommendPlan) {
  const {
    batchSize: _batch,
    gradientAccumulationSteps: _steps,
    targetBatchSize: _target,
    ...rest
  } = plan.configuration;
  const configuration = {
    ...{ ...rest, batchSize: 1, enableAutoGradientAccumulation: false },
  } as TrainConfiguration;
  const asked = { asked: sizesMeasured(plan), rounds: ROUNDS, limit: plan.memory };
  return { configuration, ...(await planProfile(configuration, asked)) };
}

/**
 * Measures memory and time as `profile` does, and keeps them beside the study: what pilots are ended at must not change
 * when they are gone on with. Throws `UnsupportedError` where too little could be measured.
 */
export async function measureCost(
  plan: RecommendPlan,
  study: string,
  { signal = new AbortController().signal, listen }: StudyMeans<ProfileEvent>,
): Promise<MeasuredCost> {
  const { configuration, plan: sizes } = await costPlan(plan);
  const own = { configuration, limitBytes: sizes.limitBytes, signal };
  const found = await inOwnProcesses(own, (processes) => profileSizes(sizes, processes, { signal, listen }));
  const { batchSizes, costModel, notes } = found;
  if (costModel === null)
    throw new UnsupportedError(
      `recommend: expected memory for micro-batches of several sizes, got ${batchSizes.map(({ batchSize }) => batchSize).join(", ") || "none"} that fit; see batchscope profile`,
    );
  const peaks = batchSizes.map((one) => ({
    ...{ batchSize: one.batchSize, peakBytes: one.peakMemoryBytes, seconds: one.secondsPerUpdate.value },
  }));
  const cost = {
    ...{ ...costOf(costModel), peaks, memoryBytes: plan.memory.bytes },
    ...largestOf(peaks, { asked: sizes.batchSizes, notes, limitBytes: sizes.limitBytes }),
  };
  writeAtomically(pathOf(study), `${JSON.stringify(cost, null, 2)}\n`);
  return cost;
}

function costOf({ perUpdate, perMicroBatch, perExample, residuals }: CostModel): UpdateCost {
  return {
    ...{ perUpdate: perUpdate.value, perMicroBatch: perMicroBatch.value, perExample: perExample.value },
    deviation: deviationOf(residuals.map(({ relative }) => relative)),
  };
}

interface Limits {
  readonly asked: readonly number[];
  readonly notes: readonly ProfileNote[];
  readonly limitBytes: number;
}

/** The largest that fitted, or between it and the next one what its line through the last two says. */
function largestOf(peaks: MeasuredCost["peaks"], { asked, notes, limitBytes }: Limits) {
  const fits = peaks.at(-1)!.batchSize;
  const memoryBinds = notes.some(({ kind }) => kind === "predictedPeak" || kind === "tooLarge");
  const next = asked.find((size) => size > fits);
  if (!memoryBinds || next === undefined) return { largestMicroBatch: fits, memoryBinds };
  let largest = fits;
  while (largest * 2 < next && predictedPeak(peaks, largest * 2) <= limitBytes) largest *= 2;
  return { largestMicroBatch: largest, memoryBinds };
}
