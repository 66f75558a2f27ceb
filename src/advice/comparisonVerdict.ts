import type { Comparison } from "../statistics/comparison/comparison.ts";
import type { FamilyVerdict } from "../statistics/comparison/family.ts";
import { fewestSeeds } from "../statistics/comparison/seedsNeeded.ts";
import { wilsonInterval } from "../statistics/wilsonInterval.ts";
import type { ComparisonFinding } from "../store/studies/findings.ts";
import type { StudyFile } from "../store/studies/study.ts";
import type { StudyVerdict } from "../store/verdicts.ts";
import { kebab } from "../tensor/kebab.ts";

/** What is judged of an arm. */
export interface JudgedArm {
  readonly name: string;
  readonly finalLoss: number;
  /** That have ended, whole or diverged. */
  readonly trials: number;
  readonly diverged: number;
  readonly failed: readonly { readonly reason: string }[];
  /** Whole ones that did not reach the loss that was asked for. */
  readonly missed: number;
  /** The median over trials; null without such a loss, and where half of them do not reach it. */
  readonly secondsToTarget: number | null;
  readonly examples: number;
  /** Of the data. */
  readonly epochs: number;
  readonly disturbed: number;
  /** Where all of two seeds or more have the same accuracy: that, and of how many validation examples it is. */
  readonly accuracyAlike: { readonly accuracy: number; readonly examples: number } | null;
}

export interface JudgedComparison extends FamilyVerdict {
  readonly arm: string;
  readonly baseline: string;
  readonly unpairedBy: "model" | "data" | null;
  readonly result: Comparison | null;
}

/** What a comparison came to. */
export interface JudgedStudy {
  readonly file: StudyFile;
  /** Of which every arm has ended. */
  readonly seeds: number;
  /** That were asked for. */
  readonly wanted: number;
  readonly baseline: string;
  readonly arms: readonly JudgedArm[];
  readonly comparisons: readonly JudgedComparison[];
  /** The validation loss that ends a training, and the time to which is compared. */
  readonly target: number | null;
  /** Whether one learning rate is for several batches. */
  readonly oneRate: number | null;
  /** The rate that each arm was given, and whether it is the first or last of those tried. Null if none was tuned. */
  readonly tuned:
    | readonly {
        readonly name: string;
        readonly chosen: number | null;
        readonly edge: "smallest" | "largest" | null;
      }[]
    | null;
  /** That the gradient norms of arms of different batches give. */
  readonly noiseScale: { readonly value: number | null; readonly lower: number; readonly upper: number | null } | null;
}

/** Which arms are shown to be better than the baseline, and which worse. */
export function comparisonVerdict(study: JudgedStudy): StudyVerdict {
  const { arms, baseline, comparisons, seeds, wanted, target } = study;
  const ended = arms.reduce((sum, { trials }) => sum + trials, 0);
  const trials = wanted * arms.length;
  const failed = arms.reduce((sum, one) => sum + one.failed.length, 0);
  if (ended < trials && seeds < 2) return { kind: "armsUnfinished", ended, trials, failed };
  const of = (verdict: Comparison["verdict"]) =>
    comparisons.flatMap(({ arm, verdict: own, moreSeeds, result }) => {
      if (own !== verdict || result === null) return [];
      const { value, lower, upper } = result.difference;
      return [{ arm, value, lower, upper, moreSeeds }];
    });
  const [better, worse, open] = [of("better"), of("worse"), of("no difference shown")];
  const shown = { baseline, seeds, better, worse, open };
  const isTested = better.length + worse.length + open.length > 0;
  const enough = fewestSeeds(comparisons.length);
  const untested = { seeds, comparisons: comparisons.length, enough };
  if (target !== null)
    return isTested
      ? { kind: "targetCompared", target, ...shown }
      : { kind: "targetUntested", target, fastest: fastestOf(arms), ...untested };
  if (isTested) return { kind: "armsCompared", ...shown };
  const lowest = arms.reduce((a, b) => (b.finalLoss < a.finalLoss || Number.isNaN(a.finalLoss) ? b : a)).name;
  return { kind: "armsUntested", lowest, ...untested };
}

/** The arm that reached the target most often, and of those in least time; null where none mostly did. */
function fastestOf(arms: readonly JudgedArm[]): string | null {
  const sorted = arms
    .filter(({ secondsToTarget }) => secondsToTarget !== null)
    .toSorted((a, b) => a.missed / a.trials - b.missed / b.trials || a.secondsToTarget! - b.secondsToTarget!);
  return sorted[0]?.name ?? null;
}

/** From which share of its time on an arm counts as disturbed. */
const DISTURBED = 0.2;

/** What follows, and what a reader must know to judge it. */
export function comparisonFindings(study: JudgedStudy): ComparisonFinding[] {
  const { file, arms, seeds, oneRate } = study;
  const { budget, evaluateExamples } = file.specification;
  const examples = arms.map((arm) => arm.examples).filter(Number.isFinite);
  const [least, most] = [Math.min(...examples), Math.max(...examples)];
  const epochs = Math.max(...arms.map((arm) => arm.epochs).filter(Number.isFinite));
  const looks = file.looks.filter((look) => look < seeds);
  return [
    { kind: "budget", budget, evaluateExamples },
    ...(file.specification.kind === "source-003"
      ? [{ kind: "sourceProtocol", updates: budget.value, seeds } as const]
      : []),
    ...(budget.kind === "updates" && most > least ? [{ kind: "unequalExamples", least, most } as const] : []),
    ...(oneRate === null ? [] : [{ kind: "oneRate", learningRate: oneRate } as const]),
    ...ofTuning(study),
    ...(epochs > 1 ? [{ kind: "dataRepeat", epochs } as const] : []),
    ...fewSeeds(study),
    ...(looks.length > 0 ? [{ kind: "lookedBefore", looks, seeds } as const] : []),
    ...arms.flatMap(ofArm),
    ...withoutSpread(arms),
    ...disturbances(arms),
    ...ofComparisons(study),
    ...(study.noiseScale ? [{ kind: "noiseScaleFitted", ...study.noiseScale } as const] : []),
  ];
}

/** Where not even the smallest p is one that Holm's correction lets pass. */
function fewSeeds({ seeds, comparisons }: JudgedStudy): ComparisonFinding[] {
  const { length } = comparisons;
  if (seeds === 0 || comparisons.some(({ verdict }) => verdict !== "too few seeds")) return [];
  return [{ kind: "fewSeeds", seeds, smallestP: 2 / 2 ** seeds, comparisons: length, enough: fewestSeeds(length) }];
}

function ofTuning({ file, tuned }: JudgedStudy): ComparisonFinding[] {
  const { tuning } = file.specification;
  if (tuning === null || tuned === null) return [];
  const { values, seeds } = tuning;
  const option = kebab(tuning.option);
  const edges = tuned.flatMap(({ name: arm, chosen, edge }) =>
    chosen === null || edge === null ? [] : [{ kind: "rateAtEdge", arm, option, value: chosen, edge } as const],
  );
  return [{ kind: "rateTuned", option, values, seeds }, ...edges];
}

function ofArm({ name: arm, trials, diverged, failed, missed }: JudgedArm): ComparisonFinding[] {
  return [
    ...(diverged > 0 ? [{ kind: "trialsDiverged", arm, diverged, trials } as const] : []),
    ...(failed.length > 0
      ? [{ kind: "trialsFailed", arm, failed: failed.length, reason: failed[0]!.reason } as const]
      : []),
    ...(missed > 0 ? [{ kind: "targetMissed", arm, missed, trials } as const] : []),
  ];
}

/** Equal accuracies over seeds are no certainty: so few validation examples could not tell. */
function withoutSpread(arms: readonly JudgedArm[]): ComparisonFinding[] {
  return arms.flatMap(({ name: arm, accuracyAlike }) => {
    if (accuracyAlike === null) return [];
    const { accuracy, examples } = accuracyAlike;
    const { lower, upper } = wilsonInterval(Math.round(accuracy * examples), examples);
    return [{ kind: "accuracyAlike", arm, accuracy, examples, lower, upper } as const];
  });
}

function disturbances(arms: readonly JudgedArm[]): ComparisonFinding[] {
  const some = arms.filter(({ disturbed }) => disturbed > DISTURBED);
  if (some.length === 0) return [];
  const shares = some.map(({ disturbed }) => disturbed);
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  return [{ kind: "disturbed", arms: some.map(({ name }) => name), least, most }];
}

function ofComparisons({ comparisons }: JudgedStudy): ComparisonFinding[] {
  const alone = comparisons.filter(({ result }) => result && ["better", "worse"].includes(result.verdict));
  const left = alone.filter(({ verdict }) => verdict === "better" || verdict === "worse").length;
  return [
    ...comparisons.flatMap(({ arm, baseline, unpairedBy: by }) =>
      by === null ? [] : [{ kind: "unpaired", arm, baseline, by } as const],
    ),
    ...(comparisons.length > 1 && alone.length > 0 && comparisons.some(({ verdict }) => verdict !== "too few seeds")
      ? [{ kind: "severalArms", comparisons: comparisons.length, shown: alone.length, left } as const]
      : []),
    ...comparisons.flatMap(({ arm, result }) =>
      result?.agrees === false
        ? [{ kind: "testDisagrees", arm, p: result.p!, interval: result.p! > 0.05 } as const]
        : [],
    ),
    ...comparisons
      .flatMap(({ arm, verdict, moreSeeds, result }) => {
        if (verdict !== "no difference shown" || moreSeeds === null || result === null) return [];
        return [{ kind: "seedsNeeded", arm, seeds: result.seeds + moreSeeds, have: result.seeds } as const];
      })
      .toSorted((a, b) => a.seeds - b.seeds)
      .slice(0, 1),
  ];
}
