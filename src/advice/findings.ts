import type { AnalysisFinding } from "../store/analysisFindings.ts";
import type { AnalysisFile } from "../store/schema.ts";
import { partsReading } from "./analysisReading.ts";
import { reading } from "./reading.ts";

/**
 * All that an analysis says, in the order of a reading: of its last checkpoint, of all of them, and of the parts that
 * were asked for.
 */
export function findingsOf(analysis: Pick<AnalysisFile, "mode" | "checkpoints">): AnalysisFinding[] {
  return [...reading(analysis), ...partsReading(analysis)];
}
