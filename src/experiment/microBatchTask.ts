import { openChosenEngine } from "../session/engine.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { prepareTraining } from "../session/prepare.ts";
import type { Prepared } from "../session/prepared.ts";
import type { TaskFunction } from "../session/task.ts";
import type { MicroBatchTimes } from "./microBatchTimes.ts";
import type { MicroBatchTrial } from "./microBatchTrial.ts";
import type { Stretch } from "./updateTimes.ts";

/** What a process of a search of micro-batches does. */
export type MicroBatchWork =
  | {
      readonly kind: "trial";
      readonly configuration: TrainConfiguration;
      /** Examples of each micro-batch of an update. */
      readonly window: readonly number[];
      readonly trial: MicroBatchTrial;
    }
  | { readonly kind: "times"; readonly configuration: TrainConfiguration; readonly sizes: readonly number[] }
  /** Times whole updates of this window. */
  | { readonly kind: "updates"; readonly configuration: TrainConfiguration; readonly window: readonly number[] };

/** What a trial found. */
export interface TrialReport {
  readonly peakBytes: number;
}

/** What timing whole updates found. */
export interface UpdateTimes {
  readonly stretches: readonly Stretch[];
}

/**
 * What `train` holds beside that a trial does not load: the command line, words in two languages, the readers of a
 * store (27 to 30 MB on Linux, mlp on iris).
 */
const COMMAND_BYTES = 2 ** 25;

/** Throws as `prepareTraining`, `tryMicroBatch`, `timeUpdates` and `timeMicroBatches`. */
export const run: TaskFunction<MicroBatchWork, TrialReport | MicroBatchTimes | UpdateTimes> = async (work) => {
  const { configuration } = work;
  const window = work.kind === "times" ? [work.sizes[0]!] : work.window;
  const prepared = await prepareTrial(configuration, window);
  const engine = await openChosenEngine(process.env, configuration.device);
  if (work.kind === "trial") {
    const { tryMicroBatch } = await import("./microBatchTrial.ts");
    return { peakBytes: COMMAND_BYTES + (await tryMicroBatch(engine, prepared, work.trial)) };
  }
  if (work.kind === "updates") {
    const { timeUpdates } = await import("./updateTimes.ts");
    return { stretches: await timeUpdates(engine, prepared.options) };
  }
  const { timeMicroBatches } = await import("./microBatchTimes.ts");
  const onProcessor = configuration.device === "cpu";
  return timeMicroBatches(engine, prepared.options, { sizes: work.sizes, onProcessor });
};

/** What a trial with updates of these micro-batches trains. Throws as `prepareTraining`. */
export async function prepareTrial(configuration: TrainConfiguration, window: readonly number[]): Promise<Prepared> {
  const prepared = await prepareTraining(single(configuration, window[0]!));
  return { ...prepared, options: { ...prepared.options, window } };
}

/** The same training with updates of these micro-batches, whose constants make no difference to memory and time. */
function single(configuration: TrainConfiguration, batchSize: number): TrainConfiguration {
  const { targetBatchSize: _target, gradientAccumulationSteps: _steps, ...rest } = configuration;
  const constants = { lrScale: "none", scaleExponent: undefined, weightDecayRule: undefined } as const;
  return { ...rest, ...constants, batchSize, enableAutoGradientAccumulation: false, gradientAccumulationSteps: 1 };
}
