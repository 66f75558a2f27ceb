import { is, requireArguments } from "../tensor/arguments.ts";
import type { Random } from "../tensor/random.ts";
import { deviationOf } from "./comparison/sample.ts";
import type { Probabilities } from "./exampleScores.ts";
import { estimateNoise, type LabelNoise, lessTheLargest, noiseOf, sharesOf } from "./labelNoise.ts";
import { studentTQuantile } from "./studentT.ts";
import type { Interval } from "./types.ts";

/**
 * The share of wrong labels of `labelNoise` with a 95 % interval: value ± t·s, s the standard deviation of the share
 * over so many redraws of the judged examples with replacement, everything estimated anew (Efron 1979), t Student's
 * with one degree of freedom less than `draws`; cut at 0 and 1. It covers that other examples might have been drawn,
 * with the models as they are. It does not cover what the estimate is off by: classes that look alike count as errors
 * where the models have learnt errors, and errors that were not found do not count. NaN where none is judged.
 */
export function noiseShareInterval(
  logProbabilities: Probabilities,
  labels: ArrayLike<number>,
  { right, noise, sharpness }: Pick<LabelNoise, "right" | "noise" | "sharpness">,
  random: Random,
  draws: number,
): Interval {
  requireArguments(
    "noiseShareInterval",
    { logProbabilities, labels, random, draws },
    { logProbabilities: is.object, labels: is.list, random: is.random, draws: is.whole(2) },
  );
  const judged = Uint32Array.from({ length: right.length }, (_, i) => i).filter((i) => !Number.isNaN(right[i]!));
  if (judged.length === 0) return { value: Number.NaN, lower: Number.NaN, upper: Number.NaN };
  const scores = lessTheLargest(logProbabilities);
  const found = Array.from({ length: draws }, () => {
    const examples = judged.map(() => judged[random.integer(judged.length)]!);
    const shares = sharesOf(labels, logProbabilities.classes, examples);
    return noiseOf(estimateNoise({ scores, labels, examples, shares }, sharpness).right, examples);
  });
  const half = studentTQuantile(0.95, draws - 1) * deviationOf(found);
  return { value: noise, lower: Math.max(0, noise - half), upper: Math.min(1, noise + half) };
}
