import type { OptimizerName } from "../../optimizer/optimizers.ts";
import { isOfRateAlone, type ScaleRule } from "../../optimizer/scaleRules.ts";
import { fingerprintsOf } from "../../session/create.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { scheduleFields } from "../../session/options/scheduleOptions.ts";
import { prepareTraining } from "../../session/prepare.ts";
import { requireSame } from "../../session/requireSame.ts";
import { locateFiles, readRunConfiguration } from "../../session/runConfiguration.ts";
import { type Checkpoint, readCheckpoint } from "../../store/checkpoints.ts";
import { readMetrics } from "../../store/metricsReader.ts";
import type { Run } from "../../store/runs.ts";
import type { StudyTuning } from "../../store/studies/study.ts";
import { DataError, option, UsageError } from "../../tensor/errors.ts";
import { beginningAt } from "../../training/checkpoint.ts";
import { mixingLayers } from "../../training/verify.ts";
import { type ComparisonPlan, planComparison } from "../studies/plan.ts";

/** What is asked of branches. */
export interface BranchRequest {
  /**
   * Times the run's own batch, ascending; the first is what the others are compared with. Default: `usualFactors`, as
   * far as the training examples last.
   */
  readonly factors?: readonly number[] | undefined;
  /** Default: by the optimizer, as Merrill et al. 2025 (2505.23971) have it. */
  readonly rule?: ScaleRule | undefined;
  /** Of measured: what `scaleExponent` of `train` takes. */
  readonly exponent?: string | undefined;
  /** Examples of each branch. Default: eight updates of the largest batch. */
  readonly examples?: number | undefined;
  readonly seeds: readonly number[];
  readonly tuning?: StudyTuning | undefined;
}

/** The branches from one checkpoint. */
export interface BranchPlan {
  readonly checkpoint: Checkpoint;
  /** Examples of an update of the run there. */
  readonly batchSize: number;
  /** Of the run there. */
  readonly learningRate: number;
  readonly rule: ScaleRule;
  readonly examples: number;
  readonly plan: ComparisonPlan;
}

/** Times the batch of a run, where nobody says. */
export const usualFactors = [1, 2, 4, 8, 16] as const;

/** Updates of the largest batch. */
const UPDATES = 8;

/** Optimizers whose steps are as long as the gradient. */
const proportional: readonly OptimizerName[] = ["sgd", "lars"];

/** The rule where none is asked for. */
export function usualRule(optimizer: OptimizerName): ScaleRule {
  return proportional.includes(optimizer) ? "linear" : "sqrt";
}

/**
 * Branches from each checkpoint of a run, with its optimizer's state, one rate throughout, and data in an order of
 * their own; and the layers that mix the examples of a micro-batch. Throws `UsageError` for factors that do not ascend
 * from 1, for a batch beyond the data and for a run whose micro-batches differ in size, and what `planComparison`
 * throws.
 */
export async function planBranches(
  run: Run,
  checkpoints: readonly Checkpoint[],
  request: BranchRequest,
): Promise<{ readonly branches: readonly BranchPlan[]; readonly mixing: readonly string[] }> {
  const configuration = locateFiles(run, readRunConfiguration(run));
  requireBranchable(configuration, run.record.id);
  const starts = checkpoints.map((checkpoint) => startOf(checkpoint, configuration));
  const { mixing, size } = await requireData(run, configuration, { starts, request });
  const rates = readMetrics(run).flatMap((one) => (one.kind === "step" ? [one] : []));
  const plans: BranchPlan[] = [];
  for (const start of starts) {
    const at = rates.findLast(({ step }) => step <= start.checkpoint.step);
    plans.push(
      await branchesFrom(start, {
        configuration,
        learningRate: at?.learningRate ?? configuration.learningRate,
        request: {
          ...request,
          factors: factorsFor(request, start.batchSize, size),
          seeds: seedsBeside(request.seeds, configuration.seed),
        },
      }),
    );
  }
  return { branches: plans, mixing };
}

/** Throws `UsageError` for a training whose branches could not be told from it by their batch and rate alone. */
export function requireBranchable(
  { targetBatchSize, batchSize, lrScale: rule, weightDecayRule }: TrainConfiguration,
  name: string,
): void {
  if (targetBatchSize !== undefined && targetBatchSize % batchSize !== 0)
    throw new UsageError(
      `${option("targetBatchSize")}: expected a run whose micro-batches are of one size, got ${targetBatchSize} of ${batchSize}; choose another run`,
    );
  if (!isOfRateAlone({ rule, ratio: 1, weightDecayRule }))
    throw new UsageError(
      `${name}: expected a run whose rule for another batch changes the learning rate alone, got ${weightDecayRule ?? rule}; train one with these constants themselves`,
    );
}

/** A checkpoint, with the updates that the run made there. */
interface BranchStart {
  readonly checkpoint: Checkpoint;
  /** Micro-batches of an update. */
  readonly steps: number;
  readonly batchSize: number;
  /** What it keeps of the optimizer, by name. */
  readonly optimizerStates: readonly string[];
}

function startOf(checkpoint: Checkpoint, { batchSize }: TrainConfiguration): BranchStart {
  const { accumulationSteps: steps, optimizerStates } = beginningAt(readCheckpoint(checkpoint), checkpoint.path);
  return { checkpoint, steps, batchSize: batchSize * steps, optimizerStates };
}

/**
 * The factors of a batch over so many training examples. Throws `UsageError` for factors that do not ascend from 1, and
 * where the largest batch has more examples than the data, or than its branch.
 */
export function factorsFor(
  { factors: asked, examples }: Pick<BranchRequest, "factors" | "examples">,
  batchSize: number,
  size: number,
): readonly number[] {
  const fits = Math.floor(size / batchSize);
  if (asked === undefined && fits < 2)
    throw new UsageError(
      `critical-batch: expected a batch that the ${size} training examples hold twice, got ${batchSize}; branch from a run with a smaller one`,
    );
  const factors = asked ?? usualFactors.filter((factor) => factor <= fits);
  requireFactors(factors);
  const largest = factors.at(-1)!;
  if (largest > fits)
    throw new UsageError(
      `${option("factors")}: expected at most ${fits} times the batch of ${batchSize}, as there are ${size} training examples, got ${largest}; leave out what is larger, or branch from a run with a smaller batch`,
    );
  if (examples !== undefined && examples < batchSize * largest)
    throw new UsageError(
      `${option("examples")}: expected at least the ${batchSize * largest} of one update of the largest batch, got ${examples}; raise it`,
    );
  return factors;
}

/** Of each branch. */
export function branchExamples(
  examples: BranchRequest["examples"],
  factors: readonly number[],
  batchSize: number,
): number {
  return examples ?? UPDATES * batchSize * factors.at(-1)!;
}

function requireFactors(factors: readonly number[]): void {
  const ascends = factors.every((factor, i) => Number.isInteger(factor) && factor > (factors[i - 1] ?? 0));
  if (!ascends || factors[0] !== 1 || factors.length < 2)
    throw new UsageError(
      `${option("factors")}: expected whole numbers that ascend from 1, got ${factors.join(",") || "none"}; write for example 1,2,4,8`,
    );
}

/**
 * How many training examples there are, and the layers that mix those of a micro-batch. Throws as `factorsFor`, and
 * `DataError` where the data are not those of the run, and for a checkpoint without the optimizer's state.
 */
async function requireData(
  run: Run,
  configuration: TrainConfiguration,
  { starts, request }: { readonly starts: readonly BranchStart[]; readonly request: BranchRequest },
): Promise<{ readonly size: number; readonly mixing: readonly string[] }> {
  const own = {
    gradientAccumulationSteps: 1,
    initOptimizer: undefined,
    lrScale: "none" as const,
    baseBatchSize: undefined,
  };
  const prepared = await prepareTraining(branchOf(configuration, own));
  requireSame(run, await fingerprintsOf(prepared), "data");
  const { options } = prepared;
  for (const { batchSize, checkpoint, optimizerStates } of starts) {
    factorsFor(request, batchSize, options.train.size);
    const lacking = options.optimizer.state.filter((name) => !optimizerStates.includes(name));
    if (lacking.length > 0)
      throw new DataError(
        `${checkpoint.path}: expected a checkpoint that keeps ${lacking.join(", ")} of its optimizer, got weights without; branch from one that train wrote`,
      );
  }
  return { size: options.train.size, mixing: mixingLayers(options.model, options.loss!) };
}

/** A branch with its parent's seed would see what the parent saw, in its order. */
function seedsBeside(seeds: readonly number[], own: number): number[] {
  return seeds.map((seed) => (seed === own ? Math.max(...seeds) + 1 : seed));
}

interface Parent {
  readonly configuration: TrainConfiguration;
  readonly learningRate: number;
  readonly request: BranchRequest & { readonly factors: readonly number[] };
}

async function branchesFrom(
  { checkpoint, steps, batchSize }: BranchStart,
  { configuration, learningRate, request }: Parent,
): Promise<BranchPlan> {
  const { factors, tuning, seeds } = request;
  const examples = branchExamples(request.examples, factors, batchSize);
  const rule = request.rule ?? usualRule(configuration.optimizer);
  const arms = factors.map((factor) => ({
    name: `×${factor}`,
    configuration: branchOf(configuration, {
      initFrom: checkpoint.path,
      gradientAccumulationSteps: steps * factor,
      learningRate,
      lrScale: rule,
      baseBatchSize: batchSize,
      scaleExponent: rule === "measured" ? request.exponent : undefined,
    }),
  }));
  const plan = await planComparison({
    ...{ kind: "critical-batch", arms, seeds, tuning },
    budget: { kind: "examples", value: examples },
    evaluateExamples: examples,
  });
  return { checkpoint, batchSize, learningRate, rule, examples, plan };
}

/** What the run decided, but for what a branch has of its own. */
function branchOf(configuration: TrainConfiguration, own: Partial<TrainConfiguration>): TrainConfiguration {
  const scheduled = Object.fromEntries(Object.keys(scheduleFields).map((name) => [name, undefined]));
  const ended = { steps: undefined, patience: undefined, stopAccuracy: undefined, stopLoss: undefined };
  const batch = { targetBatchSize: undefined, enableAutoGradientAccumulation: false, accumulationSchedule: undefined };
  const kept = { checkpointEvery: 2 ** 31 - 1, checkpointSteps: undefined, keepCheckpoints: 1 };
  const measured = { noiseScale: "off", baseNoiseScale: undefined };
  const averaged = { swaStart: undefined, swapWorkers: undefined };
  const changed = { ...scheduled, schedule: "constant", warmupExamples: undefined, ...ended, stopSeconds: undefined };
  return {
    ...{ ...configuration, ...changed, ...batch, ...kept, ...measured, ...averaged, initOptimizer: true },
    ...own,
  } as TrainConfiguration;
}
