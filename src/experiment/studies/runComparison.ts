import { withRoom } from "../../store/studies/lines.ts";
import { isStudyHeld, recordLook, type Study, type StudyFile, takeStudy } from "../../store/studies/study.ts";
import { mendTrials, readTrials } from "../../store/studies/trials.ts";
import { removeLocks } from "../queue/sharedTrial.ts";
import { examplesOf } from "./budget.ts";
import { type ArmResult, type ComparisonResult, compareArms, completeSeeds, readResults } from "./comparison.ts";
import { countedOptions, identityOf } from "./identity.ts";
import { makeTrials, type TrialMeans } from "./makeTrials.ts";
import { type ComparisonPlan, trialsOf } from "./plan.ts";
import { readTarget, type TargetResult } from "./targets.ts";
import { armsWithRates, isTuned, readTuning, type TunedArm, tuningTrials } from "./tuning.ts";

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
export async function runComparison(plan: ComparisonPlan, means: TrialMeans): Promise<RanComparison> {
  const { id, seeds, baseline } = plan;
  const { directory } = means;
  const study = takeStudy(directory, id, { ...plan, identityOf });
  // With what was tried before.
  const { specification } = study.file;
  try {
    mendTrials(study);
    const tuning = tuningTrials(specification);
    if (tuning.length > 0) await makeTrials(study, tuning, { ...means, id });
    const tuned = readTuning(directory, specification, readTrials(study, false));
    const own = armsWithRates(specification, tuned);
    const known = own.filter(({ name }) => isTuned(name, tuned));
    const counted = countedOptions(specification);
    const trials = trialsOf(known, seeds, { stage: "comparison", counted });
    await makeTrials(study, trials, { ...means, id });
    const most = new Map(plan.arms.map((arm) => [arm.name, examplesOf(arm, specification.budget)]));
    const ran = resultsOf(directory, study, { seeds, baseline, most, held: false });
    if (ran.complete) await withRoom(study.path, () => recordLook(study, completeSeeds(ran.arms)));
    if (ran.complete) removeLocks({ directory, id });
    return ran;
  } finally {
    study.lock.release();
  }
}

/**
 * What a comparison has come to, by what is on disk, of all seeds that were asked for so far and against the first arm;
 * trains and writes nothing. Throws `DataError` for a damaged run.
 */
export function readComparison(directory: string, study: Study): RanComparison {
  const { specification, seeds } = study.file;
  return resultsOf(directory, study, {
    ...{ seeds, baseline: specification.arms[0]!.name, most: new Map(), held: isStudyHeld(study) },
  });
}

interface Asked {
  readonly seeds: readonly number[];
  readonly baseline: string;
  /** Examples that each arm could have had. Default: the most that one of its trials had. */
  readonly most: ReadonlyMap<string, number>;
  /** Whether a process works on the study. */
  readonly held: boolean;
}

function resultsOf(directory: string, { path, file }: Study, { seeds, baseline, most, held }: Asked): RanComparison {
  const { specification } = file;
  const places = readTrials({ path }, held);
  const tuned = readTuning(directory, specification, places);
  const own = armsWithRates(specification, tuned);
  const trials = trialsOf(
    own.filter(({ name }) => isTuned(name, tuned)),
    seeds,
    { stage: "comparison", counted: countedOptions(specification) },
  );
  const arms = readResults(directory, own, trials, places).map((arm) => withFailedTuning(arm, tuned));
  const { budget } = specification;
  const target = budget.kind === "target-loss" ? readTarget(arms, baseline, budget.value, withMost(arms, most)) : null;
  const comparisons = target?.seconds ?? compareArms(arms, baseline);
  const complete = arms.every((arm: { readonly trials: readonly unknown[] }) => arm.trials.length === seeds.length);
  return { arms, baseline, comparisons, target, tuned, path, file, complete };
}

function withMost(arms: readonly ArmResult[], most: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const seen = ({ trials }: ArmResult) => Math.max(0, ...trials.map(({ examples }) => examples));
  return new Map(arms.map((arm) => [arm.arm.name, most.get(arm.arm.name) ?? seen(arm)]));
}

/** An arm that could not be tuned is not compared, which is said of it. */
function withFailedTuning(arm: ArmResult, tuned: readonly TunedArm[] | null): ArmResult {
  const tried = tuned?.find(({ name }) => name === arm.arm.name)?.tried ?? [];
  return { ...arm, failed: [...tried.flatMap(({ result }) => result.failed), ...arm.failed] };
}
