import { nextLook } from "../src/experiment/judgements/run.ts";
import { type Judgement, newJudgement, takeLook } from "../src/statistics/comparison/judge.ts";
import { tInterval } from "../src/statistics/comparison/meanIntervals.ts";
import { type Random, random } from "../src/tensor/random.ts";
import { drawSeeds, holds, pick, shareText, truthOf, turned } from "./comparisonBank.ts";
import type { TrainingBank } from "./comparisonTrainings.ts";
import { table } from "./measure.ts";

/** Judgements over a bank of trainings, for `bench/comparisonStudies.ts`. */

const BASELINE = "batch 4";
const MOST = 30;

/** What the judgements of one kind came to. */
export interface JudgeRow {
  readonly kind: string;
  readonly effect: number;
  /** The minimum effect X, over the size of the true difference; over a deviation where there is none. */
  readonly minimum: number;
  readonly studies: number;
  readonly better: number;
  readonly worse: number;
  readonly noLarger: number;
  readonly undecided: number;
  /** Judgements whose last interval holds the truth, and those all of whose intervals do. */
  readonly covered: number;
  readonly coveredAlways: number;
  /** Mean number of pairs, with its interval. */
  readonly seeds: readonly [value: number, lower: number, upper: number];
}

interface Kind {
  readonly kind: string;
  readonly truth: number;
  readonly deviation: number;
  /** Minimum effects, as in `JudgeRow`. */
  readonly minima: readonly number[];
  readonly smallerIsBetter: boolean;
  readonly draw: (source: Random) => readonly [arm: readonly number[], baseline: readonly number[]];
}

function kindsOf({ losses, accuracies, seeds: all }: TrainingBank): Kind[] {
  const kindOf = (metric: "loss" | "accuracy", name: string, paired: boolean, minima: readonly number[]): Kind => {
    const values = metric === "loss" ? losses : accuracies;
    const [arm, base] = [values[name]!, values[BASELINE]!];
    const { truth, deviation } = truthOf(arm, base, paired);
    const isSame = name === BASELINE || name === "other order";
    return {
      kind: `${isSame ? "A/A" : name}, ${metric}, ${paired ? (isSame ? "same weights" : "paired") : "other seeds"}`,
      ...{ truth: isSame ? 0 : truth, minima, deviation, smallerIsBetter: metric === "loss" },
      draw: (source) => {
        const [one, other] = drawSeeds(all, 2, MOST, source);
        const [a, b] = [pick(arm, one!), pick(base, paired ? one! : other!)];
        return isSame && paired ? turned(a, b, source) : [a, b];
      },
    };
  };
  return [
    kindOf("loss", BASELINE, false, [1e-9]),
    kindOf("accuracy", "batch 8", true, [1]),
    kindOf("loss", "batch 5", true, [1e-9, 1]),
    kindOf("loss", "batch 8", true, [1e-9, 1]),
    kindOf("loss", "other order", true, [1e-9]),
    kindOf("loss", BASELINE, false, [1]),
    kindOf("accuracy", BASELINE, false, [1e-9]),
    kindOf("loss", "rate 0.0032", true, [1e-9, 1]),
    kindOf("loss", "batch 5", false, [1e-9]),
    kindOf("accuracy", "other order", true, [1e-9]),
  ];
}

/** Of some of the kinds, counted from 1, for several processes side by side. */
export function judgeStudies(bank: TrainingBank, studies: number, [from, to]: readonly [number, number]): void {
  const rows: JudgeRow[] = [];
  for (const [k, one] of [...kindsOf(bank).entries()].slice(from - 1, to))
    for (const [m, minimum] of one.minima.entries()) {
      const source = random(100_000 + 1000 * k + 4 * m);
      const effect = minimum * (one.truth === 0 ? one.deviation : Math.abs(one.truth));
      const judged = Array.from({ length: studies }, () => judge(one, effect, source));
      rows.push(rowOf(one, minimum, judged));
      process.stderr.write(`${textOf(rows.at(-1)!).join("  ")}\n`);
    }
  const heads = ["judge", "effect", "X", "said better or worse", "of these the wrong one", "no larger", "undecided"];
  process.stderr.write(
    `${table([[...heads, "holds the truth", "all looks hold it", "seeds"], ...rows.map(textOf)])}\n`,
  );
  process.stdout.write(`${JSON.stringify({ bank: bank.seeds, rows })}\n`);
}

/** As the command looks: after every seed that it may look at, until there is a verdict. */
function judge({ draw, smallerIsBetter }: Kind, minimumEffect: number, source: Random): Judgement {
  const [arm, baseline] = draw(source);
  const pairs = arm.map((value, seed) => ({ seed, arm: value, baseline: baseline[seed]! }));
  let judgement = newJudgement({ minimumEffect, mostSeeds: MOST, alpha: 0.05, spending: "quadratic", smallerIsBetter });
  for (let next = nextLook(judgement); next !== null && next <= MOST; next = nextLook(judgement))
    judgement = takeLook(judgement, pairs.slice(0, next));
  return judgement;
}

function rowOf({ kind, truth, deviation }: Kind, minimum: number, judged: readonly Judgement[]): JudgeRow {
  const lasts = judged.map(({ looks }) => looks.at(-1)!);
  const count = (verdict: string) => lasts.filter((look) => look.verdict === verdict).length;
  const { value, lower, upper } = tInterval(lasts.map(({ seeds }) => seeds));
  return {
    ...{ kind, effect: Math.abs(truth) / deviation, minimum, studies: judged.length },
    ...{ better: count("better"), worse: count("worse") },
    ...{ noLarger: count("no larger difference"), undecided: count("undecided") },
    covered: lasts.filter(({ difference }) => holds(difference, truth)).length,
    coveredAlways: judged.filter(({ looks }) => looks.every(({ difference }) => holds(difference, truth))).length,
    seeds: [value, lower, upper],
  };
}

function textOf(row: JudgeRow): string[] {
  const { kind, effect, minimum, studies, better, worse, noLarger, undecided, covered, coveredAlways, seeds } = row;
  const share = (count: number) => shareText(count, studies);
  return [
    ...[kind, effect.toFixed(2), String(minimum), share(better + worse), share(Math.min(better, worse))],
    ...[share(noLarger), share(undecided), share(covered), share(coveredAlways)],
    `${seeds[0].toFixed(1)} (${seeds[1].toFixed(1)}–${seeds[2].toFixed(1)})`,
  ];
}
