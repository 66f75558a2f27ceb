import type { AnalysisFile, StepRecord } from "../../store/schema.ts";
import type { ChartText } from "../../text/en/charts.ts";
import type { Chart } from "./chart.ts";

/** More layers, groups or classes than this are not told apart in a picture; their tables have all of them. */
export const MOST_ROWS = 100;

/** What a chart declares of itself, in its own file; pages, style sheets and file names take it from here. */
export interface Figure<Subject> {
  /** The id of its element on a page. */
  readonly id: string;
  /** The name of its file without an ending. */
  readonly file: (subject: Subject) => string;
  /** At most 640 pixels wide on a page. */
  readonly narrow?: boolean;
  /** Under it a page says which value the pointer is at. */
  readonly readout?: boolean;
  /** Its file comes before those of the others of its checkpoint. */
  readonly first?: boolean;
  /** Null where the subject holds nothing of it. */
  readonly draw: (subject: Subject, words: ChartText) => Chart | null;
}

/** What the figures over all checkpoints are drawn from. */
export interface AnalyzedRun {
  readonly analysis: Pick<AnalysisFile, "checkpoints" | "model" | "name">;
  readonly steps: readonly StepRecord[];
}

/** What may stand in a file name everywhere: letters and digits of any script, `-`, `_`, `.` not in front. */
export function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^\.+/, "_");
}
