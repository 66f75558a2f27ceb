import { gammaln } from "simple-statistics";
import { normalTail } from "../normal.ts";
import { studentTQuantile } from "../studentT.ts";
import { chiSquaredQuantile } from "./distributions.ts";

const LEVEL = 0.95;
const POWER = 0.8;

/**
 * The fewest pairs of which one choice of signs is rare enough, p = 2/2ⁿ, to be shown at 5 % after Holm's correction
 * for so many comparisons: 6 for one, 7 for two or three.
 */
export function fewestSeeds(comparisons: number): number {
  return Math.ceil(Math.log2((2 * comparisons) / (1 - LEVEL)));
}

/** With fewer pairs no choice of signs is rarer than 5 %. */
export const FEWEST_SEEDS = fewestSeeds(1);

/** Beyond this many a study will not go. */
const MOST = 1_000_000;

/** Seeds in all, not those still to come. */
export interface SeedsNeeded {
  readonly effect: number;
  readonly power: number;
  /** Null where more than a million are needed, as for no effect. */
  readonly seeds: number | null;
  /** The same for the ends of the 95 % interval of the standard deviation. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * Power of the two-sided t test with n ≥ 2 values, at 5 % unless `level` is another than 0.95: P(|T| > t) of the
 * noncentral t with noncentrality √n·effect/deviation, the side of the effect alone; by the trapezoidal rule over s/σ,
 * to 1e-4.
 */
export function powerOfT(effect: number, deviation: number, n: number, level = LEVEL): number {
  const freedom = n - 1;
  const shift = (Math.sqrt(n) * Math.abs(effect)) / deviation;
  const critical = studentTQuantile(level, freedom);
  const [points, end] = [400, 1 + 7 / Math.sqrt(freedom)];
  const constant = Math.LN2 + (freedom / 2) * Math.log(freedom / 2) - gammaln(freedom / 2);
  let power = 0;
  for (let i = 1; i <= points; i++) {
    const s = (end * i) / points;
    const density = Math.exp(constant + (freedom - 1) * Math.log(s) - (freedom * s * s) / 2);
    power += (normalTail(critical * s - shift) * density * end) / points;
  }
  return power;
}

/**
 * How many pairs show an effect of this size in four of five studies (power 0.8) at the two-sided 5 % level, where the
 * differences of n pairs have this standard deviation; at least `fewestSeeds`. With several comparisons each is tested
 * at 5 % over their number, which is what Holm's correction asks of the first. The deviation is itself uncertain, so
 * that the number has a 95 % interval, by χ² with n − 1 degrees of freedom.
 */
export function seedsNeeded(effect: number, deviation: number, n: number, comparisons = 1): SeedsNeeded {
  const freedom = n - 1;
  const end = (share: number) => deviation * Math.sqrt(freedom / chiSquaredQuantile(share, freedom));
  return {
    effect,
    power: POWER,
    seeds: leastSeeds(effect, deviation, comparisons),
    lower: leastSeeds(effect, end((1 + LEVEL) / 2), comparisons),
    upper: leastSeeds(effect, end((1 - LEVEL) / 2), comparisons),
  };
}

function leastSeeds(effect: number, deviation: number, comparisons: number): number | null {
  const fewest = fewestSeeds(comparisons);
  if (deviation === 0) return effect === 0 ? null : fewest;
  const level = 1 - (1 - LEVEL) / comparisons;
  const enough = (n: number) => powerOfT(effect, deviation, n, level) >= POWER;
  if (!enough(MOST)) return null;
  let [low, high] = [fewest - 1, MOST];
  while (high - low > 1) {
    const middle = Math.floor(Math.sqrt(low * high));
    const next = middle > low ? middle : low + 1;
    if (enough(next)) high = next;
    else low = next;
  }
  return high;
}
