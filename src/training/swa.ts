import { averageWeights, isAveraged, type WeightAverage } from "../optimizer/averageWeights.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Engine } from "../runtime/engine.ts";
import { UsageError } from "../tensor/errors.ts";
import { type AveragedModel, averagedModel } from "./averagedModel.ts";
import { restoreModel } from "./checkpoint.ts";
import type { TrainingEvent } from "./events.ts";
import type { TrainingOptions } from "./options.ts";
import { newTrainingState } from "./state.ts";
import { train } from "./train.ts";

/** Which epochs enter the mean: after `start`, and every `period` (default 1) from there on. */
export interface SwaOptions {
  readonly start: number;
  readonly period?: number | undefined;
}

export type SwaEvent = TrainingEvent | ({ readonly kind: "averaged" } & AveragedModel);

/**
 * Stochastic weight averaging: Izmailov et al. 2018, arXiv:1803.05407, Algorithm 1. Training as ever, then the mean of the weights after
 * the epochs asked for, with running statistics recomputed, as the last event; its learning rate should stay well above 0 from `start` on
 * (a constant or a cyclic schedule). There is a checkpoint after every epoch, whatever `checkpointEvery` says. An interrupted training
 * gives no average. Throws what `train` throws, and `UsageError` for epochs that no training has.
 */
export async function* swa(
  engine: Engine,
  options: TrainingOptions,
  { start, period = 1 }: SwaOptions,
  signal?: AbortSignal,
): AsyncGenerator<SwaEvent> {
  for (const [name, value] of Object.entries({ start, period }))
    if (!Number.isInteger(value) || value < 1)
      throw new UsageError(`swa: expected ${name} to be a whole number of at least 1, got ${value}; change it`);
  if (start > options.epochs)
    throw new UsageError(`swa: expected a start of at most the ${options.epochs} epochs, got ${start}; lower it`);
  const state = newTrainingState(options.model, sgd());
  let [average, averaged]: [WeightAverage | undefined, number] = [undefined, 0];
  for await (const event of train(engine, { ...options, checkpointEvery: 1 }, signal)) {
    // A checkpoint inside an epoch, as the best one, has the epoch's number before it.
    if (event.kind === "checkpoint" && event.epoch > averaged && isAveraged(event.epoch, { start, period })) {
      restoreModel(event.bytes, "checkpoint", state);
      average = averageWeights(average, state.parameters);
      averaged = event.epoch;
    }
    yield event;
  }
  if (average && !signal?.aborted) yield { kind: "averaged", ...(await averagedModel(engine, options, average)) };
}
