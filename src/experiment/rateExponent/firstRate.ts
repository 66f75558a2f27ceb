import { openChosenEngine } from "../../session/engine.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { prepareTraining } from "../../session/prepare.ts";
import { type LearningRateSweep, suggestLearningRate } from "../../statistics/learningRateSweep.ts";
import { learningRateGrid, sweepLearningRates } from "../learningRateRange.ts";

/** Where a training's best rate may lie, and whether range tests say so or the configuration. */
export interface FirstRate {
  readonly learningRate: number;
  readonly suggested: boolean;
}

const SEEDS = 3;
const RATES = 100;
/** The best constant rate of a whole training lies above that of the steepest fall. */
const ABOVE = 2;

/** Twice the rate at which range tests of three seeds fall fastest; the configuration's own where they suggest none. */
export async function firstRate(configuration: TrainConfiguration, signal?: AbortSignal): Promise<FirstRate> {
  const engine = await openChosenEngine(process.env, configuration.device);
  const learningRates = learningRateGrid("exponential", 1e-6, 10, RATES);
  const sweeps: LearningRateSweep[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const { options } = await prepareTraining({ ...configuration, seed });
    sweeps.push(await sweepLearningRates(engine, { training: options, learningRates }, signal));
    signal?.throwIfAborted();
  }
  const { suggestion } = suggestLearningRate(sweeps);
  return suggestion === null
    ? { learningRate: configuration.learningRate, suggested: false }
    : { learningRate: ABOVE * suggestion.value, suggested: true };
}
