import { is, requireArguments } from "../tensor/arguments.ts";
import type { Random } from "../tensor/random.ts";
import type { Probabilities } from "./exampleScores.ts";
import { type LabelNoise, labelNoise } from "./labelNoise.ts";

/** From one number of errors that is tried to the next. */
const GROWTH = 1.5;
/** Of the examples, as many errors as are tried at most. */
const MOST_SHARE = 0.25;
/** Draws in which the errors may stay unnoticed. */
const MISSES = 1;

/**
 * The least number of random errors, of those tried, that is noticed in all but one of `draws` (19 of 20 make 95 %): so
 * many judged examples get another class at random, everything else is estimated anew, and `notices` says whether that
 * shows. Null where a quarter of the labels do not show. It supposes errors without a pattern and models that have not
 * learnt them: errors that the models imitate show later. Numbers are tried upwards from `from`, each 1.5 times the
 * one before.
 */
export function noticeableErrors(
  logProbabilities: Probabilities,
  labels: ArrayLike<number>,
  { right }: Pick<LabelNoise, "right">,
  search: {
    readonly random: Random;
    readonly draws: number;
    readonly from: number;
    /** What `labelNoise` finds with so many errors planted. */
    readonly notices: (found: LabelNoise, errors: number) => boolean;
  },
): number | null {
  requireArguments(
    "noticeableErrors",
    { logProbabilities, labels, search },
    { logProbabilities: is.object, labels: is.list, search: is.object },
  );
  const { random, draws, from, notices } = search;
  const judged = Uint32Array.from({ length: right.length }, (_, i) => i).filter((i) => !Number.isNaN(right[i]!));
  const { classes } = logProbabilities;
  const isJudged = (example: number) => !Number.isNaN(right[example]!);
  const shows = (errors: number) => {
    const planted = withErrors(labels, judged, { errors, classes, random });
    return notices(labelNoise(logProbabilities, planted, isJudged), errors);
  };
  for (let errors = Math.max(1, from); errors <= MOST_SHARE * judged.length; errors = Math.ceil(errors * GROWTH)) {
    let missed = 0;
    for (let draw = 0; draw < draws && missed <= MISSES; draw++) if (!shows(errors)) missed++;
    if (missed <= MISSES) return errors;
  }
  return null;
}

/** The labels, so many of them another class at random. */
function withErrors(
  labels: ArrayLike<number>,
  judged: Uint32Array,
  { errors, classes, random }: { readonly errors: number; readonly classes: number; readonly random: Random },
): Uint32Array {
  const planted = Uint32Array.from(labels);
  const left = Uint32Array.from(judged);
  for (let k = 0; k < errors; k++) {
    const at = k + random.integer(left.length - k);
    [left[k], left[at]] = [left[at]!, left[k]!];
    const label = planted[left[k]!]!;
    const other = random.integer(classes - 1);
    planted[left[k]!] = other < label ? other : other + 1;
  }
  return planted;
}
