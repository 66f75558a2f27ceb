import type { GroupPair } from "../statistics/groups.ts";
import type { GroupAnalysis } from "../store/schema.ts";

/**
 * A cosine nearer to zero is no conflict, however sure its sign: a step along one gradient undoes less than a tenth of
 * what it does for the other.
 */
export const MATERIAL_COSINE = -0.1;

/** Classes that oppose each other so much are told apart by the same features. */
const STRONG_COSINE = -0.5;

/** Pairs of groups whose mean gradients oppose each other beyond chance and by a material cosine, the worst first. */
export function opposedPairsOf({ conflicts }: Pick<GroupAnalysis, "conflicts">): GroupPair[] {
  return conflicts.pairs
    .filter(({ conflict, cosineOfMeans }) => conflict && cosineOfMeans <= MATERIAL_COSINE)
    .sort((a, b) => a.cosineOfMeans - b.cosineOfMeans);
}

/**
 * The mean cosine between gradients that add up to nothing. Those of classes do so from the first step on, as a softmax
 * that gives each of G classes 1/G has gradients p − e_c with the cosines −1/(G − 1); others near a minimum only.
 */
export function usualCosine({ names }: Pick<GroupAnalysis, "names">): number {
  return -1 / (names.length - 1);
}

/** Beyond what every softmax does; of two classes, which have no other cosine than −1 then, whatever is strong. */
export function isStrong(cosine: number, groups: Pick<GroupAnalysis, "names">): boolean {
  const usual = usualCosine(groups);
  return cosine <= STRONG_COSINE && (groups.names.length === 2 || cosine <= usual - 0.2);
}
