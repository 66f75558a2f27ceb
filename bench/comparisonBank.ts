import { readFileSync } from "node:fs";
import { type ArmResult, armResult } from "../src/experiment/studies/comparison.ts";
import type { TrialResult } from "../src/experiment/studies/trialResult.ts";
import { meanOf, varianceOf } from "../src/statistics/comparison/sample.ts";
import type { Interval } from "../src/statistics/types.ts";
import { wilsonInterval } from "../src/statistics/wilsonInterval.ts";
import type { Random } from "../src/tensor/random.ts";
import type { TrainingBank } from "./comparisonTrainings.ts";

/** What the studies drawn from a bank of trainings share. */

export const readBank = (file: string) => JSON.parse(readFileSync(file, "utf8")) as TrainingBank;

/** Seeds of the bank, none twice, in so many groups. */
export function drawSeeds(seeds: number, groups: number, each: number, source: Random): number[][] {
  const order = source.permutation(seeds);
  return Array.from({ length: groups }, (_, g) => Array.from(order.subarray(g * each, (g + 1) * each)));
}

export const pick = (values: readonly number[], at: readonly number[]): number[] => at.map((i) => values[i]!);

/**
 * The pairs of two arms that differ by chance alone, each turned round or not, so that their true difference is 0 also
 * in a bank of some seeds.
 */
export function turned(a: readonly number[], b: readonly number[], source: Random): readonly [number[], number[]] {
  const isTurned = a.map(() => source.uniform() < 0.5);
  const side = (own: readonly number[], other: readonly number[]) =>
    own.map((value, i) => (isTurned[i] ? other[i]! : value));
  return [side(a, b), side(b, a)];
}

const times = { updates: 1, seconds: 1, secondsPerUpdate: 1, examplesPerSecond: 1, disturbed: 0 };

/** An arm as `compare` reads it from its runs: trials of seeds from 0 on that ended with these losses. */
export function armOf(name: string, model: string, losses: readonly number[]): ArmResult {
  const arm = {
    name,
    configuration: { model, data: "iris", side: name },
    fingerprints: { train: "a", validation: "b" },
    effectiveBatchSize: 4,
  };
  const trials = losses.map((finalLoss, seed) => ({
    ...{ seed, run: "", whole: true, steps: [], evaluations: [], meanLoss: finalLoss, finalLoss, times },
    ...{ finalAccuracy: null, trainAccuracy: null, examples: 600, peakMemoryBytes: 1 },
  }));
  return armResult(arm, trials as unknown as TrialResult[], []);
}

export const holds = ({ lower, upper }: { lower: number | null; upper: number | null }, truth: number) =>
  (lower ?? Number.NEGATIVE_INFINITY) <= truth && truth <= (upper ?? Number.POSITIVE_INFINITY);

/** "4.9 % (4.3–5.6)": a share of independent studies with Wilson's interval. */
export function shareText(hits: number, studies: number): string {
  const { value, lower, upper } = wilsonInterval(hits, studies);
  const text = (share: number) => (100 * share).toFixed(1);
  return `${text(value)} % (${text(lower)}–${text(upper)})`;
}

/** How many seeds apart are worth one pair: variances over the bank, with a percentile interval over its seeds. */
export function savedByPairing(a: readonly number[], b: readonly number[], source: Random): Interval {
  const ratio = (at: readonly number[]) => {
    const [one, other] = [pick(a, at), pick(b, at)];
    return (varianceOf(one) + varianceOf(other)) / varianceOf(one.map((value, i) => value - other[i]!));
  };
  const all = a.map((_, i) => i);
  const drawn = Float64Array.from({ length: 2000 }, () => ratio(all.map(() => source.integer(all.length)))).sort();
  return { value: ratio(all), lower: drawn[50]!, upper: drawn[1949]! };
}

/** The true difference of two arms of the bank, and what it is in deviations of the differences of pairs. */
export function truthOf(arm: readonly number[], baseline: readonly number[], paired: boolean) {
  const truth = meanOf(arm) - meanOf(baseline);
  const variance = paired
    ? varianceOf(arm.map((value, i) => value - baseline[i]!))
    : varianceOf(arm) + varianceOf(baseline);
  return { truth, deviation: Math.sqrt(variance), effect: Math.abs(truth) / Math.sqrt(variance) };
}
