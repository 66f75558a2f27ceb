import { TOO_FAR } from "./learningRateSweep.ts";

/** Losses that are averaged before they are compared with the bound. */
const AVERAGED = 5;
/** A mean loss this many times as far up ends the training: no later update would bring it back. */
const HOPELESS = 100;

/** Follows the losses of a training with one learning rate. */
export interface DivergenceWatch {
  /** Takes the next loss; true where there is no more to see. */
  readonly take: (loss: number) => boolean;
  /** Whether the training diverged, once all its losses were taken. */
  readonly diverged: () => boolean;
}

/**
 * Whether a training with one learning rate diverges. `base` are the losses of mini-batches before any update. It did
 * where a loss is no finite number, or where the mean of five losses rose by three times the base (at least its spread
 * over mini-batches: a loss of 0 has no multiple) and the last quarter of `updates` losses did not come back below it.
 * Above 2/λ the loss of a quadratic grows by (1 − ηλ)² an update, so that within 5 % of it 50 updates are enough; what
 * rises and comes back (the catapult of Lewkowycz et al. 2020, arXiv:2003.02218) does not count.
 */
export function watchDivergence(base: readonly number[], updates: number): DivergenceWatch {
  const level = mean(base);
  const unit = Math.max(Math.abs(level), Math.sqrt(mean(base.map((loss) => (loss - level) ** 2))));
  const losses: number[] = [];
  let highest = Number.NEGATIVE_INFINITY;
  return {
    take(loss) {
      losses.push(loss);
      const recent = mean(losses.slice(-AVERAGED));
      // Written so that NaN counts as the highest.
      if (!(recent <= highest)) highest = recent;
      return !(recent <= level + (HOPELESS - 1) * unit);
    },
    diverged() {
      const above = !(highest <= level + (TOO_FAR - 1) * unit);
      const last = mean(losses.slice(-Math.max(1, Math.floor(updates / 4))));
      return above && !(last <= level);
    },
  };
}

/** Where repeated updates with one rate begin to diverge. */
export interface StableRange {
  /** The largest rate that was tried and did not diverge; null where all did. */
  readonly stable: number | null;
  /** The smallest rate that was tried and diverged; null where none did. */
  readonly unstable: number | null;
}

/** Rates this near to one another are not told apart. */
const RATIO = 1.1;

/**
 * The two rates, within a tenth, between which `isStable` changes: from `start` in steps that double, then halved.
 * Rates stay from `from` to `to`.
 */
export async function bracketStableRate(
  isStable: (rate: number) => Promise<boolean>,
  { from, to, start }: { readonly from: number; readonly to: number; readonly start: number },
): Promise<StableRange> {
  const begin = Math.min(to, Math.max(from, start));
  let [stable, unstable]: [number | null, number | null] = [null, null];
  const tryRate = async (rate: number) => {
    const does = await isStable(rate);
    if (does) stable = rate;
    else unstable = rate;
    return does;
  };
  const up = await tryRate(begin);
  for (let steps = 1; up ? unstable === null && stable !== to : stable === null && unstable !== from; steps *= 2)
    await tryRate(up ? Math.min(to, begin * RATIO ** steps) : Math.max(from, begin / RATIO ** steps));
  while (stable !== null && unstable !== null && unstable / stable > RATIO * (1 + 1e-9))
    await tryRate(Math.sqrt(stable * unstable));
  return { stable, unstable };
}

/** The largest stable rate over several seeds. */
export interface LargestStable {
  /** The least of the seeds' largest stable rates: no seed diverged at it. */
  readonly value: number;
  /** The limit lies between, over the seeds; the upper end is null where a seed's largest rate did not diverge. */
  readonly lower: number;
  readonly upper: number | null;
}

/** Of at least one seed; null where a seed diverged at every rate that was tried. */
export function largestStable(ranges: readonly StableRange[]): LargestStable | null {
  const stable = ranges.flatMap((range) => range.stable ?? []);
  const unstable = ranges.flatMap((range) => range.unstable ?? []);
  if (ranges.length === 0 || stable.length < ranges.length) return null;
  const value = Math.min(...stable);
  return { value, lower: value, upper: unstable.length < ranges.length ? null : Math.max(...unstable) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
