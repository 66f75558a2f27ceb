import type { RunStatus, RunSummary } from "../store/schema.ts";

/** What one run came to; what `train --json` prints of it. */
export interface RunResult {
  readonly run: string;
  readonly path: string;
  readonly status: RunStatus;
  readonly summary: RunSummary;
}
