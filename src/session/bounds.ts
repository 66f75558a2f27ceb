import { availableParallelism } from "node:os";
import { UsageError } from "../tensor/errors.ts";

/** The largest size of a number that an option takes, and why; numbers that enter a float32 graph must not vanish there either. */
interface Bound {
  readonly most: number;
  readonly why: string;
  readonly least?: number;
}

const counted: Bound = { most: 2 ** 31 - 1, why: "what 32 bits count" };
const seeds: Bound = { most: 2 ** 32 - 1, why: "what 32 bits hold" };
const examples: Bound = { most: 2 ** 24, why: "more than any micro-batch that fits into memory" };
const windows: Bound = { most: 2 ** 16, why: "micro-batches of one update" };
const pieces: Bound = { most: 2 ** 20, why: "more than any series that is cut" };
const copies: Bound = { most: 1000, why: "each a copy of the training data" };
const mebibytes: Bound = { most: 2 ** 24, why: "16 TiB" };
/** From the smallest normal float32 to nearly the largest. */
const real: Bound = { most: 3e38, why: "what float32 holds", least: 1.2e-38 };
const share: Bound = { most: 1, why: "the whole", least: 1.2e-38 };

/** A run may be read on another machine than the one that trained it. */
const anywhere = 1024;

/** Threads beyond this wait for each other; far beyond, the engine neither works nor ends. */
const threadsHere = Math.min(anywhere, Math.max(64, 4 * availableParallelism()));

/** Every option that takes a number, or several with commas between them. */
export const bounds: Readonly<Record<string, Bound>> = {
  ...shared(counted, ["epochs", "steps", "checkpointEvery", "checkpointSteps", "keepCheckpoints", "limitExamples"]),
  ...shared(counted, [
    "evaluateEvery",
    "evaluateSteps",
    "patience",
    "swaStart",
    "swaPeriod",
    "swapEpochs",
    "splitBlock",
  ]),
  ...shared(counted, ["warmupSteps", "scheduleLength", "stepSize", "milestones", "cycleSteps", "cycleMultiplier"]),
  ...shared(counted, [
    "plateauPatience",
    "plateauCooldown",
    "overfitBatches",
    "ignoreIndex",
    "maximum",
    "baseBatchSize",
  ]),
  ...shared(seeds, ["seed", "splitSeed"]),
  ...shared(examples, ["batchSize", "targetBatchSize", "swapBatchSize"]),
  ...shared(windows, ["gradientAccumulationSteps", "maxAccumulationSteps"]),
  ...shared(pieces, ["windowLength", "windowStride"]),
  ...shared(copies, ["seriesCopies", "anomalyCopies", "swapWorkers"]),
  ...shared(mebibytes, ["dataMemory", "memoryBudget"]),
  ...shared(share, ["validationSplit", "labelSmoothing", "stopAccuracy", "dropout", "riseFraction", "plateauFactor"]),
  ...shared(share, ["warmupStartFactor", "startFactor", "endFactor", "gamma", "baseMomentum", "maximumMomentum"]),
  ...shared(share, ["momentum", "dampening", "beta1", "beta2", "alpha", "rho"]),
  ...shared(real, ["learningRate", "swapLearningRate", "minimumLearningRate", "maximumLearningRate", "from", "to"]),
  ...shared(real, ["weightDecay", "epsilon", "initialAccumulator", "momentumDecay", "trustCoefficient", "largestNorm"]),
  ...shared(real, ["clipNorm", "focalGamma", "huberDelta", "smoothL1Beta", "power", "initialDivisor", "finalDivisor"]),
  ...shared(real, ["classWeights", "focalAlpha", "positiveWeight", "seriesGap", "minimumDelta", "plateauThreshold"]),
  accumulationRatio: { ...real, why: "batch over noise scale" },
  checkpointMinutes: { most: 525_600, why: "a year", least: 1e-6 },
  threads: { most: anywhere, why: "more than any machine has processors" },
  fieldSize: { most: 1024, why: "16 MiB of pixels for one example" },
  sequenceLength: { most: 2 ** 16, why: "attention compares all pairs of tokens" },
  rows: { most: 2 ** 15, why: "their inner products take 8 GiB" },
  sketch: { most: 2 ** 24, why: "numbers of one row" },
  perplexity: { most: 2 ** 15, why: "neighbours of a row" },
  datasetSize: { most: Number.MAX_SAFE_INTEGER, why: "what a number counts exactly" },
  folds: { most: 1000, why: "each a model to train" },
  rates: { most: 100_000, why: "each an update" },
  repeats: { most: 1000, why: "each a training" },
  trashDays: { most: 36_525, why: "a century" },
  updates: { most: 100_000, why: "of one trial" },
};

function shared(bound: Bound, names: readonly string[]): Record<string, Bound> {
  return Object.fromEntries(names.map((name) => [name, bound]));
}

/** Throws `UsageError` where the number that `place` gives to an option is of a size that it cannot have. */
export function requireBound(name: string, place: string, value: number): void {
  const bound = Object.hasOwn(bounds, name) ? bounds[name]! : undefined;
  if (bound === undefined) return;
  const { most, why, least = 0 } = bound;
  if (Math.abs(value) > most) throw beyond(place, most, why, value);
  if (value !== 0 && Math.abs(value) < least)
    throw new UsageError(`${place}: expected at least ${least}, got ${value}; raise it`);
}

/** Throws `UsageError` for more threads than this machine can use. */
export function requireThreads(place: string, threads: number): void {
  if (threads > threadsHere)
    throw beyond(place, threadsHere, `on the ${availableParallelism()} processors of this machine`, threads);
}

function beyond(place: string, most: number, why: string, value: number): UsageError {
  return new UsageError(`${place}: expected at most ${most}, ${why}, got ${value}; lower it`);
}
