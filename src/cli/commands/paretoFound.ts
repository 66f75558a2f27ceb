import type { Pareto } from "../../experiment/criticalBatch/pareto.ts";
import type { StudyVerdict } from "../../store/verdicts.ts";

/** What `critical-batch` says of a study. */
export interface FoundPareto extends Pareto {
  readonly path: string;
  readonly answer: readonly StudyVerdict[];
}
