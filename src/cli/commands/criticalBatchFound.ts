import type { BranchedCheckpoint } from "../../experiment/criticalBatch/run.ts";
import type { BatchDefinition } from "../../store/batchDefinitions.ts";
import type { Run } from "../../store/runs.ts";
import type { StudyVerdict } from "../../store/verdicts.ts";

/** What the branches of a run came to, with what is said of them. */
export interface FoundCriticalBatch {
  readonly run: Run;
  readonly checkpoints: readonly BranchedCheckpoint[];
  readonly definitions: readonly BatchDefinition[];
  readonly answer: readonly StudyVerdict[];
}
