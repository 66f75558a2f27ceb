import { copyOf } from "../../training/copies.ts";
import { type TrainConfiguration, type TrainField, trainFields } from "./options.ts";
import type { SwapPlan } from "./swapPlan.ts";

/**
 * The options of `train` for copy `copy`, counted from 1, that starts from the checkpoint `initFrom` and is kept in
 * `dir`.
 */
export function optionsOfCopy(
  given: TrainConfiguration,
  { epochs, batchSize, learningRate, schedule }: SwapPlan,
  { copy, initFrom, dir }: { readonly copy: number; readonly initFrom: string; readonly dir: string },
): Record<string, unknown> {
  const same = sameExamples(given, batchSize);
  const own = {
    ...same,
    epochs,
    batchSize,
    learningRate,
    schedule,
    initFrom,
    dir,
    name: `copy_${copy}`,
    keepCheckpoints: 1,
  };
  return copyOf(given, own, copy, (name) => trainFields[name as TrainField].copy !== false);
}

/** Whoever learns a few examples by heart does so in every copy, however many of them it takes at a time. */
function sameExamples(
  {
    overfitBatches,
    batchSize,
    targetBatchSize = batchSize,
    limitExamples = Number.POSITIVE_INFINITY,
  }: TrainConfiguration,
  ofCopy: number,
): Partial<TrainConfiguration> {
  if (overfitBatches === undefined) return {};
  const examples = Math.min(overfitBatches * Math.min(batchSize, targetBatchSize), limitExamples);
  return { limitExamples: examples, overfitBatches: Math.ceil(examples / ofCopy) };
}
