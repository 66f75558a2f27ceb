import type { Engine } from "../runtime/engine.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { prepareTraining } from "../session/prepare.ts";
import type { Prepared } from "../session/prepared.ts";
import type { LearningRateSweep } from "../statistics/learningRateSweep.ts";
import { laterSeed } from "../tensor/random.ts";
import { sweepLearningRates } from "./learningRateRange.ts";
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
  | { readonly kind: "swept"; readonly seed: number; readonly sweep: LearningRateSweep; readonly done: number };

/**
 * The learning rates over several seeds. Throws what `prepareTraining` and training throw, and the reason of `signal`
 * where it aborts.
 */
export async function sweepAll(
  engine: Engine,
  { configuration, learningRates, repeats }: RangeTest,
  { signal, listen = () => {} }: StudyMeans<RangeEvent> = {},
): Promise<LearningRateSweep[]> {
  const sweeps: LearningRateSweep[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const seed = laterSeed(configuration.seed, repeat);
    const prepared = await prepareTraining({ ...configuration, seed });
    if (repeat === 0) listen({ kind: "prepared", prepared });
    const sweep = await sweepLearningRates(engine, { training: prepared.options, learningRates }, signal);
    signal?.throwIfAborted();
    listen({ kind: "swept", seed, sweep, done: sweeps.push(sweep) });
  }
  return sweeps;
}
