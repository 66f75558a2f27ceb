/**
 * DualGAFNet against logistic regression on an anomaly that neither has seen, of motes that neither has seen: the
 * protocol stands in docs/dualgafnet.md. Every method has the same training windows, copies, planted anomalies, loss,
 * optimizer, seeds and threshold, one half. A candidate is chosen on the training motes alone:
 * trained on each of the two and judged on the other. Then five seeds are trained on both training motes and judged,
 * once, on the others.
 *
 *   node bench/sensors.ts [folds]
 *
 * `folds` leaves the held-out motes alone.
 */

import { sensorSubsets } from "../src/data/choices.ts";
import { readSensors } from "../src/data/named/sensors.ts";
import { withPlantedAnomalies } from "../src/data/series/anomalyCopies.ts";
import type { Series } from "../src/data/series/windows.ts";
import { rankingScores } from "../src/statistics/ranking.ts";
import { table } from "./measure.ts";
import { bestThreshold, differenceOf, f1, mean, withDeviation } from "./sensorComparison.ts";
import { type Candidate, linearMethods, type Method, networks } from "./sensorMethods.ts";
import { type Judged, judge, type Sides } from "./sensorTrial.ts";

const SEEDS = [0, 1, 2, 3, 4];
const HALF = 0;
/** For choosing: anomalies planted into the training mote that has none. */
const CHOOSING = { anomalies: 3, seed: 77 } as const;
const methods = { ...linearMethods, ...networks };

interface Choice {
  readonly candidate: Candidate;
  /** Mean over the two folds of F1 at one half. */
  readonly f1: number;
  /** Mean over candidates and folds of F1 at one half, and at the threshold that is best on the other fold. */
  readonly rules: readonly [half: number, chosen: number];
}

/** What one direction gave, by method. */
interface Direction {
  readonly choices: Readonly<Record<string, Choice>>;
  /** By seed; none where the held-out motes were left alone. */
  readonly found: Readonly<Record<string, readonly Judged[]>>;
}

/** Each training mote once to train on and once to judge; the one without an anomaly has the other's, changed. */
function folds(series: readonly Series[]): [Sides, Sides] {
  const planted = withPlantedAnomalies(series, CHOOSING.anomalies, CHOOSING.seed);
  const [first, second] = series.map((one, i) => (one.classes.includes(1) ? one : planted[i]!));
  return [
    { train: [first!], validation: [second!] },
    { train: [second!], validation: [first!] },
  ];
}

/** The candidate with the largest F1 at one half, the mean of both folds. */
async function choose(method: Method, series: readonly Series[]): Promise<Choice> {
  const [first, second] = folds(series);
  const tried = [];
  for (const candidate of method.candidates) {
    const a = await judge(method, candidate, first, 0);
    const b = await judge(method, candidate, second, 0);
    tried.push({
      candidate,
      half: mean([f1(a, HALF), f1(b, HALF)]),
      chosen: mean([f1(a, bestThreshold(b)), f1(b, bestThreshold(a))]),
    });
  }
  const best = tried.reduce((most, one) => (one.half > most.half ? one : most));
  return {
    candidate: best.candidate,
    f1: best.half,
    rules: [mean(tried.map(({ half }) => half)), mean(tried.map(({ chosen }) => chosen))],
  };
}

async function measure(direction: string, heldOut: boolean): Promise<Direction> {
  const sides = await readSensors(direction);
  const choices: Record<string, Choice> = {};
  const found: Record<string, Judged[]> = {};
  for (const [name, method] of Object.entries(methods)) {
    const chosen = await choose(method, sides.train);
    choices[name] = chosen;
    found[name] = [];
    if (heldOut) for (const seed of SEEDS) found[name].push(await judge(method, chosen.candidate, sides, seed));
    process.stderr.write(`${direction}  ${name}: ${chosen.f1.toFixed(3)} on folds\n`);
  }
  return { choices, found };
}

/** What was chosen on the training motes, and both rules for the threshold there. */
function choicesTable(all: ReadonlyMap<string, Direction>): string[][] {
  const rows = [
    ["method", "direction", "window", "rate", "copies", "planted", "F1 at ½", "all at ½", "all at the other's"],
  ];
  for (const name of Object.keys(methods))
    for (const [direction, { choices }] of all) {
      const { candidate, f1: onFolds, rules } = choices[name]!;
      const { length, copies, anomalies } = candidate.series;
      const chosen = [length, candidate.learningRate, copies, anomalies].map(String);
      rows.push([name, direction, ...chosen, ...[onFolds, ...rules].map((value) => value.toFixed(3))]);
    }
  return rows;
}

const f1AtHalf = (found: readonly Judged[]) => found.map((one) => f1(one, HALF));

/** On the held-out motes: F1 at one half of either direction and of both, and average precision. */
function heldOutTable(all: ReadonlyMap<string, Direction>): string[][] {
  const directions = [...all.keys()];
  const rows = [["method", ...directions.flatMap((one) => [`F1, ${one}`, `average precision, ${one}`]), "F1 together"]];
  for (const name of Object.keys(methods)) {
    const found = [...all.values()].map((one) => one.found[name]!);
    rows.push([
      name,
      ...found.flatMap((one) => [
        withDeviation(f1AtHalf(one)),
        withDeviation(one.map(({ scores, positive }) => rankingScores(scores, positive).averagePrecision)),
      ]),
      withDeviation(together(found)),
    ]);
  }
  return rows;
}

/** By seed, the mean over directions. */
function together(found: readonly (readonly Judged[])[]): number[] {
  return SEEDS.map((_, i) => mean(found.map((one) => f1(one[i]!, HALF))));
}

/** Each network less the linear model that is best on the folds of both directions. */
function differencesTable(all: ReadonlyMap<string, Direction>): string[][] {
  const onFolds = (name: string) => mean([...all.values()].map(({ choices }) => choices[name]!.f1));
  const best = Object.keys(linearMethods).reduce((most, one) => (onFolds(one) > onFolds(most) ? one : most));
  const rows = [["less", "direction", "by seed", "of blocks of windows, 95 %"]];
  for (const linear of Object.keys(linearMethods))
    for (const name of Object.keys(networks)) {
      const label = `${name} less ${linear}${linear === best ? " (best on folds)" : ""}`;
      for (const [direction, { found }] of all) {
        const seeds = SEEDS.map((_, i) => f1(found[name]![i]!, HALF) - f1(found[linear]![i]!, HALF));
        const [low, high] = differenceOf(found[name]!, found[linear]!, HALF);
        rows.push([label, direction, withDeviation(seeds), `${low.toFixed(3)} … ${high.toFixed(3)}`]);
      }
      const pairs = [name, linear].map((one) => together([...all.values()].map(({ found }) => found[one]!)));
      rows.push([label, "together", withDeviation(SEEDS.map((_, i) => pairs[0]![i]! - pairs[1]![i]!)), ""]);
    }
  return rows;
}

const heldOut = process.argv[2] !== "folds";
// One thread each, side by side.
const measured = await Promise.all(sensorSubsets.map(async (one) => [one, await measure(one, heldOut)] as const));
const all = new Map(measured);
process.stdout.write(`${table(choicesTable(all))}\n`);
if (heldOut) process.stdout.write(`\n${table(heldOutTable(all))}\n\n${table(differencesTable(all))}\n`);
