import type { Dataset } from "../../data/dataset.ts";
import { dataSources } from "../../data/registry.ts";
import { neighboursOf } from "../../model/neighbours.ts";
import type { Engine } from "../../runtime/engine.ts";
import { wilsonInterval } from "../../statistics/wilsonInterval.ts";
import { listCheckpoints } from "../../store/checkpoints.ts";
import type { DiagnosisFacts, RecordedEvaluation, TrainedWith } from "../../store/diagnosisFacts.ts";
import { judgedRecord } from "../../store/lost.ts";
import { metricRecords } from "../../store/metricsReader.ts";
import { type Run, readSummary } from "../../store/runs.ts";
import type { EpochRecord, EvaluationFile, EvaluationRecord } from "../../store/schema.ts";
import { thinnedSteps } from "../../store/thinnedSteps.ts";
import { DataError, NotFoundError } from "../../tensor/errors.ts";
import { reopenData } from "../learned.ts";
import { resolveAccumulation } from "../options/accumulation.ts";
import { namedLoss, resolveLoss } from "../options/loss.ts";
import type { TrainConfiguration } from "../options/options.ts";
import { locateFiles, readRunConfiguration } from "../runConfiguration.ts";
import { chooseCheckpoint } from "../trainedModel.ts";
import { type CheckpointReading, readCheckpointSigns } from "./checkpointSigns.ts";

/** Data of a run, opened to be looked at. */
export interface OpenedData {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly split: DiagnosisFacts["split"];
}

/** The facts of a run, and what they were read with, for probes. */
export interface RunFacts {
  readonly facts: DiagnosisFacts;
  readonly configuration: TrainConfiguration;
  /** Null where they are not there any more. */
  readonly data: OpenedData | null;
}

/**
 * What a run recorded, and what its newest checkpoint says together with its data, as far as they are there. Without an
 * engine checkpoints are not looked at. Throws as the readers of the run's records do.
 */
export async function readRunFacts(run: Run, engine: Engine | null): Promise<RunFacts> {
  const recorded = readRunConfiguration(run);
  const located = locatedOrNull(run, recorded);
  const data = located && (await openedOrNull(located));
  const checkpoints = listCheckpoints(run);
  const looked = engine && data && located && checkpoints.length > 0 ? { run, configuration: located, ...data } : null;
  const reading = looked ? await readCheckpointSigns(engine!, looked, chooseCheckpoint(run, "last")) : null;
  const facts = factsOf(run, located ?? recorded, data, reading);
  return { facts, configuration: located ?? recorded, data };
}

function locatedOrNull(run: Run, configuration: TrainConfiguration): TrainConfiguration | null {
  try {
    return locateFiles(run, configuration);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

async function openedOrNull(configuration: TrainConfiguration): Promise<OpenedData | null> {
  try {
    const { train, validation, description } = await reopenData(configuration);
    return { train, validation, split: splitOf(description?.split) };
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof DataError) return null;
    throw error;
  }
}

/** As `splitInEnglish` says it; a set known by name without a word of it comes in two parts. */
function splitOf(split: string | undefined): DiagnosisFacts["split"] {
  if (split === undefined || split.startsWith("as the ")) return "given";
  return split.startsWith("random") ? "random" : "other";
}

function factsOf(
  run: Run,
  configuration: TrainConfiguration,
  data: OpenedData | null,
  reading: CheckpointReading | null,
): DiagnosisFacts {
  const record = judgedRecord(run);
  const summary = readSummary(run);
  const thinned = thinnedSteps();
  const evaluations: RecordedEvaluation[] = [];
  for (const metric of metricRecords(run)) {
    if (metric.kind === "step") thinned.add(metric);
    if (metric.kind === "epoch" || metric.kind === "evaluation") evaluations.push(evaluated(metric));
  }
  const { effectiveBatchSize } = resolveAccumulation(configuration);
  const evaluation = summary?.evaluation ?? null;
  return {
    diverged: record.status === "diverged",
    steps: thinned.steps(),
    evaluations: evaluations.toSorted((a, b) => a.step - b.step),
    constantLoss: constantLoss(configuration, { data, evaluation, targets: reading?.training.targets ?? [] }),
    beganUntrained: configuration.initFrom === undefined && !configuration.model.endsWith(".onnx"),
    classes: classesOf(evaluation),
    settings: settingsOf(configuration, data, reading?.canDrop ?? false),
    split: data?.split ?? null,
    noise: summary?.noiseScale ? { ...summary.noiseScale, batchSize: effectiveBatchSize } : null,
    checkpoint: reading?.signs ?? null,
    probes: null,
    hasGaps: false,
    dataFound: data !== null,
    isForeign: false,
  };
}

function evaluated(one: EpochRecord | EvaluationRecord): RecordedEvaluation {
  const { step, trainLoss, trainAccuracy = Number.NaN, validationLoss, validationAccuracy = Number.NaN } = one;
  return { step, trainLoss, trainAccuracy, validationLoss, validationAccuracy };
}

interface Answered {
  readonly data: OpenedData | null;
  readonly evaluation: EvaluationFile | null;
  readonly targets: readonly number[];
}

/** The loss of always giving the shares of the classes, or the mean; of losses for which that is known. */
function constantLoss(configuration: TrainConfiguration, { data, evaluation, targets }: Answered): number | null {
  const name = nameOfLoss(configuration, data);
  if (name === "cross_entropy" && configuration.classWeights === undefined) {
    const counts = labelCounts(data) ?? evaluation?.classification?.classes.map(({ support }) => support);
    return counts === undefined ? null : entropyOf(counts);
  }
  if (name !== "mse" || targets.length === 0) return null;
  const mean = targets.reduce((a, b) => a + b, 0) / targets.length;
  return targets.reduce((sum, x) => sum + (x - mean) ** 2, 0) / targets.length;
}

function nameOfLoss(configuration: TrainConfiguration, data: OpenedData | null): string | undefined {
  return data ? resolveLoss(configuration, data.train).name : namedLoss(configuration);
}

function labelCounts(data: OpenedData | null): number[] | undefined {
  const labels = data?.train.labels;
  if (!labels || labels.length === 0) return undefined;
  const counts = new Map<number, number>();
  for (const label of labels) if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()];
}

/** In nats. */
function entropyOf(counts: readonly number[]): number | null {
  const all = counts.reduce((a, b) => a + b, 0);
  const entropy = counts.reduce((sum, n) => sum - (n === 0 ? 0 : (n / all) * Math.log(n / all)), 0);
  // Of one class there is nothing to learn.
  return entropy > 0 ? entropy : null;
}

function classesOf(evaluation: EvaluationFile | null): DiagnosisFacts["classes"] {
  const scores = evaluation?.classification;
  if (!evaluation || !scores || scores.labels === 0) return null;
  const present = [...scores.classes.entries()].filter(([, { support }]) => support > 0);
  const [c, { support, recall }] = present.toSorted(([, a], [, b]) => a.support - b.support)[0]!;
  const name = evaluation.classNames[c] ?? String(c);
  return {
    majorityShare: scores.majorityShare,
    rarest: { name, share: support / scores.labels, recall: recall.value },
    ...oneWayOf(scores.confusion, evaluation.classNames),
  };
}

/** The two classes of which one is called by the other's name most often beyond the reverse. */
function oneWayOf(confusion: readonly (readonly number[])[], names: readonly string[]) {
  const supports = confusion.map((row) => row.reduce((a, b) => a + b, 0));
  const share = (from: number, to: number) => (supports[from]! > 0 ? confusion[from]![to]! / supports[from]! : 0);
  const pairs = confusion.flatMap((row, from) => row.map((_, to) => ({ from, to }))).filter((x) => x.from !== x.to);
  const beyond = ({ from, to }: { from: number; to: number }) => share(from, to) - share(to, from);
  const [worst] = pairs.toSorted((a, b) => beyond(b) - beyond(a));
  if (!worst || !(beyond(worst) > 0)) return {};
  const { from, to } = worst;
  const there = wilsonInterval(confusion[from]![to]!, supports[from]!);
  return { oneWay: { from: names[from] ?? `${from}`, to: names[to] ?? `${to}`, there, back: share(to, from) } };
}

function settingsOf(configuration: TrainConfiguration, data: OpenedData | null, canDrop: boolean): TrainedWith {
  const { optimizer, schedule, augment, batchSize, epochs, seed, parameterRates } = configuration;
  // Of an optimizer that has no such option it is nothing.
  const given = configuration as unknown as Readonly<Record<string, number | undefined>>;
  const { learningRate, momentum = 0, weightDecay = 0, warmupSteps = 0, dropout = 0, labelSmoothing = 0 } = given;
  const { clipNorm = null, limitExamples = null, patience = null, steps = null } = given;
  const { larger, smaller } = neighboursOf(configuration.model);
  const loss = nameOfLoss(configuration, data);
  return {
    ...{ optimizer, schedule, batchSize, epochs, seed, canDrop, learningRate: learningRate ?? Number.NaN },
    ...{ momentum, weightDecay, warmupSteps, dropout, labelSmoothing, clipNorm, limitExamples, patience, steps },
    augment: augment !== undefined,
    canAugment: hasPictures(configuration, data),
    classWeights: configuration.classWeights !== undefined,
    isFrozen: parameterRates.some((rate) => /=0(\.0*)?$/.test(String(rate))),
    ...{ largerModel: larger, smallerModel: smaller },
    isOfClasses: loss === "cross_entropy",
  };
}

/** Of grey levels or colours. */
function hasPictures({ data: name }: TrainConfiguration, data: OpenedData | null): boolean {
  const known = Object.entries(dataSources).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1].example
    ?.shape;
  const shape = data?.train.inputs[0]?.shape ?? known;
  return shape?.length === 3 && (shape[0] === 1 || shape[0] === 3);
}
