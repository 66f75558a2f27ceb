import { expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { confirmVerdict } from "./confirmation.ts";
import { differencesOf, type Judgement, newJudgement, type SeedPair, sequentialP, takeLook } from "./judge.ts";
import { deviationOf } from "./sample.ts";
import { seedsNeeded } from "./seedsNeeded.ts";

const { normal } = random(21);
const noise = Array.from({ length: 60 }, () => ({ baseline: 1 + 0.1 * normal(), own: 0.02 * normal() }));

/** Pairs of seeds from `from` on, the arm off by `effect`. */
const pairsOf = (effect: number, count: number, from = 0): SeedPair[] =>
  noise.slice(from, from + count).map(({ baseline, own }, i) => ({
    seed: from + i,
    arm: baseline + own + effect,
    baseline,
  }));

function judge(pairs: readonly SeedPair[], plan: Parameters<typeof newJudgement>[0], step = 2): Judgement {
  let judgement = newJudgement(plan);
  for (let n = 6; n <= pairs.length && (judgement.looks.at(-1)?.verdict ?? "more seeds") === "more seeds"; n += step)
    // Through JSON, as it is kept between two calls.
    judgement = takeLook(JSON.parse(JSON.stringify(judgement)), pairs.slice(0, n));
  return judgement;
}

test.each([
  ["a lower loss", -0.1, true, "better"],
  ["a higher loss", 0.1, true, "worse"],
  ["a higher accuracy", 0.1, false, "better"],
  ["no difference", 0, true, "no larger difference"],
  ["a difference that does not matter", 0.004, true, "no larger difference"],
] as const)("%s: %d", (_, effect, smallerIsBetter, verdict) => {
  const { looks } = judge(pairsOf(effect, 30), { minimumEffect: 0.03, smallerIsBetter });
  const last = looks.at(-1)!;
  expect(last.verdict).toBe(verdict);
  expect(last.moreSeeds).toBe(0);
  expect(looks.slice(0, -1).every((look) => look.verdict === "more seeds" && look.moreSeeds! > 0)).toBe(true);
  expect(looks.map(({ seeds }) => seeds)).toEqual(looks.map((_look, k) => 6 + 2 * k));
  expect(last.difference.lower!).toBeLessThan(effect);
  expect(last.difference.upper!).toBeGreaterThan(effect);
});

test("what cannot be told from so many seeds stays undecided, and says how many it would take", () => {
  const { looks } = judge(pairsOf(0, 30), { minimumEffect: 0.001, mostSeeds: 10 });
  expect(looks.at(-1)).toMatchObject({ verdict: "undecided", seeds: 10, share: 1 });
  expect(looks.at(-1)!.moreSeeds!).toBeGreaterThan(100);
});

test.each([
  ["numbers", pairsOf(0.01, 30)],
  ["a failure among them", pairsOf(0.01, 30).map((pair, i) => (i === 8 ? { ...pair, arm: null } : pair))],
])("what a look remembers of those before changes nothing: %s", (_, pairs) => {
  const begun = newJudgement({ minimumEffect: 0.01 });
  let carried = begun;
  for (let n = 6; n <= 20; n++) {
    const before = carried;
    carried = takeLook(before, pairs.slice(0, n));
    // Two from one judgement, and one from its JSON.
    expect(takeLook(before, pairs.slice(0, n))).toEqual(carried);
    expect(takeLook(JSON.parse(JSON.stringify(before)), pairs.slice(0, n))).toEqual(carried);
    if (carried.looks.at(-1)!.verdict !== "more seeds") break;
  }
  expect(carried.looks.length).toBeGreaterThan(3);
});

test("an arm that fails for every seed is worse; both failing is no difference", () => {
  const failing = pairsOf(0, 30).map((pair) => ({ ...pair, arm: null }));
  expect(judge(failing, { minimumEffect: 0.03 }).looks.at(-1)).toMatchObject({
    verdict: "worse",
    difference: { value: null, lower: null, upper: null },
  });
  const both = failing.map((pair) => ({ ...pair, baseline: null }));
  expect(judge(both, { minimumEffect: 0.03 }).looks.at(-1)!.verdict).toBe("no larger difference");
});

test("equal values, which say nothing of those that differ, count as equal after all seeds and not before", () => {
  const equal = pairsOf(0, 30).map(({ seed, baseline }) => ({ seed, arm: baseline, baseline }));
  const { looks } = judge(equal, { minimumEffect: 0.03 }, 1);
  expect(looks.at(-1)).toMatchObject({ verdict: "no larger difference", seeds: 30 });
});

test("an accuracy in steps that ties on most seeds is seldom called no different where it is by as much", () => {
  const { uniform } = random(8);
  let wrong = 0;
  for (let draw = 0; draw < 30; draw++) {
    // One seed in ten is three of 30 examples better: 0.01 on average.
    const pairs = Array.from({ length: 30 }, (_, seed) => ({ seed, arm: uniform() < 0.1 ? 1 : 0.9, baseline: 0.9 }));
    const { looks } = judge(pairs, { minimumEffect: 0.01, smallerIsBetter: false }, 3);
    wrong += Number(looks.at(-1)!.verdict === "no larger difference");
  }
  // With the test from the first ties on it was 18.
  expect(wrong).toBeLessThanOrEqual(4);
});

test("a verdict is confirmed on fresh seeds, or not", () => {
  const found = judge(pairsOf(-0.1, 30), { minimumEffect: 0.03 });
  expect(confirmVerdict(found, pairsOf(-0.1, 6, 40))).toMatchObject({ seeds: 6, p: 1 / 64, confirmed: true });
  const vanished = confirmVerdict(found, pairsOf(0.1, 6, 40));
  expect(vanished.confirmed).toBe(false);
  // One of five a little against it: 2 of 32 sums are as large.
  const mixed = pairsOf(-0.1, 6, 40).map((pair, i) =>
    i === 0 ? { ...pair, arm: Number(pair.baseline) + 0.01 } : pair,
  );
  const unsure = confirmVerdict(found, mixed.slice(0, 5));
  expect(unsure.p).toBe(2 / 32);
  expect(unsure.confirmed).toBe(false);
  const worse = judge(pairsOf(0.1, 30), { minimumEffect: 0.03 });
  expect(worse.looks.at(-1)!.verdict).toBe("worse");
  expect(confirmVerdict(worse, pairsOf(0.1, 6, 40))).toMatchObject({ p: 1 / 64, confirmed: true });
  expect(vanished.p).toBeGreaterThan(0.9);
  expect(() => confirmVerdict(found, pairsOf(-0.1, 6, 3))).toThrow(/no look has seen, got 3/);
  expect(() => confirmVerdict(found, pairsOf(-0.1, 4, 40))).toThrow(/at least 5 pairs/);
  expect(() => confirmVerdict(newJudgement({ minimumEffect: 1 }), pairsOf(0, 6))).toThrow(/got no look/);
});

const open = takeLook(newJudgement({ minimumEffect: 0.001 }), pairsOf(0, 6));

test.each([
  ["no new pair", () => takeLook(open, pairsOf(0, 6)), /from 7 to 30 pairs, got 6/],
  ["too many pairs", () => takeLook(open, pairsOf(0, 31)), /got 31/],
  ["fewer than six pairs", () => takeLook(newJudgement({ minimumEffect: 1 }), pairsOf(0, 5)), /from 6 to 30/],
  ["other values of a seed that was seen", () => takeLook(open, pairsOf(0.5, 8)), /pairs of the looks before/],
  ["a seed twice", () => takeLook(open, [...pairsOf(0, 6), ...pairsOf(0, 1)]), /got one twice/],
  [
    "a look after the verdict",
    () => takeLook(judge(pairsOf(-0.1, 30), { minimumEffect: 0.03 }), pairsOf(-0.1, 30)),
    /ended with "better"/,
  ],
  ["a minimum effect of 0", () => newJudgement({ minimumEffect: 0 }), /positive minimum effect/],
  ["five seeds at most", () => newJudgement({ minimumEffect: 1, mostSeeds: 5 }), /at least 6 seeds/],
  ["an error of 1", () => newJudgement({ minimumEffect: 1, alpha: 1 }), /between 0 and 1/],
])("%s is refused in one line", (_, act, message) => {
  expect(act).toThrow(UsageError);
  expect(act).toThrow(message);
});

test("seeds to come are a tenth more than are needed, less those that were used", () => {
  const pairs = pairsOf(0, 6);
  const last = judge(pairs, { minimumEffect: 0.005, mostSeeds: 30 }).looks.at(-1)!;
  const needed = seedsNeeded(0.005, deviationOf(differencesOf(pairs, true)), 6).seeds!;
  expect(last.verdict).toBe("more seeds");
  expect(last.moreSeeds).toBe(Math.ceil(1.1 * needed) - 6);
});

test("p of all looks is at most the error where they say a difference, however close", () => {
  const values = [
    [0.0461, 0.2195],
    [0.0796, 0.2165],
    [0.292, 0.22],
    [0.2229, 0.2131],
    [0.169, 0.2126],
    [0.0537, 0.2589],
    [0.1144, 0.2191],
    [0.0678, 0.194],
    [0.091, 0.2086],
    [0.0611, 0.224],
    [0.2373, 0.2134],
    [0.1051, 0.2187],
    [0.0631, 0.2207],
  ];
  const pairs = values.map(([arm, baseline], seed) => ({ seed, arm: arm!, baseline: baseline! }));
  let judgement = newJudgement({ minimumEffect: 0.02 });
  for (let seeds = 6; seeds <= pairs.length; seeds++) judgement = takeLook(judgement, pairs.slice(0, seeds));
  expect(judgement.looks.at(-1)!.verdict).toBe("better");
  expect(sequentialP(judgement)).toBe(judgement.plan.alpha);
});
