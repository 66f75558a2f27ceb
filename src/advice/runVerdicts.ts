import type { RunVerdict } from "../store/verdicts.ts";
import { type BatchFacts, batchVerdict } from "./batchVerdict.ts";
import { classesVerdict, dataVerdict } from "./dataVerdict.ts";
import { oneAnswerVerdict } from "./oneAnswer.ts";
import { stopVerdict, type TrainingFacts, trainingVerdict } from "./trainingVerdict.ts";

export type RunFacts = BatchFacts & TrainingFacts;

/**
 * The answers that come before all else. Only an analysis says something of the data; a run that learns few examples by
 * heart tells neither of them nor of a batch.
 */
export function runVerdicts(facts: RunFacts): RunVerdict[] {
  if (facts.overfitBatches !== null) return [trainingVerdict(facts)];
  const training = trainingVerdict(facts);
  const stopped = stopVerdict(facts);
  const unequal = classesVerdict(facts.evaluation, facts.rareClasses);
  // What says it already, with what to do.
  const isSaid = unequal !== null || training.kind === "noSkill" || training.kind === "diverged";
  const oneAnswer = isSaid ? null : oneAnswerVerdict(facts.evaluation);
  return [
    batchVerdict(facts),
    training,
    ...(oneAnswer ? [oneAnswer] : []),
    ...(stopped ? [stopped] : []),
    dataVerdict(facts.run, facts.checkpoints, facts.analyzable),
    ...(unequal ? [unequal] : []),
  ];
}
