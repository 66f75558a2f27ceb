import type { LearningRateSuggestion } from "../statistics/learningRateSweep.ts";
import type { Interval } from "../statistics/types.ts";
import type { Profile, ProfiledSize } from "../store/profile.ts";
import type { EvaluationVerdict, StudyVerdict } from "../store/verdicts.ts";

/** Which learning rate to take. */
export function rateVerdict({
  suggestion,
  tenthOfMinimum,
  sweeps,
}: Pick<LearningRateSuggestion, "suggestion" | "tenthOfMinimum" | "sweeps">): StudyVerdict {
  if (!suggestion) return { kind: "rateNotFound", tenthOfMinimum };
  const { value: rate, lower, upper } = suggestion;
  return { kind: "rateFound", rate, lower, upper, seeds: sweeps.length };
}

/** Which micro-batch to take: the fastest of those that fit, or the largest where none is known to be. */
export function microBatchVerdict(found: {
  readonly fastest: number | null;
  readonly largest: number | null;
  readonly limitBytes: number;
  readonly target: number | null;
}): StudyVerdict {
  const { fastest, largest, limitBytes, target } = found;
  if (largest === null) return { kind: "microBatchNotFound", limitBytes };
  const microBatch = fastest ?? largest;
  return {
    kind: "microBatchFound",
    microBatch,
    timed: fastest !== null,
    largest,
    limitBytes,
    // One micro-batch of the target needs nothing beside it.
    target: target === microBatch ? null : target,
  };
}

/** Times within this share of the fastest count as equal. */
const NEAR = 0.05;

/** Which batch size trains an epoch about as fast as any: the smallest. Of one size at least, ascending. */
export function profileVerdict({
  batchSizes: sizes,
  notes,
}: Pick<Profile, "notes"> & {
  readonly batchSizes: readonly Pick<ProfiledSize, "batchSize" | "secondsPerEpoch">[];
}): StudyVerdict {
  const fastest = sizes.map((one) => one.secondsPerEpoch).reduce((a, b) => (b.value < a.value ? b : a));
  const { batchSize, secondsPerEpoch } = sizes.find((one) => one.secondsPerEpoch.value <= (1 + NEAR) * fastest.value)!;
  // Its luckiest round is as fast as the unluckiest of the fastest.
  const overlapping = sizes.find((one) => one.secondsPerEpoch.lower <= fastest.upper)!.batchSize;
  const stillFalls = sizes.length > 1 && batchSize === sizes.at(-1)!.batchSize;
  const alike = overlapping < batchSize ? overlapping : null;
  const bounded = notes.some(({ kind }) => ["beyondData", "predictedPeak", "tooLarge"].includes(kind));
  return {
    kind: "batchSizeProfiled",
    batchSize,
    epochSeconds: secondsPerEpoch,
    within: NEAR,
    alike,
    stillFalls,
    bounded,
  };
}

interface Comparison {
  readonly equal: boolean;
  readonly maxRelativeDifference: number;
  readonly tolerance: number;
}

/**
 * Whether accumulation gives the gradient of the large batch, on every engine; told of the one that is farthest off.
 */
export function accumulationVerdict(
  window: readonly number[],
  compared: readonly Comparison[],
  mixing: readonly string[],
): StudyVerdict {
  const excess = ({ maxRelativeDifference, tolerance }: Comparison) => maxRelativeDifference / tolerance;
  const worst = compared.reduce((a, b) => (excess(b) > excess(a) ? b : a));
  const { maxRelativeDifference: difference, tolerance } = worst;
  const examples = window.reduce((sum, size) => sum + size, 0);
  const evidence = { window: [...window], examples, difference, tolerance };
  if (compared.every(({ equal }) => equal)) return { kind: "accumulationEqual", ...evidence };
  return { kind: "accumulationDiffers", ...evidence, mixing: [...mixing] };
}

interface Evaluated {
  readonly examples: number;
  readonly loss: number;
  readonly accuracy?: Interval;
  readonly errors?: { readonly rSquared: Interval; readonly rmse: Interval; readonly mae: Interval };
}

/** How a trained model fares: by what is easiest to judge. */
export function evaluationVerdict({ examples, loss, accuracy, errors }: Evaluated): EvaluationVerdict {
  if (errors) return { kind: "errorsMeasured", ...errors, examples };
  if (accuracy) return { kind: "accuracyMeasured", accuracy, examples };
  return { kind: "lossMeasured", loss, examples };
}
