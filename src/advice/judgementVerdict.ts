import type { Judgement } from "../statistics/comparison/judge.ts";
import { FEWEST_SEEDS } from "../statistics/comparison/seedsNeeded.ts";
import type { JudgeFinding } from "../store/studies/judgeFindings.ts";
import type { ConfirmationRecord } from "../store/studies/looks.ts";
import type { StudyJudging } from "../store/studies/study.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** What became of one side. */
export interface JudgedSide {
  readonly name: string;
  readonly trials: number;
  readonly diverged: number;
  readonly failed: readonly { readonly seed: number; readonly reason: string }[];
  /** The median over trials; NaN without any. */
  readonly examples: number;
  readonly disturbed: number;
}

/** What a judgement came to. */
export interface JudgedSides {
  readonly sides: readonly [arm: JudgedSide, baseline: JudgedSide];
  readonly judging: StudyJudging;
  readonly judgement: Judgement;
  readonly confirmation: ConfirmationRecord | null;
  readonly unpairedBy: "model" | "data" | "seed" | null;
  /** Seeds of which both trials have ended. */
  readonly complete: number;
}

/** What is said of the arm. */
export function judgementVerdict({ sides, judging, judgement, complete }: JudgedSides): StudyVerdict {
  const [{ name: arm }, { name: baseline }] = sides;
  const { metric, minimumEffect, mostSeeds } = judging;
  const look = judgement.looks.at(-1);
  const difference = look?.difference ?? { value: null, lower: null, upper: null };
  const said = look?.verdict;
  const isOver = said !== undefined && said !== "more seeds";
  if (judging.againstItself && isOver)
    return {
      ...{ kind: "judgedItself", arm, metric, ...difference, seeds: look!.seeds },
      said: said === "better" || said === "worse",
    };
  if (said === "better" || said === "worse")
    return { kind: "judged", arm, baseline, metric, ...difference, isBetter: said === "better", seeds: look!.seeds };
  if (said === "no larger difference")
    return { kind: "judgedAlike", arm, baseline, metric, ...difference, minimumEffect, seeds: look!.seeds };
  return {
    ...{ kind: "judgedOpen", arm, baseline, metric, ...difference, complete, mostSeeds },
    ...{ looked: look?.seeds ?? 0, moreSeeds: look === undefined ? FEWEST_SEEDS - complete : look.moreSeeds },
  };
}

/** From which share of its time on an arm counts as disturbed. */
const DISTURBED = 0.2;

/** What a reader must know to trust it, what matters most first. */
export function judgementFindings(judged: JudgedSides): JudgeFinding[] {
  const { sides, judging, judgement, unpairedBy } = judged;
  const [one, other] = sides;
  const { looks } = judgement;
  const isApart = one.examples !== other.examples && Number.isFinite(one.examples) && Number.isFinite(other.examples);
  const disturbed = Math.max(one.disturbed, other.disturbed);
  return [
    ...confirmationFindings(judged),
    ...(judging.againstItself ? [{ kind: "againstItself", alpha: judging.alpha } as const] : []),
    ...sides.flatMap(ofSide),
    ...(unpairedBy === "model" || unpairedBy === "data" ? [{ kind: "sidesUnpaired", by: unpairedBy } as const] : []),
    ...(isApart ? [{ kind: "unequalLengths", arm: one.examples, baseline: other.examples } as const] : []),
    ...(judging.metric === "seconds" && disturbed > DISTURBED ? [{ kind: "timesOfMachine", disturbed } as const] : []),
    ...(looks.length > 0 ? [{ kind: "looksTaken", looks: looks.length, alpha: judging.alpha } as const] : []),
  ];
}

function confirmationFindings({ judging, confirmation }: JudgedSides): JudgeFinding[] {
  const { metric, setAside: examples } = judging;
  if (examples === 0) {
    const isOfData = metric === "validation-loss" || metric === "validation-accuracy";
    return [{ kind: "noConfirmation", by: isOfData ? "asked" : "metric" }];
  }
  if (confirmation === null) return [{ kind: "setAside", examples }];
  const { difference, p, confirmed } = confirmation;
  return [{ kind: "confirmed", metric, examples: confirmation.examples, difference, p, confirmed }];
}

function ofSide({ name: arm, trials, diverged, failed }: JudgedSide): JudgeFinding[] {
  return [
    ...(diverged > 0 ? [{ kind: "sideDiverged", arm, diverged, trials } as const] : []),
    ...failed.slice(0, 1).map(({ seed, reason }) => ({ kind: "sideFailed", arm, seed, reason }) as const),
  ];
}
