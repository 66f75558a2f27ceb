import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { meanOf, varianceOf } from "./comparison/sample.ts";
import type { CriticalBatch } from "./criticalBatch.ts";
import { fisherTail } from "./incompleteBeta.ts";
import { studentTQuantile } from "./studentT.ts";
import type { Interval } from "./types.ts";

/** What trainings in one batch size took to a target. */
export interface BatchCost {
  readonly batchSize: number;
  /** Examples to the target, by seed in the same order for all batches; null where it was never reached. */
  readonly examples: readonly (number | null)[];
}

/** The hyperbola (S/S_min − 1)(E/E_min − 1) = 1 through steps S and examples E to a target. */
export interface ParetoFit {
  /** Of batches that grow without end: S_min. Null where the batches tried do not show it. */
  readonly fewestSteps: Interval | null;
  /** Of batches that shrink without end: E_min. */
  readonly fewestExamples: Interval | null;
  /** E_min/S_min, at which both are twice as many as they must be. */
  readonly criticalBatchSize: CriticalBatch;
  /** Whether batches lie farther from the hyperbola than seeds explain; null of two batches, which always fit. */
  readonly lackOfFit: { readonly f: number; readonly p: number } | null;
  /** Those with a seed that never reached the target, which the fit leaves out. */
  readonly censored: readonly number[];
  /** Batches and seeds of the fit. */
  readonly batches: number;
  readonly seeds: number;
}

/** Places looked at of ln B_crit, and how far beyond the batches tried. */
const [PLACES, BEYOND] = [160, 8];

/**
 * S(B) = S_min(1 + B_crit/B), that is (S/S_min − 1)(E/E_min − 1) = 1 (McCandlish et al. 2018, 1812.06162), fitted in
 * the logarithm: minimises the squares of ln S over batches. B_crit's interval
 * holds every value whose squares exceed the least ones by at most t² times what seeds scatter beside what they have in
 * common (their interaction with batches): the profile of the fit, derived here. An end that no value bounds is null.
 * Those of S_min and E_min are by the jackknife over seeds in the logarithm. `lackOfFit` compares the remaining squares
 * with that scatter by Fisher's F, exact for normal errors of one size. Batches with a seed that never reached the
 * target are left out and named.
 *
 * Throws `UsageError` for fewer than two batches or seeds, batches that do not ascend, and lists that differ in length.
 */
export function paretoFit(costs: readonly BatchCost[], { level = 0.95 }: { readonly level?: number } = {}): ParetoFit {
  requireArguments("paretoFit", { costs, level }, { costs: is.listOf("costs", is.object), level: is.number });
  const seeds = requireCosts(costs);
  const whole = costs.filter(({ examples }) => !examples.includes(null));
  const censored = costs.filter(({ examples }) => examples.includes(null)).map(({ batchSize }) => batchSize);
  const none = { value: null, lower: null, upper: null, resolved: false };
  const counts = { censored, batches: whole.length, seeds };
  const bare = { fewestSteps: null, fewestExamples: null, criticalBatchSize: none, lackOfFit: null };
  if (whole.length < 2) return { ...bare, ...counts };
  const sizes = whole.map(({ batchSize }) => batchSize);
  const logs = whole.map(({ batchSize, examples }) => examples.map((one) => Math.log(one! / batchSize)));
  const freedom = (sizes.length - 1) * (seeds - 1);
  const scatter = interaction(logs) / freedom;
  const best = fitHyperbola(sizes, logs.map(meanOf));
  const least = seeds * best.squares;
  const limit = least + studentTQuantile(level, freedom) ** 2 * scatter;
  const f = least / Math.max(1, sizes.length - 2) / scatter;
  return {
    ...bare,
    ...counts,
    ...(isKnown(best) && coefficients(sizes, logs, level)),
    criticalBatchSize: withEnds(
      isKnown(best) ? best.critical : null,
      sizes,
      (u) => seeds * squaresAt(u, sizes, logs.map(meanOf)) <= limit,
    ),
    lackOfFit: sizes.length < 3 ? null : { f, p: fisherTail(f, sizes.length - 2, freedom) },
  };
}

/** The number of seeds. */
function requireCosts(costs: readonly BatchCost[]): number {
  const seeds = costs[0]?.examples.length ?? 0;
  const sizes = costs.map(({ batchSize }) => batchSize);
  if (costs.length < 2 || sizes.some((size, i) => !(size > (sizes[i - 1] ?? 0))))
    throw new UsageError(
      `paretoFit: expected two or more batch sizes that ascend, got ${sizes.join(", ") || "none"}; add some`,
    );
  if (seeds < 2 || costs.some(({ examples }) => examples.length !== seeds))
    throw new UsageError(
      `paretoFit: expected the same two or more seeds of each batch size, got ${costs.map(({ examples }) => examples.length).join(", ")}; add some`,
    );
  return seeds;
}

/** A hyperbola through one ln S for each batch. */
interface Hyperbola {
  readonly squares: number;
  /** B_crit; 0 or infinite where the squares fall on beyond all values looked at. */
  readonly critical: number;
  readonly logFewestSteps: number;
}

const isKnown = ({ critical }: Hyperbola) => critical > 0 && critical < Number.POSITIVE_INFINITY;

/** The hyperbola of least squares in ln S. Ascending batch sizes. */
export function fitHyperbola(sizes: readonly number[], logSteps: readonly number[]): Hyperbola {
  const places = placesFor(sizes);
  const squares = places.map((u) => squaresAt(u, sizes, logSteps));
  const at = squares.indexOf(Math.min(...squares));
  const isInside = at > 0 && at < places.length - 1;
  const u = isInside
    ? narrowed(places[at - 1]!, places[at + 1]!, (one) => squaresAt(one, sizes, logSteps))
    : places[at]!;
  return {
    squares: squaresAt(u, sizes, logSteps),
    critical: isInside ? Math.exp(u) : at === 0 ? 0 : Number.POSITIVE_INFINITY,
    logFewestSteps: meanOf(left(u, sizes, logSteps)),
  };
}

/** Values of ln B_crit. */
function placesFor(sizes: readonly number[]): number[] {
  const [low, high] = [Math.log(sizes[0]!) - BEYOND, Math.log(sizes.at(-1)!) + BEYOND];
  return Array.from({ length: PLACES }, (_, i) => low + (i * (high - low)) / (PLACES - 1));
}

/** ln S − ln(1 + B_crit/B): what would be ln S_min of each batch. */
const left = (u: number, sizes: readonly number[], logSteps: readonly number[]) =>
  logSteps.map((one, i) => one - Math.log1p(Math.exp(u) / sizes[i]!));

function squaresAt(u: number, sizes: readonly number[], logSteps: readonly number[]): number {
  const values = left(u, sizes, logSteps);
  return varianceOf(values) * (values.length - 1);
}

/** Where a function is least between two places, by golden sections. */
function narrowed(low: number, high: number, of: (u: number) => number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  for (let i = 0; i < 50; i++) {
    const [x, y] = [b - ratio * (b - a), a + ratio * (b - a)];
    if (of(x) < of(y)) b = y;
    else a = x;
  }
  return (a + b) / 2;
}

/** Squares of what is left of [batch][seed] beside the means of batches and of seeds. */
function interaction(logs: readonly (readonly number[])[]): number {
  const ofBatch = logs.map(meanOf);
  const ofSeed = logs[0]!.map((_, seed) => meanOf(logs.map((one) => one[seed]!)));
  const all = meanOf(ofBatch);
  return logs.reduce(
    (sum, one, i) => sum + one.reduce((own, y, seed) => own + (y - ofBatch[i]! - ofSeed[seed]! + all) ** 2, 0),
    0,
  );
}

function withEnds(value: number | null, sizes: readonly number[], holds: (u: number) => boolean): CriticalBatch {
  const places = placesFor(sizes);
  const own = value === null ? [] : [Math.log(value)];
  const inside = [...places.filter(holds), ...own];
  const [first, last] = [Math.min(...inside), Math.max(...inside)];
  const [below, above] = [places.findLast((u) => u < first), places.find((u) => u > last)];
  const lower = below === undefined ? null : Math.exp(edge(below, first, holds));
  const upper = above === undefined ? null : Math.exp(edge(above, last, holds));
  return { value, lower, upper, resolved: value !== null && lower !== null && upper !== null };
}

/** The place between one that is outside and one that is inside. */
function edge(outside: number, inside: number, holds: (u: number) => boolean): number {
  let [a, b] = [outside, inside];
  for (let i = 0; i < 40; i++) {
    const middle = (a + b) / 2;
    if (holds(middle)) b = middle;
    else a = middle;
  }
  return b;
}

/** S_min and E_min with their intervals, by the jackknife over seeds in the logarithm. */
function coefficients(sizes: readonly number[], logs: readonly (readonly number[])[], level: number) {
  const seeds = logs[0]!.length;
  const without = (seed: number | null) =>
    fitHyperbola(
      sizes,
      logs.map((one) => meanOf(one.filter((_, i) => i !== seed))),
    );
  const all = without(null);
  const each = Array.from({ length: seeds }, (_, seed) => without(seed));
  const interval = (of: (one: Hyperbola) => number): Interval => {
    const value = of(all);
    const parts = each.map((one) => seeds * value - (seeds - 1) * of(one));
    const half = studentTQuantile(level, seeds - 1) * Math.sqrt(varianceOf(parts) / seeds);
    return { value: Math.exp(value), lower: Math.exp(value - half), upper: Math.exp(value + half) };
  };
  // Without an end it is known of none of them.
  if (!each.every(isKnown)) return {};
  return {
    fewestSteps: interval(({ logFewestSteps }) => logFewestSteps),
    fewestExamples: interval(({ logFewestSteps, critical }) => logFewestSteps + Math.log(critical)),
  };
}
