import type { Measured } from "../batchRegime.ts";
import type { Goal } from "./pilotTable.ts";

/** What a run knows of its batch. */
export interface KnownOfRun {
  readonly goal: Goal;
  readonly effectiveBatchSize: number;
  readonly learningRate: number;
  /** Null where it measured none. */
  readonly noiseScale: Measured | null;
  /** That could be taken, ascending. */
  readonly batchSizes: readonly number[];
  /** Of η ∝ B^exponent. */
  readonly exponent: number;
}

/** A batch, with the ends between which another may be as good, and its rate with the same. */
export interface ExpectedSetting {
  readonly effectiveBatchSize: number;
  readonly lower: number;
  readonly upper: number;
  readonly learningRate: number;
  readonly rateLower: number;
  readonly rateUpper: number;
}

/** Batches that need no more than so much above the best are as good. */
const ALIKE = 0.1;
/** Time of an update ∝ B^γ: from the same for all batches to in proportion to their examples. */
const GROWTHS = [0.5, 0, 1];

/**
 * What a run's noise scale N says of the batch, without any pilot: updates to a loss go as 1 + N/B (McCandlish et al.
 * 2018, eq. 2.7), and an update of B examples takes between as long and in proportion. The ends hold every batch that
 * is as good by either end of N and of that. Without a noise scale nothing but the present batch is said.
 */
export function expectedSetting(known: KnownOfRun): ExpectedSetting {
  const { goal, noiseScale, batchSizes, effectiveBatchSize: present, learningRate, exponent } = known;
  if (noiseScale === null) {
    const [lower, upper] = [batchSizes[0]!, batchSizes.at(-1)!];
    return { effectiveBatchSize: present, lower, upper, ...ratesAt(present, present, { learningRate, exponent }) };
  }
  const growths = goal === "time" ? GROWTHS : [goal === "examples" ? 1 : 0];
  const { value, lower, upper } = noiseScale;
  const scales = [value, lower ?? value, upper ?? Number.POSITIVE_INFINITY].filter((one) => !Number.isNaN(one));
  const alike = scales.flatMap((scale) => growths.flatMap((growth) => asGood(batchSizes, scale, growth)));
  // Where no value is known, its lower end is.
  const central = Number.isFinite(value) ? value : (lower ?? present);
  const best = leastOf(batchSizes, central, growths[0]!);
  return {
    ...{ effectiveBatchSize: best, lower: Math.min(best, ...alike), upper: Math.max(best, ...alike) },
    ...ratesAt(best, present, { learningRate, exponent }),
  };
}

/** Of the goal, up to a factor. */
function need(batch: number, noiseScale: number, growth: number): number {
  const updates = Number.isFinite(noiseScale) ? 1 + noiseScale / batch : 1 / batch;
  return updates * batch ** growth;
}

const leastOf = (batches: readonly number[], scale: number, growth: number) =>
  batches.reduce((a, b) => (need(b, scale, growth) < need(a, scale, growth) ? b : a));

function asGood(batches: readonly number[], scale: number, growth: number): number[] {
  const least = need(leastOf(batches, scale, growth), scale, growth);
  return batches.filter((batch) => need(batch, scale, growth) <= (1 + ALIKE) * least);
}

/** By the rule of the optimizer, between the rate as it is and in proportion. */
function ratesAt(
  batch: number,
  present: number,
  { learningRate, exponent }: Pick<KnownOfRun, "learningRate" | "exponent">,
) {
  const ratio = batch / present;
  const ends = [learningRate, learningRate * ratio];
  return {
    learningRate: learningRate * ratio ** exponent,
    rateLower: Math.min(...ends),
    rateUpper: Math.max(...ends),
  };
}
