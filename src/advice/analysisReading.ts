import type {
  AnalysisFile,
  CheckpointAnalysis,
  FullPass,
  GroupAnalysis,
  LayerAnalysis,
  Measurement,
} from "../store/schema.ts";
import { intervalText, percent, significant, whole } from "./format.ts";

/** Conflicts that are named; of more the file has all. */
const MOST_NAMED = 5;

/** What is said of the parts of the last checkpoint that were asked for: layers, groups, the whole data set, a sketch. */
export function partsReading({ checkpoints }: AnalysisFile): string[] {
  const last = checkpoints.at(-1);
  if (!last) return [];
  return [
    ...(last.measurement?.sketch ? [sketchReading(last.measurement)] : []),
    ...(last.fullPass ? [fullPassReading(last, last.fullPass)] : []),
    ...(last.layers ? [layersReading(last.layers)] : []),
    ...(last.groups ? groupsReading(last.groups) : []),
  ];
}

function sketchReading({ sketch }: Measurement): string {
  return (
    `The rows did not fit into the memory budget, so ${whole(sketch!.dimensions)} random sums stand for each (seed ${sketch!.seed}): ` +
    `their lengths are exact, and a cosine of two rows is off by at most ${significant(sketch!.cosineError)} with 95 % probability.`
  );
}

function fullPassReading({ epoch, statistics }: CheckpointAnalysis, exact: FullPass): string {
  const estimate = statistics.datasetNoiseScale;
  const compared =
    estimate === null
      ? ""
      : `; the ${statistics.rows} batches said ${intervalText(estimate)}, which ` +
        `${estimate.lower <= exact.noiseScale && exact.noiseScale <= estimate.upper ? "holds it" : "misses it, as 1 interval in 20 does"}`;
  return (
    `Over all ${whole(exact.examples)} examples, at epoch ${epoch}, S² = ${significant(exact.traceCovariance)} and |G_D|² = ` +
    `${significant(exact.squaredGradientNorm)}, a noise scale of this data set of ${significant(exact.noiseScale)} examples${compared}.`
  );
}

function layersReading(layers: readonly LayerAnalysis[]): string {
  const total = layers.reduce((sum, layer) => sum + layer.traceCovariance, 0);
  const noisiest = layers.reduce((most, layer) => (layer.traceCovariance > most.traceCovariance ? layer : most));
  const resolved = layers.filter(({ noiseScale }) => noiseScale.resolved);
  const start = `The layer ${noisiest.name} holds ${percent(noisiest.traceCovariance / total)} of the noise`;
  if (resolved.length < 2) return `${start}; fewer than two layers have a resolved noise scale to compare.`;
  const sorted = resolved.toSorted((a, b) => a.noiseScale.value - b.noiseScale.value);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const apart = low.noiseScale.upper < high.noiseScale.lower;
  return (
    `${start}; the noise scales run from ${intervalText(low.noiseScale)} (${low.name}) to ${intervalText(high.noiseScale)} (${high.name}), ` +
    `${apart ? "further apart than their intervals" : "whose intervals overlap"}. A layer's noise scale is that of a step on this layer alone.`
  );
}

function groupsReading(groups: GroupAnalysis): string[] {
  const { by, names, rowsPerGroup, batchSize, leftOut, conflicts } = groups;
  const found = conflicts.pairs.filter(({ conflict }) => conflict).sort((a, b) => a.stiffness - b.stiffness);
  const name = (group: number) => `"${names[group]}"`;
  const named = found
    .slice(0, MOST_NAMED)
    .map(
      ({ first, second, stiffness, cosineOfMeans, benjaminiHochberg, holm }) =>
        `${name(first)} and ${name(second)} (mean cosine ${significant(stiffness)}, of the means ${significant(cosineOfMeans)}, ` +
        `p = ${significant(benjaminiHochberg)} after Benjamini and Hochberg, ${significant(holm)} after Holm)`,
    );
  const more = found.length > named.length ? `, and ${found.length - named.length} more pairs` : "";
  const setting =
    `By ${by}, ${rowsPerGroup} mini-batches of ${whole(batchSize)} examples inside each of ${names.length} groups: the mean cosine is ` +
    `${significant(conflicts.within)} within groups and ${significant(conflicts.between)} between them.`;
  const verdict =
    found.length === 0
      ? `None of the ${conflicts.pairs.length} pairs of groups pulls apart beyond chance.`
      : `${found.length} of ${conflicts.pairs.length} pairs of groups pull against each other beyond chance: ${named.join("; ")}${more}. ` +
        "A step that helps one of them costs the other; which of them is right this does not say. Near a minimum the gradients of groups " +
        `that make up the data add up to little, so that ${significant(-1 / (names.length - 1))} between groups is nothing unusual there.`;
  const without =
    leftOut.length === 0
      ? []
      : [
          `Left out for want of examples or rows: ${leftOut
            .slice(0, MOST_NAMED)
            .map(({ name: group, examples }) => `"${group}" (${whole(examples)})`)
            .join(", ")}${leftOut.length > MOST_NAMED ? ` and ${leftOut.length - MOST_NAMED} more` : ""}.`,
        ];
  return [setting, verdict, ...without];
}
