import { type CriticalBatch, USUAL_OVERHEAD } from "../statistics/criticalBatch.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** What the branches from one checkpoint came to. */
export interface BranchedPlace {
  readonly step: number;
  /** Batch sizes, ascending. */
  readonly batchSizes: readonly number[];
  readonly criticalBatchSize: CriticalBatch;
  /** Of each branch. */
  readonly examples: number;
  /** Of which every branch has ended. */
  readonly seeds: number;
}

/** How many branches there are. */
export interface BranchCount {
  readonly ended: number;
  readonly trials: number;
  readonly failed: number;
}

/** What is said of the last checkpoint, and how it differs from the first. */
export function criticalBatchVerdict(places: readonly BranchedPlace[], count: BranchCount): StudyVerdict {
  const last = places.at(-1);
  if (last === undefined || count.ended < count.trials || last.seeds < 2)
    return { kind: "criticalBatchUnfinished", ...count };
  const { step, batchSizes, criticalBatchSize, examples, seeds } = last;
  const [smallest, largest] = [batchSizes[0]!, batchSizes.at(-1)!];
  if (isUnknown(criticalBatchSize)) return { kind: "criticalBatchNoProgress", step, smallest, examples, seeds };
  const first = places.length > 1 && !isUnknown(places[0]!.criticalBatchSize) ? places[0]! : null;
  return {
    ...{ kind: "criticalBatch", ...ends(criticalBatchSize), step, overhead: USUAL_OVERHEAD, smallest, largest, seeds },
    before: first && { ...ends(first.criticalBatchSize), step: first.step },
    change: first && changeOf(first.criticalBatchSize, criticalBatchSize),
  };
}

const isUnknown = ({ value, lower, upper }: CriticalBatch) => value === null && lower === null && upper === null;
const ends = ({ value, lower, upper }: CriticalBatch) => ({ value, lower, upper });

function changeOf(before: CriticalBatch, after: CriticalBatch): "grows" | "shrinks" | "open" {
  if (before.upper !== null && after.lower !== null && after.lower > before.upper) return "grows";
  if (before.lower !== null && after.upper !== null && after.upper < before.lower) return "shrinks";
  return "open";
}
