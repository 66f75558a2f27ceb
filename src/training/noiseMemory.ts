import { type NoiseOverTime, newNoiseOverTime } from "../statistics/noiseOverTime.ts";
import type { TrainingOptions } from "./options.ts";

/** Steps between two windows of one micro-batch that are looked at: the norms of examples may take half a step more. */
export const EXAMPLES_EVERY = 32;

/** Steps that are looked at, and that the noise scale is the average of; at most a share of the run. */
const REMEMBERED = 1000;

/** Of a run whose windows have so many micro-batches at first. */
export function newNoise({ accumulation }: TrainingOptions, accumulationSteps: number): NoiseOverTime {
  // Windows that follow the noise scale soon have several micro-batches, and every step is looked at.
  const everyStep = accumulationSteps > 1 || accumulation?.kind === "noise-scale";
  return newNoiseOverTime(1 - 1 / (REMEMBERED * (everyStep ? 1 : EXAMPLES_EVERY)));
}
