import type { ScaleRule } from "../../optimizer/scaleRules.ts";
import {
  type BranchProgress,
  type CriticalBatch,
  criticalBatch,
  progressKept,
  USUAL_OVERHEAD,
} from "../../statistics/criticalBatch.ts";
import type { Interval } from "../../statistics/types.ts";
import type { Run } from "../../store/runs.ts";
import type { ArmComparison, ArmResult } from "../studies/comparison.ts";
import type { TrialMeans } from "../studies/makeTrials.ts";
import { meanOfRun } from "../studies/meanOfRun.ts";
import { type RanComparison, runComparison } from "../studies/runComparison.ts";
import type { SeedMean } from "../studies/seedMean.ts";
import type { BranchPlan } from "./plan.ts";

/** Branches of one batch size. */
export interface BranchedFactor {
  readonly factor: number;
  /** Examples of an update. */
  readonly batchSize: number;
  /** Of all updates; of tuned branches the chosen one. NaN where none has begun. */
  readonly learningRate: number;
  readonly seeds: number;
  readonly diverged: number;
  /** On the held-out data, where the branches end. */
  readonly loss: SeedMean;
  /** Share of the smallest batch's progress; null where it diverged or nothing moved. */
  readonly kept: Interval | null;
  /** To the smallest batch, above 0 where this one is behind; null of the smallest itself. */
  readonly compared: ArmComparison | null;
}

/** What the branches from one checkpoint came to. */
export interface BranchedCheckpoint {
  readonly epoch: number;
  readonly step: number;
  readonly rule: ScaleRule;
  /** Of each branch. */
  readonly examples: number;
  /** On the held-out data, where the branches begin. */
  readonly startLoss: number;
  readonly factors: readonly BranchedFactor[];
  /** The largest batch that needs at most `USUAL_OVERHEAD` more examples than the smallest tried. */
  readonly criticalBatchSize: CriticalBatch;
  /** The one that needs twice as many. */
  readonly doubled: CriticalBatch;
  /** The largest batch up to which no loss is told from the smallest batch's; null where there are too few seeds. */
  readonly largestAlike: number | null;
  readonly study: RanComparison;
}

/**
 * Trains the branches from each checkpoint that have not been trained, and says what they came to. Where the signal
 * aborts, it gives the checkpoints that are complete. Throws what `runComparison` and `meanOfRun` throw.
 */
export async function runBranches(
  run: Run,
  plans: readonly BranchPlan[],
  means: TrialMeans & { readonly began?: ((plan: BranchPlan) => void) | undefined },
): Promise<BranchedCheckpoint[]> {
  const done: BranchedCheckpoint[] = [];
  for (const branches of plans) {
    if (means.signal?.aborted) break;
    means.began?.(branches);
    const { loss } = await meanOfRun(run, { part: "kept", checkpoint: `step:${branches.checkpoint.step}` });
    const study = await runComparison(branches.plan, means);
    if (study.arms.some(({ trials }) => trials.length > 0)) done.push(branched(branches, study, loss));
  }
  return done;
}

/** What is known of the branches from one checkpoint. */
export function branched({ checkpoint, rule, examples }: BranchPlan, study: RanComparison, startLoss: number) {
  const progress = progressOf(study.arms, startLoss);
  const kept = progress && progressKept(progress);
  const factors = study.arms.map((arm, i) => factorOf(arm, study, kept?.[i] ?? null));
  const of = (overhead: number) => (progress === null ? unknown : criticalBatch(progress, { overhead }));
  const { epoch, step } = checkpoint;
  return {
    ...{ epoch, step, rule, examples, startLoss, factors },
    criticalBatchSize: of(USUAL_OVERHEAD),
    doubled: of(1),
    largestAlike: largestAlike(factors),
    study,
  };
}

const unknown: CriticalBatch = { value: null, lower: null, upper: null, resolved: false };

function factorOf(
  { arm, trials, diverged, finalLoss }: ArmResult,
  { comparisons }: RanComparison,
  kept: Interval | null,
): BranchedFactor {
  return {
    factor: Number(arm.name.slice(1)),
    batchSize: arm.effectiveBatchSize,
    learningRate: trials[0]?.steps[0]?.learningRate ?? Number.NaN,
    seeds: trials.length,
    diverged,
    loss: finalLoss,
    kept,
    compared: comparisons.find((one) => one.arm === arm.name) ?? null,
  };
}

/** How far the loss fell in each branch, of the seeds of which all branches have ended; null of fewer than two. */
function progressOf(arms: readonly ArmResult[], startLoss: number): BranchProgress[] | null {
  const seeds = (arms[0]?.trials ?? [])
    .map(({ seed }) => seed)
    .filter((seed) => arms.every(({ trials }) => trials.some((trial) => trial.seed === seed)));
  if (seeds.length < 2 || arms.length < 2) return null;
  return arms.map(({ arm, trials }) => ({
    batchSize: arm.effectiveBatchSize,
    progress: seeds.map((seed) => {
      const { whole, finalLoss } = trials.find((trial) => trial.seed === seed)!;
      return whole && Number.isFinite(finalLoss) ? startLoss - finalLoss : null;
    }),
  }));
}

function largestAlike(factors: readonly BranchedFactor[]): number | null {
  if (factors.some(({ compared }) => compared?.verdict === "too few seeds")) return null;
  const worse = factors.findIndex(({ compared, diverged }) => compared?.verdict === "worse" || diverged > 0);
  return (worse < 0 ? factors.at(-1)! : factors[Math.max(0, worse - 1)]!).batchSize;
}
