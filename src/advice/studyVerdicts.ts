import { FEWEST_EXAMPLES } from "../statistics/bootstrap.ts";
import type { LearningRateSuggestion, SuggestionReason } from "../statistics/learningRateSweep.ts";
import type { Interval } from "../statistics/types.ts";
import type { Profile, ProfiledSize } from "../store/profile.ts";
import type { EvaluationVerdict, StudyVerdict } from "../store/verdicts.ts";

/** With what the sweeps were made. */
export interface RangeTested {
  readonly batchSize: number;
  readonly from: number;
  readonly to: number;
  readonly repeats: number;
}

/** Which learning rate to take, or what to pass to find one. */
export function rateVerdict(
  found: Pick<LearningRateSuggestion, "suggestion" | "reason" | "tenthOfMinimum" | "sweeps">,
  tested: RangeTested,
): StudyVerdict {
  const { suggestion, reason, tenthOfMinimum, sweeps } = found;
  if (!suggestion) return { kind: "rateNotFound", tenthOfMinimum, ...otherRange(reason, tested) };
  const { value: rate, lower, upper } = suggestion;
  return { kind: "rateFound", rate, lower, upper, seeds: sweeps.length };
}

/** By the first problem that stands: rates that begin or end in the wrong place hide what noise there is. */
function otherRange(
  reason: SuggestionReason,
  { batchSize, from, to, repeats }: RangeTested,
): Pick<Extract<StudyVerdict, { kind: "rateNotFound" }>, "because" | "tries"> {
  const larger = { flag: "batchSize" as const, value: LESS_NOISE * batchSize };
  if (reason.kind === "disagree")
    return { because: "disagree", tries: [larger, { flag: "repeats", value: 2 * repeats + 1 }] };
  const has = new Set(reason.kind === "fewClear" ? reason.problems.map(({ kind }) => kind) : []);
  if (has.has("earlyRise")) return { because: "earlyRise", tries: [{ flag: "from", value: from / DECADES }] };
  if (has.has("fallsToTheEnd")) return { because: "fallsToTheEnd", tries: [{ flag: "to", value: to * DECADES }] };
  return { because: "noise", tries: [larger] };
}

/** Four times the examples halve the noise. */
const LESS_NOISE = 4;
/** By which a range of rates grows at one end. */
const DECADES = 100;

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
  const stillFalls = batchSize === sizes.at(-1)!.batchSize;
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
  const needed = examples < FEWEST_EXAMPLES ? FEWEST_EXAMPLES : null;
  if (errors) return { kind: "errorsMeasured", ...errors, examples, needed };
  if (accuracy) return { kind: "accuracyMeasured", accuracy, examples };
  return { kind: "lossMeasured", loss, examples };
}
