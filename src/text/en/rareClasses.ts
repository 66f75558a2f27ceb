import type { RareClassesTried } from "../../store/verdicts.ts";

/** What to try where a rare class is missed, by what was tried already. */
export const rareRemedies: Readonly<Record<RareClassesTried, string>> = {
  limited: "train on more data first (without `--limit-examples`), as this part may hold too few of it",
  nothing: "try `--class-weights balanced` or `--loss-preset focal_imbalanced`",
  weights: "weights are balanced already; try `--loss-preset focal_imbalanced`, or more examples of it",
  focal: "the focal loss did not help; look for more examples of it, or train longer",
};
