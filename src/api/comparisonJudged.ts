import { comparisonFindings, comparisonVerdict, type JudgedStudy } from "../advice/comparisonVerdict.ts";
import { completeSeeds, differOnlyInBatch, hasOneRateForSeveralBatches } from "../experiment/studies/comparison.ts";
import { fitNorms } from "../experiment/studies/gradients.ts";
import type { RanComparison } from "../experiment/studies/runComparison.ts";
import type { TrialResult } from "../experiment/studies/trialResult.ts";
import type { ComparisonFinding } from "../store/studies/findings.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** What a comparison says, as data. */
export interface ComparisonFacts {
  readonly answer: readonly StudyVerdict[];
  readonly findings: readonly ComparisonFinding[];
}

/** What is known of the plan: the seeds asked for, and the training examples of each arm, NaN where nobody knows. */
export interface PlannedArms {
  readonly seeds: readonly number[];
  readonly arms: readonly {
    readonly name: string;
    readonly examples: number;
    readonly validationExamples?: number | undefined;
  }[];
}

export function judged(ran: RanComparison, plan: PlannedArms): ComparisonFacts {
  const { specification } = ran.file;
  const study: JudgedStudy = {
    file: ran.file,
    seeds: completeSeeds(ran.arms),
    wanted: plan.seeds.length,
    baseline: ran.baseline,
    comparisons: ran.comparisons,
    target: ran.target?.loss ?? null,
    tuned: ran.tuned,
    noiseScale: differOnlyInBatch(specification) ? (fitNorms(ran.arms)?.noiseScale ?? null) : null,
    oneRate: hasOneRateForSeveralBatches(specification)
      ? Number(specification.arms[0]!.configuration.learningRate)
      : null,
    arms: ran.arms.map(({ arm, trials, diverged, failed, finalLoss, examples, disturbed }) => ({
      name: arm.name,
      finalLoss: finalLoss.value,
      trials: trials.length,
      diverged,
      failed,
      ...ofTarget(ran, arm.name),
      examples,
      epochs: examples / plan.arms.find(({ name }) => name === arm.name)!.examples,
      disturbed,
      accuracyAlike: accuracyAlike(trials, plan.arms.find(({ name }) => name === arm.name)!.validationExamples),
    })),
  };
  return { answer: [comparisonVerdict(study)], findings: comparisonFindings(study) };
}

function accuracyAlike(trials: readonly TrialResult[], examples: number | undefined) {
  const accuracies = trials.flatMap(({ finalAccuracy }) => finalAccuracy ?? []);
  const isAlike = accuracies.length > 1 && accuracies.every((one) => one === accuracies[0]);
  return isAlike && examples !== undefined ? { accuracy: accuracies[0]!, examples } : null;
}

function ofTarget({ target }: RanComparison, name: string) {
  const own = target?.arms.find(({ arm }) => arm === name);
  const missed = own?.trials.filter(({ examples }) => !examples.reached).length ?? 0;
  return { missed, secondsToTarget: own?.seconds?.median.value ?? null };
}
