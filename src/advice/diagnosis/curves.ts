import type { DiagnosisFacts, RecordedEvaluation } from "../../store/diagnosisFacts.ts";
import { thresholds } from "./thresholds.ts";

/** What losses and gradient norms by step say; every function gives null where too little was recorded. */

export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const part = <T>(values: readonly T[], from: number, to: number) =>
  values.slice(Math.floor(from * values.length), Math.max(1, Math.ceil(to * values.length)));

/** Training losses with their steps: of evaluations where they have two, else medians of twelve stretches of steps. */
export function trainingCurve({
  evaluations,
  steps,
}: DiagnosisFacts): { readonly step: number; readonly loss: number }[] {
  const known = evaluations.filter(({ trainLoss }) => Number.isFinite(trainLoss));
  if (known.length >= 4) return known.map(({ step, trainLoss }) => ({ step, loss: trainLoss }));
  const finite = steps.filter(({ loss }) => Number.isFinite(loss));
  const pieces = Math.min(STRETCHES, Math.floor(finite.length / 4));
  if (pieces < 4) return known.map(({ step, trainLoss }) => ({ step, loss: trainLoss }));
  return Array.from({ length: pieces }, (_, i) => {
    const piece = part(finite, i / pieces, (i + 1) / pieces);
    return { step: piece.at(-1)!.step, loss: median(piece.map(({ loss }) => loss)) };
  });
}

const STRETCHES = 12;

/** The loss that training began with: the median of the first updates', or that of the first evaluation. */
export function firstLoss({ steps, evaluations }: DiagnosisFacts): number {
  const first = median(steps.slice(0, FIRST).map(({ loss }) => loss));
  return Number.isNaN(first)
    ? (evaluations.find(({ trainLoss }) => Number.isFinite(trainLoss))?.trainLoss ?? first)
    : first;
}

/** A single mini-batch may lie anywhere. */
const FIRST = 8;

/** The loss of one answer for all; where it is not known, that which training began with. */
export function knownConstant(facts: DiagnosisFacts): number {
  return facts.constantLoss ?? firstLoss(facts);
}

/** The training loss now: in evaluation mode where the checkpoint was looked at, else as it was recorded last. */
export function lastTraining(facts: DiagnosisFacts): {
  readonly value: number;
  readonly lower?: number;
  readonly upper?: number;
} {
  if (facts.checkpoint) return facts.checkpoint.training.loss;
  return { value: trainingCurve(facts).at(-1)?.loss ?? facts.steps.at(-1)?.loss ?? Number.NaN };
}

export function validated({ evaluations }: DiagnosisFacts): RecordedEvaluation[] {
  return evaluations.filter(({ validationLoss }) => Number.isFinite(validationLoss));
}

/** The share of the curve's points that lie a tenth above the one before them. */
export function risingShare(facts: DiagnosisFacts): number | null {
  const curve = trainingCurve(facts);
  if (curve.length < 4) return null;
  const rises = curve.slice(1).filter(({ loss }, i) => loss > thresholds.riseOfEpoch.value * curve[i]!.loss);
  return rises.length / (curve.length - 1);
}

export interface Fall {
  /** Of the first loss. */
  readonly share: number;
  /** Of the fall, what the last third of the updates brought. */
  readonly late: number;
  /** Of the loss at three quarters of the updates, what was lost since. */
  readonly lately: number;
}

/** How the training loss fell, from its first to its last. */
export function fallOf(facts: DiagnosisFacts): Fall | null {
  const curve = trainingCurve(facts);
  const [begin, end] = [firstLoss(facts), curve.at(-1)];
  if (curve.length < 4 || !end || !(begin > 0)) return null;
  const at = (share: number) => {
    const step = share * end.step;
    return curve.findLast((one) => one.step <= step)?.loss ?? begin;
  };
  const fall = begin - end.loss;
  const [third, quarter] = [at(2 / 3), at(3 / 4)];
  return { share: fall / begin, late: (third - end.loss) / fall, lately: (quarter - end.loss) / quarter };
}

/** Median gradient norms at both ends, the largest, and how far one towers above those before it. */
export function gradientCourse({ steps }: DiagnosisFacts) {
  const norms = steps.map(({ gradientNorm }) => gradientNorm).filter(Number.isFinite);
  if (norms.length < 8) return null;
  return {
    first: median(part(norms, 0, 0.25)),
    last: median(part(norms, 0.75, 1)),
    /** The most that one exceeded the median of those before it. */
    peak: norms.slice(WINDOW).reduce((most, norm, i) => Math.max(most, norm / median(norms.slice(i, i + WINDOW))), 0),
    largest: norms.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** How often the loss towers above those before it for several updates: one mini-batch alone may be an odd one. */
export function spikesIn({ steps }: DiagnosisFacts): number {
  const losses = steps.map(({ loss }) => loss);
  let found = 0;
  for (let i = WINDOW; i + LASTS <= losses.length; i++) {
    const before = losses.slice(i - WINDOW, i);
    const middle = median(before);
    const spread = median(before.map((loss) => Math.abs(loss - middle)));
    const limit = middle + thresholds.spike.value * Math.max(spread, 0.01 * Math.abs(middle));
    if (!losses.slice(i, i + LASTS).every((loss) => loss > limit)) continue;
    found++;
    // It counts once.
    i += WINDOW;
  }
  return found;
}

const LASTS = 3;
const WINDOW = 16;

/**
 * How much losses repeat over epochs: the spread of the means of tenths of an epoch over all epochs, after each epoch's
 * own mean and slope, over what the spread of single updates makes it; and that spread as a share of the loss. Examples
 * that come in the order of their classes make waves; of shuffled ones the first is about 1. Null below three epochs of
 * thirty updates.
 */
export function epochWaves({ steps }: DiagnosisFacts): { readonly waves: number; readonly share: number } | null {
  const byEpoch = new Map<number, number[]>();
  for (const { epoch, loss } of steps) {
    if (epoch === undefined || !Number.isFinite(loss)) continue;
    if (!byEpoch.has(epoch)) byEpoch.set(epoch, []);
    byEpoch.get(epoch)!.push(loss);
  }
  // The first epoch falls too steeply for a straight line.
  const whole = [...byEpoch.values()].slice(1).filter((losses) => losses.length >= TENTHS * 3);
  if (whole.length < 2) return null;
  const tenths = Array.from({ length: TENTHS }, (_, i) =>
    whole.flatMap((losses) => part(detrended(losses), i / TENTHS, (i + 1) / TENTHS)),
  );
  const within = tenths.flatMap((piece) => piece.map((x) => x - mean(piece)));
  const noise = Math.sqrt(mean(within.map((x) => x * x)) / tenths[0]!.length);
  const spread = Math.sqrt(mean(tenths.map((piece) => mean(piece) ** 2)));
  return { waves: spread / Math.max(noise, 1e-12), share: spread / Math.max(median(whole.flat()), 1e-12) };
}

const TENTHS = 10;
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

function detrended(values: readonly number[]): number[] {
  const n = values.length;
  const [middle, average] = [(n - 1) / 2, mean(values)];
  const slope =
    values.reduce((sum, y, x) => sum + (x - middle) * (y - average), 0) /
    values.reduce((sum, _, x) => sum + (x - middle) ** 2, 0);
  return values.map((y, x) => y - average - slope * (x - middle));
}
