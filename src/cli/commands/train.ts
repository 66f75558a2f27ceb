import { type DataArray, type Dataset, limit, newBatch } from "../../data/dataset.ts";
import { augment, parseAugmentations } from "../../data/images/augment.ts";
import type { DataDescription } from "../../data/openOptions.ts";
import { dataSources, listSubsets, openData } from "../../data/registry.ts";
import { createSampler } from "../../data/sampler.ts";
import { defaultLoss } from "../../model/loss.ts";
import { buildModel, zoo } from "../../model/zoo.ts";
import type { Optimizer } from "../../optimizer/optimizer.ts";
import { trainApart } from "../../session/childRun.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { type Accumulation, resolveAccumulation } from "../../session/options/accumulation.ts";
import { requireThreads } from "../../session/options/bounds.ts";
import { loopOptions } from "../../session/options/loopOptions.ts";
import { describeLoss, resolveLoss } from "../../session/options/loss.ts";
import { optimizerOf } from "../../session/options/optimizerOptions.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { trainAliases } from "../../session/options/options.ts";
import { scheduleOf } from "../../session/options/scheduleOptions.ts";
import { dataOptionsOf } from "../../session/options/sequenceOptions.ts";
import { type SwapPlan, swapPlan } from "../../session/options/swapPlan.ts";
import { createSessionRun, type Prepared, trainSession } from "../../session/session.ts";
import { readWeights } from "../../session/weights.ts";
import { requireStore } from "../../store/create.ts";
import { storeDirectory } from "../../store/runs.ts";
import { ShapeError, UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { significant } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { evaluationGraph } from "../../training/graphs.ts";
import { type LearningRateScaling, learningRateFactor } from "../../training/learningRate.ts";
import { dropoutRates } from "../../training/masks.ts";
import { examplesFor } from "../../training/microBatch.ts";
import { openModel } from "../../training/openModel.ts";
import type { TrainingOptions } from "../../training/options.ts";
import { overfit } from "../../training/overfit.ts";
import { mixingLayers } from "../../training/verify.ts";
import { languageOf } from "../language.ts";
import type { RunResult } from "../terminal/follow.ts";
import { printJson } from "../terminal/print.ts";
import { askTrain, requireTerminal } from "../terminal/prompts.ts";
import { tryOut } from "./devRun.ts";
import { printConfigurations, printPlan } from "./preview.ts";

/** Optimizer steps between two lines of metrics.jsonl. */
const LOG_EVERY = 50;

const EMULATION =
  "float16 is emulated: products are rounded to float16 and computed in float32; it shows the numbers of mixed precision, not its speed or memory";

/** The command `train`: `flags` are its options as text. */
export async function runTrain(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { printConfig, dryRun, ...others } = flags;
  const given = await complete(others);
  const steps = accumulationList(given.gradientAccumulationSteps);
  const configurations = steps.map((one) =>
    resolveConfiguration({ ...given, gradientAccumulationSteps: one }, process.env),
  );
  if (printConfig) return printConfigurations(configurations);
  const requests: TrainConfiguration[] = [];
  for (const { subset: asked, ...rest } of configurations)
    for (const subset of await subsetsOf({ ...rest, subset: asked }))
      requests.push(subset === undefined ? rest : { ...rest, subset });
  const [{ json, fastDevRun, dir }] = requests as [TrainConfiguration];
  if (!dryRun && !fastDevRun) requireStore(storeDirectory(dir));
  const results = dryRun || fastDevRun ? await tryAll(requests, dryRun === true) : await trainAll(requests, given);
  if (json && !fastDevRun && !dryRun) printJson(results.length === 1 ? results[0] : results);
}

async function tryAll(requests: readonly TrainConfiguration[], dryRun: boolean): Promise<[]> {
  for (const request of requests) {
    const prepared = await prepareTraining(request);
    if (dryRun) printPlan(prepared);
    else await tryOut(prepared);
  }
  return [];
}

/** One run here, or several in processes of their own, none of which begins before all have been checked. */
async function trainAll(
  requests: readonly TrainConfiguration[],
  given: Readonly<Record<string, unknown>>,
): Promise<RunResult[]> {
  if (requests.length === 1) {
    const prepared = await prepareTraining(requests[0]!);
    return [await trainSession(prepared, () => createSessionRun(prepared))];
  }
  const replaced = ["gradientAccumulationSteps", "subset", "name"];
  const others = Object.entries(given).filter(([key]) => !replaced.includes(trainAliases[key] ?? key));
  const several = new Set(requests.map(({ gradientAccumulationSteps }) => gradientAccumulationSteps)).size > 1;
  const runs: Record<string, unknown>[] = [];
  for (const request of requests) {
    const { gradientAccumulationSteps, subset } = request;
    const prepared = await prepareTraining(request);
    const name = several ? listedName(prepared) : request.name;
    runs.push({ ...Object.fromEntries(others), gradientAccumulationSteps, subset, name });
  }
  const [{ json, dir }] = requests as [TrainConfiguration];
  return trainApart(runs, { json, directory: storeDirectory(dir) });
}

/** `--gradient-accumulation-steps 1,4,8,16` asks for one run for each. */
function accumulationList(given: unknown): readonly unknown[] {
  return typeof given === "string" ? given.split(",").map((one) => one.trim()) : [given];
}

/** A name with the examples of an update in it, for one of several runs that differ in them alone. */
function listedName({ configuration, accumulation, options }: Prepared): string {
  return `${configuration.name ?? options.train.name}_${accumulation.batchSize}x${accumulation.steps}`;
}

/** Asks for the model and the data where neither flag, variable nor file names them. */
async function complete(flags: Record<string, unknown>): Promise<Record<string, unknown>> {
  const set = (flags.set as string[] | undefined) ?? [];
  const has = (name: string) =>
    flags[name] !== undefined ||
    set.some((one) => one.startsWith(`${name}=`)) ||
    Boolean(process.env[`BATCHSCOPE_${name.toUpperCase()}`]);
  const missing = ["model", "data"].filter((name) => !has(name));
  if (missing.length === 0 || flags.config !== undefined || process.env.BATCHSCOPE_CONFIG) return flags;
  requireTerminal(
    "train",
    missing.map((name) => `--${name}`),
    process,
    process.env,
  );
  const terminal = { input: process.stdin, output: process.stderr, language: languageOf(process.env) };
  const told = textIn(terminal.language).commands.about;
  const models = Object.entries(zoo).map(([name, { about }]) => ({ name, about: told(name, about) }));
  const data = Object.entries(dataSources).map(([name, { about, subsets, example }]) => ({
    name,
    about: told(name, about),
    subsets,
    ...(example && { models: modelsFor(example) }),
  }));
  const known = (name: string) => (flags[name] === undefined ? {} : { [name]: flags[name] });
  const number = (name: string) => (flags[name] === undefined ? {} : { [name]: Number(flags[name]) });
  const epochs =
    flags.epochs === undefined && flags.trainEpochs !== undefined
      ? { epochs: Number(flags.trainEpochs) }
      : number("epochs");
  const given = { ...known("model"), ...known("data"), ...known("subset"), ...epochs, ...number("checkpointEvery") };
  const { epochs: count, checkpointEvery, ...answers } = await askTrain({ models, data }, given, terminal);
  const { trainEpochs: _alias, ...others } = flags;
  return { ...others, ...answers, epochs: String(count), checkpointEvery: String(checkpointEvery) };
}

/** The models that can be built for such examples; any other would only be refused. How many classes there are changes none of it. */
function modelsFor({ type, shape }: Pick<DataArray, "type" | "shape">): string[] {
  return Object.keys(zoo).filter((name) => {
    try {
      return buildModel(name, { shape, classes: 2 }, random(0)).inputs[0]!.type === type;
    } catch (error) {
      if (error instanceof ShapeError) return false;
      throw error;
    }
  });
}

/** One run for each of these: the subset asked for, every one for "all", or the whole data. */
async function subsetsOf(configuration: TrainConfiguration): Promise<readonly (string | undefined)[]> {
  const { data, subset } = configuration;
  if (subset !== "all") return [subset];
  const subsets = await listSubsets(data, dataOptionsOf(configuration));
  if (subsets.length > 0) return subsets;
  throw new UsageError(`--subset: expected data that have subsets, got ${data} without; leave --subset out`);
}

/** Everything that can be wrong with the request is found here, before a run directory exists. */
export async function prepareTraining(configuration: TrainConfiguration): Promise<Prepared> {
  if (!configuration.disableParallel) requireThreads("--threads", configuration.threads);
  const accumulation = resolveAccumulation(configuration);
  const { options, notes, data } = await trainingOptions(configuration, accumulation);
  checkLoss(options);
  const { loss = defaultLoss } = options;
  if (configuration.stopAccuracy !== undefined && options.train.target.type === "float32")
    throw new UsageError(
      `--stop-accuracy: expected data of classes, got ${options.train.name}, whose target is a number; leave it out`,
    );
  const swap = swapPlan(configuration);
  if (swap) createSampler({ size: options.train.size, window: [swap.batchSize], random: random(configuration.seed) });
  return {
    // What is minimised is written out, also where the data or a preset chose it.
    configuration: { ...configuration, loss: loss.name },
    accumulation,
    options,
    data,
    swap,
    remarks: [...notes, ...remarks(configuration, options, accumulation), ...(swap ? [copiesRemark(swap)] : [])],
  };
}

/** What a reader of the log should know before training begins. */
function remarks(
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

function copiesRemark({ workers, epochs, batchSize, learningRate }: SwapPlan): string {
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
  return [`the schedule ${schedule.name} also moves ${momentum} of ${name}; --cycle-momentum false leaves it as it is`];
}

function scaledRate(rate: number, scaling: LearningRateScaling, examples: number): string {
  const scaled = rate * learningRateFactor(scaling, examples);
  return `learning rate ${significant(scaled)} for ${examples} examples an update: ${rate} for ${scaling.baseBatchSize}, by the ${scaling.rule} rule`;
}

/** Throws what building the loss throws, and `UsageError` where the data are not what model and loss read. */
function checkLoss({ model, train, loss }: TrainingOptions): void {
  examplesFor(evaluationGraph(model, 1, loss), newBatch(train, 1));
}

async function trainingOptions(
  configuration: TrainConfiguration,
  accumulation: Accumulation,
): Promise<{ options: TrainingOptions; notes: readonly string[]; data: DataDescription | null }> {
  const { data, subset, limitExamples, model, initFrom, seed, checkpointSteps } = configuration;
  const opened = await openData(data, { subset, ...dataOptionsOf(configuration) });
  const examples = limitExamples === undefined ? opened.train : limit(opened.train, limitExamples);
  createSampler({ size: examples.size, window: accumulation.window, random: random(seed) });
  const weights = initFrom === undefined ? undefined : await readWeights(initFrom);
  const built = await openModel(model, examples, seed, weights);
  const optimizer = optimizerOf(configuration, built);
  if (configuration.cycleMomentum && optimizer.momentum === undefined) throw noMomentum(configuration);
  const options: TrainingOptions = {
    model: built,
    train: augmented(examples, configuration),
    validation: opened.validation,
    loss: resolveLoss(configuration, examples),
    optimizer,
    learningRate: configuration.learningRate,
    schedule: scheduleOf(configuration),
    window: accumulation.window,
    ...loopOptions(configuration, accumulation),
    checkpointEvery: checkpointSteps === undefined ? configuration.checkpointEvery : { steps: checkpointSteps },
    clipNorm: configuration.clipNorm,
    gradientCheckpointing: configuration.gradientCheckpointing,
    precision: configuration.precision,
    seed,
    threads: configuration.disableParallel ? 1 : configuration.threads,
    logEvery: LOG_EVERY,
  };
  dropoutRates(built, configuration.dropout);
  const { overfitBatches } = configuration;
  const chosen = overfitBatches === undefined ? options : overfit(options, overfitBatches);
  const used =
    examples === opened.train ? [] : [`the first ${examples.size} of ${opened.train.size} training examples are used`];
  return { options: chosen, notes: [...opened.notes, ...used], data: opened.description };
}

function noMomentum({ optimizer }: TrainConfiguration): UsageError {
  const raise = optimizer === "sgd" || optimizer === "rmsprop" || optimizer === "lars";
  return new UsageError(
    `--cycle-momentum: expected an optimizer whose momentum can be moved, got ${optimizer} without; ` +
      (raise ? "pass --momentum 0.9, or leave it out" : "choose another, or leave it out"),
  );
}

function augmented(data: Dataset, { augment: changes, seed }: TrainConfiguration): Dataset {
  return changes === undefined ? data : augment(data, parseAugmentations(changes, data), seed);
}
