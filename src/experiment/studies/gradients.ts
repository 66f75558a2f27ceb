import { fitGradientNorms, type GradientNormFit } from "../../statistics/gradientNormFit.ts";
import { lossStability } from "../../statistics/lossStability.ts";
import type { ArmResult } from "./comparison.ts";
import { type SeedMean, seedMean, within } from "./seedMean.ts";

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

/** Of fewer trials than this the spread over trials says nothing, and that over updates is taken. */
const FEWEST = 3;

/** The squared gradient norms of each batch size, up to what the arm that sees fewest examples sees: by trial. */
function squaredNorms(arms: readonly ArmResult[]): Map<number, number[][]> {
  const most = Math.min(...arms.map(({ examples }) => examples));
  const byBatch = new Map<number, number[][]>();
  for (const { arm, trials } of arms)
    for (const { steps } of trials) {
      const norms = steps
        .filter(({ examples, gradientNorm }) => examples <= most && Number.isFinite(gradientNorm))
        .map(({ gradientNorm }) => gradientNorm ** 2);
      if (norms.length > 0)
        byBatch.set(arm.effectiveBatchSize, [...(byBatch.get(arm.effectiveBatchSize) ?? []), norms]);
    }
  return byBatch;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** The mean squared gradient norm of each batch size over its trials; null where all batches are equal. */
export function normsByBatch(arms: readonly ArmResult[]): ({ readonly batchSize: number } & SeedMean)[] | null {
  const found = [...squaredNorms(arms)].toSorted(([a], [b]) => a - b);
  if (found.length < 2) return null;
  return found.map(([batchSize, trials]) => ({ batchSize, ...above0(trials.map(meanOf)) }));
}

/**
 * The fit of E‖g_B‖² = |G|² + tr Σ/B to the gradient norms of arms that see as many examples as the arm that sees
 * fewest; null where all batches are equal or an arm has too few updates. Updates of a training depend on one another,
 * so that each trial counts as one sample, its mean. Arms must differ in nothing but the batch for the fit to say more
 * than where their trainings were.
 */
export function fitNorms(arms: readonly ArmResult[]): GradientNormFit | null {
  const byBatch = [...squaredNorms(arms)];
  const isByTrial = byBatch.every(([, trials]) => trials.length >= FEWEST);
  const samples = byBatch.map(([batchSize, trials]) => ({
    batchSize,
    squaredNorms: isByTrial ? trials.map(meanOf) : trials.flat(),
  }));
  if (samples.length < 2 || samples.some(({ squaredNorms: { length } }) => length < 2)) return null;
  const fit = fitGradientNorms(samples);
  const { value, lower, upper } = fit.noiseScale;
  // Norms that grow with the batch are of arms at other weights: the fit says nothing then.
  const isOne = value !== null && value > 0 && lower > 0 && (upper === null || value <= upper);
  return isOne || value === null ? fit : null;
}
