/**
 * How often groups, and rows of shuffled batches, are found to be in conflict that are not, or are, over numbers of
 * rows, spectra of the noise and tails. `node bench/conflicts.ts [draws, default 1000] [groups | rows] [from] [to]`:
 * the cases of a part from one to another, counted from 1, for a machine that has no hour at a time.
 * docs/statistics.md says what it gave.
 */
import { groupConflicts } from "../src/statistics/groups.ts";
import { opposedRows } from "../src/statistics/opposedRows.ts";
import type { Gram } from "../src/statistics/types.ts";
import { type Random, random } from "../src/tensor/random.ts";

export const spectra = {
  "flat, 60": Array.from({ length: 60 }, () => 1),
  "1/√d, 48": Array.from({ length: 48 }, (_, d) => (d + 1) ** -0.5),
  "1/d, 32": Array.from({ length: 32 }, (_, d) => 1 / (d + 1)),
};
export type Spectrum = keyof typeof spectra;

/** √trΣ of the mean of `rows` rows. */
const noiseOfMean = (spectrum: Spectrum, rows: number) =>
  Math.sqrt(spectra[spectrum].reduce((sum, s) => sum + s ** 2, 0) / rows);

export function gramOf(vectors: readonly Float64Array[], count: number): Gram {
  const n = vectors.length;
  const products = new Float64Array(n * n);
  for (let k = 0; k < n; k++)
    for (let l = 0; l <= k; l++) {
      let sum = 0;
      for (let d = 0; d < vectors[k]!.length; d++) sum += vectors[k]![d]! * vectors[l]![d]!;
      products[k * n + l] = sum;
      products[l * n + k] = sum;
    }
  return { products, counts: Array<number>(n).fill(count) };
}

/**
 * The mean of B examples around `center`, each example's noise with a length of its own of log standard deviation
 * `tail`.
 */
export function drawRow(center: (d: number) => number, spectrum: Spectrum, B: number, tail: number, rng: Random) {
  const row = new Float64Array(spectra[spectrum].length);
  // Unequal lengths show only in the sum: one normal number of the right size stands for B of them.
  let squares = 0;
  for (let i = 0; i < (tail > 0 ? B : 1); i++) squares += Math.exp(2 * tail * rng.normal());
  const scale = tail > 0 ? Math.sqrt(squares) / B : 1 / Math.sqrt(B);
  spectra[spectrum].forEach((s, d) => {
    row[d] = center(d) + scale * s * rng.normal();
  });
  return row;
}

export interface GroupPlan {
  readonly groups: number;
  /** Rows of each. */
  readonly rows: number;
  readonly B: number;
  readonly spectrum: Spectrum;
  readonly tail: number;
  /**
   * Lengths of the mean gradients along one shared direction, and along one of each group's own, over √trΣ of a mean.
   */
  readonly shared: readonly number[];
  readonly own: number;
}

/** Shares of draws with a pair in conflict, and with every pair whose shared lengths have unlike signs in conflict. */
export function conflictRate(plan: GroupPlan, draws: number, seed: number): { any: number; all: number } {
  const rng = random(seed);
  const { groups, rows, B, spectrum, tail, shared, own } = plan;
  const unit = noiseOfMean(spectrum, rows * B);
  const groupOf = Array.from({ length: groups * rows }, (_, k) => Math.floor(k / rows));
  let [any, all] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const vectors = groupOf.map((group) =>
      drawRow((d) => unit * (d === 0 ? (shared[group] ?? 0) : d === group + 1 ? own : 0), spectrum, B, tail, rng),
    );
    const { pairs } = groupConflicts(gramOf(vectors, B), groupOf, { seed: draw + 1, permutations: 1 });
    if (pairs.some(({ conflict }) => conflict)) any++;
    if (pairs.every((pair) => pair.conflict || !(shared[pair.first]! * shared[pair.second]! < 0))) all++;
  }
  return { any: any / draws, all: all / draws };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(8);

/** Which cases of a part are simulated, counted from 1. */
type Range = readonly [from: number, to: number];

function printGroups(draws: number, [from, to]: Range): void {
  console.log(`groups, ${draws} draws a case; right angles / no mean gradient / one gradient / planted: all found`);
  let [seed, at] = [1, 0];
  for (const spectrum of Object.keys(spectra) as Spectrum[])
    for (const [groups, rows] of [
      [2, 4],
      [2, 8],
      [2, 32],
      [4, 8],
      [8, 8],
    ] as const)
      for (const [B, tail] of [
        [8, 0],
        [8, 1],
        [1, 1],
      ] as const) {
        if (++at < from || at > to) {
          seed += 4;
          continue;
        }
        const base = { groups, rows, B, spectrum, tail };
        const same = Array<number>(groups).fill(1);
        const planted = same.map((_, group) => (group === 0 ? -5 : 5));
        const cells = [
          conflictRate({ ...base, shared: [], own: 4 }, draws, seed++).any,
          conflictRate({ ...base, shared: [], own: 0 }, draws, seed++).any,
          conflictRate({ ...base, shared: same, own: 0 }, draws, seed++).any,
          conflictRate({ ...base, shared: planted, own: 0 }, draws, seed++).all,
        ];
        console.log(`G ${groups}  n ${rows}  B ${B}  tail ${tail}  ${spectrum.padEnd(9)}`, ...cells.map(percent));
      }
}

export interface RowPlan {
  readonly rows: number;
  readonly B: number;
  readonly spectrum: Spectrum;
  readonly tail: number;
  /** Length of the mean gradient over √trΣ of a row, along the third direction. */
  readonly signal: number;
  /** So many rows have `against` times the opposite gradient instead. */
  readonly block: number;
  readonly against: number;
}

/** Share of draws in which rows are found to oppose the others. */
export function oppositionRate(plan: RowPlan, draws: number, seed: number): number {
  const rng = random(seed);
  const { rows, B, spectrum, tail, signal, block, against } = plan;
  const length = signal * noiseOfMean(spectrum, B);
  let found = 0;
  for (let draw = 0; draw < draws; draw++) {
    const vectors = Array.from({ length: rows }, (_, k) =>
      drawRow((d) => (d === 2 ? (k < block ? -against : 1) * length : 0), spectrum, B, tail, rng),
    );
    if (opposedRows(gramOf(vectors, B), { seed: draw + 1, draws: 199 }).p <= 0.05) found++;
  }
  return found / draws;
}

function printRows(draws: number, [from, to]: Range): void {
  console.log(
    `rows, ${draws} draws a case; |G| of 0, 0.5, 1, 2 row noises without conflict / 3 rows against: 1, 3 times / half`,
  );
  let [seed, at] = [1000, 0];
  for (const rows of [16, 32, 64])
    for (const spectrum of Object.keys(spectra) as Spectrum[])
      for (const [B, tail] of [
        [8, 0],
        [8, 1],
        [1, 1],
      ] as const) {
        if (++at < from || at > to) {
          seed += 7;
          continue;
        }
        const rate = (signal: number, block: number, against: number) =>
          percent(oppositionRate({ rows, B, spectrum, tail, signal, block, against }, draws, seed++));
        const calm = [0, 0.5, 1, 2].map((signal) => rate(signal, 0, 0));
        const planted = [rate(1.5, 3, 1), rate(1.5, 3, 3), rate(1.5, rows / 2, 1)];
        console.log(`K ${rows}  B ${B}  tail ${tail}  ${spectrum.padEnd(9)}`, ...calm, " |", ...planted);
      }
}

if (import.meta.main) {
  const [draws, part] = [Number(process.argv[2] ?? 1000), process.argv[3]];
  const range: Range = [Number(process.argv[4] ?? 1), Number(process.argv[5] ?? Number.POSITIVE_INFINITY)];
  if (part !== "rows") printGroups(draws, range);
  if (part !== "groups") printRows(draws, range);
}
