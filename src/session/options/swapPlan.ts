import { option, UsageError } from "../../tensor/errors.ts";
import type { TrainConfiguration } from "./options.ts";
import { type SwapField, swapFields, type swapSchedules } from "./swapOptions.ts";

/** What the copies are, in full; undefined where none are asked for. */
export interface SwapPlan {
  readonly workers: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: (typeof swapSchedules)[number];
}

/** Throws `UsageError` where an option of the copies stands alone, or two averages are asked for. */
export function swapPlan(given: TrainConfiguration): SwapPlan | undefined {
  const { swapWorkers: workers, swapEpochs: epochs, batchSize, learningRate } = given;
  const asked = (Object.keys(swapFields) as SwapField[]).find((name) => given[name] !== undefined);
  if (workers === undefined) {
    if (asked === undefined) return undefined;
    throw new UsageError(
      `${option(asked)}: expected ${option("swapWorkers")} beside it, got none; pass it or leave ${option(asked)} out`,
    );
  }
  if (epochs === undefined)
    throw new UsageError(
      `${option("swapWorkers")}: expected ${option("swapEpochs")} beside it, got none; say how long each copy trains`,
    );
  if (given.swaStart !== undefined)
    throw new UsageError(
      `${option("swapWorkers")}: expected one average of weights, got ${option("swaStart")} too; leave one of them out`,
    );
  return {
    workers,
    epochs,
    batchSize: given.swapBatchSize ?? batchSize,
    learningRate: given.swapLearningRate ?? learningRate,
    schedule: given.swapSchedule ?? "constant",
  };
}
