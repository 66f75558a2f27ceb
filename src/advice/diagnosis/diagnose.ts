import type { Diagnosis, DiagnosisFinding, DiagnosisLimit, DiagnosisVerdict } from "../../store/diagnosis.ts";
import type { DiagnosisFacts } from "../../store/diagnosisFacts.ts";
import type { FindingStrength } from "../../store/trainingFindings.ts";
import { causeSymptoms } from "./causeRules.ts";
import { dataSymptoms } from "./dataRules.ts";
import type { Symptom } from "./evidence.ts";
import { optimisationSymptoms } from "./optimisationRules.ts";
import { type PlannedRemedy, remediesFor } from "./remedies.ts";
import { isShort, symptomsOfVerdict, walk } from "./tree.ts";

/** A finding whose remedies have no command yet. */
export type PlannedFinding = Omit<DiagnosisFinding, "remedies"> & { readonly remedies: readonly PlannedRemedy[] };

export type PlannedDiagnosis = Omit<Diagnosis, "findings"> & { readonly findings: readonly PlannedFinding[] };

/**
 * Why a training is as it is: the way through the tree (training loss, then test loss), the findings with the likeliest
 * cause first, their remedies ranked for this run, and what could not be looked at. Deterministic: the same facts give
 * the same diagnosis. `told`: findings that were made while training, which stand for those of their kind.
 */
export function diagnose(facts: DiagnosisFacts, told: readonly Symptom[] = []): PlannedDiagnosis {
  const own = [...causeSymptoms(facts), ...optimisationSymptoms(facts), ...dataSymptoms(facts)];
  const symptoms = joined([...told, ...own]);
  const { verdict, path } = walk(facts, symptoms);
  const all = joined([...symptoms, ...symptomsOfVerdict(verdict, path)]).filter((one) => belongs(one, verdict));
  const findings = all.toSorted((a, b) => rankOf(a, verdict) - rankOf(b, verdict));
  return {
    verdict,
    path,
    findings: findings.map((one) => ({ ...one, remedies: remediesFor(one.kind, facts) })),
    limits: limitsOf(facts),
  };
}

/** One of each kind, the strongest. */
function joined(symptoms: readonly Symptom[]): Symptom[] {
  const byKind = new Map<string, Symptom>();
  for (const one of symptoms) {
    const other = byKind.get(one.kind);
    if (!other || strengths.indexOf(one.strength) < strengths.indexOf(other.strength)) byKind.set(one.kind, one);
  }
  return [...byKind.values()];
}

const strengths: readonly FindingStrength[] = ["fault", "warning", "note"];

/** Of a training that went well, what did no harm is a note at most. */
function belongs({ kind, strength }: Symptom, verdict: DiagnosisVerdict): boolean {
  if (verdict !== "fine" && verdict !== "training-small") return true;
  return strength !== "note" || kind !== "plateau";
}

const ofBranch: Readonly<Partial<Record<DiagnosisVerdict, readonly string[]>>> = {
  overfitting: ["overfitting", "label-noise", "class-imbalance"],
  mismatch: ["mismatch", "class-imbalance"],
  "overfitting-or-mismatch": ["overfitting", "mismatch", "label-noise", "class-imbalance"],
  "model-bias": ["model-too-small"],
  "bias-or-optimisation": ["model-too-small"],
};

/** Faults first; of equal strength what the way through the tree led to, then causes before their consequences. */
function rankOf({ kind, strength }: Symptom, verdict: DiagnosisVerdict): number {
  const isOfBranch = (ofBranch[verdict] ?? []).includes(kind);
  const cause = causes.indexOf(kind);
  return 100 * strengths.indexOf(strength) + (isOfBranch ? 0 : 50) + (cause < 0 ? causes.length : cause);
}

/** What brings about others stands before them. */
const causes: readonly string[] = [
  ...["frozen-parameters", "accumulation-divided-twice", "wrong-loss", "unshuffled-data", "zero-input-gradient"],
  ...["unscaled-inputs", "unscaled-targets", "regularisation-too-strong", "class-imbalance", "model-too-small"],
  ...["learning-rate-too-high", "learning-rate-too-low", "too-few-updates", "vanishing-gradients"],
  ...["exploding-gradients", "not-finite", "saddle", "dead-units", "saturated-outputs", "label-noise", "mismatch"],
  ...["overfitting", "not-learning"],
];

function limitsOf(facts: DiagnosisFacts): DiagnosisLimit[] {
  const { steps, evaluations, checkpoint, isForeign, probes, settings } = facts;
  const has = (value: (one: DiagnosisFacts["evaluations"][number]) => number) =>
    evaluations.some((one) => Number.isFinite(value(one)));
  const checks: readonly (readonly [DiagnosisLimit, boolean])[] = [
    ["no-steps", steps.length === 0],
    ["no-gradient-norm", steps.length > 0 && !steps.some(({ gradientNorm }) => Number.isFinite(gradientNorm))],
    ["no-rate", steps.length > 0 && !steps.some(({ learningRate }) => Number.isFinite(learningRate))],
    ["no-training-loss", steps.length === 0 && !has(({ trainLoss }) => trainLoss)],
    ["no-validation", !has(({ validationLoss }) => validationLoss) && !checkpoint?.validation],
    ["few-evaluations", isShort(facts)],
    ["gaps", facts.hasGaps],
    ["no-settings", settings === null],
    ["one-class", facts.classes?.majorityShare === 1],
    ["no-data", !isForeign && !facts.dataFound],
    ["no-checkpoint", !isForeign && facts.dataFound && checkpoint === null],
    ["no-probes", !isForeign && probes === null],
  ];
  return checks.filter(([, holds]) => holds).map(([limit]) => limit);
}
