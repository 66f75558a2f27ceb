/** The sentences of `analysisReading.ts` in English. Numbers come in as text, already rounded. */
export const partsEnglish = {
  sketch: ({ sums, seed, error }: { sums: string; seed: number; error: string }) =>
    `The rows did not fit into the memory budget, so ${sums} random sums stand for each (seed ${seed}): their lengths are ` +
    `exact, and a cosine of two rows is off by at most ${error} with 95 % probability.`,
  compared: ({ rows, estimate, holds }: { rows: number; estimate: string; holds: boolean }) =>
    `; the ${rows} batches said ${estimate}, which ${holds ? "holds it" : "misses it, as 1 interval in 20 does"}`,
  fullPass: ({ examples, epoch, trace, signal, scale, compared }: FullPassWords) =>
    `Over all ${examples} examples, at epoch ${epoch}, S² = ${trace} and |G_D|² = ${signal}, a noise scale of this data set ` +
    `of ${scale} examples${compared}.`,
  noisiest: (name: string, share: string) => `The layer ${name} holds ${share} of the noise`,
  fewLayers: (noisiest: string) => `${noisiest}; fewer than two layers have a resolved noise scale to compare.`,
  layers: ({ noisiest, low, lowName, high, highName, apart }: LayerWords) =>
    `${noisiest}; the noise scales run from ${low} (${lowName}) to ${high} (${highName}), ` +
    `${apart ? "further apart than their intervals" : "whose intervals overlap"}. A layer's noise scale is that of a step ` +
    "on this layer alone.",
  pair: ({
    first,
    second,
    cosine,
    ofMeans,
    bh,
    holm,
  }: Record<"first" | "second" | "cosine" | "ofMeans" | "bh" | "holm", string>) =>
    `"${first}" and "${second}" (mean cosine ${cosine}, of the means ${ofMeans}, p = ${bh} after Benjamini and Hochberg, ` +
    `${holm} after Holm)`,
  morePairs: (count: number) => `, and ${count} more pairs`,
  setting: ({ by, rows, batchSize, groups, within, between }: SettingWords) =>
    `By ${by}, ${rows} mini-batches of ${batchSize} examples inside each of ${groups} groups: the mean cosine is ${within} ` +
    `within groups and ${between} between them.`,
  noConflict: (pairs: number) => `None of the ${pairs} pairs of groups pulls apart beyond chance.`,
  conflicts: ({ found, pairs, named, usual }: { found: number; pairs: number; named: string; usual: string }) =>
    `${found} of ${pairs} pairs of groups pull against each other beyond chance: ${named}. A step that helps one of them ` +
    "costs the other; which of them is right this does not say. Near a minimum the gradients of groups that make up the " +
    `data add up to little, so that ${usual} between groups is nothing unusual there.`,
  separator: "; ",
  leftOut: (groups: readonly { readonly name: string; readonly examples: string }[], more: number) =>
    `Left out for want of examples or rows: ${groups.map(({ name, examples }) => `"${name}" (${examples})`).join(", ")}` +
    `${more > 0 ? ` and ${more} more` : ""}.`,
};

export type PartsText = typeof partsEnglish;

interface FullPassWords extends Record<"examples" | "trace" | "signal" | "scale" | "compared", string> {
  epoch: number;
}

interface LayerWords extends Record<"noisiest" | "low" | "lowName" | "high" | "highName", string> {
  apart: boolean;
}

interface SettingWords extends Record<"by" | "batchSize" | "within" | "between", string> {
  rows: number;
  groups: number;
}
