/**
 * How often the 95 % interval of the branched critical batch holds the truth: SGD on a noisy quadratic (Zhang et al.
 * 2019, 1907.04164), whose loss after any number of updates is known. The branches of a seed see the same examples.
 * `node bench/criticalBatch.ts [simulations, default 1000]` prints the worst case first; see docs/critical-batch.md for
 * what it gave.
 */
import { type BranchProgress, type CriticalBatch, criticalBatch } from "../src/statistics/criticalBatch.ts";
import { type Random, random } from "../src/tensor/random.ts";
import { table } from "./measure.ts";

/** A loss ½ Σ h w², whose gradient of one example has the variance c in each direction. */
export interface Quadratic {
  readonly name: string;
  readonly curvature: readonly number[];
  readonly noise: readonly number[];
  readonly start: number;
  /** Of the smallest batch; that of another follows it by B^`exponent`. */
  readonly learningRate: number;
  readonly exponent: number;
  readonly batches: readonly number[];
  readonly examples: number;
  readonly seeds: number;
}

const curvature = [0.3, 0.2, 0.1, 0.05];
const usual = { curvature, noise: [0.3, 0.3, 0.3, 0.3], start: 1, learningRate: 0.2, exponent: 1, examples: 128 };
const octaves = (least: number, count: number) => Array.from({ length: count }, (_, i) => least * 2 ** i);
export const quadratics: readonly Quadratic[] = [
  { ...usual, name: "linear rule", batches: octaves(1, 6), seeds: 8 },
  { ...usual, name: "linear rule, 5 seeds", batches: octaves(1, 6), seeds: 5 },
  { ...usual, name: "linear rule, 20 seeds", batches: octaves(1, 6), seeds: 20 },
  { ...usual, name: "linear rule, factors of 4", batches: [1, 4, 16, 64], seeds: 8 },
  {
    ...usual,
    name: "square-root rule",
    exponent: 0.5,
    learningRate: 0.1,
    examples: 64,
    batches: octaves(1, 5),
    seeds: 8,
  },
  { ...usual, name: "one rate for all", exponent: 0, learningRate: 0.1, batches: octaves(1, 5), seeds: 8 },
  { ...usual, name: "more noise", noise: [3, 3, 3, 3], learningRate: 0.1, batches: octaves(1, 6), seeds: 8 },
  {
    ...{ ...usual, name: "noise along the curvature", noise: curvature.map((h) => 4 * h) },
    ...{ exponent: 0.7, learningRate: 0.1, batches: octaves(1, 6), seeds: 8 },
  },
];

const rateAt = ({ learningRate, exponent, batches }: Quadratic, batch: number) =>
  learningRate * (batch / batches[0]!) ** exponent;

/** E of the loss after the examples in batches of this size, which need not be whole. */
function expectedLoss(one: Quadratic, batch: number): number {
  const [rate, updates] = [rateAt(one, batch), one.examples / batch];
  return one.curvature.reduce((sum, h, i) => {
    const decay = 1 - rate * h;
    const spread = (rate ** 2 * (one.noise[i]! / batch) * (1 - decay ** (2 * updates))) / (1 - decay ** 2);
    return sum + (h / 2) * (Math.abs(decay) ** (2 * updates) * one.start ** 2 + spread);
  }, 0);
}

const lossOf = ({ curvature }: Quadratic, at: readonly number[]) =>
  curvature.reduce((sum, h, i) => sum + (h / 2) * at[i]! ** 2, 0);

/** The batch at which the expected progress is that of the smallest over 1 + `overhead`; null where none is. */
export function trueCriticalBatch(one: Quadratic, overhead: number): number | null {
  const begin = lossOf(
    one,
    one.curvature.map(() => one.start),
  );
  const progress = (batch: number) => begin - expectedLoss(one, batch);
  const least = progress(one.batches[0]!) / (1 + overhead);
  let [low, high] = [one.batches[0]!, one.batches.at(-1)!];
  if (progress(high) > least) return null;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (progress(middle) > least) low = middle;
    else high = middle;
  }
  return low;
}

/** One set of branches, by simulation. */
export function simulate(one: Quadratic, numbers: Random): BranchProgress[] {
  const begin = lossOf(
    one,
    one.curvature.map(() => one.start),
  );
  const runs = Array.from({ length: one.seeds }, () => {
    const examples = Array.from({ length: one.examples }, () => one.noise.map((c) => Math.sqrt(c) * numbers.normal()));
    return one.batches.map((batch) => begin - lossOf(one, descend(one, examples, batch)));
  });
  return one.batches.map((batchSize, i) => ({ batchSize, progress: runs.map((run) => run[i]!) }));
}

function descend(one: Quadratic, examples: readonly (readonly number[])[], batch: number): number[] {
  const weights = one.curvature.map(() => one.start);
  const rate = rateAt(one, batch);
  for (let from = 0; from < examples.length; from += batch) {
    const own = examples.slice(from, from + batch);
    for (const [i, h] of one.curvature.entries()) {
      const noise = own.reduce((sum, example) => sum + example[i]!, 0) / own.length;
      weights[i]! -= rate * (h * weights[i]! + noise);
    }
  }
  return weights;
}

/** Whether an interval holds a batch; an end that is not known bounds nothing. */
export function holds({ lower, upper }: CriticalBatch, truth: number | null, most: number): boolean {
  if (truth === null) return upper === null || upper > most;
  return (lower ?? 0) <= truth && truth <= (upper ?? Number.POSITIVE_INFINITY);
}

function row(one: Quadratic, simulations: number): { readonly covers: number; readonly cells: string[] } {
  const numbers = random(7);
  const truth = trueCriticalBatch(one, 0.2);
  const found = Array.from({ length: simulations }, () => criticalBatch(simulate(one, numbers)));
  const share = (of: (one: CriticalBatch) => boolean) => found.filter(of).length / simulations;
  const covers = share((interval) => holds(interval, truth, one.batches.at(-1)!));
  const values = found.flatMap(({ value }) => value ?? []).toSorted((a, b) => a - b);
  const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
  const error = 1.96 * Math.sqrt((covers * (1 - covers)) / simulations);
  return {
    covers,
    cells: [
      one.name,
      truth?.toFixed(2) ?? `> ${one.batches.at(-1)}`,
      `${percent(covers)} ± ${(100 * error).toFixed(1)}`,
      percent(share(({ resolved }) => resolved)),
      values.length === 0 ? "–" : values[Math.floor(values.length / 2)]!.toFixed(2),
    ],
  };
}

if (import.meta.main) {
  const simulations = Number(process.argv[2] ?? 1000);
  const rows = quadratics.map((one) => row(one, simulations)).toSorted((a, b) => a.covers - b.covers);
  const head = ["case", "true critical batch", "interval holds it", "both ends known", "median estimate"];
  console.log(table([head, ...rows.map(({ cells }) => cells)]));
}
