import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgementTrials } from "../src/experiment/judgements/plan.ts";
import { runJudgement } from "../src/experiment/judgements/run.ts";
import { compareArms, readResults } from "../src/experiment/studies/comparison.ts";
import { identityOf } from "../src/experiment/studies/identity.ts";
import { settleTrials } from "../src/experiment/studies/makeTrials.ts";
import type { Trial } from "../src/experiment/studies/schedule.ts";
import { newJudgement, takeLook } from "../src/statistics/comparison/judge.ts";
import { comparePaired } from "../src/statistics/comparison/pairedComparison.ts";
import { deviationOf } from "../src/statistics/comparison/sample.ts";
import { type StudyArm, type StudyJudging, type StudySpecification, takeStudy } from "../src/store/studies/study.ts";
import { readTrials } from "../src/store/studies/trials.ts";
import { random } from "../src/tensor/random.ts";
import { plantTrial } from "../test/plantedTrials.ts";
import { table } from "./measure.ts";

/**
 * How often the commands err: `judge` and `compare` read trainings that `bench/comparisonTrainings.ts` made, as runs of
 * a store, through the code that the commands run. Groups of seeds of one arm stand for two arms, an effect added.
 * Beside it the functions of `src/statistics/comparison` must say the same of the same numbers.
 *
 *     node bench/comparisonCommands.ts FILE [draws of judge, default 2000] [draws of compare, default 2000]
 */

const [file = "comparisonTrainings.json", judged = "2000", compared = "2000"] = process.argv.slice(2);
const { losses } = JSON.parse(readFileSync(file, "utf8")) as { losses: Record<string, number[]> };
const values = Object.values(losses)[0]!;
const deviation = Math.sqrt(2) * deviationOf(values);
const EFFECTS = [0, 0.5, 1, 2];
const MOST_SEEDS = 30;
const PAIRS = [6, 10, 20];
const directory = mkdtempSync(join(tmpdir(), "batchscope-commands-"));
const percent = (count: number, of: number) => `${((100 * count) / of).toFixed(1)} %`;

const arms: readonly StudyArm[] = ["arm", "baseline"].map((name) => ({
  name,
  configuration: { model: "mlp", data: "iris", side: name },
  fingerprints: { train: "a", validation: "b" },
  effectiveBatchSize: 4,
}));
const judging: StudyJudging = {
  ...{ metric: "validation-loss", minimumEffect: 1e-9, mostSeeds: MOST_SEEDS, alpha: 0.05, spending: "quadratic" },
  ...{ setAside: 0, againstItself: false },
};
const specification: StudySpecification & { readonly judging: StudyJudging } = {
  ...{ kind: "judgement", arms, budget: { kind: "own", value: 0 }, evaluateExamples: null, tuning: null, judging },
};

/** The runs of trials as if so many different trainings had been these; the arm's with an effect added. */
function plant(store: string, study: string, trials: readonly Trial[], effect: number, order: Uint32Array): void {
  for (const trial of trials) {
    const place = trial.arm === "arm" ? trial.seed : trials.length / 2 + trial.seed;
    const added = trial.arm === "arm" ? effect * deviation : 0;
    plantTrial(store, study, trial, { validationLoss: values[order[place]!]! + added });
  }
}

const seeds = Array.from({ length: MOST_SEEDS }, (_, i) => i);
const rows = [["judge, effect", "draws", "said a difference", "holds the effect", "mean seeds"]];
for (const [e, effect] of EFFECTS.entries()) {
  const draws = Math.ceil(Number(judged) / (effect === 0 ? 1 : 5));
  const source = random(500 + e);
  let [said, held, used] = [0, 0, 0];
  for (let i = 0; i < draws; i++) {
    const { looks } = await asJudge(i, effect, source.permutation(values.length));
    const last = looks.at(-1)!;
    said += Number(last.verdict === "better" || last.verdict === "worse");
    const { lower, upper } = last.difference;
    held += Number(lower! <= effect * deviation && effect * deviation <= upper!);
    used += last.seeds;
  }
  rows.push([String(effect), String(draws), percent(said, draws), percent(held, draws), (used / draws).toFixed(1)]);
}
console.log(table(rows));

const other = [["compare, pairs", "effect", "draws", "interval without 0", "holds the effect"]];
for (const n of PAIRS)
  for (const [e, effect] of EFFECTS.entries()) {
    const source = random(600 + n + e);
    let [said, held] = [0, 0];
    for (let i = 0; i < Number(compared); i++) {
      const found = asCompare(n, effect, source.permutation(values.length));
      said += Number(found.verdict === "better" || found.verdict === "worse");
      const { lower, upper } = found.difference;
      held += Number(lower! <= effect * deviation && effect * deviation <= upper!);
    }
    other.push([String(n), String(effect), compared, percent(said, Number(compared)), percent(held, Number(compared))]);
  }
console.log(table(other));
rmSync(directory, { recursive: true });

/** What `judge` does where all trials are done: nothing is trained, every look is logged. */
async function asJudge(draw: number, effect: number, order: Uint32Array) {
  const store = join(directory, "judge");
  const id = "draw";
  plant(store, id, judgementTrials(specification, seeds), effect, order);
  const state = await runJudgement(
    { id, specification, arms: [], unpairedBy: null },
    { directory: store, jobs: 1, retries: 0 },
  );
  if (draw % 20 === 0) requireSame(state.judgement.pairs, state.looks.at(-1)!.verdict);
  rmSync(store, { recursive: true });
  return state;
}

/** The pure functions on the same pairs. */
function requireSame(pairs: Parameters<typeof takeLook>[1], verdict: string): void {
  let judgement = newJudgement(judging);
  for (let n = 6; n <= pairs.length; n++) judgement = takeLook(judgement, pairs.slice(0, n));
  const expected = judgement.looks.at(-1)!.verdict;
  if (expected !== verdict) throw new Error(`judge: expected ${expected}, got ${verdict}; one of the two is wrong`);
}

/** What `compare` does where all trials are done. */
function asCompare(count: number, effect: number, order: Uint32Array) {
  const store = join(directory, "compare");
  const id = "draw";
  const asked = seeds.slice(0, count);
  const trials = judgementTrials(specification, asked);
  plant(store, id, trials, effect, order);
  const study = takeStudy(store, id, { specification, seeds: asked, identityOf });
  settleTrials(study, trials, { id, directory: store });
  const results = readResults(store, arms, trials, readTrials(study, false));
  study.lock.release();
  rmSync(store, { recursive: true });
  const found = compareArms(results, "baseline")[0]!.result!;
  const [one, against] = results.map((arm) => arm.trials.map(({ finalLoss }) => finalLoss));
  const { lower } = comparePaired(one!, against!).difference;
  if (lower !== found.difference.lower)
    throw new Error(`compare: expected ${lower}, got ${found.difference.lower}; one of the two is wrong`);
  return found;
}
