import type { DiagnosisEvidence, DiagnosisFinding, DiagnosisKind, EvidenceName } from "../../store/diagnosis.ts";
import type { FindingStrength } from "../../store/trainingFindings.ts";
import type { Threshold } from "./thresholds.ts";

/** A finding before its remedies are known. */
export type Symptom = Omit<DiagnosisFinding, "remedies">;

interface Beside {
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
  readonly against?: Threshold | undefined;
  readonly of?: string | undefined;
}

/** A piece of evidence; what is undefined or no number is left out. */
export function evidence(
  name: EvidenceName,
  unit: DiagnosisEvidence["unit"],
  value: number,
  { lower, upper, against, of }: Beside = {},
): DiagnosisEvidence {
  return {
    name,
    value,
    unit,
    ...(lower !== undefined && Number.isFinite(lower) && { lower }),
    ...(upper !== undefined && Number.isFinite(upper) && { upper }),
    ...(against && { threshold: against.value, source: against.source }),
    ...(of !== undefined && { of }),
  };
}

export function symptom(
  kind: DiagnosisKind,
  strength: FindingStrength,
  ...found: readonly DiagnosisEvidence[]
): Symptom {
  return { kind, strength, evidence: found };
}
