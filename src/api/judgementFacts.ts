import { type JudgedSide, judgementFindings, judgementVerdict } from "../advice/judgementVerdict.ts";
import { smallerIsBetter } from "../experiment/judgements/metric.ts";
import { judgementTrials } from "../experiment/judgements/plan.ts";
import type { JudgementState } from "../experiment/judgements/run.ts";
import { type ArmResult, readResults } from "../experiment/studies/comparison.ts";
import { unpairedBy } from "../experiment/studies/plan.ts";
import { sequentialP } from "../statistics/comparison/judge.ts";
import type { JudgeFinding } from "../store/studies/judgeFindings.ts";
import { readTrials } from "../store/studies/trials.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** What a judgement says, as data. */
export interface JudgementFacts {
  readonly answer: readonly StudyVerdict[];
  readonly findings: readonly JudgeFinding[];
  readonly arms: readonly [arm: ArmResult, baseline: ArmResult];
  readonly smallerIsBetter: boolean;
  /** Of all looks together; null before the first. */
  readonly p: number | null;
  readonly unpairedBy: "model" | "data" | "seed" | null;
}

/** Reads the trials that have ended for what the looks do not say. Throws `DataError` for a damaged run. */
export function judgementFacts(directory: string, state: JudgementState): JudgementFacts {
  const { specification, seeds } = state.file;
  const judging = specification.judging!;
  const trials = judgementTrials(specification, seeds);
  const arms = readResults(directory, specification.arms, trials, readTrials(state, true));
  const [one, other] = specification.arms;
  const by: JudgementFacts["unpairedBy"] = judging.againstItself ? "seed" : unpairedBy(one!, other!);
  const sides = arms.map(
    ({ arm, trials: made, diverged, failed, examples, disturbed }): JudgedSide => ({
      ...{ name: arm.name, trials: made.length, diverged, failed, examples, disturbed },
    }),
  ) as [JudgedSide, JudgedSide];
  const { judgement, confirmation, pairs: complete } = state;
  const judged = { sides, judging, judgement, confirmation, unpairedBy: by, complete };
  return {
    answer: [judgementVerdict(judged)],
    findings: judgementFindings(judged),
    arms: arms as [ArmResult, ArmResult],
    smallerIsBetter: smallerIsBetter(judging.metric),
    p: sequentialP(judgement),
    unpairedBy: by,
  };
}
