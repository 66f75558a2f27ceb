/** A channel that the models have learnt from the labels; see `imitatedNoise`. */
export interface ImitatedNoise {
  /** C × C, row-major: the chance that an example of class i was labelled j. */
  readonly transition: Float64Array;
  /** Nats by which the sure half of the classes concerned is likelier than if most of its errors were confusions. */
  readonly evidence: number;
}

interface Subject {
  /** [N × C], calibrated for the labels as they are, errors included. */
  readonly probabilities: Float64Array;
  readonly labels: ArrayLike<number>;
  readonly examples: Uint32Array;
  readonly classes: number;
}

/** Of confusions that the sure half of a predicted class may have, at most this share. */
const CONFUSED = { share: 1 / 3, least: 0.01 };
/** A class whose sure half errs more often has no label that is mostly right. */
const MOST_NOISE = 0.4;
/** Of the labels of a predicted class that are right for a channel, so many may be confusions. */
const MOST_CONFUSED = 0.2;
/** Nats of evidence to count a class, and to speak of a channel. */
const [LEAST_EVIDENCE, STRONG] = [1, 3];
const LEAST_SURE = 4;
const ROUNDS = 20;

/**
 * Errors that the models have learnt to expect: a third of the sevens called ones, and a model that was trained on such
 * labels says "one" with a third of its belief for every seven. Its probabilities explain the labels then, as they
 * would explain classes that look alike, and no likelihood of the labels tells the two apart. Two things do. Of classes
 * that look alike some examples are clear, and errors get rare where the model is sure; a channel errs there as often
 * as elsewhere (the anchor points of Patrini et al. 2017, arXiv 1609.03683; the confident examples of Northcutt, Jiang
 * and Chuang 2021). And within that sure half the probabilities say which labels are off if classes look alike, and
 * nothing if not. So, of the half of each predicted class of which the model is surest: errors in more than a third of
 * the share that the whole class has, and all in all likelier at one rate than at the model's rates. Null where that is
 * not so.
 */
export function imitatedNoise(subject: Subject): ImitatedNoise | null {
  const { classes } = subject;
  const halves = Array.from({ length: classes }, (_, c) => sureHalf(subject, c));
  const concerned = halves.filter((half) => half.evidence >= LEAST_EVIDENCE);
  const evidence = concerned.reduce((sum, half) => sum + half.evidence, 0);
  if (!(evidence > STRONG && concerned.reduce((sum, half) => sum + half.flatness, 0) > 0)) return null;
  const transition = new Float64Array(classes ** 2);
  halves.forEach(({ sure }, c) => {
    const row = transition.subarray(c * classes, (c + 1) * classes);
    // One label that is right, so that a class without sure examples errs in nothing.
    row[c] = 1 / (sure.length + 1);
    for (const i of sure) row[subject.labels[i]!]! += 1 / (sure.length + 1);
  });
  return { transition, evidence };
}

interface SureHalf {
  readonly sure: readonly number[];
  readonly evidence: number;
  /** Nats by which one rate of errors explains the sure half better than the model's own rates do. */
  readonly flatness: number;
}

function sureHalf({ probabilities, labels, examples, classes }: Subject, c: number): SureHalf {
  const own = (i: number) => probabilities[i * classes + c]!;
  const predicted = Array.from(examples.filter((i) => isLargest(probabilities, i * classes, classes, c)));
  const sure = predicted.toSorted((a, b) => own(b) - own(a)).slice(0, Math.ceil(predicted.length / 2));
  const off = (some: readonly number[]) => some.filter((i) => labels[i] !== c).length;
  const none = { sure, evidence: 0, flatness: 0 };
  if (sure.length < LEAST_SURE) return none;
  const [rate, all] = [off(sure) / sure.length, off(predicted) / predicted.length];
  const confusion = Math.max(CONFUSED.least, all * CONFUSED.share);
  if (rate <= confusion || rate > MOST_NOISE || (all - rate) / (1 - rate) > MOST_CONFUSED) return none;
  const nats = (q: number) => sure.reduce((sum, i) => sum + Math.log(labels[i] === c ? 1 - q : q), 0);
  const evidence = nats(rate) - nats(confusion);
  const doubts = sure.map((i) => Math.log((1 - own(i) + 1e-9) / (own(i) + 1e-9)));
  const wrong = sure.map((i) => labels[i] !== c);
  return { sure, evidence, flatness: nats(rate) - natsOfRates(doubts, wrong) };
}

function isLargest(values: Float64Array, start: number, classes: number, c: number): boolean {
  for (let k = 0; k < classes; k++) if (values[start + k]! > values[start + c]!) return false;
  return true;
}

/** Largest log-likelihood of what is wrong under chances of these logarithms of odds, all moved by as much. */
function natsOfRates(odds: readonly number[], wrong: readonly boolean[]): number {
  const chance = (x: number) => 1 / (1 + Math.exp(-x));
  const count = wrong.filter(Boolean).length;
  let [low, high] = [-40, 40];
  for (let round = 0; round < 60; round++) {
    const shift = (low + high) / 2;
    if (odds.reduce((sum, x) => sum + chance(x + shift), 0) < count) low = shift;
    else high = shift;
  }
  return odds.reduce((sum, x, k) => sum + Math.log(chance(wrong[k] ? x + low : -x - low)), 0);
}

/**
 * [N × C] p of the true classes where `probabilities`, of labels, are what the channel makes of them: those of largest
 * likelihood for p̂ = pT, by EM from p̂ on (Richardson 1972), so that none is below zero.
 */
export function unmixed(probabilities: Float64Array, transition: Float64Array): Float64Array {
  const classes = Math.sqrt(transition.length);
  const p = probabilities.slice();
  const mixed = new Float64Array(classes);
  for (let start = 0; start < p.length; start += classes)
    for (let round = 0; round < ROUNDS; round++) {
      mixed.fill(0);
      for (let c = 0; c < classes; c++)
        for (let k = 0; k < classes; k++) mixed[k]! += p[start + c]! * transition[c * classes + k]!;
      for (let c = 0; c < classes; c++) {
        let factor = 0;
        for (let k = 0; k < classes; k++)
          if (mixed[k]! > 0) factor += (probabilities[start + k]! * transition[c * classes + k]!) / mixed[k]!;
        p[start + c]! *= factor;
      }
    }
  return p;
}
