/**
 * How much longer the setting that `recommend` advises takes to a target than the best of an exhaustive grid of batch
 * × accumulation × learning rate, beside what rules come to: the table of docs/recommend.md. Pilots and the grid have
 * different seeds. Times are updates to the target times a cost of updates, measured once in processor time, so that
 * what else the machine does counts for nothing.
 *
 *     node bench/recommend.ts [folder = recommend-bench] [seconds = 2400] [pairs = 0,1,2,3,4,5,6,7,8,9,10,11]
 *
 * Every training is kept in the folder: the same command goes on where it was stopped, and trains nothing twice.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decayOfSameHalfLife } from "../src/optimizer/batchScaling.ts";
import { ascending, quantile } from "../src/statistics/comparison/sample.ts";
import { type Machine, secondsOfUpdate, windowOf } from "../src/statistics/recommend/machine.ts";
import { least as leastOf, type Pilot, type PilotSetting, settingsOf } from "../src/statistics/recommend/pilotTable.ts";
import { batchRules, rulesBeside } from "../src/statistics/recommend/rules.ts";
import { searchPilots } from "../src/statistics/recommend/searchPilots.ts";
import { sureTarget } from "../src/statistics/recommend/sureTarget.ts";
import { table } from "./measure.ts";
import {
  costOf,
  curveOf,
  type OptimizerName,
  openTask,
  optimizers,
  PRESENT,
  pairs,
  pilotOf,
  presentOf,
  type Task,
} from "./recommendTasks.ts";

const [folder = "recommend-bench", seconds = "2400", chosen = "0,1,2,3,4,5,6,7,8,9,10,11"] = process.argv.slice(2);
const began = performance.now();
const isOver = () => (performance.now() - began) / 1e3 > Number(seconds);

const PILOT_SEEDS = [0, 1, 2, 3];
/** None of them is a pilot's. */
const JUDGING_SEEDS = [100, 101, 102];
const gridBatches = [2, 4, 8, 16, 32, 64, 128];
const rateFactors = [0.1, 0.316, 1, 3.16, 10, 31.6];
/** How many examples fit into memory: all batches, or few, so that larger ones are accumulated. */
const memories = [128, 8];
/** Of the length of the present training that pilots have. */
const shares = [1, 0.25];
const GIBIBYTES = 8 * 2 ** 30;

/** What the present setting reaches in a share of its updates, with every seed. */
async function targetOf(task: Task, share: number): Promise<number> {
  const lowest: number[] = [];
  for (const seed of PILOT_SEEDS) {
    const request = { setting: presentOf(task), seed, mostUpdates: task.updates };
    const { evaluations } = await curveOf(task, request, -1e9);
    const within = evaluations.filter(({ step }) => step <= share * task.updates);
    lowest.push(Math.min(...within.map((one) => one.validationLoss)));
  }
  return sureTarget(lowest);
}

/** The search of `recommend`: what it advises, how many pilots that took, and what rules say beside it. */
async function advised(task: Task, machine: Machine, share: number) {
  const target = await targetOf(task, share);
  const present = presentOf(task);
  const { exponent } = optimizers[task.optimizer];
  const batchSizes = gridBatches.filter((batch) => batch <= task.examples);
  const scene = { present, machine, memoryBytes: GIBIBYTES, examples: task.examples };
  const presentWindow = windowOf(PRESENT, machine);
  const { beta2 } = present;
  const before: Pilot[] = [];
  for (const seed of PILOT_SEEDS)
    before.push(await pilotOf(task, { setting: present, seed, mostUpdates: task.updates }, target));
  const search = searchPilots(
    {
      ...{ goal: "time", machine, present, batchSizes, exponent, seeds: PILOT_SEEDS },
      beta2At: beta2 === null ? null : (batch) => decayOfSameHalfLife(beta2, batch / PRESENT),
      rules: (best) => rulesBeside(best, { ...scene, presentWindow }).map(({ setting }) => setting),
    },
    before,
  );
  let step = search.next();
  while (!step.done) {
    const pilots: Pilot[] = [];
    for (const request of step.value) pilots.push(await pilotOf(task, request, target));
    step = search.next(pilots);
  }
  const pilots = step.value.pilots;
  const found = { goal: "time", machine, pilots } as const;
  const best = leastOf(found, settingsOf(found));
  const spent = pilots.reduce((sum, one) => sum + one.updates * costPerUpdate(one.setting, machine), 0);
  return { best, pilots: pilots.length, spent, rules: rulesBeside(best, { ...scene, presentWindow }) };
}

const costPerUpdate = ({ effectiveBatchSize }: PilotSetting, machine: Machine) =>
  secondsOfUpdate(windowOf(effectiveBatchSize, machine), machine);

/** Seconds to the target over the judging seeds, the geometric mean; ∞ where one takes longer than `most` seconds. */
async function judged(task: Task, setting: PilotSetting, of: Judging): Promise<number> {
  const perUpdate = of.perUpdate ?? costPerUpdate(setting, of.machine);
  const mostUpdates = Math.max(1, Math.ceil(of.most / perUpdate));
  let logs = 0;
  for (const seed of JUDGING_SEEDS) {
    const pilot = await pilotOf(task, { setting, seed, mostUpdates }, of.target);
    if (!pilot.reached) return Number.POSITIVE_INFINITY;
    logs += Math.log(pilot.updates);
  }
  return Math.exp(logs / JUDGING_SEEDS.length) * perUpdate;
}

interface Judging {
  readonly machine: Machine;
  readonly target: number;
  readonly most: number;
  /** Where an update is not cut into as few micro-batches as fit. */
  readonly perUpdate?: number;
}

/** The best of all batches and rates, each cut as well as it can be, which includes no accumulation. */
async function bestOfGrid(task: Task, machine: Machine, target: number, first: number): Promise<number> {
  let best = first;
  const rates = rateFactors.map((factor) => factor * presentOf(task).learningRate);
  // From the middle outwards, so that the cap is low early.
  const fitting = gridBatches.filter((batch) => batch <= task.examples);
  const order = fitting.toSorted((a, b) => Math.abs(Math.log2(a / 16)) - Math.abs(Math.log2(b / 16)));
  for (const effectiveBatchSize of order)
    for (const learningRate of rates) {
      const setting = { ...presentOf(task), effectiveBatchSize, learningRate };
      best = Math.min(best, await judged(task, setting, { machine, target, most: GIVEN_UP * best }));
    }
  return best;
}

/** A training of the grid that takes so many times the best is not the best. */
const GIVEN_UP = 1.5;
/** Rules are followed for so many times the best. */
const FOLLOWED = 10;

interface Row {
  readonly name: string;
  readonly memory: number;
  readonly share: number;
  readonly advice: string;
  readonly pilots: number;
  /** Of all pilots, over one training to the target at the best setting. */
  readonly spent: number;
  readonly regrets: Readonly<Record<string, number>>;
}

async function rowsOf(task: Task): Promise<Row[]> {
  const cost = await costOf(task);
  const target = await targetOf(task, 1);
  const rows: Row[] = [];
  for (const largestMicroBatch of memories) {
    const machine: Machine = { cost, largestMicroBatch, devices: 1, secondsPerSync: 0 };
    const made = [];
    for (const share of shares) {
      const found = await advised(task, machine, share);
      const long = { machine, target, most: 10 * task.updates * costPerUpdate(presentOf(task), machine) };
      made.push({ share, found, own: await judged(task, found.best, long) });
    }
    const first = Math.min(...made.map(({ own }) => own), Number.MAX_VALUE);
    const best = await bestOfGrid(task, machine, target, first);
    for (const { share, found, own } of made) {
      const taken: Record<string, number> = { recommend: own };
      for (const { name, setting, window } of found.rules) {
        const perUpdate = secondsOfUpdate(window ?? windowOf(setting.effectiveBatchSize, machine), machine);
        taken[name] = await judged(task, setting, { machine, target, most: FOLLOWED * best, perUpdate });
      }
      // A rule's setting may lie between those of the grid.
      const least = Math.min(best, ...Object.values(taken));
      const regrets = Object.fromEntries(Object.entries(taken).map(([name, time]) => [name, time / least]));
      const { effectiveBatchSize, learningRate, beta2 } = found.best;
      const { batchSize, accumulationSteps } = windowOf(effectiveBatchSize, machine);
      const advice = `${accumulationSteps} × ${batchSize}, ${learningRate.toPrecision(2)}${beta2 === null ? "" : `, β₂ ${beta2.toPrecision(4)}`}`;
      rows.push({
        ...{ name: task.name, memory: largestMicroBatch, share, advice, regrets },
        ...{ pilots: found.pilots, spent: found.spent / best },
      });
    }
  }
  return rows;
}

const shown = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : `> ${FOLLOWED}`);

function print(rows: readonly Row[]): void {
  const names = ["recommend", ...batchRules];
  for (const share of shares) {
    const own = rows.filter((row) => row.share === share);
    console.log(`\npilots of ${share === 1 ? "the whole length" : `${share} of the length`}`);
    const head = ["task", "fits", "advice", "pilots", "cost of pilots", ...names];
    const lines = own.map(({ name, memory, advice, pilots, spent, regrets }) => [
      ...[name, `${memory}`, advice, `${pilots}`, spent.toFixed(1)],
      ...names.map((one) => shown(regrets[one] ?? Number.NaN)),
    ]);
    const of = (q: number) =>
      names.map((one) => shown(quantile(ascending(own.map(({ regrets }) => regrets[one] ?? Number.NaN)), q)));
    console.log(table([head, ...lines, ["median", "", "", "", "", ...of(0.5)], ["90th", "", "", "", "", ...of(0.9)]]));
  }
}

/** The table of docs/recommend.md as it stands there: rules beside pilots of the whole length. */
function printPage(rows: readonly Row[]): void {
  const whole = rows.filter(({ share }) => share === 1);
  const others = (row: Row) => batchRules.map((name) => row.regrets[name] ?? Number.NaN);
  const cells = whole.map((row) => {
    const quarter = rows.find((one) => one.name === row.name && one.memory === row.memory && one.share !== 1)!;
    return [row.regrets.recommend!, quarter.regrets.recommend!, ...others(row)];
  });
  const line = (words: readonly string[]) => console.log(`| ${words.join(" | ")} |`);
  console.log();
  for (const [i, { name, memory, advice }] of whole.entries())
    line([name, `${memory}`, advice, ...cells[i]!.map(shown)]);
  const of = (q: number) => cells[0]!.map((_, i) => shown(quantile(ascending(cells.map((row) => row[i]!)), q)));
  line(["median", "", "", ...of(0.5)]);
  line(["90th percentile", "", "", ...of(0.9)]);
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  const rows: Row[] = [];
  for (const pair of chosen.split(",").map((i) => pairs[Number(i)]!))
    for (const optimizer of Object.keys(optimizers) as OptimizerName[]) {
      const task = await openTask(pair, optimizer, { folder, isOver });
      try {
        rows.push(...(await rowsOf(task)));
      } catch (error) {
        if (!isOver()) throw error;
        console.error(`${task.name}: ${String(error)}`);
        continue;
      }
      const taken = ((performance.now() - began) / 1e3).toFixed(0);
      console.error(`${task.name}: ${taken} s, ${task.curves.size} trainings`);
    }
  print(rows);
  if (rows.length > 0) printPage(rows);
  writeFileSync(join(folder, "rows.json"), JSON.stringify(rows, null, 2));
}
