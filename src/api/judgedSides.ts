import type { JudgeVerdict, SeedPair } from "../statistics/comparison/judge.ts";
import type { JudgeFinding } from "../store/studies/judgeFindings.ts";
import type { JudgeMetric } from "../store/studies/study.ts";
import type { TrialState } from "../store/studies/trials.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/**
 * What a judgement came to, as `judge --json` prints it. Differences are arm − baseline in the unit of the metric:
 * losses in that of the loss, accuracy as a share from 0 to 1, times in seconds.
 */
export interface JudgedSides {
  /** The verdict in one statement. */
  readonly answer: readonly StudyVerdict[];
  /** The judgement's name. */
  readonly study: string;
  /** Its folder. */
  readonly path: string;
  /** Of Batchscope, which began it. */
  readonly version: string;
  /** Files that the command wrote; of the command alone. */
  readonly files?: readonly string[];
  /** What the command took its two words for; of the command alone. */
  readonly sides?: readonly { readonly name: string; readonly kind: string }[];
  /** Of the arm; "more seeds" while there is none. */
  readonly verdict: JudgeVerdict;
  readonly metric: JudgeMetric;
  /** At the last look; null before the first. `lower` and `upper`: of an interval that covers at all looks together. */
  readonly difference: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** The smallest difference that matters. */
  readonly minimumEffect: number;
  /** Of all looks together; null before the first. */
  readonly p: number | null;
  /** The error that all looks together may make: 0.05. */
  readonly alpha: number;
  readonly paired: boolean;
  /** Why a seed does not pair the sides; "seed" in a check of the judge. */
  readonly unpairedBy: "model" | "data" | "seed" | null;
  readonly againstItself: boolean;
  /** Seen by the last look. */
  readonly seeds: number;
  /** Seeds that both sides have trained. */
  readonly complete: number;
  readonly mostSeeds: number;
  /** How many more are likely to decide; 0 once decided, null where nobody can tell. */
  readonly moreSeeds: number | null;
  /** Every look, in its order. */
  readonly looks: readonly JudgedLook[];
  /** The values of both sides, seed by seed; null of one that diverged. */
  readonly pairs: readonly SeedPair[];
  /** Validation examples that no look sees. */
  readonly setAside: number;
  /** The difference on these, measured once after the verdict; null before it, and where none were set aside. */
  readonly confirmation: JudgedConfirmation | null;
  readonly arms: readonly JudgedArm[];
  /** How many trials are in each state. */
  readonly trials: Readonly<Partial<Record<TrialState, number>>>;
  /** What the verdict rests on, as data. */
  readonly findings: readonly JudgeFinding[];
}

/** One look. */
export interface JudgedLook {
  /** When, as ISO 8601. */
  readonly at: string;
  readonly seeds: number;
  readonly difference: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** What the interval covers at this look alone. */
  readonly level: number;
  /** Whether the exact test rejects that the sides are alike. */
  readonly rejects: boolean;
  readonly verdict: JudgeVerdict;
  readonly moreSeeds: number | null;
}

/** The verdict on examples that no look has seen. */
export interface JudgedConfirmation {
  readonly examples: number;
  readonly seeds: number;
  readonly difference: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** One-sided, in the direction of the verdict. */
  readonly p: number;
  readonly confirmed: boolean;
}

/** A side over its trials. */
export interface JudgedArm {
  readonly name: string;
  /** Examples of an update. */
  readonly effectiveBatchSize: number;
  /** That have ended, diverged ones among them. */
  readonly trials: number;
  readonly diverged: number;
  /** That could not be made. */
  readonly failed: number;
  /** Median seen by a trial. */
  readonly examples: number;
  /** Median of training, evaluations left out. */
  readonly seconds: number;
  /** The ids of their runs, in the order of seeds. */
  readonly runs: readonly string[];
}
