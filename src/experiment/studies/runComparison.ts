import { recordLook, type StudyFile, takeStudy } from "../../store/studies/study.ts";
import { appendTrial, mendTrials, readTrials } from "../../store/studies/trials.ts";
import { removeLocks } from "../queue/sharedTrial.ts";
import type { TrialQueue } from "../queue/trialQueue.ts";
import { examplesOf } from "./budget.ts";
import { type ArmResult, type ComparisonResult, compareArms, completeSeeds, readResults } from "./comparison.ts";
import { type ComparisonPlan, trialsOf } from "./plan.ts";
import { runTrials, type StudyEvent, type Trial } from "./schedule.ts";
import { readTarget, type TargetResult } from "./targets.ts";
import { settled } from "./trial.ts";
import { trialStarter } from "./trialStarter.ts";
import { armsWithRates, isTuned, readTuning, type TunedArm, tuningTrials } from "./tuning.ts";

export interface ComparisonMeans {
  /** The store. */
  readonly directory: string;
  readonly jobs: number;
  /** Whose workers train; default: processes of this machine. */
  readonly queue?: TrialQueue | null;
  readonly retries: number;
  readonly signal?: AbortSignal | undefined;
  readonly listen?: ((event: StudyEvent) => void) | undefined;
}

export interface RanComparison extends ComparisonResult {
  readonly path: string;
  readonly file: StudyFile;
  /** Whether every trial has ended. */
  readonly complete: boolean;
  /** With a loss as the budget, of which `comparisons` are then the seconds to it; else null. */
  readonly target: TargetResult | null;
  /** What each arm was given the best of; null where nothing is tuned. */
  readonly tuned: readonly TunedArm[] | null;
}

/**
 * Makes the trials of a comparison that have not been made, and says what all came to. Throws what `takeStudy`,
 * `runTrials` and the readers of runs throw. Where the signal aborts, it gives what there is.
 */
export async function runComparison(plan: ComparisonPlan, means: ComparisonMeans): Promise<RanComparison> {
  const { id, specification, seeds, baseline } = plan;
  const { directory } = means;
  const study = takeStudy(directory, id, { specification, seeds });
  try {
    mendTrials(study);
    const tuning = tuningTrials(specification);
    if (tuning.length > 0) await makeTrials(study, tuning, { ...means, id });
    const tuned = readTuning(directory, specification, readTrials(study, false));
    const own = armsWithRates(specification.arms, tuned);
    const known = own.filter(({ name }) => isTuned(name, tuned));
    const trials = trialsOf(known, seeds, "comparison");
    await makeTrials(study, trials, { ...means, id });
    const places = readTrials(study, false);
    const arms = readResults(directory, own, trials, places).map((arm) => withFailedTuning(arm, tuned));
    const target = targetOf(plan, arms);
    const comparisons = target?.seconds ?? compareArms(arms, baseline);
    const result = { arms, baseline, comparisons, target, tuned };
    const complete = arms.every((arm: { readonly trials: readonly unknown[] }) => arm.trials.length === seeds.length);
    const { looks } = study.file;
    if (complete) recordLook(study, completeSeeds(arms));
    if (complete) removeLocks({ directory, id });
    return { ...result, path: study.path, file: { ...study.file, looks }, complete };
  } finally {
    study.lock.release();
  }
}

function targetOf({ specification, arms, baseline }: ComparisonPlan, results: readonly ArmResult[]) {
  const { budget } = specification;
  if (budget.kind !== "target-loss") return null;
  const most = new Map(arms.map((arm) => [arm.name, examplesOf(arm, budget)]));
  return readTarget(results, baseline, budget.value, most);
}

/** An arm that could not be tuned is not compared, which is said of it. */
function withFailedTuning(arm: ArmResult, tuned: readonly TunedArm[] | null): ArmResult {
  const tried = tuned?.find(({ name }) => name === arm.arm.name)?.tried ?? [];
  return { ...arm, failed: [...tried.flatMap(({ result }) => result.failed), ...arm.failed] };
}

type Folder = { readonly path: string };

async function makeTrials(
  study: Folder,
  trials: readonly Trial[],
  means: ComparisonMeans & { readonly id: string },
): Promise<void> {
  const of = ({ key, arm, seed, stage }: Trial) => ({ trial: key, arm, seed, stage });
  for (const { trial, end, attempt } of settled(means, trials, readTrials(study, false)))
    appendTrial(study, { ...of(trial), ...end, attempt });
  await runTrials(trials, readTrials(study, false), {
    ...means,
    start: trialStarter(means.queue ?? null, means),
    record: (trial, what) => void appendTrial(study, { ...of(trial), ...what }),
  });
}
