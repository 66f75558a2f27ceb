import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { countedOptions, identityOf } from "../src/experiment/studies/identity.ts";
import { trialsOf } from "../src/experiment/studies/plan.ts";
import { nameOf, settingsOf } from "../src/experiment/sweeps/settings.ts";
import { type StudySpecification, takeStudy } from "../src/store/studies/study.ts";
import { type SweepSpecification, takeSweep } from "../src/store/studies/sweep.ts";
import { appendTrial } from "../src/store/studies/trials.ts";
import { plantTrial } from "../test/plantedTrials.ts";
import { milliseconds, quantile, table } from "./measure.ts";

/**
 * What lists of a store with many trials ask of processors (user and system), beside a Node that does nothing.
 *
 *     node bench/listStudies.ts [trials] [repeats]
 */

const trials = Number(process.argv[2] ?? 1000);
const repeats = Number(process.argv[3] ?? 7);
const directory = mkdtempSync(join(tmpdir(), "batchscope-list-"));
const bin = fileURLToPath(new URL("../bin/batchscope.js", import.meta.url));
const ARMS = 4;
/** Of a sweep. */
const SEEDS = [0, 1, 2];

for (const id of ["first", "second"]) plant(id, Math.ceil(trials / 2 / ARMS));
plantSweep("third", Math.ceil(trials / SEEDS.length));
const lines = [
  ...["runs --study all", "runs --study first", "runs --study first --status diverged"],
  ...["runs --study first --sort loss --limit 10", "studies", "studies show first", "sweep list", "sweep show third"],
];
console.log(
  `${trials} trials of two studies, and as many of a sweep; the first list, which makes the index: ${milliseconds([taken(lines[0]!)])} ms`,
);
const rows = ["", ...lines].map((line) => {
  const seconds = Array.from({ length: repeats }, () => taken(line));
  return { line, seconds, middle: quantile(seconds, 0.5) };
});
if (process.env.KEEP) console.log(directory);
else rmSync(directory, { recursive: true });
console.log(
  table([
    ["command", "ms of processors (p10–p90)", "× node -e 0"],
    ...rows.map(({ line, seconds, middle }) => [
      ...[line === "" ? "node -e 0" : `batchscope ${line}`, milliseconds(seconds)],
      (middle / rows[0]!.middle).toFixed(2),
    ]),
  ]),
);

/** Processor time of a command, in seconds, as bash tells it of its children. */
function taken(line: string): number {
  const argv = line === "" ? ["-e", "0"] : [bin, ...line.split(" "), "--dir", directory];
  const script = '"$0" "$@" >/dev/null || exit 1; times';
  const { stdout, stderr, status } = spawnSync("bash", ["-c", script, process.execPath, ...argv], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${line}: expected a list, got ${stderr}`);
  const times = [...stdout.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => 60 * Number(minutes) + Number(rest),
  );
  return times[2]! + times[3]!;
}

/** A study of four arms whose trials all have ended, every tenth by diverging. */
function plant(id: string, seeds: number): void {
  const arms = Array.from({ length: ARMS }, (_, i) => ({
    name: `arm ${i}`,
    configuration: {
      model: "mlp",
      data: "iris",
      batchSize: 4 * (i + 1),
      learningRate: 0.1,
      lrScale: "none",
      study: id,
    },
    fingerprints: { train: "a", validation: "b" },
    effectiveBatchSize: 4 * (i + 1),
  }));
  const budget = { kind: "examples", value: 8 } as const;
  const specification: StudySpecification = { kind: "comparison", arms, budget, evaluateExamples: 8, tuning: null };
  const all = Array.from({ length: seeds }, (_, i) => i);
  const study = takeStudy(directory, id, { specification, seeds: all, identityOf });
  for (const [i, trial] of trialsOf(arms, all, {
    stage: "comparison",
    counted: countedOptions(specification),
  }).entries()) {
    const validationLoss = i % 10 === 9 ? null : 1 / (1 + i);
    const run = plantTrial(directory, id, trial, { validationLoss });
    const { key, arm, seed, stage } = trial;
    const state = validationLoss === null ? "diverged" : "done";
    appendTrial(study, { trial: key, arm, seed, stage, attempt: 1, state: "running", run: null, reason: null });
    appendTrial(study, { trial: key, arm, seed, stage, attempt: 1, state, run, reason: null });
  }
  study.lock.release();
}

/** A sweep whose trials all have ended, without their runs: its log has what they came to. */
function plantSweep(id: string, settings: number): void {
  const range = { kind: "range", from: 1e-4, to: 1e-1, log: true, integer: false } as const;
  const specification: SweepSpecification = {
    ...({ kind: "sweep", sweepSeed: 0, metric: "validation-loss", halving: null, medianStopping: false } as const),
    ...{ given: { model: "mlp", data: "iris" }, fingerprints: { train: "a", validation: "b" } },
    parameters: [{ ...range, option: "learningRate" }],
    ...{ budget: { kind: "examples", value: 8 }, evaluateExamples: 8 },
  };
  const sweep = takeSweep(directory, id, {
    specification,
    seeds: SEEDS,
    trials: settings,
    directory,
    identityOf: (one) => one,
  });
  for (const [i, values] of settingsOf(specification, settings).entries())
    for (const seed of SEEDS) {
      const trial = { trial: `${i}-${seed}`, arm: nameOf(values), seed, stage: "sweep", attempt: 1 } as const;
      const result = { loss: 1 / (1 + i) + 0.01 * Math.sin(7 * i + seed), accuracy: 0.5, examples: 8, seconds: 1 };
      appendTrial(sweep, { ...trial, state: "running", run: null, reason: null });
      appendTrial(sweep, { ...trial, state: "done", run: `planted-${i}-${seed}`, reason: null, rung: 0, result });
    }
  sweep.lock.release();
}
