/**
 * How often the 95 % interval of the noise scale holds the truth: simulated draws of rows with a planted gradient G and
 * covariance Σ; and how often groups are found to be in conflict that are not, or are. `node bench/coverage.ts [draws,
 * default 2000] [intervals | groups]` prints two tables, the worst case first; see docs/statistics.md for what they
 * gave.
 *
 * Gaussian rows of b examples are rows of one example in another unit, so b varies only where single examples have
 * heavy tails or come from a finite data set.
 */
import { type GroupPair, groupConflicts } from "../src/statistics/groups.ts";
import { datasetNoiseScale, inverseNoiseScale, noiseScale } from "../src/statistics/noiseScale.ts";
import type { Gram, NoiseScale } from "../src/statistics/types.ts";
import { type Random, random } from "../src/tensor/random.ts";

const spectra = {
  "flat, 16": Array.from({ length: 16 }, () => 1),
  "flat, 24": Array.from({ length: 24 }, () => 1),
  "flat, 200": Array.from({ length: 200 }, () => 1),
  "1/√d, 64": Array.from({ length: 64 }, (_, d) => (d + 1) ** -0.5),
  "1/d, 40": Array.from({ length: 40 }, (_, d) => 1 / (d + 1)),
  "d^-3/2, 24": Array.from({ length: 24 }, (_, d) => (d + 1) ** -1.5),
};

export interface CoverageCase {
  readonly rows: number;
  /** Examples per row. */
  readonly count: number;
  readonly spectrum: keyof typeof spectra;
  /** True noise scale over the examples that are seen, K·b: above about 1 the interval cannot be bounded above. */
  readonly scaleOverSeen: number;
  /** Each example's noise is multiplied by one random factor of this log standard deviation: heavy tails of ‖g_i‖. */
  readonly tail?: number;
  /** 2 % of the examples have noise eight times as long, which the noise scale counts. */
  readonly rareLong?: boolean;
  /** N: rows drawn without replacement from a fixed data set, whose own noise scale is the truth. */
  readonly datasetSize?: number;
  /** The gradient lies along the direction with the most noise, not evenly in all. */
  readonly noisiest?: boolean;
}

export interface Coverage {
  readonly covered: number;
  /** Shares of intervals wholly above and wholly below the truth, 0.025 each when all is well. */
  readonly tooHigh: number;
  readonly tooLow: number;
  readonly resolved: number;
  /** Mean length of the interval of 1/noiseScale, which is always finite, over the true 1/noiseScale. */
  readonly width: number;
}

export function coverage(plan: CoverageCase, draws: number, seed: number): Coverage {
  const generator = random(seed);
  const { truth, draw } = plan.datasetSize === undefined ? fresh(plan, generator) : finite(plan, generator);
  const drawn = Array.from({ length: draws }, draw);
  const intervals = drawn.map(({ interval }) => interval);
  const share = (hit: (interval: NoiseScale) => boolean) => intervals.filter(hit).length / draws;
  return {
    covered: share(({ lower, upper }) => lower <= truth && truth <= upper),
    tooHigh: share(({ lower }) => lower > truth),
    tooLow: share(({ upper }) => upper < truth),
    resolved: share(({ resolved }) => resolved),
    width: (drawn.reduce((sum, { low, high }) => sum + high - low, 0) / draws) * truth,
  };
}

const RARE = { share: 0.02, length: 8 };

/** Rows from an endless population; a row without a tail is one draw of Σ/b. */
function fresh(plan: CoverageCase, { normal, uniform }: Random) {
  const { rows, count, spectrum, tail = 0, rareLong = false, scaleOverSeen } = plan;
  const spread = spectra[spectrum];
  const truth = scaleOverSeen * rows * count;
  const signal = signalFor(plan, truth);
  const alike = tail === 0 && !rareLong;
  const summands = alike ? 1 : count;
  const size = 1 / Math.sqrt(alike ? count : count ** 2);
  const lengthOf = () => (rareLong && uniform() < RARE.share ? RARE.length : 1);
  const draw = () => {
    const vectors = Array.from({ length: rows }, () => {
      const row = Float64Array.from(signal);
      // E exp(2 tail z − 2 tail²) = 1 keeps the covariance Σ.
      for (let i = 0; i < summands; i++)
        addNoise(row, spread, lengthOf() * size * Math.exp(tail * normal() - tail ** 2), normal);
      return row;
    });
    return measured(gramOf(vectors, count));
  };
  return { truth, draw };
}

function finite(plan: CoverageCase, { normal, permutation }: Random) {
  const { rows, count, spectrum, scaleOverSeen, tail = 0 } = plan;
  const size = plan.datasetSize!;
  const spread = spectra[spectrum];
  const signal = signalFor(plan, scaleOverSeen * rows * count);
  const examples = Array.from({ length: size }, () => {
    const example = Float64Array.from(signal);
    addNoise(example, spread, Math.exp(tail * normal() - tail ** 2), normal);
    return example;
  });
  const center = meanOf(examples);
  const squares = examples.reduce((sum, example) => sum + dot(example, example), 0);
  const truth = (squares - size * dot(center, center)) / (size - 1) / dot(center, center);
  const draw = () => {
    const order = permutation(size);
    const vectors = Array.from({ length: rows }, (_, k) =>
      meanOf(Array.from({ length: count }, (_, i) => examples[order[k * count + i]!]!)),
    );
    return measured(gramOf(vectors, count), size);
  };
  return { truth, draw };
}

const dot = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
};

function measured(gram: Gram, size?: number): { interval: NoiseScale; low: number; high: number } {
  const fraction = size === undefined ? 0 : gram.counts.reduce((sum, count) => sum + count, 0) / size;
  const { low, high } = inverseNoiseScale(gram, fraction);
  return { interval: size === undefined ? noiseScale(gram) : datasetNoiseScale(gram, size), low, high };
}

/** G with |G|² = trΣ/scale. */
function signalFor({ spectrum, noisiest = false, rareLong = false }: CoverageCase, scale: number): readonly number[] {
  const spread = spectra[spectrum];
  const trace = spread.reduce((sum, s) => sum + s * s, 0) * (rareLong ? 1 + RARE.share * (RARE.length ** 2 - 1) : 1);
  const length = Math.sqrt(trace / scale);
  return spread.map((_, d) => (noisiest ? (d === 0 ? length : 0) : length / Math.sqrt(spread.length)));
}

function addNoise(row: Float64Array, spread: readonly number[], size: number, normal: () => number): void {
  for (let d = 0; d < row.length; d++) row[d]! += size * spread[d]! * normal();
}

function meanOf(vectors: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let d = 0; d < mean.length; d++) mean[d]! += vector[d]! / vectors.length;
  return mean;
}

/** Narrow rows: cheaper than `gramOfRows`, which is made for millions of parameters. */
function gramOf(vectors: readonly Float64Array[], count: number): Gram {
  const rows = vectors.length;
  const products = new Float64Array(rows * rows);
  for (let k = 0; k < rows; k++)
    for (let l = 0; l <= k; l++) products[k * rows + l] = products[l * rows + k] = dot(vectors[k]!, vectors[l]!);
  return { products, counts: Array<number>(rows).fill(count) };
}

const names = ["flat, 200", "1/√d, 64", "d^-3/2, 24"] as const;
const cases: readonly CoverageCase[] = [
  ...[4, 8, 16, 32, 128].flatMap((rows) =>
    names.flatMap((spectrum) => [0.1, 0.5, 2].map((scaleOverSeen) => ({ rows, count: 8, spectrum, scaleOverSeen }))),
  ),
  ...[1, 16].flatMap((count) =>
    [16, 64].flatMap((rows) =>
      [0.1, 1].map((scaleOverSeen) => ({ rows, count, spectrum: "1/√d, 64" as const, scaleOverSeen, tail: 0.7 })),
    ),
  ),
  ...[512, 2048].flatMap((datasetSize) =>
    [
      [16, 8],
      [32, 16],
      [64, 1],
      [256, 1],
    ].map(([rows, count]) => ({
      rows: rows!,
      count: count!,
      spectrum: "1/√d, 64" as const,
      scaleOverSeen: 0.3,
      tail: 0.5,
      datasetSize,
    })),
  ),
  ...[12, 48].flatMap((rows) =>
    [0.02, 0.1].map((scaleOverSeen) => ({
      rows,
      count: 8,
      spectrum: "1/d, 40" as const,
      scaleOverSeen,
      noisiest: true,
    })),
  ),
  ...[0.1, 0.3, 0.6, 1, 2].flatMap((scaleOverSeen) => [
    { rows: 64, count: 8, spectrum: "flat, 16" as const, scaleOverSeen },
    { rows: 256, count: 1, spectrum: "flat, 24" as const, scaleOverSeen },
  ]),
  ...[8, 24, 64, 256].flatMap((rows) =>
    [1, 8].flatMap((count) =>
      [0.03, 0.3].map((scaleOverSeen) => ({
        rows,
        count,
        spectrum: "1/√d, 64" as const,
        scaleOverSeen,
        rareLong: true,
      })),
    ),
  ),
  ...[8, 24, 96].flatMap((rows) =>
    [0.05, 0.3].map((scaleOverSeen) => ({ rows, count: 1, spectrum: "flat, 200" as const, scaleOverSeen, tail: 1 })),
  ),
];

/** Pairs of five groups of 8 rows each, around mean gradients of the given sizes along one direction. */
function groupPairs(sizes: readonly number[], { normal }: Random, seed: number): readonly GroupPair[] {
  const groupOf = sizes.flatMap((_, group) => Array<number>(8).fill(group));
  const vectors = groupOf.map((group) => Float64Array.from({ length: 30 }, () => sizes[group]! + normal()));
  return groupConflicts(gramOf(vectors, 4), groupOf, { seed, permutations: 199 }).pairs;
}

function printConflicts(draws: number): void {
  const generator = random(30);
  const drawn = (sizes: readonly number[]) =>
    Array.from({ length: draws }, (_, draw) => groupPairs(sizes, generator, draw + 1));
  const share = (all: readonly (readonly GroupPair[])[], hit: (pair: GroupPair) => boolean) =>
    `${((100 * all.filter((pairs) => pairs.some(hit)).length) / all.length).toFixed(1)} %`;
  const alike = drawn([0.15, 0.15, 0.15, 0.15, 0.15]);
  console.log("five groups that do not differ, draws with a pair at the 5 % level:");
  console.log(`  uncorrected ${share(alike, ({ p }) => p <= 0.05)}`);
  console.log(`  Benjamini-Hochberg ${share(alike, (pair) => pair.benjaminiHochberg <= 0.05)}`);
  console.log(`  Holm ${share(alike, (pair) => pair.holm <= 0.05)}`);
  const turned = drawn([0.4, 0.4, -0.4, 0.4, 0.4]);
  const involved = ({ first, second }: GroupPair) => first === 2 || second === 2;
  const complete = turned.filter((pairs) => pairs.every((pair) => !involved(pair) || pair.conflict)).length;
  console.log("the third of five groups turned round:");
  console.log(`  all four of its conflicts found in ${((100 * complete) / draws).toFixed(1)} % of draws`);
  console.log(`  a conflict between others in ${share(turned, (pair) => pair.conflict && !involved(pair))}`);
}

function print(draws: number): void {
  const cell = (text: string | number, width: number) => String(text).padStart(width);
  const percent = (share: number) => (100 * share).toFixed(1);
  console.log(`${draws} draws a case; the standard error of 95 % is ${(100 * Math.sqrt(0.0475 / draws)).toFixed(1)} %`);
  const header = ["K", "b", "spectrum", "tail", "N", "scale/Kb", "covered", "too high", "too low", "resolved", "width"];
  console.log(header.map((name) => cell(name, 11)).join(""));
  const results = cases.map((plan, i) => ({ plan, result: coverage(plan, draws, i + 1) }));
  // The worst first.
  for (const { plan, result } of results.sort((a, b) => a.result.covered - b.result.covered)) {
    const { rows, count, spectrum, tail = 0, datasetSize = "∞", scaleOverSeen, rareLong, noisiest } = plan;
    const shares = [result.covered, result.tooHigh, result.tooLow, result.resolved].map(percent);
    const kind = rareLong ? "2 % × 8" : noisiest ? "noisiest" : tail;
    const line = [rows, count, spectrum, kind, datasetSize, scaleOverSeen, ...shares, result.width.toFixed(2)];
    console.log(line.map((value) => cell(value, 11)).join(""));
  }
}

if (import.meta.main) {
  const [draws, part] = [Number(process.argv[2] ?? 2000), process.argv[3]];
  if (part !== "groups") print(draws);
  if (part !== "intervals") printConflicts(draws);
}
