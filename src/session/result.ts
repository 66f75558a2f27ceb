import type { RunStatus, RunSummary } from "../store/schema.ts";
import type { TrainingFinding } from "../store/trainingFindings.ts";

/** What one run came to; what `train --json` prints of it. */
export interface RunResult {
  readonly run: string;
  readonly path: string;
  readonly status: RunStatus;
  readonly summary: RunSummary;
  /** What was found while it trained, also before it was gone on with. */
  readonly findings: readonly TrainingFinding[];
}
