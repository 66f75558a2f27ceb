import type { TrainConfiguration } from "../../session/options/options.ts";
import { FEWEST_BATCHES } from "../../statistics/learningRateExponent.ts";
import type { StudyBudget } from "../../store/studies/study.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { type ComparisonPlan, planComparison } from "../studies/plan.ts";

/** What is asked of the learning rate and the batch. */
export interface ExponentRequest {
  /** Of every training but its batch, rate, length and seed. */
  readonly configuration: TrainConfiguration;
  /** Examples of an update, ascending. */
  readonly batchSizes: readonly number[];
  /** Larger batches are accumulated from micro-batches of so many. Default: a batch is one micro-batch. */
  readonly microBatch?: number | undefined;
  /** The first rates of every batch. Default: five around what a range test suggests. */
  readonly learningRates?: readonly number[] | undefined;
  readonly seeds: readonly number[];
  /** Equal examples or equal updates. Default: as many examples as 64 updates of the largest batch. */
  readonly budget?: StudyBudget | undefined;
  /** Of each batch. */
  readonly mostRates: number;
}

/** Trainings of one batch size: a study of its own, in which rates and seeds may be added. */
export interface ExponentBatchPlan {
  readonly batchSize: number;
  readonly plan: ComparisonPlan;
}

export interface ExponentPlan {
  readonly batches: readonly ExponentBatchPlan[];
  readonly learningRates: readonly number[] | null;
  readonly seeds: readonly number[];
  readonly budget: StudyBudget;
  readonly mostRates: number;
}

/** Of the largest batch. */
const UPDATES = 64;
/** Fewer show no minimum with a rate on either side. */
const FEWEST_RATES = 3;

/**
 * Checks what is asked for and every batch as `train` would. Throws `UsageError` for fewer than three batches, two
 * seeds or three rates, batches that do not ascend or exceed the data, and a length of less than an update; and what
 * `planComparison` throws.
 */
export async function planExponent(request: ExponentRequest): Promise<ExponentPlan> {
  const { batchSizes, learningRates, seeds, mostRates, configuration } = request;
  requireBatches(batchSizes);
  if (seeds.length < 2)
    throw new UsageError(
      `${option("seeds")}: expected two seeds or more, got ${seeds.join(", ")} alone; an interval needs them`,
    );
  requireRates(learningRates, mostRates);
  if (configuration.lrScale !== "none")
    throw new UsageError(
      `${option("lrScale")}: expected none, as it is measured how the learning rate follows the batch, got ${configuration.lrScale}; leave it out`,
    );
  const budget = request.budget ?? { kind: "examples", value: UPDATES * batchSizes.at(-1)! };
  const largest = batchSizes.at(-1)!;
  if (budget.kind === "examples" && budget.value < largest)
    throw new UsageError(
      `${option("examples")}: expected at least the ${largest} of one update of the largest batch, got ${budget.value}; raise it`,
    );
  const batches: ExponentBatchPlan[] = [];
  for (const batchSize of batchSizes) {
    const plan = await planBatch(batchSize, budget, request);
    const examples = plan.arms[0]!.examples;
    if (batchSize > examples)
      throw new UsageError(
        `${option("batchSizes")}: expected batches of at most the ${examples} training examples, got ${batchSize}; leave out what is larger`,
      );
    batches.push({ batchSize, plan });
  }
  return { batches, learningRates: learningRates?.toSorted((a, b) => a - b) ?? null, seeds, budget, mostRates };
}

function requireBatches(batchSizes: readonly number[]): void {
  const ascends = batchSizes.every((size, i) => Number.isInteger(size) && size > (batchSizes[i - 1] ?? 0));
  if (!ascends || batchSizes.length < FEWEST_BATCHES)
    throw new UsageError(
      `${option("batchSizes")}: expected ${FEWEST_BATCHES} batch sizes or more that ascend, got ${batchSizes.join(",") || "none"}; write for example 8,32,128`,
    );
}

function requireRates(learningRates: readonly number[] | undefined, mostRates: number): void {
  if (learningRates !== undefined) {
    const isSound = learningRates.every((rate) => Number.isFinite(rate) && rate > 0);
    if (!isSound || new Set(learningRates).size < Math.max(FEWEST_RATES, learningRates.length))
      throw new UsageError(
        `${option("learningRates")}: expected ${FEWEST_RATES} different rates above 0 or more, got ${learningRates.join(",") || "none"}; write for example 1e-3,2e-3,4e-3,8e-3`,
      );
  }
  const least = Math.max(learningRates?.length ?? 0, 5);
  if (mostRates < least)
    throw new UsageError(
      `${option("mostRates")}: expected at least ${least}, with which a batch begins, got ${mostRates}; raise it`,
    );
}

async function planBatch(batchSize: number, budget: StudyBudget, request: ExponentRequest): Promise<ComparisonPlan> {
  const { configuration, microBatch = batchSize, seeds } = request;
  const micro = Math.min(batchSize, microBatch);
  if (batchSize % micro !== 0)
    throw new UsageError(
      `${option("microBatch")}: expected a divisor of every batch that is larger, got ${micro} for a batch of ${batchSize}; change it`,
    );
  const examples = budget.kind === "examples" ? budget.value : budget.value * batchSize;
  return planComparison({
    kind: "lr-exponent",
    arms: [{ name: String(batchSize), configuration: withBatch(configuration, micro, batchSize / micro) }],
    budget,
    evaluateExamples: examples,
    tuning: { option: "learningRate", values: [], seeds },
    seeds: [],
  });
}

function withBatch(configuration: TrainConfiguration, micro: number, steps: number): TrainConfiguration {
  const own = { batchSize: micro, gradientAccumulationSteps: steps };
  const batch = { targetBatchSize: undefined, enableAutoGradientAccumulation: false, accumulationSchedule: undefined };
  const kept = { checkpointEvery: 2 ** 31 - 1, checkpointSteps: undefined, keepCheckpoints: 1 };
  const measured = { noiseScale: "off", baseNoiseScale: undefined, baseBatchSize: undefined, scaleExponent: undefined };
  const averaged = { swaStart: undefined, swapWorkers: undefined };
  return { ...configuration, ...own, ...batch, ...kept, ...measured, ...averaged } as TrainConfiguration;
}
