import { findingStrengths, type TrainingFinding } from "../../store/trainingFindings.ts";
import type { TrainingFindingsText } from "../../text/en/trainingFindings.ts";
import { findingLine } from "../../text/findingLine.ts";

/** Findings in words under their heading, the gravest first; nothing where there is none. */
export function findingLines(findings: readonly TrainingFinding[], text: TrainingFindingsText): string[] {
  const sorted = byStrength(findings);
  return sorted.length === 0 ? [] : [text.heading, ...sorted.map((finding) => `  ${findingLine(finding, text)}`)];
}

/** The gravest first, those of one strength as they were found. */
export function byStrength(findings: readonly TrainingFinding[]): TrainingFinding[] {
  const rank = ({ strength }: TrainingFinding) => findingStrengths.indexOf(strength);
  return findings.toSorted((a, b) => rank(b) - rank(a));
}
