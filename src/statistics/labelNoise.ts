import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { assertFits, type Probabilities } from "./exampleScores.ts";
import { imitatedNoise, unmixed } from "./imitatedNoise.ts";

/** Error rate from which the search starts. */
const FIRST_NOISE = 0.05;
/** How many examples of a class it takes to believe its own errors as much as those of all classes together. */
const PRIOR = 20;
/** Bounds of the sharpness, and the factor by which one iteration may change it. */
const [DULLEST, SHARPEST, MOST_CHANGE] = [1 / 64, 64, 2];
const MOST_ITERATIONS = 200;
/** Nats by which an iteration that is not the last makes all labels likelier. */
const TOLERANCE = 0.01;
/** Powers of e below this are nought. */
const LEAST = -700;

/** How labels came about, as `labelNoise` finds it. */
export interface LabelNoise {
  /** a of p ∝ exp(a·ln p̂): one over the temperature at which the model is calibrated for RIGHT labels. */
  readonly sharpness: number;
  /** C × C, row-major: the chance that an example of class i was labelled j; rows add up to 1. */
  readonly transition: Float64Array;
  /** [N × C], p of each class before the given label is looked at. */
  readonly calibrated: Float64Array;
  /** [N], the probability that the given label is right; NaN for an example that is not judged. */
  readonly right: Float64Array;
  /**
   * Mean of 1 − right over the judged, an estimate of the share of wrong labels, known to within a half at best: what
   * classes that look alike are taken for counts as errors where the models learnt errors. NaN where none is judged.
   */
  readonly noise: number;
  /**
   * By how much errors make the labels likelier than none do, each with its best sharpness: ln of the likelihood ratio,
   * in nats. A ratio of 20, 3 nats, is strong evidence (Kass and Raftery 1995), unless right labels give as much by
   * chance: see `withoutErrors`.
   */
  readonly evidence: number;
}

/**
 * Which labels are wrong, told apart from examples that are only hard. Labels are taken to be drawn from p ∝ exp(a·ln
 * p̂), the model's own probabilities at a temperature (Guo et al. 2017, arXiv 1706.04599), and then to pass a channel
 * that turns class i into j with chance T_ij, the class-conditional noise of confident learning (Northcutt, Jiang and
 * Chuang 2021, arXiv 1911.00068, §2.1). a and T are those of largest likelihood, by EM (Dempster, Laird and Rubin 1977;
 * for such a channel Bekker and Goldberger 2016) with a Newton step for a. Confident learning counts every confident
 * disagreement as noise; here p explains an example whose classes the model cannot tell apart, and only what no
 * temperature explains is left to T. `right` is Bayes' rule, p_y T_yy / Σ_c p_c T_cy: below one half a wrong label is
 * likelier than a right one, and its sum over the doubted is the number of right labels to expect among them (a local
 * false discovery rate: Efron et al. 2001).
 *
 * `logProbabilities`: N × C, ln p̂ up to a constant for each example, of models that did NOT train on the example.
 * `judged(i)` false leaves an example out, say one of a class that its model hardly saw.
 *
 * Errors that the model expects, since it learnt to imitate them, are sought by `imitatedNoise`; it takes kinds of
 * examples that the model is sure and wrong about for wrong labels; and needs most labels of every class to be right.
 * Throws `ShapeError` for shapes or labels that do not fit, `UsageError` for what is not finite.
 */
export function labelNoise(
  logProbabilities: Probabilities,
  labels: ArrayLike<number>,
  judged: (example: number) => boolean = () => true,
): LabelNoise {
  requireArguments("labelNoise", { logProbabilities, labels }, { logProbabilities: is.object, labels: is.list });
  assertFits("labelNoise", logProbabilities, labels);
  const { classes } = logProbabilities;
  const scores = lessTheLargest(logProbabilities);
  const examples = Uint32Array.from({ length: labels.length }, (_, i) => i).filter(judged);
  const { found, evidence, right } = estimateNoise(
    { scores, labels, examples, shares: sharesOf(labels, classes, examples) },
    1,
  );
  return { ...found, right, noise: noiseOf(right, examples), evidence };
}

/** Errors that the models have learnt are taken for such where they are so much more than those that EM sees. */
const MORE = 1.25;

export function estimateNoise(subject: Subject, firstSharpness: number) {
  const without = likeliest(subject, firstSharpness, false);
  const { likelihood, ...seen } = likeliest(subject, firstSharpness, true);
  const found = { found: seen, evidence: likelihood - without.likelihood, right: rightnessOf(seen, subject) };
  const learnt = imitatedNoise({ ...subject, probabilities: without.calibrated, classes: subject.shares.length });
  if (!learnt) return found;
  const { transition, evidence } = learnt;
  const calibrated = unmixed(without.calibrated, transition);
  const right = rightnessOf({ calibrated, transition }, subject);
  if (noiseOf(right, subject.examples) < MORE * noiseOf(found.right, subject.examples)) return found;
  const imitated = { sharpness: without.sharpness, transition, calibrated };
  return { found: imitated, evidence: Math.max(evidence, found.evidence), right };
}

/** NaN for examples that are not judged. */
function rightnessOf(
  found: Pick<State, "calibrated" | "transition">,
  { labels, examples, shares }: Subject,
): Float64Array {
  const right = new Float64Array(labels.length).fill(Number.NaN);
  for (const i of examples) right[i] = rightness(found, i, labels[i]!, shares.length);
  return right;
}

export function noiseOf(right: Float64Array, examples: Uint32Array): number {
  return examples.reduce((sum, i) => sum + 1 - right[i]!, 0) / examples.length;
}

interface Subject {
  /** [N × C], at most 0, and 0 for one class of each example. */
  readonly scores: Float64Array;
  readonly labels: ArrayLike<number>;
  readonly examples: Uint32Array;
  readonly shares: Float64Array;
}

/** The likeliest sharpness, and channel where there are errors. */
function likeliest(subject: Subject, firstSharpness: number, errors: boolean) {
  const { scores, shares } = subject;
  const calibrated = new Float64Array(scores.length);
  let [sharpness, before] = [firstSharpness, Number.NEGATIVE_INFINITY];
  let transition = channel(shares, errors ? FIRST_NOISE : 0);
  for (let iteration = 0; ; iteration++) {
    sharpen(scores, shares.length, sharpness, calibrated);
    const { counts, slope, curvature, likelihood } = expectation({ ...subject, calibrated, transition });
    if (iteration === MOST_ITERATIONS || likelihood - before < TOLERANCE)
      return { sharpness, transition, calibrated, likelihood };
    before = likelihood;
    sharpness = newton(sharpness, slope, curvature);
    if (errors) transition = smoothed(counts, shares);
  }
}

/** Whether a label is doubted: a wrong one is likelier. */
export function isDoubted(right: number): boolean {
  return right < 0.5;
}

/** What `labelNoise` makes of labels none of which is wrong. */
export interface WithoutErrors {
  /** Labels that it would doubt. */
  readonly doubted: number;
  readonly evidence: number;
}

/**
 * How many labels would be doubted, and with what evidence, if none were wrong, once for each of `draws`: labels are
 * drawn from the calibrated probabilities of `found`, right by construction and as ambiguous as the model finds the
 * examples, and everything is estimated anew (parametric bootstrap: Efron and Tibshirani 1993, ch. 6). As honest as the
 * calibration; the models are not trained again.
 */
export function withoutErrors(
  logProbabilities: Probabilities,
  noise: LabelNoise,
  random: Random,
  draws: number,
): WithoutErrors[] {
  requireArguments(
    "withoutErrors",
    { logProbabilities, noise, random, draws },
    { logProbabilities: is.object, noise: is.object, random: is.random, draws: is.whole(1) },
  );
  const { calibrated, right, sharpness } = noise;
  const { uniform } = random;
  const { classes } = logProbabilities;
  const scores = lessTheLargest(logProbabilities);
  const examples = Uint32Array.from({ length: right.length }, (_, i) => i).filter((i) => !Number.isNaN(right[i]));
  return Array.from({ length: draws }, () => {
    const labels = right.map((_, i) => {
      let [left, label] = [uniform(), 0];
      while (label < classes - 1 && left >= calibrated[i * classes + label]!)
        left -= calibrated[i * classes + label++]!;
      return label;
    });
    const shares = sharesOf(labels, classes, examples);
    const drawn = estimateNoise({ scores, labels, examples, shares }, sharpness);
    return { doubted: examples.filter((i) => isDoubted(drawn.right[i]!)).length, evidence: drawn.evidence };
  });
}

/** The class other than the given one that an example most probably is of, with what led to its label. */
export function likelierClass(
  { calibrated, transition }: Pick<LabelNoise, "calibrated" | "transition">,
  example: number,
  given: number,
): number {
  const classes = Math.sqrt(transition.length);
  let [best, most] = [given === 0 ? 1 : 0, -1];
  for (let c = 0; c < classes; c++) {
    const p = calibrated[example * classes + c]! * transition[c * classes + given]!;
    if (c !== given && p > most) [best, most] = [c, p];
  }
  return best;
}

export function lessTheLargest({ values, classes }: Probabilities): Float64Array {
  const scores = Float64Array.from(values);
  for (let start = 0; start < scores.length; start += classes) {
    const row = scores.subarray(start, start + classes);
    const largest = row.reduce((a, b) => Math.max(a, b));
    if (!row.every(Number.isFinite))
      throw new UsageError(
        `labelNoise: expected finite logarithms of probabilities, got ${row.find((x) => !Number.isFinite(x))} for example ${start / classes}; give ln p, not p, and no zeros`,
      );
    for (let c = 0; c < classes; c++) row[c]! -= largest;
  }
  return scores;
}

export function sharesOf(labels: ArrayLike<number>, classes: number, examples: Uint32Array): Float64Array {
  const shares = new Float64Array(classes);
  for (const i of examples) shares[labels[i]!]! += 1 / examples.length;
  return shares;
}

/** Every class errs alike, and errors fall on the others by their shares. */
function channel(shares: Float64Array, noise: number): Float64Array {
  const classes = shares.length;
  return Float64Array.from({ length: classes ** 2 }, (_, at) => {
    const [from, to] = [Math.floor(at / classes), at % classes];
    const others = 1 - shares[from]!;
    if (others < 1e-12) return from === to ? 1 : 0;
    return from === to ? 1 - noise : (noise * shares[to]!) / others;
  });
}

function sharpen(scores: Float64Array, classes: number, sharpness: number, into: Float64Array): void {
  for (let start = 0; start < scores.length; start += classes) {
    let sum = 0;
    for (let at = start; at < start + classes; at++) {
      const power = sharpness * scores[at]!;
      into[at] = power < LEAST ? 0 : Math.exp(power);
      sum += into[at]!;
    }
    for (let at = start; at < start + classes; at++) into[at]! /= sum;
  }
}

interface State extends Subject {
  readonly calibrated: Float64Array;
  readonly transition: Float64Array;
}

/**
 * Expected numbers of examples by true class and label, first and negative second derivative of Σ E ln p_true by the
 * sharpness, and the logarithm of the labels' likelihood.
 */
function expectation({ scores, calibrated, transition, labels, examples }: State) {
  const counts = new Float64Array(transition.length);
  const classes = Math.sqrt(transition.length);
  let [slope, curvature, likelihood] = [0, 0, 0];
  for (const i of examples) {
    const [start, label] = [i * classes, labels[i]!];
    let [total, mean, square, told] = [0, 0, 0, 0];
    for (let c = 0; c < classes; c++) {
      const [p, score] = [calibrated[start + c]!, scores[start + c]!];
      const joint = p * transition[c * classes + label]!;
      total += joint;
      told += joint * score;
      mean += p * score;
      square += p * score * score;
    }
    likelihood += Math.log(Math.max(total, Number.MIN_VALUE));
    // Neither the model nor the channel gives such a label a chance: it says nothing about either.
    if (total === 0) continue;
    for (let c = 0; c < classes; c++)
      counts[c * classes + label]! += (calibrated[start + c]! * transition[c * classes + label]!) / total;
    slope += told / total - mean;
    curvature += square - mean * mean;
  }
  return { counts, slope, curvature, likelihood };
}

function newton(sharpness: number, slope: number, curvature: number): number {
  const step = curvature > 0 ? sharpness + slope / curvature : sharpness;
  const near = Math.min(sharpness * MOST_CHANGE, Math.max(sharpness / MOST_CHANGE, step));
  return Math.min(SHARPEST, Math.max(DULLEST, near));
}

/** Rows of the counts, each with `PRIOR` examples more that err as all classes do together. */
function smoothed(counts: Float64Array, shares: Float64Array): Float64Array {
  const classes = shares.length;
  const sums = shares.map((_, c) => counts.subarray(c * classes, (c + 1) * classes).reduce((a, b) => a + b, 0));
  const all = sums.reduce((a, b) => a + b, 0);
  const kept = shares.reduce((sum, _, c) => sum + counts[c * classes + c]!, 0);
  const common = channel(shares, all > 0 ? Math.max(0, 1 - kept / all) : 0);
  return counts.map((count, at) => (count + PRIOR * common[at]!) / (sums[Math.floor(at / classes)]! + PRIOR));
}

function rightness(
  { calibrated, transition }: Pick<State, "calibrated" | "transition">,
  example: number,
  label: number,
  classes: number,
): number {
  let total = 0;
  for (let c = 0; c < classes; c++) total += calibrated[example * classes + c]! * transition[c * classes + label]!;
  const own = calibrated[example * classes + label]! * transition[label * classes + label]!;
  return total === 0 ? 0 : own / total;
}
