import { fitGradientNorms, type GradientNormFit } from "../../statistics/gradientNormFit.ts";
import { lossStability } from "../../statistics/lossStability.ts";
import { type ArmResult, type SeedMean, seedMean, within } from "./comparison.ts";
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
    norm: above0(norms),
    standardDeviation: above0(stabilities.map(({ standardDeviation }) => standardDeviation)),
    coefficientOfVariation: above0(stabilities.map(({ coefficientOfVariation }) => coefficientOfVariation)),
  };
}

function above0(values: readonly (number | null)[]): SeedMean {
  return within(0, Number.POSITIVE_INFINITY, seedMean(values));
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
  const fit = fitGradientNorms(samples);
  const { value, lower, upper } = fit.noiseScale;
  // Norms that grow with the batch are of arms at other weights: the fit says nothing then.
  const isOne = value !== null && value > 0 && lower > 0 && (upper === null || value <= upper);
  return isOne || value === null ? fit : null;
}
