/**
 * How often `compare` and `judge` err, over studies that are drawn from a bank of real trainings: the trials of a study
 * are seeds of the bank, none twice. What decides is `compareArms` and `takeLook`, by which the commands decide.
 *
 *     node bench/comparisonTrainings.ts BANK
 *     node bench/comparisonStudies.ts compare BANK [studies, default 2000] [from] [to] > compare.json
 *     node bench/comparisonStudies.ts judge BANK [studies, default 2000] [from] [to] > judge.json
 *
 * From one kind of study to another, counted from 1, where several processes share the work. Tables go to standard
 * error. docs/comparing.md has what they gave.
 */
import { type ArmComparison, type ArmResult, compareArms } from "../src/experiment/studies/comparison.ts";
import { fewestSeeds, powerOfT } from "../src/statistics/comparison/seedsNeeded.ts";
import { type Random, random } from "../src/tensor/random.ts";
import {
  armOf,
  drawSeeds,
  holds,
  pick,
  readBank,
  savedByPairing,
  shareText,
  truthOf,
  turned,
} from "./comparisonBank.ts";
import { judgeStudies } from "./comparisonLooks.ts";
import type { TrainingBank } from "./comparisonTrainings.ts";
import { table } from "./measure.ts";

export const BASELINE = "batch 4";
const SEEDS = [6, 8, 12];

/** What the studies of one kind came to. */
export interface CompareRow {
  readonly kind: string;
  readonly arms: number;
  readonly seeds: number;
  /** In deviations of a difference of one pair; 0 where the arms do not differ. */
  readonly effect: number;
  readonly studies: number;
  /** Studies with any "better" or "worse", and comparisons, of all of `studies` · (`arms` − 1). */
  readonly found: number;
  readonly foundEach: number;
  /** Comparisons that found the wrong direction. */
  readonly wrongWay: number;
  /** Comparisons whose interval holds the truth. */
  readonly covered: number;
  /** Of Student's t test at 5 % for normal differences; null for several arms. */
  readonly theory: number | null;
}

interface Kind {
  readonly kind: string;
  readonly arms: number;
  readonly truth: number;
  readonly effect: number;
  readonly draw: (seeds: number, source: Random) => ArmResult[];
}

function kindsOf({ losses, seeds: all }: TrainingBank): Kind[] {
  const base = losses[BASELINE]!;
  /** Groups of seeds of one arm. */
  const alike = (arms: number, models: readonly string[], kind: string): Kind => ({
    ...{ kind, arms, truth: 0, effect: 0 },
    draw: (n, source) =>
      drawSeeds(all, arms, n, source).map((at, g) => armOf(`arm ${g}`, models[g] ?? "mlp", pick(base, at))),
  });
  const against = (name: string, paired: boolean): Kind => {
    const { truth, effect } = truthOf(losses[name]!, base, paired);
    const draw = (n: number, source: Random) => {
      const [one, other] = drawSeeds(all, 2, n, source);
      return [
        armOf("arm 0", "mlp", pick(base, one!)),
        armOf("arm 1", paired ? "mlp" : "lenet", pick(losses[name]!, paired ? one! : other!)),
      ];
    };
    return { kind: `${name}, ${paired ? "paired" : "unpaired"}`, arms: 2, truth, effect, draw };
  };
  const real = ["batch 5", "batch 8", "rate 0.0032"];
  const sameWeights: Kind = {
    ...{ kind: "A/A, same weights", arms: 2, truth: 0, effect: 0 },
    draw: (n, source) => {
      const [at] = drawSeeds(all, 1, n, source);
      const sides = turned(pick(base, at!), pick(losses["other order"]!, at!), source);
      return sides.map((side, g) => armOf(`arm ${g}`, "mlp", side));
    },
  };
  return [
    alike(2, [], "A/A, other seeds"),
    sameWeights,
    alike(2, ["lenet"], "A/A, unpaired"),
    alike(4, [], "A/A, other seeds"),
    ...real.flatMap((name) => [against(name, true), against(name, false)]),
  ];
}

function compareStudies(bank: TrainingBank, studies: number, [from, to]: readonly [number, number]): void {
  const rows: CompareRow[] = [];
  for (const [k, one] of [...kindsOf(bank).entries()].slice(from - 1, to))
    for (const seeds of one.arms > 2 ? [...SEEDS, fewestSeeds(one.arms - 1)].toSorted((a, b) => a - b) : SEEDS) {
      const source = random(1000 * (k + 1) + 4 * seeds);
      const found = Array.from({ length: studies }, () => compareArms(one.draw(seeds, source), "arm 0"));
      rows.push(rowOf(one, seeds, found));
      process.stderr.write(`${textOf(rows.at(-1)!).join("  ")}\n`);
    }
  const saved = Object.entries(bank.losses)
    .filter(([name]) => name !== BASELINE)
    .map(([arm, values], i) => ({ arm, ...savedByPairing(values, bank.losses[BASELINE]!, random(40 + 4 * i)) }));
  const heads = ["compare", "arms", "seeds", "effect", "found, studies", "found, comparisons"];
  process.stderr.write(`${table([[...heads, "wrong way", "holds the truth", "theory"], ...rows.map(textOf)])}\n`);
  for (const { arm, value, lower, upper } of saved)
    process.stderr.write(
      `pairs of ${arm}: ${[value, lower, upper].map((x) => x.toPrecision(3)).join(" ")} times the seeds\n`,
    );
  process.stdout.write(`${JSON.stringify({ bank: bank.seeds, rows, saved })}\n`);
}

function rowOf({ kind, arms, truth, effect }: Kind, seeds: number, studies: readonly ArmComparison[][]): CompareRow {
  const all = studies.flat();
  const says = ({ verdict }: ArmComparison) => verdict === "better" || verdict === "worse";
  const wrong = truth < 0 ? "worse" : "better";
  return {
    ...{ kind, arms, seeds, effect, studies: studies.length },
    found: studies.filter((study) => study.some(says)).length,
    foundEach: all.filter(says).length,
    wrongWay: truth === 0 ? 0 : all.filter(({ verdict }) => verdict === wrong).length,
    covered: all.filter(({ result }) => holds(result!.difference, truth)).length,
    theory: arms > 2 ? null : effect === 0 ? 0.05 : powerOfT(effect, 1, seeds),
  };
}

/** Comparisons of one study depend on one another: their interval counts studies. */
function textOf({ kind, arms, seeds, effect, studies, found, foundEach, wrongWay, covered, theory }: CompareRow) {
  const each = (count: number) => shareText(count / (arms - 1), studies);
  return [
    ...[kind, String(arms), String(seeds), effect.toFixed(2), shareText(found, studies), each(foundEach)],
    ...[each(wrongWay), each(covered), theory === null ? "–" : `${(100 * theory).toFixed(1)} %`],
  ];
}

if (import.meta.main) {
  const [part, file = "comparisonTrainings.json", studies = "2000", from = "1", to = "Infinity"] =
    process.argv.slice(2);
  const range = [Number(from), Number(to)] as const;
  if (part === "judge") judgeStudies(readBank(file), Number(studies), range);
  else compareStudies(readBank(file), Number(studies), range);
}
