import { encodeSafetensors } from "../data/files/safetensors.ts";
import { defaultLoss } from "../model/loss.ts";
import type { WeightAverage } from "../optimizer/averageWeights.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Engine } from "../runtime/engine.ts";
import { withSessions } from "../runtime/scope.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { evaluateAll } from "./evaluate.ts";
import type { AveragedModel } from "./events.ts";
import { accuracyOf, evaluationPass, meanLoss } from "./microBatch.ts";
import type { TrainingOptions } from "./options.ts";
import { recomputeRunningStatistics } from "./runningStatistics.ts";
import { modelTensors, newTrainingState } from "./state.ts";

/**
 * The end of weight averaging: the mean as a model, its running statistics recomputed on the training data in
 * mini-batches of the size of the first micro-batch, and evaluated. `options` are those that the weights were trained
 * with. Throws the reason of `signal` where it aborts between two mini-batches.
 */
export async function averagedModel(
  engine: Engine,
  options: Pick<TrainingOptions, "model" | "train" | "validation" | "loss" | "window" | "seed" | "threads">,
  average: WeightAverage,
  signal?: AbortSignal,
): Promise<AveragedModel> {
  requireArguments(
    "averagedModel",
    { engine, options, average },
    { engine: is.engine, options: is.object, average: is.object },
  );
  const { count, mean } = average;
  const { model, train, validation, loss = defaultLoss, window, seed, threads } = options;
  const state = newTrainingState(model, sgd());
  state.parameters.set(mean);
  await recomputeRunningStatistics(engine, model, state, train, { batchSize: window[0]!, seed, threads, signal });
  const validated = await withSessions(engine, (sessions) =>
    evaluateAll(evaluationPass(sessions, model, state, { threads, loss }), validation, undefined, signal),
  );
  if (validated === undefined) throw signal!.reason;
  return {
    count,
    validationLoss: meanLoss(loss, validated),
    validationAccuracy: accuracyOf(validated),
    bytes: encodeSafetensors(new Map(Object.entries(modelTensors(state))), { format: "pt" }),
  };
}
