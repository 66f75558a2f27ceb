import { totalmem } from "node:os";
import type { OptimizerName } from "../../optimizer/optimizers.ts";
import { fingerprintsOf } from "../../session/create.ts";
import type { MemoryLimit } from "../../session/memory.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { scheduleFields } from "../../session/options/scheduleOptions.ts";
import { prepareTraining } from "../../session/prepare.ts";
import type { UpdateWindow } from "../../statistics/recommend/machine.ts";
import type { Goal, PilotSetting } from "../../statistics/recommend/pilotTable.ts";
import { digestOf } from "../../store/studies/canonicalJson.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { mixingLayers } from "../../training/verify.ts";
import { usualRule } from "../criticalBatch/plan.ts";
import { configurationOfArm, withoutPlaces } from "../studies/identity.ts";
import { word } from "../studies/plan.ts";

/** What is asked of a recommendation. */
export interface RecommendRequest {
  /** The present setting. */
  readonly configuration: TrainConfiguration;
  readonly goal: Goal;
  readonly memory: MemoryLimit;
  readonly devices: number;
  /** What devices take to agree on an update; undefined where it was not said. */
  readonly secondsPerSync: number | undefined;
  /** Pilots may take together. */
  readonly seconds: number;
  /** Default: what the present setting reaches in a pilot. */
  readonly targetLoss: number | undefined;
  readonly seeds: readonly number[];
  /** Examples of an update. Default: around the present one. */
  readonly batchSizes: readonly number[] | undefined;
}

/** A recommendation whose present setting was checked. */
export interface RecommendPlan extends Omit<RecommendRequest, "batchSizes" | "secondsPerSync"> {
  readonly id: string;
  /** Without a schedule, and with the batch that one pilot of the present setting has on this machine. */
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly present: PilotSetting;
  /** Of each device. */
  readonly presentWindow: UpdateWindow;
  readonly secondsPerSync: number;
  /** Ascending. */
  readonly batchSizes: readonly number[];
  /** Training examples, and those that losses are of. */
  readonly examples: number;
  readonly validationExamples: number;
  /** Updates that the present setting would train for. */
  readonly updates: number;
  /** Layers that mix the examples of a micro-batch. */
  readonly mixing: readonly string[];
  /** Of the first guess of a rate: 1 of optimizers whose steps are as long as the gradient, else ½. */
  readonly exponent: number;
  /** The schedule that pilots go without; null where there is none. */
  readonly schedule: string | null;
}

/** Batches that lie within so many times the present one are tried. */
const WIDEST = 64;

/**
 * Checks the present setting as `train` would, and says which batches are tried. Throws `UsageError` for more memory
 * than there is, devices without what they take to agree, a batch that the data do not have, and a setting whose
 * updates change while it trains; and what `prepareTraining` throws.
 */
export async function planRecommendation(request: RecommendRequest): Promise<RecommendPlan> {
  const { configuration, devices, memory } = request;
  requireMemory(memory);
  const secondsPerSync = syncOf(request);
  requireOneSize(configuration);
  const prepared = await prepareTraining(pilotOf(configuration));
  const { accumulation, options } = prepared;
  const { size } = options.train;
  const presentWindow = { batchSize: accumulation.batchSize, accumulationSteps: accumulation.steps };
  const effectiveBatchSize = accumulation.effectiveBatchSize * devices;
  if (effectiveBatchSize > size) throw beyond("batchSize", effectiveBatchSize, size);
  const fingerprints = await fingerprintsOf(prepared);
  const { learningRate, beta2 } = prepared.configuration as { learningRate: number; beta2?: number };
  return {
    ...request,
    configuration: prepared.configuration,
    id: nameOf(request, fingerprints),
    fingerprints,
    present: { effectiveBatchSize, learningRate, beta2: beta2 ?? null },
    presentWindow,
    secondsPerSync,
    batchSizes: batchesOf(request, { effectiveBatchSize, size }),
    examples: size,
    validationExamples: options.validation.size,
    updates: configuration.steps ?? configuration.epochs * Math.ceil(size / effectiveBatchSize),
    mixing: mixingLayers(options.model, options.loss!),
    exponent: exponentOf(configuration.optimizer),
    schedule: configuration.schedule === "constant" ? null : configuration.schedule,
  };
}

const exponentOf = (optimizer: OptimizerName) => (usualRule(optimizer) === "linear" ? 1 : 0.5);

function requireMemory({ bytes, source }: MemoryLimit): void {
  const there = totalmem();
  if (source.kind !== "asked" || bytes <= there) return;
  throw new UsageError(
    `${option("memory")}: expected at most the ${gibibytes(there)} GiB of this machine, on which pilots are trained, got ${source.text}; ask for less, or run this on the machine that is meant`,
  );
}

const gibibytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1);

function syncOf({ devices, secondsPerSync }: RecommendRequest): number {
  if (devices > 1 && secondsPerSync === undefined)
    throw new UsageError(
      `${option("devices")}: expected ${option("secondsPerSync")} beside ${devices} devices, got none; measure what they take to agree on an update, and give it`,
    );
  if (devices === 1 && secondsPerSync !== undefined)
    throw new UsageError(
      `${option("secondsPerSync")}: expected ${option("devices")} of 2 or more beside it, got 1 device, which agrees with itself; leave it out`,
    );
  return secondsPerSync ?? 0;
}

/** Updates of one size, with constants that do not follow them, as the advice sets both. */
function requireOneSize({ accumulationSchedule, targetBatchSize, batchSize, lrScale, ...more }: TrainConfiguration) {
  const { swapWorkers, weightDecayRule = "none" } = more;
  if (targetBatchSize !== undefined && targetBatchSize % batchSize !== 0)
    throw new UsageError(
      `${option("targetBatchSize")}: expected a multiple of ${option("batchSize")} ${batchSize}, so that all micro-batches are of one size, got ${targetBatchSize}; change it`,
    );
  const stray = [
    ...(accumulationSchedule === undefined ? [] : (["accumulationSchedule"] as const)),
    ...(swapWorkers === undefined ? [] : (["swapWorkers"] as const)),
    ...(lrScale === "none" ? [] : (["lrScale"] as const)),
    ...(weightDecayRule === "none" ? [] : (["weightDecayRule"] as const)),
  ];
  if (stray.length > 0)
    throw new UsageError(
      `${option(stray[0]!)}: expected a present setting whose updates have one size and constants of their own, got ${option(stray[0]!)}; leave it out`,
    );
}

function beyond(name: string, got: number, examples: number): UsageError {
  return new UsageError(
    `${option(name)}: expected at most the ${examples} examples of an epoch in an update, got ${got}; lower it`,
  );
}

function batchesOf(
  { batchSizes, devices }: RecommendRequest,
  { effectiveBatchSize, size }: { readonly effectiveBatchSize: number; readonly size: number },
): number[] {
  if (batchSizes !== undefined) {
    const largest = Math.max(...batchSizes);
    if (largest > size) throw beyond("batchSizes", largest, size);
    const odd = batchSizes.find((batch) => batch % devices !== 0);
    if (odd !== undefined)
      throw new UsageError(
        `${option("batchSizes")}: expected multiples of the ${devices} devices, got ${odd}; change it`,
      );
    return ascending([...batchSizes, effectiveBatchSize]);
  }
  const widest = Math.log2(WIDEST);
  const all = Array.from({ length: 2 * widest + 1 }, (_, i) => effectiveBatchSize * 2 ** (i - widest));
  const whole = all.map((batch) => devices * Math.round(batch / devices));
  return ascending(whole.filter((batch) => batch >= devices && batch <= size));
}

const ascending = (sizes: readonly number[]) => [...new Set(sizes)].toSorted((a, b) => a - b);

/** The present setting as pilots train it: one rate throughout, evaluated by examples, ended by the study alone. */
export function pilotOf(configuration: TrainConfiguration): TrainConfiguration {
  const scheduled = Object.fromEntries(Object.keys(scheduleFields).map((name) => [name, undefined]));
  const ended = { patience: undefined, stopAccuracy: undefined, stopLoss: undefined, stopSeconds: undefined };
  const kept = { checkpointEvery: 2 ** 31 - 1, checkpointSteps: undefined, keepCheckpoints: 1 };
  const changed = { ...scheduled, schedule: "constant", warmupExamples: undefined, swaStart: undefined };
  return {
    ...{ ...configuration, ...changed, ...ended, ...kept, noiseScale: "off", baseNoiseScale: undefined },
  } as TrainConfiguration;
}

function nameOf({ configuration, ...request }: RecommendRequest, fingerprints: RecommendPlan["fingerprints"]): string {
  const { goal, memory, devices, secondsPerSync, targetLoss, batchSizes, seconds } = request;
  const asked = { goal, devices, secondsPerSync, targetLoss, batchSizes, seconds };
  // What the system has free changes from minute to minute.
  const limit = memory.source.kind === "asked" ? memory.bytes : null;
  const digest = digestOf(
    { asked, limit, fingerprints, configuration: withoutPlaces(configurationOfArm(configuration)) },
    8,
  );
  return `recommend-${word(configuration.model)}-${word(configuration.data)}-${digest}`;
}
