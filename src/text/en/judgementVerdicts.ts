import type { JudgeMetric } from "../../store/studies/study.ts";
import type { Verdict } from "../../store/verdicts.ts";
import { whole } from "../format.ts";
import { differenceSize, metricValue, signedDifference } from "../judgeParts.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";
import { metricsEnglish } from "./judge.ts";

type Kinds = "judged" | "judgedAlike" | "judgedOpen" | "judgedItself";

/** By how much, as far as trials do not mostly diverge. */
function byHowMuch(metric: JudgeMetric, difference: Parameters<typeof differenceSize>[1]): string {
  if (difference.value === null) return "trials diverge";
  const sign =
    difference.value < 0 ? (metric === "seconds" ? "shorter" : "lower") : metric === "seconds" ? "longer" : "higher";
  return `its ${metricsEnglish[metric]} is ${sign} by ${differenceSize(metric, difference)}`;
}

/** What a judgement says. */
export const judgementVerdictsEnglish: Words<Extract<Verdict, { readonly kind: Kinds }>> = {
  judged: ({ arm, baseline, metric, isBetter, seeds, ...difference }) =>
    `"${arm}" is ${isBetter ? "better" : "worse"} than "${baseline}": ${byHowMuch(metric, difference)} over ${counted(seeds, "seed")}`,
  judgedAlike: ({ arm, baseline, metric, minimumEffect, seeds, ...difference }) =>
    `no difference larger than ${metricValue(metric, minimumEffect)} between "${arm}" and "${baseline}": ` +
    `${metricsEnglish[metric]} ${signedDifference(metric, difference)} over ${counted(seeds, "seed")}`,
  judgedOpen: ({ arm, baseline, metric, looked, complete, mostSeeds, moreSeeds, ...difference }) => {
    if (looked === 0)
      return `no verdict on "${arm}" against "${baseline}" before ${counted(complete + (moreSeeds ?? 0), "seed")}, of which ${whole(complete)} are complete; the same command goes on`;
    const so = `${metricsEnglish[metric]} ${signedDifference(metric, difference)}`;
    const more = moreSeeds === null ? "nobody can say how many more" : `about ${whole(moreSeeds)} more`;
    return looked < mostSeeds
      ? `no verdict yet on "${arm}" against "${baseline}" after ${counted(looked, "seed")} (${so}): ${more} would likely tell; the same command goes on`
      : `undecided between "${arm}" and "${baseline}" after all ${counted(looked, "seed")} (${so}): ${more} would likely tell; ` +
          "judge a larger effect, or with more seeds under another `--study`";
  },
  judgedItself: ({ arm, metric, said, seeds, ...difference }) =>
    said
      ? `a difference of "${arm}" from itself was said after ${counted(seeds, "seed")} (${metricsEnglish[metric]} ${signedDifference(metric, difference)}), which is false`
      : `no difference of "${arm}" from itself was said over ${counted(seeds, "seed")}, as it should be (${metricsEnglish[metric]} ${signedDifference(metric, difference)})`,
};
