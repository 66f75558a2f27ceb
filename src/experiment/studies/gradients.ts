import { fitGradientNorms, type GradientNormFit } from "../../statistics/gradientNormFit.ts";
import { lossStability } from "../../statistics/lossStability.ts";
import { type ArmResult, type SeedMean, seedMean } from "./comparison.ts";
import { type Lists, listIn } from "./curves.ts";

/** How the gradients and the loss of an arm scatter, over its seeds. */
export interface ArmGradients {
  readonly arm: string;
  readonly norm: SeedMean;
  /** Of the training loss about its moving average of ten updates, in its unit, and over its mean. */
  readonly standardDeviation: SeedMean;
  readonly coefficientOfVariation: SeedMean;
}

export function gradientsOf({ arm, trials }: ArmResult): ArmGradients {
  const stabilities = trials.map(({ steps }) => lossStability(steps.map(({ loss }) => loss)));
  const norms = trials.map(
    ({ steps }) => steps.reduce((sum, { gradientNorm }) => sum + gradientNorm, 0) / steps.length,
  );
  return {
    arm: arm.name,
    norm: seedMean(norms),
    standardDeviation: seedMean(stabilities.map(({ standardDeviation }) => standardDeviation)),
    coefficientOfVariation: seedMean(stabilities.map(({ coefficientOfVariation }) => coefficientOfVariation)),
  };
}

/**
 * The fit of E‖g_B‖² = |G|² + tr Σ/B to the gradient norms of arms that see as many examples as the arm that sees
 * fewest; null where all batches are equal or an arm has too few updates. Arms must differ in nothing but the batch for
 * it to say more than where their trainings were.
 */
export function fitNorms(arms: readonly ArmResult[]): GradientNormFit | null {
  const most = Math.min(...arms.map(({ examples }) => examples));
  const byBatch: Lists = new Map();
  for (const { arm, trials } of arms)
    for (const { steps } of trials)
      for (const { examples, gradientNorm } of steps)
        if (examples <= most && Number.isFinite(gradientNorm))
          listIn(byBatch, arm.effectiveBatchSize).push(gradientNorm ** 2);
  const samples = [...byBatch].map(([batchSize, squaredNorms]) => ({ batchSize, squaredNorms }));
  if (samples.length < 2 || samples.some(({ squaredNorms }) => squaredNorms.length < 2)) return null;
  return fitGradientNorms(samples);
}
