import type { Engine } from "../runtime/engine.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { prepareTraining } from "../session/prepare.ts";
import type { Prepared } from "../session/prepared.ts";
import { type LearningRateSweep, readSweep } from "../statistics/learningRateSweep.ts";
import type { StableRange } from "../statistics/stability.ts";
import { laterSeed } from "../tensor/random.ts";
import { sweepLearningRates } from "./learningRateRange.ts";
import { largestStableRate } from "./stableRate.ts";
import type { StudyMeans } from "./study.ts";

export interface RangeTest {
  readonly configuration: TrainConfiguration;
  readonly learningRates: readonly number[];
  /** Sweeps, each with the next seed. */
  readonly repeats: number;
}

/** What a range test tells its listener. */
export type RangeEvent =
  /** Before the first sweep: what is trained. */
  | { readonly kind: "prepared"; readonly prepared: Prepared }
  | { readonly kind: "swept"; readonly seed: number; readonly sweep: LearningRateSweep; readonly done: number }
  /** Where its trainings with one rate each begin to diverge. */
  | { readonly kind: "bounded"; readonly seed: number; readonly range: StableRange };

/** What one seed gave. */
export interface SeedResult {
  readonly sweep: LearningRateSweep;
  readonly range: StableRange;
}

/**
 * The learning rates over several seeds, and the largest stable one of each. Throws what `prepareTraining` and training
 * throw, and the reason of `signal` where it aborts.
 */
export async function sweepAll(
  engine: Engine,
  { configuration, learningRates, repeats }: RangeTest,
  { signal, listen = () => {} }: StudyMeans<RangeEvent> = {},
): Promise<SeedResult[]> {
  const results: SeedResult[] = [];
  const [from, to] = [learningRates[0]!, learningRates.at(-1)!];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const seed = laterSeed(configuration.seed, repeat);
    const prepared = await prepareTraining({ ...configuration, seed });
    if (repeat === 0) listen({ kind: "prepared", prepared });
    const swept = await sweepLearningRates(engine, { training: prepared.options, learningRates }, signal);
    // As it was asked for, not as it was scattered.
    const sweep = { ...swept, seed };
    signal?.throwIfAborted();
    listen({ kind: "swept", seed, sweep, done: repeat + 1 });
    // The seeds before are the nearest guess.
    const start = results.at(-1)?.range.stable ?? readSweep(sweep).beforeRise ?? to;
    const range = await largestStableRate(engine, { training: prepared.options, from, to, start }, signal);
    signal?.throwIfAborted();
    listen({ kind: "bounded", seed, range });
    results.push({ sweep, range });
  }
  return results;
}
