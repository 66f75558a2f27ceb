import { expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { type Comparison, verdictOf } from "./comparison.ts";
import { familyVerdicts } from "./family.ts";
import { tInterval } from "./meanIntervals.ts";
import { comparePaired } from "./pairedComparison.ts";
import { fewestSeeds } from "./seedsNeeded.ts";
import { signFlipTest } from "./signFlipTest.ts";

const none = (n: number) => Array.from({ length: n }, () => 0);
/** n differences, all below 0 and apart. */
const lower = (n: number) => Array.from({ length: n }, (_, i) => -1 - i / 10);

test.each([
  [1, 6],
  [2, 7],
  [3, 7],
  [4, 8],
  [9, 9],
])("of %d comparisons %d seeds are the fewest whose smallest p Holm's correction lets pass", (comparisons, seeds) => {
  expect(fewestSeeds(comparisons)).toBe(seeds);
  const verdicts = (n: number) =>
    familyVerdicts(Array.from({ length: comparisons }, () => comparePaired(lower(n), none(n))));
  expect(verdicts(seeds).every(({ verdict }) => verdict === "better")).toBe(true);
  const few = verdicts(seeds - 1);
  expect(few.every(({ verdict }) => verdict === "too few seeds")).toBe(true);
  expect(few[0]!.moreSeeds).toBe(1);
});

test("a verdict needs p after the correction", () => {
  // All eight below 0 have p 0.0078; where the smallest is above 0, two more choices of signs are as extreme.
  const [sure, unsure] = [comparePaired(lower(8), none(8)), comparePaired([...lower(7), 0.1], none(8))];
  expect([sure.p, unsure.p]).toEqual([2 / 2 ** 8, 4 / 2 ** 8]);
  expect([sure.verdict, unsure.verdict]).toEqual(["better", "better"]);
  expect(familyVerdicts([sure, unsure])).toEqual([
    { verdict: "better", adjustedP: 4 / 2 ** 8, moreSeeds: null },
    { verdict: "better", adjustedP: 4 / 2 ** 8, moreSeeds: null },
  ]);
  const four = familyVerdicts([sure, unsure, unsure, unsure]);
  expect(four.map(({ adjustedP }) => adjustedP)).toEqual([8 / 2 ** 8, 12 / 2 ** 8, 12 / 2 ** 8, 12 / 2 ** 8]);
  expect(four.map(({ verdict }) => verdict)).toEqual(["better", "better", "better", "better"]);
  const five = familyVerdicts([sure, unsure, unsure, unsure, unsure]);
  expect(five.map(({ verdict }) => verdict)).toEqual(["better", ...Array(4).fill("no difference shown")]);
  expect(five[1]).toMatchObject({ adjustedP: 16 / 2 ** 8, moreSeeds: 1 });
});

test("an interval without 0 whose test disagrees shows nothing", () => {
  const found = comparePaired([-1, -1, -1, -1, -1, 0.1], none(6));
  expect(found.difference.upper).toBeLessThan(0);
  expect(found).toMatchObject({ p: 0.0625, agrees: false, verdict: "no difference shown" });
  expect(familyVerdicts([found])[0]).toMatchObject({ verdict: "no difference shown", moreSeeds: 1 });
});

test("an arm without trials is counted, and not tested", () => {
  const [found, missing] = familyVerdicts([comparePaired(lower(8), none(8)), null]);
  expect(found!.verdict).toBe("better");
  expect(missing).toEqual({ verdict: "too few seeds", adjustedP: null, moreSeeds: null });
});

/** What the verdict of `comparePaired` rests on, without its bootstrap and its seeds needed, which take their time. */
function quick(differences: readonly number[]): Comparison {
  const { p, smallest } = signFlipTest(differences);
  const found = { p, smallestP: smallest, ...verdictOf(tInterval(differences), p), seedsNeeded: null };
  return found as unknown as Comparison;
}

test("where three arms do not differ, at most one study in twenty finds any difference", () => {
  const source = random(5);
  const studies = 2000;
  let [found, alone] = [0, 0];
  for (let i = 0; i < studies; i++) {
    const draw = () => Array.from({ length: 8 }, () => source.normal());
    const baseline = draw();
    const compared = Array.from({ length: 3 }, draw).map((arm) => quick(arm.map((value, k) => value - baseline[k]!)));
    const isShown = (verdict: string) => verdict === "better" || verdict === "worse";
    alone += Number(compared.some(({ verdict }) => isShown(verdict)));
    found += Number(familyVerdicts(compared).some(({ verdict }) => isShown(verdict)));
  }
  // Three standard errors above 5 %; without the correction it would be far above.
  const most = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / studies);
  expect(found / studies).toBeLessThan(most);
  expect(found / studies).toBeGreaterThan(0.01);
  expect(alone / studies).toBeGreaterThan(most);
});
