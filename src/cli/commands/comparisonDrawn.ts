import type { ArmResult } from "../../experiment/studies/comparison.ts";
import { gradientNormCurve, smoothedCurve, trainingCurve, validationCurve } from "../../experiment/studies/curves.ts";
import { fitNorms, normsByBatch } from "../../experiment/studies/gradients.ts";
import type { RanComparison } from "../../experiment/studies/runComparison.ts";
import { atRateOfBaseline } from "../../experiment/studies/tuning.ts";
import type { ComparedArm, ComparedNorms, ComparedTarget } from "../../report/charts/compared.ts";

/** What the figures of a comparison are drawn from. */
export function comparedArms({ arms, file, tuned, baseline, target }: RanComparison): ComparedArm[] {
  const most = Math.max(...arms.flatMap(({ trials }) => trials.map(({ examples }) => examples)), 1);
  const grid = file.specification.evaluateExamples;
  const fixed = tuned && atRateOfBaseline(tuned, baseline);
  return arms.map((one: ArmResult) => ({
    name: one.arm.name,
    isBaseline: one.arm.name === baseline,
    effectiveBatchSize: one.arm.effectiveBatchSize,
    training: trainingCurve(one, most),
    smoothed: smoothedCurve(one, most),
    validation: grid === null ? [] : validationCurve(one, grid),
    gradientNorm: gradientNormCurve(one, most),
    meanLoss: one.meanLoss,
    finalLoss: one.finalLoss.value,
    seconds: one.seconds,
    peakMemoryBytes: one.peakMemoryBytes,
    accuracy: one.finalAccuracy,
    trainAccuracy: one.trainAccuracy,
    fixed: fixed && atOneValue(fixed.rate, fixed.results.get(one.arm.name)!),
    target: target && ofTarget(target, one.arm.name),
  }));
}

const atOneValue = (value: number, { finalAccuracy, trainAccuracy }: ArmResult) => ({
  value,
  accuracy: finalAccuracy,
  trainAccuracy,
});

function ofTarget(target: NonNullable<RanComparison["target"]>, name: string): ComparedTarget | null {
  const own = target.arms.find(({ arm }) => arm === name);
  if (!own) return null;
  return {
    trials: own.trials.map(({ seconds, examples }) => ({
      reached: examples.reached,
      seconds: seconds.time,
      examples: examples.time,
    })),
    seconds: own.seconds?.median.value ?? null,
    examples: own.examples?.median.value ?? null,
  };
}

/** The gradient norms of arms of different batches; null where all are equal. */
export function comparedNorms({ arms }: RanComparison): ComparedNorms | null {
  const points = normsByBatch(arms);
  const fit = points && fitNorms(arms);
  return points && { points, line: fit && { signal: fit.signal.value, noise: fit.noise.value } };
}
