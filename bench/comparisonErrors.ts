/**
 * How often comparisons err. `node bench/comparisonErrors.ts simulated [draws, default 2000]` prints how often
 * intervals of a mean difference hold the truth for differences of several distributions; `… trained FILE [draws]`
 * takes the losses that `bench/comparisonTrainings.ts` wrote and compares groups of seeds drawn from one arm with one
 * another (A/A: every finding is an error), two batch sizes with their true difference, and says what pairing saves;
 * `… several [draws]` gives several normal arms that do not differ; `… unpaired [draws]` what `judge` says of sides
 * that no seed pairs, with means that do not differ and other spreads.
 * docs/comparing.md has what they gave.
 */
import { readFileSync } from "node:fs";
import { type Comparison, verdictOf } from "../src/statistics/comparison/comparison.ts";
import { familyVerdicts } from "../src/statistics/comparison/family.ts";
import { newJudgement, takeLook } from "../src/statistics/comparison/judge.ts";
import {
  bcaInterval,
  studentizedInterval,
  tInterval,
  welchInterval,
} from "../src/statistics/comparison/meanIntervals.ts";
import { permutationTest } from "../src/statistics/comparison/permutationTest.ts";
import { deviationOf, meanOf, varianceOf } from "../src/statistics/comparison/sample.ts";
import { sequentialSignFlip } from "../src/statistics/comparison/sequentialSignFlip.ts";
import { signFlipTest } from "../src/statistics/comparison/signFlipTest.ts";
import type { Interval } from "../src/statistics/types.ts";
import { type Random, random } from "../src/tensor/random.ts";

const percent = (count: number, of: number) => `${((100 * count) / of).toFixed(1)} %`;
const holds = ({ lower, upper }: Interval, truth: number) => lower <= truth && truth <= upper;

/** Differences of mean 0 and what they are called. */
const laws: Readonly<Record<string, (r: Random) => number>> = {
  normal: (r) => r.normal(),
  uniform: (r) => r.uniform() - 0.5,
  "t with 3 degrees": (r) => r.normal() / Math.sqrt((r.normal() ** 2 + r.normal() ** 2 + r.normal() ** 2) / 3),
  "one in ten × 5": (r) => r.normal() * (r.uniform() < 0.1 ? 5 : 1),
  "log-normal, skewness 1.8": (r) => Math.exp(0.5 * r.normal()) - Math.exp(0.125),
  "exponential, skewness 2": (r) => -Math.log(1 - r.uniform()) - 1,
};

function simulated(draws: number): void {
  console.log("coverage of 95 % intervals: t, BCa, studentised bootstrap");
  for (const [law, draw] of Object.entries(laws))
    for (const n of [3, 4, 5, 6, 8, 10, 15, 20]) {
      const source = random(n);
      let [t, bca, studentized] = [0, 0, 0];
      for (let i = 0; i < draws; i++) {
        const sample = Array.from({ length: n }, () => draw(source));
        t += Number(holds(tInterval(sample), 0));
        bca += Number(holds(bcaInterval(sample, 0.95, 500, i), 0));
        studentized += Number(holds(studentizedInterval(sample, 0.95, 500, i), 0));
      }
      console.log(`${law.padEnd(26)} ${n}  ${[t, bca, studentized].map((count) => percent(count, draws)).join("  ")}`);
    }
}

/** `count` different ones of the values. */
const drawFrom = (values: readonly number[], count: number, source: Random): number[] =>
  Array.from(source.permutation(values.length).subarray(0, count), (i) => values[i]!);

/** Two groups of seeds of one arm, as if they were two arms. */
function alike(losses: readonly number[], draws: number): void {
  console.log(
    "\nA/A, groups of n seeds of one arm: interval without 0, sign-flip p ≤ 0.05, both; Welch without 0; BCa without 0",
  );
  for (const n of [6, 8, 10, 15, 20]) {
    const source = random(100 + n);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < draws; i++) {
      const group = drawFrom(losses, 2 * n, source);
      const differences = group.slice(0, n).map((loss, k) => loss - group[n + k]!);
      const byT = !holds(tInterval(differences), 0);
      const byFlips = signFlipTest(differences).p <= 0.05;
      const byWelch = !holds(welchInterval(group.slice(0, n), group.slice(n)), 0);
      const byBca = !holds(bcaInterval(differences, 0.95, 500, i), 0);
      for (const [k, hit] of [byT, byFlips, byT && byFlips, byWelch, byBca].entries()) counts[k]! += Number(hit);
    }
    console.log(`n = ${n}  ${counts.map((count) => percent(count, draws)).join("  ")}`);
  }
}

/** What the verdict of `comparePaired` rests on, without what takes its time. */
function quick(differences: readonly number[]): Comparison {
  const { p, smallest } = signFlipTest(differences);
  const found = { p, smallestP: smallest, ...verdictOf(tInterval(differences), p), seedsNeeded: null };
  return found as unknown as Comparison;
}

/** Groups of seeds of one arm as if they were several arms: a study errs where it finds any difference. */
function several(draw: (n: number, source: Random) => number[], draws: number): void {
  console.log("\nseveral arms and a baseline that do not differ: any interval without 0, any by `familyVerdicts`");
  for (const arms of [1, 3, 7])
    for (const n of [6, 8, 10, 20]) {
      const source = random(400 + n);
      let [byT, byRule] = [0, 0];
      for (let i = 0; i < draws; i++) {
        const values = draw((arms + 1) * n, source);
        const differences = Array.from({ length: arms }, (_, a) =>
          values.slice((a + 1) * n, (a + 2) * n).map((value, k) => value - values[k]!),
        );
        byT += Number(differences.some((one) => !holds(tInterval(one), 0)));
        byRule += Number(
          familyVerdicts(differences.map(quick)).some(({ verdict }) => verdict === "better" || verdict === "worse"),
        );
      }
      console.log(`${arms} against one, n = ${n}  ${percent(byT, draws)}  ${percent(byRule, draws)}`);
    }
}

/** The truth is the difference over all seeds, of which few are drawn. */
function paired(a: readonly number[], b: readonly number[], draws: number): void {
  const differences = a.map((loss, i) => loss - b[i]!);
  const truth = meanOf(differences);
  console.log(
    `\npaired difference of the batch sizes ${truth.toFixed(4)}, its deviation ${deviationOf(differences).toFixed(4)}`,
  );
  for (const n of [3, 6, 10, 20]) {
    const source = random(200 + n);
    let [t, bca] = [0, 0];
    for (let i = 0; i < draws; i++) {
      const sample = drawFrom(differences, n, source);
      t += Number(holds(tInterval(sample), truth));
      bca += Number(holds(bcaInterval(sample, 0.95, 500, i), truth));
    }
    console.log(`n = ${n}  coverage of t ${percent(t, draws)}, of BCa ${percent(bca, draws)}`);
  }
  const unpaired = varianceOf(a) + varianceOf(b);
  const ratio = unpaired / varianceOf(differences);
  console.log(`variance of a pair's difference, paired ÷ unpaired: 1 ÷ ${ratio.toFixed(2)}: so many times the seeds`);
}

const LOOKS = Array.from({ length: 13 }, (_, k) => 6 + 2 * k);
const PLAN = { alpha: 0.05, spending: "quadratic", mostSeeds: 30 } as const;

/** What `takeLook` says at the looks, in one pass: where it ends with "better" or "worse", and the interval there. */
function judged(differences: readonly number[]): { readonly end: number | null; readonly interval: Interval } {
  const { rejectedAt, interval } = sequentialSignFlip(differences, LOOKS, PLAN);
  if (!interval) throw new Error("judged: expected an interval after 30 seeds, got none; the test is wrong");
  return { end: rejectedAt, interval };
}

function requireSameAsTakeLook(differences: readonly number[]): void {
  let judgement = newJudgement({ ...PLAN, minimumEffect: 1e-12 });
  for (const n of LOOKS) {
    const pairs = differences.slice(0, n).map((arm, seed) => ({ seed, arm, baseline: 0 }));
    judgement = takeLook(judgement, pairs);
    if (judgement.looks.at(-1)!.verdict !== "more seeds") break;
  }
  const { verdict, seeds } = judgement.looks.at(-1)!;
  const { end } = judged(differences);
  if ((verdict === "undecided" ? null : seeds) !== end)
    throw new Error(`takeLook: expected an end at ${end}, got ${verdict} at ${seeds}; one of the two is wrong`);
}

/** Looks at 6, 8, … 30 pairs of one arm against itself, with an effect added. */
function looking(losses: readonly number[], draws: number): void {
  const deviation = Math.sqrt(2) * deviationOf(losses);
  console.log(
    "\njudge, 13 looks at 6 to 30 pairs: effect in deviations of a difference, decided, coverage, mean seeds",
  );
  for (const effect of [0, 0.5, 1, 2]) {
    const source = random(300);
    const times = effect === 0 ? draws : Math.round(draws / 5);
    let [decided, covered, seeds] = [0, 0, 0];
    for (let i = 0; i < times; i++) {
      const group = drawFrom(losses, 60, source);
      const differences = group.slice(0, 30).map((loss, k) => loss - group[30 + k]! + effect * deviation);
      if (i < 20) requireSameAsTakeLook(differences);
      const { end, interval } = judged(differences);
      decided += Number(end !== null);
      covered += Number(holds(interval, effect * deviation));
      seeds += end ?? 30;
    }
    console.log(`${effect}  ${percent(decided, times)}  ${percent(covered, times)}  ${(seeds / times).toFixed(1)}`);
  }
}

/** Two independent samples of mean 0, the second so many times as wide, at the looks and by other tests of eight. */
function unpaired(draws: number): void {
  console.log(
    "\nsides that no seed pairs, means alike: judge decided, its interval holds 0, mean seeds; 8 seeds: sign flips",
  );
  console.log("p ≤ 0.05, permutation of the labels p ≤ 0.05, Welch without 0");
  for (const [law, draw] of Object.entries(laws))
    for (const width of [1, 3]) {
      const source = random(500 + width);
      let [decided, covered, seeds] = [0, 0, 0];
      let [flips, labels, welch] = [0, 0, 0];
      for (let i = 0; i < draws; i++) {
        const [a, b] = [1, width].map((w) => Array.from({ length: 30 }, () => w * draw(source)));
        const differences = a!.map((value, k) => value - b![k]!);
        const { end, interval } = judged(differences);
        decided += Number(end !== null);
        covered += Number(holds(interval, 0));
        seeds += end ?? 30;
        const eight = [a!.slice(0, 8), b!.slice(0, 8)] as const;
        flips += Number(signFlipTest(differences.slice(0, 8)).p <= 0.05);
        labels += Number(permutationTest(...eight).p <= 0.05);
        welch += Number(!holds(welchInterval(...eight), 0));
      }
      const shares = [decided, covered].map((count) => percent(count, draws));
      const others = [flips, labels, welch].map((count) => percent(count, draws));
      console.log(`${law.padEnd(26)} 1 : ${width}  ${[...shares, (seeds / draws).toFixed(1), ...others].join("  ")}`);
    }
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === "trained") {
  const [file = "comparisonTrainings.json", draws = "2000"] = rest;
  const { losses } = JSON.parse(readFileSync(file, "utf8")) as { losses: Record<string, number[]> };
  const [a, b] = Object.values(losses) as [number[], number[]];
  alike(a, Number(draws));
  several((n, source) => drawFrom(a, n, source), Number(draws));
  paired(a, b, Number(draws));
  looking(a, Number(draws));
} else if (mode === "several") {
  const draws = Number(rest[0] ?? 2000);
  several((n, source) => Array.from({ length: n }, () => source.normal()), draws);
} else if (mode === "unpaired") unpaired(Number(rest[0] ?? 2000));
else simulated(Number(rest[0] ?? 2000));
