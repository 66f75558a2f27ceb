import type { Dataset } from "../data/dataset.ts";
import { defaultLoss } from "../model/loss.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { option } from "../tensor/errors.ts";
import { significant } from "../text/format.ts";
import { type LearningRateScaling, learningRateFactor } from "../training/learningRate.ts";
import type { TrainingOptions } from "../training/options.ts";
import { mixingLayers } from "../training/verify.ts";
import type { Accumulation } from "./options/accumulation.ts";
import { describeLoss } from "./options/loss.ts";
import type { TrainConfiguration } from "./options/options.ts";
import type { SwapPlan } from "./options/swapPlan.ts";

const EMULATION =
  "float16 is emulated: products are rounded to float16 and computed in float32; it shows the numbers of mixed precision, not its speed or memory";

/** What a reader of the log should know before training begins. */
export function remarks(
  { precision, overfitBatches }: TrainConfiguration,
  { model, loss = defaultLoss, train, learningRate, learningRateScaling, schedule, optimizer }: TrainingOptions,
  { steps, effectiveBatchSize }: Accumulation,
): string[] {
  const mixing = steps > 1 ? mixingLayers(model, loss) : [];
  return [
    ...(loss.name === defaultLoss.name && Object.keys(loss.options).length === 0
      ? []
      : [`loss: ${describeLoss(loss)}`]),
    ...(precision === "float16" ? [EMULATION] : []),
    ...(overfitBatches === undefined
      ? []
      : [
          `learning ${overfitBatches} micro-batches by heart: loss and accuracy, also where called validation, are on the same ${train.size} training examples`,
        ]),
    ...oneClassOnly(train),
    ...movedMomentum(schedule, optimizer),
    ...(learningRateScaling ? [scaledRate(learningRate, learningRateScaling, effectiveBatchSize)] : []),
    ...(mixing.length > 0
      ? [
          `accumulation does not give the batch of ${effectiveBatchSize} in layers that mix the examples of a micro-batch: ${mixing.join(", ")}`,
        ]
      : []),
  ];
}

export function copiesRemark({ workers, epochs, batchSize, learningRate }: SwapPlan): string {
  return `then ${workers} copies train from there, ${epochs} ${epochs === 1 ? "epoch" : "epochs"} each, ${batchSize} examples an update at the learning rate ${learningRate}, and their weights are averaged`;
}

function oneClassOnly({ labels, classNames }: Dataset): string[] {
  const [first] = labels;
  if (first === undefined || labels.some((label) => label !== first)) return [];
  const name = classNames[first] ?? String(first);
  return [`every training example is of the class ${name}: nothing can be learnt that tells classes apart`];
}

function movedMomentum(schedule: TrainingOptions["schedule"], { name, momentum }: Optimizer): string[] {
  if (schedule?.momentum === undefined || momentum === undefined) return [];
  return [
    `the schedule ${schedule.name} also moves ${momentum} of ${name}; ${option("cycleMomentum")} false leaves it as it is`,
  ];
}

function scaledRate(rate: number, scaling: LearningRateScaling, examples: number): string {
  const scaled = rate * learningRateFactor(scaling, examples);
  return `learning rate ${significant(scaled)} for ${examples} examples an update: ${rate} for ${scaling.baseBatchSize}, by the ${scaling.rule} rule`;
}
