import type { Comparison } from "../statistics/comparison/comparison.ts";
import { FEWEST_SEEDS } from "../statistics/comparison/seedsNeeded.ts";
import { holm } from "../statistics/pValues.ts";
import type { ComparisonFinding } from "../store/studies/findings.ts";
import type { StudyFile } from "../store/studies/study.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

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
}

export interface JudgedComparison {
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
  const { arms, baseline, comparisons, seeds, wanted } = study;
  const ended = arms.reduce((sum, { trials }) => sum + trials, 0);
  const trials = wanted * arms.length;
  const failed = arms.reduce((sum, one) => sum + one.failed.length, 0);
  if (ended < trials && seeds < 2) return { kind: "armsUnfinished", ended, trials, failed };
  if (study.target !== null) return targetVerdict(study, study.target);
  const of = (verdict: Comparison["verdict"]) =>
    comparisons.flatMap(({ arm, result }) => {
      if (result?.verdict !== verdict || (result.difference.value === null && result.p === null)) return [];
      const { value, lower, upper } = result.difference;
      return [{ arm, value, lower, upper }];
    });
  const [better, worse, open] = [of("better"), of("worse"), of("no difference shown")];
  if (better.length + worse.length + open.length > 0)
    return { kind: "armsCompared", baseline, seeds, better, worse, open };
  const lowest = arms.reduce((a, b) => (b.finalLoss < a.finalLoss || Number.isNaN(a.finalLoss) ? b : a)).name;
  return { kind: "armsUntested", lowest, seeds, enough: FEWEST_SEEDS };
}

function targetVerdict({ comparisons, baseline, seeds, arms }: JudgedStudy, target: number): StudyVerdict {
  const of = (verdict: Comparison["verdict"]) =>
    comparisons.flatMap(({ arm, result }) => (result?.verdict === verdict ? [{ arm, ...result.difference }] : []));
  const [better, worse, open] = [of("better"), of("worse"), of("no difference shown")];
  if (better.length + worse.length + open.length > 0)
    return { kind: "targetCompared", target, baseline, seeds, better, worse, open };
  const sorted = arms
    .filter(({ secondsToTarget }) => secondsToTarget !== null)
    .toSorted((a, b) => a.missed / a.trials - b.missed / b.trials || a.secondsToTarget! - b.secondsToTarget!);
  return { kind: "targetUntested", target, fastest: sorted[0]?.name ?? null, seeds, enough: FEWEST_SEEDS };
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
    ...(seeds < FEWEST_SEEDS
      ? [{ kind: "fewSeeds", seeds, smallestP: 2 / 2 ** seeds, enough: FEWEST_SEEDS } as const]
      : []),
    ...(looks.length > 0 ? [{ kind: "lookedBefore", looks, seeds } as const] : []),
    ...arms.flatMap(ofArm),
    ...ofComparisons(study),
    ...(study.noiseScale ? [{ kind: "noiseScaleFitted", ...study.noiseScale } as const] : []),
  ];
}

function ofTuning({ file, tuned }: JudgedStudy): ComparisonFinding[] {
  const { tuning } = file.specification;
  if (tuning === null || tuned === null) return [];
  const { values, seeds } = tuning;
  const edges = tuned.flatMap(({ name: arm, chosen, edge }) =>
    chosen === null || edge === null ? [] : [{ kind: "rateAtEdge", arm, learningRate: chosen, edge } as const],
  );
  return [{ kind: "rateTuned", values, seeds }, ...edges];
}

function ofArm({ name: arm, trials, diverged, failed, missed, disturbed }: JudgedArm): ComparisonFinding[] {
  return [
    ...(diverged > 0 ? [{ kind: "trialsDiverged", arm, diverged, trials } as const] : []),
    ...(failed.length > 0
      ? [{ kind: "trialsFailed", arm, failed: failed.length, reason: failed[0]!.reason } as const]
      : []),
    ...(missed > 0 ? [{ kind: "targetMissed", arm, missed, trials } as const] : []),
    ...(disturbed > DISTURBED ? [{ kind: "disturbed", arm, share: disturbed } as const] : []),
  ];
}

function ofComparisons({ comparisons }: JudgedStudy): ComparisonFinding[] {
  const tested = comparisons.filter(({ result }) => result?.p != null);
  const adjusted = adjustedP(comparisons);
  const shown = tested.filter(({ result }) => ["better", "worse"].includes(result!.verdict));
  const left = shown.filter(({ arm }) => adjusted.get(arm)! <= 0.05).length;
  return [
    ...comparisons.flatMap(({ arm, baseline, unpairedBy: by }) =>
      by === null ? [] : [{ kind: "unpaired", arm, baseline, by } as const],
    ),
    ...(comparisons.length > 1 && shown.length > 0
      ? [{ kind: "severalArms", comparisons: comparisons.length, shown: shown.length, left } as const]
      : []),
    ...tested.flatMap(({ arm, result }) =>
      result!.agrees === false && result!.verdict !== "no difference shown"
        ? [{ kind: "testDisagrees", arm, p: result!.p! } as const]
        : [],
    ),
    ...comparisons.flatMap(({ arm, result }) => {
      const seeds = result?.seedsNeeded?.seeds;
      if (result?.verdict !== "no difference shown" || seeds == null || seeds <= result.seeds) return [];
      return [{ kind: "seedsNeeded", arm, seeds, have: result.seeds } as const];
    }),
  ];
}

/** The p of each arm after Holm's correction for the comparisons that have one. */
export function adjustedP(comparisons: readonly JudgedComparison[]): Map<string, number> {
  const tested = comparisons.filter(({ result }) => result?.p != null);
  const adjusted = holm(tested.map(({ result }) => result!.p!));
  return new Map(tested.map(({ arm }, i) => [arm, adjusted[i]!]));
}
