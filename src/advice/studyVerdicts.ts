import type { LearningRateSuggestion } from "../statistics/learningRateSweep.ts";
import type { Interval } from "../statistics/types.ts";
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
