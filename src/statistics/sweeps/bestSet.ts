import { deviationOf, meanOf } from "../comparison/sample.ts";
import { studentTQuantile } from "../studentT.ts";

const LEVEL = 0.05;

/**
 * Which settings cannot be told from the truly best one (multiple comparisons with the best; Hsu 1984, Annals of
 * Statistics 12): a setting is ruled out where another is better by a one-sided paired t-test over the seeds at 5 %
 * divided by the number of the others (Bonferroni in place of Dunnett's constant, as variances need not be equal). The
 * truly best setting is ruled out in at most 5 % of sweeps, whichever setting looks best; that it was picked needs no
 * other correction.
 *
 *   values  [settings][n], n ≥ 2 finite numbers, seeds in the same order
 *
 * Gives true for each setting that may be the best one.
 */
export function bestSet(values: readonly (readonly number[])[], smallerIsBetter = true): boolean[] {
  const seeds = values[0]?.length ?? 0;
  const sign = smallerIsBetter ? 1 : -1;
  const limit = LEVEL / Math.max(1, values.length - 1);
  const critical = studentTQuantile(1 - 2 * limit, seeds - 1);
  // One for all pairs of settings, of which there may be a million.
  const differences = new Float64Array(seeds);
  const isBetter = (row: readonly number[], than: readonly number[]) => {
    for (let seed = 0; seed < seeds; seed++) differences[seed] = sign * (than[seed]! - row[seed]!);
    return meanOf(differences) > (critical * deviationOf(differences)) / Math.sqrt(seeds);
  };
  return values.map((row) => !values.some((other) => isBetter(other, row)));
}
