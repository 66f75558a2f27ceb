import { type Dataset, limit, newBatch } from "../data/dataset.ts";
import { readBytes } from "../data/files/files.ts";
import { openData } from "../data/registry.ts";
import { createSampler } from "../data/sampler.ts";
import { setAside } from "../data/setAside.ts";
import { defaultLoss } from "../model/loss.ts";
import type { ScaledUpdates } from "../store/scaledUpdates.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { random, scatteredSeed } from "../tensor/random.ts";
import { type AccumulationByExamples, checkPlan, withinEpoch } from "../training/accumulation.ts";
import { requireFit, requireLabels, requireWeights } from "../training/fit.ts";
import { evaluationGraph } from "../training/graphs.ts";
import { descentFor, initialWindow } from "../training/loop.ts";
import { dropoutRates } from "../training/masks.ts";
import { examplesFor } from "../training/microBatch.ts";
import { openModel } from "../training/openModel.ts";
import type { TrainingOptions } from "../training/options.ts";
import { overfit } from "../training/overfit.ts";
import type { Remark } from "./events.ts";
import { type Accumulation, requireTarget, resolveAccumulation } from "./options/accumulation.ts";
import { namesCriticalBatches, planOf } from "./options/batchSchedule.ts";
import { requireThreads } from "./options/bounds.ts";
import { failOnOf } from "./options/failOn.ts";
import { loopOptions } from "./options/loopOptions.ts";
import { resolveLoss } from "./options/loss.ts";
import { optimizerOf } from "./options/optimizer.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { scheduleOf } from "./options/scheduleOptions.ts";
import { dataOptionsOf } from "./options/sequenceOptions.ts";
import { swapPlan } from "./options/swapPlan.ts";
import { targetRuleOf } from "./options/targetRule.ts";
import type { Prepared } from "./prepared.ts";
import { copiesRemark, remarks } from "./remarks.ts";
import { batchScheduleRemarks, regimeAsked, scalingRemarks } from "./scaleRemarks.ts";
import { asRecorded, rateScalingOf, scaledUpdates, withConstants } from "./scaling.ts";

/** What a run that is gone on with began with. */
export interface Begun {
  readonly trainingSeed: number;
  readonly scaling?: ScaledUpdates | undefined;
}

/**
 * Everything that can be wrong with the request is found here, before a run directory exists. Weights, order and masks
 * follow `trainingSeed`: seeds of studies are neighbours, and streams of neighbours depend on one another.
 */
export async function prepareTraining(
  given: TrainConfiguration,
  trainingSeed = scatteredSeed(given.seed),
  scaling?: ScaledUpdates,
): Promise<Prepared> {
  if (!given.disableParallel) requireThreads(option("threads"), given.threads);
  // Only what names a file or a run needs what reads them.
  const isNamed =
    given.scaleExponent !== undefined ||
    given.baseNoiseScale !== undefined ||
    namesCriticalBatches(given.accumulationSchedule);
  const configuration = isNamed ? (await import("./scaleSources.ts")).settleSources(given) : given;
  const accumulation = resolveAccumulation(configuration);
  const { options, notes, data, scaled } = await trainingOptions(configuration, accumulation, {
    trainingSeed,
    scaling,
  });
  await checkLoss(options);
  checkWindows(options);
  const { loss = defaultLoss } = options;
  if (configuration.stopAccuracy !== undefined && options.train.target.type === "float32")
    throw new UsageError(
      `${option("stopAccuracy")}: expected data of classes, got ${options.train.name}, whose target is a number; leave it out`,
    );
  failOnOf(configuration.failOn);
  const swap = swapPlan(configuration);
  if (swap && swap.batchSize > options.train.size)
    throw new UsageError(
      `${option("swapBatchSize")}: expected at most the ${options.train.size} examples, got ${swap.batchSize}; lower it`,
    );
  return {
    // What is minimised is written out, also where the data or a preset chose it.
    configuration: { ...configuration, loss: loss.name },
    accumulation,
    options,
    data,
    swap,
    remarks: [
      ...notes,
      ...remarks(withConstants(configuration, scaled), options, accumulation),
      ...scalingRemarks(configuration, scaled),
      ...batchScheduleRemarks(options),
      ...(scaling === undefined ? regimeAsked(configuration, scaled) : []),
      ...(swap ? [copiesRemark(swap)] : []),
    ],
    scaled,
  };
}

/** Throws `UsageError` for a plan of windows that makes no sense, or has one that is larger than an epoch. */
function checkWindows(options: TrainingOptions): void {
  const { accumulation: plan, window, train, seed } = options;
  const { size } = train;
  // Few batches that are to be learnt by heart may be fewer than a window has.
  createSampler({ size, window, random: random(seed) });
  if (!plan) return;
  checkPlan(plan, window);
  if (plan.kind === "examples" && plan.maximum === undefined) requireSmaller(plan, window[0]!, size);
  for (const [, steps] of plan.kind === "epochs" ? plan.from : [])
    createSampler({ size, window: Array<number>(steps).fill(window[0]!), random: random(seed) });
  const { windowsPerEpoch } = createSampler({ size, window: initialWindow(options), random: random(seed) });
  descentFor(options, windowsPerEpoch);
}

function requireSmaller({ from }: AccumulationByExamples, microBatch: number, size: number): void {
  const largest = microBatch * Math.max(...from.map(([, steps]) => steps));
  if (largest >= size + microBatch)
    throw new UsageError(
      `${option("accumulationSchedule")}: expected batches of at most the ${size} training examples, got ${largest}; lower it`,
    );
}

/** Throws what building the loss throws, and as `requireFit` where the data are not what model and loss read. */
async function checkLoss({ model, train, validation, loss }: TrainingOptions): Promise<void> {
  requireWeights(model);
  requireLabels([train, validation]);
  await requireFit(model, [train, validation], loss);
  examplesFor(evaluationGraph(model, 1, loss), newBatch(train, 1));
}

async function trainingOptions(
  configuration: TrainConfiguration,
  accumulation: Accumulation,
  { trainingSeed: seed, scaling }: Begun,
): Promise<Pick<Prepared, "options" | "data" | "scaled"> & { notes: readonly Remark[] }> {
  const { data, subset, limitExamples, model, output, initFrom, checkpointSteps } = configuration;
  const opened = await openData(data, {
    subset,
    ...dataOptionsOf(configuration),
    targets: targetRuleOf(configuration),
  });
  const examples = limitExamples === undefined ? opened.train : limit(opened.train, limitExamples);
  requireTarget(configuration.targetBatchSize, examples.size);
  createSampler({ size: examples.size, window: accumulation.window, random: random(seed) });
  const weights = initFrom === undefined ? undefined : await (await import("./weights.ts")).readWeights(initFrom);
  const built = await openModel(model, examples, seed, { weights, output });
  const loop = loopOptions(configuration);
  const plan = withinEpoch(planOf(configuration), Math.ceil(examples.size / accumulation.batchSize));
  const scene = { accumulation, plan, examples };
  const scaled = asRecorded(scaledUpdates(configuration, scene), scaling);
  const constants = withConstants(configuration, scaled);
  const optimizer = await optimizerOf(constants, built);
  if (configuration.cycleMomentum && optimizer.momentum === undefined) throw noMomentum(configuration);
  const options: TrainingOptions = {
    model: built,
    train: await augmented(examples, configuration),
    validation:
      configuration.setAside === undefined
        ? opened.validation
        : setAside(opened.validation, configuration.setAside).kept,
    loss: resolveLoss(configuration, examples),
    optimizer,
    learningRate: configuration.learningRate,
    schedule: scheduleOf(constants),
    learningRateScaling: rateScalingOf(configuration, scaled),
    window: accumulation.window,
    ...loop,
    accumulation: plan,
    checkpointEvery: checkpointSteps === undefined ? configuration.checkpointEvery : { steps: checkpointSteps },
    ...(await optimizerOfStart(configuration)),
    clipNorm: configuration.clipNorm,
    gradientCheckpointing: configuration.gradientCheckpointing,
    precision: configuration.precision,
    seed,
    threads: configuration.disableParallel ? 1 : configuration.threads,
    logEvery: configuration.logEvery,
  };
  dropoutRates(built, configuration.dropout);
  const { overfitBatches } = configuration;
  const chosen = overfitBatches === undefined ? options : overfit(options, overfitBatches);
  const of = opened.train.size;
  const used = examples === opened.train ? [] : [{ kind: "firstExamples", used: examples.size, of } as const];
  return { options: chosen, notes: [...opened.notes, ...used], data: opened.description, scaled };
}

/** The state that the optimizer begins with. Throws `UsageError` where no checkpoint is named that could hold one. */
async function optimizerOfStart({
  initFrom,
  initOptimizer = false,
}: TrainConfiguration): Promise<Pick<TrainingOptions, "optimizerFrom">> {
  if (!initOptimizer) return {};
  if (initFrom?.endsWith(".safetensors"))
    return { optimizerFrom: { bytes: await readBytes(initFrom), file: initFrom } };
  throw new UsageError(
    `${option("initOptimizer")}: expected a checkpoint as ${option("initFrom")}, got ${initFrom ?? "none"}; name one, or leave it out`,
  );
}

function noMomentum({ optimizer }: TrainConfiguration): UsageError {
  const raise = optimizer === "sgd" || optimizer === "rmsprop" || optimizer === "lars";
  return new UsageError(
    `${option("cycleMomentum")}: expected an optimizer whose momentum can be moved, got ${optimizer} without; ` +
      (raise ? `pass ${option("momentum")} 0.9, or leave it out` : "choose another, or leave it out"),
  );
}

async function augmented(data: Dataset, { augment: changes, seed }: TrainConfiguration): Promise<Dataset> {
  if (changes === undefined) return data;
  const { augment, parseAugmentations } = await import("../data/images/augment.ts");
  return augment(data, parseAugmentations(changes, data), seed);
}
