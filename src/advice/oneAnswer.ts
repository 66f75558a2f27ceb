import type { EvaluationFile } from "../store/schema.ts";
import type { StopVerdict } from "../store/verdicts.ts";
import { commonestClass } from "./rareClasses.ts";

/**
 * The last evaluation beside one answer for all examples: the commonest class, or the mean. Null where it is better.
 */
export function oneAnswerVerdict(evaluation: EvaluationFile | null): StopVerdict | null {
  const { classification: scores, regression } = evaluation ?? {};
  const found = {
    kind: "noBetterThanOneAnswer",
    common: null,
    accuracy: null,
    majorityShare: null,
    rSquared: null,
  } as const;
  if (regression && regression.rSquared <= 0) return { ...found, rSquared: regression.rSquared };
  if (!scores || !(scores.accuracy.value <= scores.majorityShare)) return null;
  const { majorityShare, accuracy } = scores;
  return { ...found, common: commonestName(evaluation!), accuracy: accuracy.value, majorityShare };
}

/** Of classes the name of the commonest, as the evaluation has it. */
export function commonestName({ classification, classNames }: EvaluationFile): string {
  const common = commonestClass(classification!);
  return classNames[common] ?? String(common);
}
