import type {
  DiagnosisFinding,
  DiagnosisKind,
  Evidence,
  EvidenceName,
  EvidenceUnit,
  Strength,
} from "../../store/diagnosis.ts";
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
  unit: EvidenceUnit,
  value: number,
  { lower, upper, against, of }: Beside = {},
): Evidence {
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

export function symptom(kind: DiagnosisKind, strength: Strength, ...found: readonly Evidence[]): Symptom {
  return { kind, strength, evidence: found };
}
