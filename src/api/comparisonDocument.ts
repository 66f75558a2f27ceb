import type { ArmComparison, ArmResult } from "../experiment/studies/comparison.ts";
import { fitNorms, gradientsOf } from "../experiment/studies/gradients.ts";
import type { RanComparison } from "../experiment/studies/runComparison.ts";
import type { SeedMean } from "../experiment/studies/seedMean.ts";
import type { TargetResult } from "../experiment/studies/targets.ts";
import type { TunedArm } from "../experiment/studies/tuning.ts";
import type { ArmDifference, ComparedArm, ComparedArms, ComparedTarget, TunedOption } from "./comparedArms.ts";
import type { ComparisonFacts } from "./comparisonJudged.ts";

/** What `compare --json` prints. */
export function comparisonDocument(
  ran: RanComparison,
  { answer, findings }: ComparisonFacts,
  files: readonly string[],
): ComparedArms {
  const { id, specification, version } = ran.file;
  return {
    answer,
    study: id,
    path: ran.path,
    version,
    complete: ran.complete,
    budget: specification.budget,
    evaluateExamples: specification.evaluateExamples,
    baseline: ran.baseline,
    ...(ran.tuned && { tuning: tuningDocument(ran, ran.tuned) }),
    arms: ran.arms.map(armDocument),
    metric: ran.target === null ? "finalLoss" : "secondsToTarget",
    comparisons: comparisonsOf(ran.comparisons),
    ...(ran.target && { target: targetDocument(ran.target) }),
    gradients: ran.arms.map(gradientsOf),
    gradientNormFit: fitNorms(ran.arms),
    files,
    findings,
  };
}

function targetDocument({ loss, arms, pairs, examples }: TargetResult): ComparedTarget {
  return { loss, arms, pairs, examples: comparisonsOf(examples) };
}

function tuningDocument({ file }: RanComparison, tuned: readonly TunedArm[]): TunedOption {
  const { option, seeds, values } = file.specification.tuning!;
  return {
    option,
    values,
    seeds,
    arms: tuned.map(({ name, chosen, edge, tried }) => ({
      name,
      chosen,
      edge,
      tried: tried.map(({ value, result, lost, score }) => ({
        value,
        seeds: result.trials.length,
        lost,
        failed: result.failed.length,
        score,
      })),
    })),
  };
}

function armDocument(result: ArmResult): ComparedArm {
  const { arm, trials, diverged, failed, meanLoss, finalLoss, finalAccuracy, trainAccuracy } = result;
  const { seconds, secondsPerUpdate, examplesPerSecond, disturbed, peakMemoryBytes, examples, updates } = result;
  return {
    name: arm.name,
    effectiveBatchSize: arm.effectiveBatchSize,
    meanLoss: meanLoss.value,
    finalLoss: finalLoss.value,
    seconds,
    peakMemoryBytes,
    seeds: trials.length,
    diverged,
    failed: failed.length,
    ...(finalAccuracy && { accuracy: finalAccuracy.value }),
    ...(trainAccuracy && { trainAccuracy: trainAccuracy.value }),
    intervals: {
      meanLoss: ends(meanLoss),
      finalLoss: ends(finalLoss),
      ...(finalAccuracy && { accuracy: ends(finalAccuracy) }),
      ...(trainAccuracy && { trainAccuracy: ends(trainAccuracy) }),
    },
    examples,
    updates,
    secondsPerUpdate,
    examplesPerSecond,
    disturbed,
    learningRate: arm.configuration.learningRate ?? null,
    trials: trials.map(({ seed, run, whole, meanLoss, finalLoss, finalAccuracy, times, peakMemoryBytes }) => ({
      seed,
      run,
      state: whole ? "done" : "diverged",
      meanLoss,
      finalLoss,
      ...(finalAccuracy !== null && { accuracy: finalAccuracy }),
      seconds: times.seconds,
      disturbed: times.disturbed,
      peakMemoryBytes,
    })),
    failures: failed,
  };
}

const ends = ({ lower, upper }: SeedMean) => ({ lower, upper });

function comparisonsOf(comparisons: readonly ArmComparison[]): ArmDifference[] {
  return comparisons.map(({ arm, baseline, unpairedBy, result, verdict, adjustedP, moreSeeds }) => ({
    arm,
    baseline,
    difference: result?.difference.value ?? null,
    lower: result?.difference.lower ?? null,
    upper: result?.difference.upper ?? null,
    p: result?.p ?? null,
    adjustedP,
    probabilityOfImprovement: result?.probabilityOfImprovement.value ?? null,
    paired: unpairedBy === null,
    unpairedBy,
    verdict,
    moreSeeds,
    ...(result && {
      level: result.level,
      method: result.method,
      estimand: result.estimand,
      test: result.test,
      exact: result.exact,
      smallestP: result.smallestP,
      bca: result.bca,
      probabilityInterval: result.probabilityOfImprovement,
      seedsNeeded: result.seedsNeeded,
      seeds: result.seeds,
      censored: result.censored,
      agrees: result.agrees,
    }),
  }));
}
