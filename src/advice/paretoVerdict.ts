import type { ParetoFit } from "../statistics/paretoFit.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** Trainings in several batch sizes to a target. */
export interface ParetoFound {
  readonly target: number;
  /** Of the trainings' learning rate. */
  readonly schedule: string;
  /** Batch sizes, ascending. */
  readonly batchSizes: readonly number[];
  readonly fit: ParetoFit;
}

/** How seldom a hyperbola may be rejected that holds. */
export const UNFIT = 0.05;

/** What is said of the hyperbola through them: nothing of its critical batch where it does not fit. */
export function paretoVerdict({ target, schedule, batchSizes, fit }: ParetoFound): StudyVerdict {
  const { criticalBatchSize, lackOfFit, batches, seeds } = fit;
  const { value, lower, upper } = criticalBatchSize;
  const all = batchSizes.length;
  if (batches < 3 || (lower === null && upper === null))
    return { kind: "paretoUnknown", target, reaches: batches, batches: all };
  if (lackOfFit !== null && lackOfFit.p < UNFIT)
    return { kind: "paretoUnfit", target, p: lackOfFit.p, schedule, batches, seeds };
  const [smallest, largest] = [batchSizes[0]!, batchSizes.at(-1)!];
  return { kind: "paretoCriticalBatch", value, lower, upper, target, smallest, largest, seeds };
}
