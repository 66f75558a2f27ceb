import type { Answer, DiagnosisEvidence, DiagnosisNode, DiagnosisVerdict, NodeAnswer } from "../../store/diagnosis.ts";
import type { DiagnosisFacts, ProbeSigns, ScoredPart } from "../../store/diagnosisFacts.ts";
import { knownConstant, lastTraining, trainingCurve, validated } from "./curves.ts";
import { evidence, type Symptom } from "./evidence.ts";
import { thresholds } from "./thresholds.ts";

/** Symptoms that say that the optimiser, and not the model, is at fault. */
const ofOptimisation: readonly string[] = [
  ...["not-finite", "exploding-gradients", "vanishing-gradients", "dead-units", "saturated-outputs"],
  ...["learning-rate-too-high", "learning-rate-too-low", "too-few-updates", "not-learning", "saddle"],
  ...["frozen-parameters", "unshuffled-data", "accumulation-divided-twice", "zero-input-gradient"],
  ...["unscaled-inputs", "unscaled-targets", "wrong-loss", "regularisation-too-strong"],
];

/** The way through the tree, and where it ends: training loss first, then the test loss. */
export function walk(
  facts: DiagnosisFacts,
  symptoms: readonly Symptom[],
): { verdict: DiagnosisVerdict; path: NodeAnswer[] } {
  const path: NodeAnswer[] = [];
  const ask = (node: DiagnosisNode, found: Found) => {
    path.push({ node, ...found });
    return found.answer;
  };
  const broken = symptoms.find(({ kind }) => kind === "not-finite");
  if (broken) {
    ask("numbers-finite", { answer: "no", evidence: broken.evidence });
    return { verdict: "broken", path };
  }
  if (Number.isNaN(lastTraining(facts).value)) return { verdict: "nothing-recorded", path };
  ask("numbers-finite", { answer: "yes", evidence: [] });
  const small = ask("training-loss-small", trainingSmall(facts));
  if (small === "no") {
    const failed = ask("optimisation-failed", optimisationFailed(facts, symptoms));
    return {
      verdict: ({ yes: "optimisation", no: "model-bias", undecided: "bias-or-optimisation" } as const)[failed],
      path,
    };
  }
  const test = testSmall(facts);
  if (test === null) return { verdict: small === "yes" ? "training-small" : "bias-or-optimisation", path };
  const tested = ask("test-loss-small", test);
  if (tested === "no") {
    const same = ask("same-distribution", sameDistribution(facts, symptoms));
    return {
      verdict: ({ yes: "overfitting", no: "mismatch", undecided: "overfitting-or-mismatch" } as const)[same],
      path,
    };
  }
  if (small === "yes") return { verdict: "fine", path };
  // Neither large nor small, and the test data are no worse: what there is to gain lies in training.
  const failed = ask("optimisation-failed", optimisationFailed(facts, symptoms));
  return { verdict: ({ yes: "optimisation", no: "model-bias", undecided: "fine" } as const)[failed], path };
}

interface Found {
  readonly answer: Answer;
  readonly evidence: readonly DiagnosisEvidence[];
}

function trainingSmall(facts: DiagnosisFacts): Found {
  const constant = knownConstant(facts);
  const { value, lower = value, upper = value } = lastTraining(facts);
  const limit = { value: thresholds.smallLoss.value * constant, source: thresholds.smallLoss.source };
  const accuracy = facts.checkpoint?.training.accuracy ?? null;
  return {
    answer: upper < limit.value ? "yes" : lower > limit.value ? "no" : "undecided",
    evidence: [
      evidence("trainingLoss", "loss", value, { lower, upper, against: limit }),
      evidence(facts.constantLoss === null ? "firstLoss" : "constantLoss", "loss", constant),
      ...(accuracy ? [evidence("trainingAccuracy", "share", accuracy.value, accuracy)] : []),
    ],
  };
}

/** Whether an easier model does better, or signs say that updates are at fault. */
function optimisationFailed({ probes }: DiagnosisFacts, symptoms: readonly Symptom[]): Found {
  const signs = symptoms.filter(({ kind, strength }) => ofOptimisation.includes(kind) && strength !== "note");
  const probed = probes ? fromProbes(probes) : null;
  if (probed && probed.answer !== "undecided") return probed;
  const found = [...(probed?.evidence ?? []), ...signs.flatMap(({ evidence: own }) => own.slice(0, 1))];
  return { answer: signs.length > 0 ? "yes" : "undecided", evidence: found };
}

/** A model that contains a simpler one can do what that one does: where it does not, optimisation failed. */
function fromProbes({ baselines, own, byHeart }: ProbeSigns): Found {
  const heart = byHeart
    ? [
        evidence("heartLoss", "loss", byHeart.loss),
        ...(Number.isFinite(byHeart.accuracy) ? [evidence("heartAccuracy", "share", byHeart.accuracy)] : []),
      ]
    : [];
  if (byHeart && !byHeart.learned) return { answer: "yes", evidence: heart };
  if (!own || baselines.length === 0) return { answer: "undecided", evidence: heart };
  const best = baselines.toSorted((a, b) => a.loss.value - b.loss.value)[0]!;
  const margin = thresholds.baselineBetter;
  const against = { value: (1 - margin.value) * own.value, source: margin.source };
  const found = [
    evidence("baselineLoss", "loss", best.loss.value, { ...best.loss, against, of: best.model }),
    evidence("ownProbeLoss", "loss", own.value, own),
    ...heart,
  ];
  if (best.loss.upper < against.value) return { answer: "yes", evidence: found };
  return { answer: best.loss.lower > against.value ? "no" : "undecided", evidence: found };
}

/** Null without validation data. */
function testSmall(facts: DiagnosisFacts): Found | null {
  const { checkpoint } = facts;
  if (checkpoint?.validation) return gapOf(facts, checkpoint.training, checkpoint.validation);
  const last = validated(facts).at(-1);
  if (!last) return null;
  const loss = { value: last.trainLoss, lower: last.trainLoss, upper: last.trainLoss };
  const test = { value: last.validationLoss, lower: last.validationLoss, upper: last.validationLoss };
  const share = (value: number) => (Number.isFinite(value) ? { value, lower: value, upper: value } : null);
  return gapOf(
    facts,
    { examples: 0, loss, accuracy: share(last.trainAccuracy) },
    { examples: 0, loss: test, accuracy: share(last.validationAccuracy) },
  );
}

function gapOf(facts: DiagnosisFacts, training: ScoredPart, test: ScoredPart): Found {
  const [constant, rise] = [knownConstant(facts), riseOf(facts)];
  const ratio = test.loss.value / training.loss.value;
  const gap = test.loss.lower - training.loss.upper;
  const isMaterial = gap > thresholds.materialGap.value * constant;
  const accuracies = training.accuracy && test.accuracy ? { training: training.accuracy, test: test.accuracy } : null;
  const accuracyGap = accuracies ? accuracies.training.value - accuracies.test.value : Number.NaN;
  const ahead = accuracies
    ? accuracyGap >= thresholds.accuracyGap.value && accuracies.training.lower > accuracies.test.upper
    : ratio > thresholds.lossGap.value && isMaterial;
  const rose = rise !== null && rise > thresholds.lossRise.value && isMaterial;
  const large = test.loss.lower > thresholds.smallLoss.value * constant && isMaterial;
  const found = [
    evidence("testLoss", "loss", test.loss.value, {
      ...test.loss,
      against: { value: thresholds.smallLoss.value * constant, source: "chosen" },
    }),
    ...(accuracies
      ? [
          evidence("testAccuracy", "share", accuracies.test.value, accuracies.test),
          evidence("accuracyGap", "share", accuracyGap, { against: thresholds.accuracyGap }),
        ]
      : [evidence("testLossRatio", "", ratio, { against: thresholds.lossGap })]),
    ...(rise === null ? [] : [evidence("lossRise", "", rise, { against: thresholds.lossRise })]),
  ];
  return { answer: ahead || rose || large ? "no" : "yes", evidence: found };
}

/** The last test loss over the lowest, where it was lowest some evaluations ago and training went on to fall. */
function riseOf(facts: DiagnosisFacts): number | null {
  const all = validated(facts);
  if (all.length < 2) return null;
  const best = all.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a));
  const last = all.at(-1)!;
  const since = all.length - 1 - all.indexOf(best);
  const falls = !(last.trainLoss >= best.trainLoss);
  return since >= thresholds.riseEvaluations.value && falls ? last.validationLoss / best.validationLoss : 1;
}

/** Training examples that were held out tell it; else how the data were split, and how well they are told apart. */
function sameDistribution({ probes, split, checkpoint }: DiagnosisFacts, symptoms: readonly Symptom[]): Found {
  const known = symptoms.find(({ kind }) => kind === "mismatch");
  if (known) return { answer: "no", evidence: known.evidence };
  const dev = probes?.trainDev ?? null;
  const auc = probes?.driftAuc ?? checkpoint?.driftAuc ?? null;
  const drift = auc ? [evidence("driftAuc", "share", auc.value, { ...auc, against: thresholds.driftAuc })] : [];
  if (dev && checkpoint?.validation) return fromHeldOut(dev, checkpoint.training, checkpoint.validation, drift);
  if (auc && auc.lower > thresholds.driftAuc.value && split !== "random") return { answer: "no", evidence: drift };
  if (split === "random")
    return {
      answer: "yes",
      evidence: [
        evidence("validationFromTraining", "share", 1, { against: { value: 1, source: "definition" } }),
        ...drift,
      ],
    };
  return { answer: auc && auc.upper < thresholds.driftAuc.value ? "yes" : "undecided", evidence: drift };
}

/** Where most of the gap lies: before the held-out training examples, or between these and the test data. */
function fromHeldOut(
  dev: ScoredPart,
  training: ScoredPart,
  test: ScoredPart,
  drift: readonly DiagnosisEvidence[],
): Found {
  const inside = dev.loss.value - training.loss.value;
  const beyond = test.loss.value - dev.loss.value;
  const found = [
    evidence("trainDevLoss", "loss", dev.loss.value, dev.loss),
    ...(dev.accuracy ? [evidence("trainDevAccuracy", "share", dev.accuracy.value, dev.accuracy)] : []),
    ...drift,
  ];
  const isApart = test.loss.lower > dev.loss.upper;
  if (isApart && beyond > inside) return { answer: "no", evidence: found };
  return { answer: isApart ? "undecided" : "yes", evidence: found };
}

/** Symptoms that follow from where the way ended. */
export function symptomsOfVerdict(verdict: DiagnosisVerdict, path: readonly NodeAnswer[]): Symptom[] {
  const evidenceAt = (node: DiagnosisNode) => path.find((one) => one.node === node)?.evidence ?? [];
  const test = evidenceAt("test-loss-small");
  const strength = isNarrow(test) ? "note" : verdict === "overfitting" ? "fault" : "warning";
  if (verdict === "overfitting" || verdict === "overfitting-or-mismatch")
    return [{ kind: "overfitting", strength, evidence: test }];
  const same = evidenceAt("same-distribution");
  if (verdict === "mismatch") return [{ kind: "mismatch", strength: "fault", evidence: [...same, ...test] }];
  const large = evidenceAt("training-loss-small");
  if (verdict === "model-bias")
    return [{ kind: "model-too-small", strength: "fault", evidence: [...evidenceAt("optimisation-failed"), ...large] }];
  if (verdict === "bias-or-optimisation") return [{ kind: "model-too-small", strength: "note", evidence: large }];
  return [];
}

/** A gap between accuracies that does little harm, of a test loss that never rose. */
function isNarrow(test: readonly DiagnosisEvidence[]): boolean {
  const known = (name: string) => test.find((one) => one.name === name)?.value ?? Number.NaN;
  return known("accuracyGap") < thresholds.wideGap.value && !(known("lossRise") > thresholds.lossRise.value);
}

/** Whether the training curve is too short to tell a course. */
export const isShort = (facts: DiagnosisFacts) => trainingCurve(facts).length < 4;
