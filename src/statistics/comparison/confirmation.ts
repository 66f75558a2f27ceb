import { is, requireArguments } from "../../tensor/arguments.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { DifferenceInterval } from "./comparison.ts";
import { differencesOf, type Judgement, type SeedPair } from "./judge.ts";
import { comparePaired } from "./pairedComparison.ts";
import { signedRanks, upperSignFlip } from "./signFlipTest.ts";

/** With fewer pairs no one-sided p is below 5 %: 1/2⁵ = 0.031. */
export const FEWEST_TO_CONFIRM = 5;

/** Whether a verdict holds on values that no look has used. */
export interface Confirmation {
  readonly seeds: number;
  /** Of arm − baseline, the usual 95 % interval. */
  readonly difference: DifferenceInterval;
  /** One-sided, in the direction of the verdict. */
  readonly p: number;
  readonly confirmed: boolean;
}

/**
 * Tests "better" or "worse" once more, on fresh seeds, in the direction of the verdict alone: the exact sign-flip test
 * at one-sided 5 %. A difference that was picked because it looked large is not large any more where it was chance.
 * Throws `UsageError` for another verdict, a seed of the looks, a seed that occurs twice, or fewer than five pairs.
 */
export function confirmVerdict(judgement: Judgement, fresh: readonly SeedPair[]): Confirmation {
  requireArguments(
    "confirmVerdict",
    { judgement, fresh },
    { judgement: is.objectOf("a judgement", { plan: is.object, pairs: is.list, looks: is.list }), fresh: is.list },
  );
  const { plan, pairs, looks } = judgement;
  const verdict = looks.at(-1)?.verdict;
  const known = new Set(pairs.map(({ seed }) => seed));
  const touched = fresh.find(({ seed }) => known.has(seed));
  const wrong =
    verdict !== "better" && verdict !== "worse"
      ? `a verdict "better" or "worse", got ${verdict ?? "no look"}; there is nothing to confirm`
      : touched
        ? `seeds that no look has seen, got ${touched.seed}; take others`
        : new Set(fresh.map(({ seed }) => seed)).size < fresh.length
          ? "every seed once, got one twice; leave the second out"
          : fresh.length < FEWEST_TO_CONFIRM
            ? `at least ${FEWEST_TO_CONFIRM} pairs, got ${fresh.length}; run more seeds`
            : null;
  if (wrong) throw new UsageError(`confirmVerdict: expected ${wrong}`);
  return confirmPairs({ plan, looks }, fresh);
}

/**
 * Tests a verdict once more, on values that its looks did not use: "better" and "worse" in their direction alone, "no
 * larger difference" by both one-sided tests against ± the minimum effect; the exact sign-flip test at one-sided 5 %.
 * Where these are of the same seeds on other examples, it tells what was chance of the examples, and not of the seeds.
 * Throws `UsageError` for a judgement without a verdict and for no pair.
 */
export function confirmPairs(
  { plan, looks }: Pick<Judgement, "plan" | "looks">,
  pairs: readonly SeedPair[],
): Confirmation {
  const verdict = looks.at(-1)?.verdict;
  if (verdict === undefined || verdict === "more seeds" || verdict === "undecided")
    throw new UsageError(
      `confirmPairs: expected a judgement with a verdict, got ${verdict ?? "no look"}; there is nothing to confirm`,
    );
  const differences = differencesOf(pairs, plan.smallerIsBetter);
  const oneSided = (values: readonly number[]) =>
    upperSignFlip(values.every(Number.isFinite) ? values : signedRanks(values));
  const p =
    verdict === "no larger difference"
      ? Math.max(...[-1, 1].map((side) => oneSided(differences.map((d) => plan.minimumEffect + side * d))))
      : oneSided(differences.map((d) => (verdict === "better" ? -d : d)));
  const compared = comparePaired(
    pairs.map(({ arm }) => arm),
    pairs.map(({ baseline }) => baseline),
    { smallerIsBetter: plan.smallerIsBetter },
  );
  return { seeds: pairs.length, difference: compared.difference, p, confirmed: p <= 0.05 };
}
