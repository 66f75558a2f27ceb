import { is, requireArguments } from "../../tensor/arguments.ts";
import { holm } from "../pValues.ts";
import type { Comparison, ComparisonVerdict } from "./comparison.ts";
import { fewestSeeds, seedsNeeded } from "./seedsNeeded.ts";

/** What a comparison says as one of several with the same baseline. */
export interface FamilyVerdict {
  readonly verdict: ComparisonVerdict;
  /** p after Holm's correction for all that have one; null without p. */
  readonly adjustedP: number | null;
  /**
   * Pairs still to be made until a difference of the size seen is shown in four of five studies; null where one is
   * shown, where more than a million are needed, and where nothing is known of its spread.
   */
  readonly moreSeeds: number | null;
}

const LEVEL = 0.05;

/**
 * The verdicts of comparisons with one baseline, null of those that could not be made. "better" and "worse" need both:
 * the interval leaves 0 out, and p after Holm's correction is at most 0.05. So the chance of even one false finding is
 * at most 5 %. "too few seeds" where not even the smallest p of so many seeds would survive the correction.
 */
export function familyVerdicts(comparisons: readonly (Comparison | null)[]): FamilyVerdict[] {
  requireArguments("familyVerdicts", { comparisons }, { comparisons: is.list });
  const tested = comparisons.filter((one) => one !== null && one.p !== null) as Comparison[];
  const adjusted = new Map(holm(tested.map(({ p }) => p!)).map((p, i) => [tested[i]!, p]));
  const isPossible = tested.some(({ smallestP }) => smallestP * tested.length <= LEVEL);
  return comparisons.map((one): FamilyVerdict => {
    const adjustedP = (one && adjusted.get(one)) ?? null;
    if (one === null || adjustedP === null || !isPossible)
      return { verdict: "too few seeds", adjustedP, moreSeeds: more(one, comparisons.length) };
    if (adjustedP <= LEVEL && one.verdict !== "no difference shown")
      return { verdict: one.verdict, adjustedP, moreSeeds: null };
    return { verdict: "no difference shown", adjustedP, moreSeeds: more(one, comparisons.length) };
  });
}

function more(one: Comparison | null, comparisons: number): number | null {
  if (!one?.seedsNeeded || one.standardDeviation === null) return null;
  const { seeds } = seedsNeeded(one.seedsNeeded.effect, one.standardDeviation, one.seeds, comparisons);
  return seeds === null ? null : Math.max(seeds - one.seeds, fewestSeeds(comparisons) - one.seeds, 1);
}
