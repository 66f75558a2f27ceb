import type { PartFinding } from "../../store/analysisFindings.ts";
import { intervalText, percent, significant, whole } from "../format.ts";
import type { Found, Words } from "../words.ts";
import { counted } from "./counted.ts";
import { at } from "./place.ts";

/** What an analysis says of the parts that were asked for, in English. */
export const partsEnglish: Words<PartFinding> = {
  sketch: ({ dimensions, seed, cosineError, level }) =>
    `The rows did not fit into the memory budget, so ${whole(dimensions)} random sums stand for each (seed ${seed}): their ` +
    `lengths are exact, and a cosine of two rows is off by at most ${significant(cosineError)} with ${whole(100 * level)} % ` +
    "probability.",
  fullPass: ({ examples, traceCovariance, squaredGradientNorm, noiseScale, estimate, ...place }) =>
    `Over all ${whole(examples)} examples, at ${at(place)}, S² = ${significant(traceCovariance)} and ` +
    `|G_D|² = ${significant(squaredGradientNorm)}, a noise scale of this data set of ${significant(noiseScale)} examples` +
    (estimate === null
      ? "."
      : `; the ${estimate.rows} batches said ${intervalText(estimate.noiseScale)}, which ` +
        `${estimate.holds ? "holds it" : "misses it, as 1 interval in 20 does"}.`),
  fewLayers: (found) => `${noisiest(found)}; fewer than two layers have a resolved noise scale to compare.`,
  layers: ({ low, high, strength, ...rest }) =>
    `${noisiest(rest)}; the noise scales run from ${intervalText(low.noiseScale)} (${low.name}) to ` +
    `${intervalText(high.noiseScale)} (${high.name}), ` +
    `${strength === "clear" ? "further apart than their intervals" : "whose intervals overlap"}. A layer's noise scale is that ` +
    "of a step on this layer alone.",
  groupCosines: ({ by, rowsPerGroup, batchSize, groups, within, between }) =>
    `By ${by}, ${rowsPerGroup} mini-batches of ${counted(batchSize, "example")} inside each of ${groups} groups: the mean cosine ` +
    `is ${significant(within)} within groups and ${significant(between)} between them.`,
  noConflict: ({ pairs, limit }) =>
    `None of the ${counted(pairs, "pair")} of groups opposes each other beyond chance` +
    `${limit === undefined ? "." : ` by a cosine of ${significant(limit)} or more.`}`,
  conflicts: ({ found, pairs, worst, usual }) =>
    `${found} of ${counted(pairs, "pair")} of groups pull against each other beyond chance: ${worst.map(pairWords).join("; ")}` +
    `${found > worst.length ? `, and ${found - worst.length} more pairs` : ""}. A step that helps one of them ` +
    "costs the other; which of them is right this does not say. Near a minimum the gradients of groups that make up the " +
    `data add up to little, so that ${significant(usual)} between groups is nothing unusual there.`,
  opposedClasses: ({ found, pairs, worst, usual, classes, strength }) =>
    `${found} of ${counted(pairs, "pair")} of classes oppose each other beyond chance: ${worst.map(pairWords).join("; ")}` +
    `${found > worst.length ? `, and ${found - worst.length} more pairs` : ""}. Classes do so by construction: a softmax that ` +
    `has learned nothing gives the gradients of ${classes} classes the cosine ${significant(usual)}, and they add up to little near a ` +
    "minimum too. " +
    (classes === 2
      ? strength === "clear"
        ? "A step that helps one costs the other, most where one is rare: look at the accuracy of each class. Whether a label " +
          "is wrong this does not say."
        : "So this is no conflict in the data."
      : strength === "clear"
        ? "The first pair goes beyond that: a step that helps one costs the other, as between classes that look alike, or " +
          "where one is rare. Whether a label is wrong this does not say."
        : "No pair goes far beyond that, so that this is no conflict in the data."),
  leftOut: ({ found, groups }) =>
    `Left out for want of examples or rows: ${groups.map(({ name, examples }) => `"${name}" (${whole(examples)})`).join(", ")}` +
    `${found > groups.length ? ` and ${found - groups.length} more` : ""}.`,
};

function noisiest({ noisiest, share }: Pick<Found<PartFinding, "layers">, "noisiest" | "share">): string {
  return `The layer ${noisiest} holds ${percent(share)} of the noise`;
}

function pairWords(pair: Found<PartFinding, "conflicts">["worst"][number]): string {
  return (
    `"${pair.first}" and "${pair.second}" (mean cosine ${significant(pair.meanCosine)}, of the means ` +
    `${significant(pair.cosineOfMeans)}, p = ` +
    (pair.opposition === undefined
      ? `${significant(pair.benjaminiHochberg)} after Benjamini and Hochberg, ${significant(pair.holm)} after Holm)`
      : `${significant(pair.opposition)} after Benjamini and Hochberg)`)
  );
}
