import type { TrainingFinding } from "../store/trainingFindings.ts";
import type { TrainingFindingsText } from "./en/trainingFindings.ts";

/** A finding in one line. */
export function findingLine(finding: TrainingFinding, { line, strength, sentences }: TrainingFindingsText): string {
  return line(finding.step, strength[finding.strength], sentences[finding.kind](finding));
}
