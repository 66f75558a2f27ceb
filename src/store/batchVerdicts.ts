import { z } from "zod";
import { count, number, text } from "./records.ts";
import { noiseScale } from "./statisticRecords.ts";
import { verdict } from "./verdictRecord.ts";

/** The answers on the batch of an update: its schemas, as data. */

/**
 * `measured`: by an analysis, whose weights stand still, or while training, smoothed over its last steps. `epoch`: of
 * the checkpoint; null where it was measured while training. `earlier`: the model had learned its training data later
 * on, so that the last epoch says nothing of a batch.
 */
const scaled = {
  run: text,
  batchSize: number,
  noiseScale,
  measured: z.enum(["analysis", "training"]),
  epoch: count.nullable(),
  earlier: z.boolean(),
  /** There are checkpoints. Absent in documents of earlier versions. */
  analyzable: z.boolean().optional(),
};

/** Mini-batches to measure instead; null where the data have too few, or where nothing is to be measured. */
const goOn = {
  rows: count.nullable(),
  /** Examples of each, where they are not those of an update. */
  rowExamples: count.optional(),
};

const range = z.object({ lower: number, upper: number });

/**
 * What a batch of `batchSize` examples saves and costs on the way to the same loss, by the interval of the noise scale:
 * times fewer updates, times more examples. `updatesMade`: by the run; null where nothing was evaluated. `longer`: the
 * length of a run that gets as far.
 */
const price = z.object({
  batchSize: count,
  fewerUpdates: range,
  moreExamples: range,
  updatesMade: count.nullable(),
  longer: z.object({ unit: z.enum(["epochs", "steps"]), more: count }),
});

export const batchVerdict = z.discriminatedUnion("kind", [
  /** `analyzable`: there is a checkpoint to measure it at. Absent in documents of earlier versions. */
  verdict("noiseUnmeasured", { run: text, analyzable: z.boolean().optional() }),
  /** All gradients are alike. */
  /** The whole interval of |G|² lies at or below zero. */
  verdict("noSignal", { run: text, epoch: count, rows: count }),
  verdict("noNoise", { run: text, epoch: count, rows: count }),
  /** So that the gradient vanishes, and the noise scale grows whatever the batch. */
  verdict("batchLearned", { ...scaled, trainLoss: number, trainAccuracy: number.optional() }),
  /**
   * `far`: less than a quarter of the lower end. `accumulationSteps` of `microBatch` examples reach the noise scale, or
   * its lower end, as far as the data do; null where a plan changes the steps. `rateRule`: by which the learning rate
   * goes with the batch; null where the run scales it already. `price`: of the batch to try, absent where none is;
   * `fewUpdates`: those of the run, where they are too few to give any away. Both are absent in documents of earlier
   * versions.
   */
  verdict("enlargeBatch", {
    ...scaled,
    ...goOn,
    far: z.boolean(),
    gainOfDoubling: number,
    accumulationSteps: count.nullable(),
    rateRule: z.enum(["linear", "sqrt"]).nullable(),
    accumulates: z.boolean().optional(),
    price: price.optional(),
    fewUpdates: count.optional(),
  }),
  verdict("keepBatch", scaled),
  verdict("shrinkBatch", { ...scaled, examples: number }),
  /** The batch is above the lower end of a noise scale that nothing bounds from above. */
  verdict("boundNoiseScale", { ...scaled, ...goOn }),
]);

export type BatchVerdict = z.infer<typeof batchVerdict>;
export type BatchPrice = z.infer<typeof price>;
