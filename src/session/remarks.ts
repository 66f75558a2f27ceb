import type { Dataset } from "../data/dataset.ts";
import { defaultLoss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { RunRemark } from "../store/findings.ts";
import type { TrainingOptions } from "../training/options.ts";
import { mixingLayers } from "../training/verify.ts";
import { modelRemarks } from "./modelRemarks.ts";
import type { Accumulation } from "./options/accumulation.ts";
import { describeLoss } from "./options/loss.ts";
import type { TrainConfiguration } from "./options/options.ts";
import type { SwapPlan } from "./options/swapPlan.ts";
import { mostSteps } from "./scaleRemarks.ts";

/** What a reader of the log should know before training begins. */
export function remarks(
  configuration: TrainConfiguration,
  options: TrainingOptions,
  { effectiveBatchSize: examples, batchSize }: Accumulation,
): RunRemark[] {
  const { precision, overfitBatches } = configuration;
  const { model, loss = defaultLoss, train, schedule, optimizer } = options;
  const most = mostSteps(options);
  const layers = most > 1 ? mixingLayers(model, loss) : [];
  const largest = options.accumulation === undefined ? examples : most * batchSize;
  const usual = loss.name === defaultLoss.name && Object.keys(loss.options).length === 0;
  return [
    ...(usual ? [] : [{ kind: "loss", loss: describeLoss(loss) } as const]),
    ...(precision === "float16" ? [{ kind: "emulatedFloat16" } as const] : []),
    ...(overfitBatches === undefined
      ? []
      : [{ kind: "overfit", microBatches: overfitBatches, examples: train.size } as const]),
    ...oneClassOnly(train),
    ...modelRemarks(options),
    ...runningVariance(model),
    ...movedMomentum(schedule, optimizer),
    ...longWarmup(configuration, options, examples),
    ...(layers.length > 0 ? [{ kind: "mixingLayers", examples: largest, layers } as const] : []),
  ];
}

export function copiesRemark({ workers, epochs, batchSize, learningRate }: SwapPlan): RunRemark {
  return { kind: "copies", workers, epochs, batchSize, learningRate };
}

function oneClassOnly({ labels, classNames }: Dataset): RunRemark[] {
  const first = labels.find((label) => label >= 0);
  if (first === undefined || labels.some((label) => label >= 0 && label !== first)) return [];
  return [{ kind: "oneClass", name: classNames[first] ?? String(first) }];
}

function runningVariance({ runningVariance: rule }: Model): RunRemark[] {
  return rule === undefined ? [] : [{ kind: "runningVariance", rule }];
}

function movedMomentum(schedule: TrainingOptions["schedule"], { name, momentum }: Optimizer): RunRemark[] {
  if (schedule?.momentum === undefined || momentum === undefined) return [];
  return [{ kind: "movedMomentum", schedule: schedule.name, moved: momentum, optimizer: name }];
}

/** Where windows grow, nobody knows how many updates there will be. */
function longWarmup(
  { warmupSteps: warmup = 0, learningRate: rate, accumulationSchedule }: TrainConfiguration,
  { steps, epochs, train }: TrainingOptions,
  examples: number,
): RunRemark[] {
  const updates = steps ?? epochs * Math.ceil(train.size / examples);
  if (accumulationSchedule !== undefined || warmup < updates) return [];
  return [{ kind: "longWarmup", warmup, updates, rate }];
}
