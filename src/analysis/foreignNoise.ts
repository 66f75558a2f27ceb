import {
  addStep,
  type NoiseOverTime,
  newNoiseOverTime,
  smoothNoiseScale,
  windowMoments,
} from "../statistics/noiseOverTime.ts";
import type { GradientMoments } from "../statistics/noiseScale.ts";
import type { NoiseScale } from "../statistics/types.ts";
import type { ForeignStep } from "../store/foreignSteps.ts";

/** What the steps of a loop of another program say of its noise so far. */
export interface ForeignNoise {
  readonly average: NoiseOverTime;
  /** Steps whose noise could be seen. */
  readonly measured: number;
}

export const noForeignNoise: ForeignNoise = { average: newNoiseOverTime(), measured: 0 };

/** Takes in one step; a second one of the same number, after a restart from an older checkpoint, counts as the next. */
export function addForeignStep({ average, measured }: ForeignNoise, step: ForeignStep): ForeignNoise {
  const moments = foreignMoments(step);
  if (moments === undefined) return { average, measured };
  const number = step.step > (average.step ?? 0) ? { step: step.step } : {};
  return { average: addStep(average, { ...moments, ...number }), measured: measured + 1 };
}

/** In the unit of the counts. */
export const foreignNoiseScale = ({ average }: ForeignNoise): NoiseScale => smoothNoiseScale(average).noiseScale;

/**
 * tr Σ and |G|² of one step: of its examples where their norms were written, for nothing of their inner products is
 * lost then, else of its micro-batches. Undefined for a single micro-batch, which shows no noise, and for norms that
 * are not finite.
 */
export function foreignMoments(step: ForeignStep): GradientMoments | undefined {
  const { counts, squaredNorms, squaredNorm, exampleSquaredNorms, coveredSquaredNorm } = step;
  const examples = exampleSquaredNorms?.flat();
  const moments =
    examples !== undefined && coveredSquaredNorm !== undefined && examples.length > 1
      ? windowMoments(examples, Array(examples.length).fill(1), coveredSquaredNorm)
      : counts.length > 1
        ? windowMoments(squaredNorms, counts, squaredNorm)
        : undefined;
  const isSeen = moments && Number.isFinite(moments.traceCovariance) && Number.isFinite(moments.squaredGradientNorm);
  return isSeen ? moments : undefined;
}
