import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { meanOf, varianceOf } from "./comparison/sample.ts";
import { throughPoints } from "./monotoneCurve.ts";
import { studentTQuantile } from "./studentT.ts";
import type { Interval } from "./types.ts";

/** What branches of one batch size came to, which start at one checkpoint and see equally many examples. */
export interface BranchProgress {
  readonly batchSize: number;
  /** How far the held-out loss fell, by seed in the same order for all batches; null where it diverged. */
  readonly progress: readonly (number | null)[];
}

/** In examples. Where an end is null nothing bounds it; the value is null where it lies outside the batches tried. */
export interface CriticalBatch {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Whether value and both ends are known. */
  readonly resolved: boolean;
}

/** Share of additional examples that counts, unless said otherwise: that of Zhang et al. 2024 (2410.21676). */
export const USUAL_OVERHEAD = 0.2;

/** Batches looked at between two that were tried. */
const PLACES = 128;

/**
 * The largest batch that needs at most `overhead` more examples than the smallest one tried: the B* with progress
 * P(B*) = P(B₁)/(1 + overhead) at equal examples. Between two batches that were tried P is read off a monotone curve
 * through the means. The interval holds every B for which P(B) − P(B₁)/(1 + overhead) is not told from 0 by Student's
 * t over the seeds, of which each gives both (the jackknife; derived here), without the skewness of losses; where
 * progress falls by more than half from one batch to the next, its ends are batches that were tried. Nothing is known
 * where the smallest batch itself makes no progress that shows, and beyond the batches tried; a batch at which half of
 * the branches diverge bounds it from above.
 *
 * Throws `UsageError` for fewer than two batches or two seeds, batches that do not ascend, and lists that differ in
 * length.
 */
export function criticalBatch(
  branches: readonly BranchProgress[],
  { overhead = USUAL_OVERHEAD, level = 0.95 }: { readonly overhead?: number; readonly level?: number } = {},
): CriticalBatch {
  requireArguments("criticalBatch", { branches, overhead, level }, rules);
  const seeds = requireBranches(branches, overhead);
  const stable = branches.findIndex(({ progress }) => progress.includes(null));
  const whole = (stable < 0 ? branches : branches.slice(0, stable)).map((branch) => of(branch));
  const next = stable < 0 ? undefined : branches[stable]!;
  const fails = next !== undefined && 2 * next.progress.filter((one) => one === null).length >= seeds;
  const beyond = fails ? next.batchSize : null;
  const unknown = { value: null, lower: null, upper: null, resolved: false };
  if (whole.length === 0) return { ...unknown, upper: beyond };
  const t = studentTQuantile(level, seeds - 1);
  const curves = curvesOf(whole, seeds);
  const score = (batchSize: number) => tOfExcess(curves, batchSize, overhead);
  if (!(score(whole[0]!.batchSize) > t)) return unknown;
  const places = placesIn(whole);
  const scores = places.map(score);
  const lowerAt = scores.findIndex((one) => !(one > t));
  if (lowerAt < 0) return { ...unknown, lower: whole.at(-1)!.batchSize, upper: beyond };
  const crossing = scores.findIndex((one) => one <= 0);
  const upperAt = scores.findLastIndex((one) => !(one < -t));
  const upper = upperAt === places.length - 1 ? beyond : outward(whole, places[upperAt + 1]!, "up");
  const value = crossing < 0 ? null : between(places, scores, crossing);
  const lower = outward(whole, places[lowerAt - 1]!, "down");
  return { value, lower, upper, resolved: value !== null && upper !== null };
}

/**
 * The progress of each batch as a share of the smallest one's, with its interval by Student's t over the seeds (the
 * jackknife); null where a branch diverged, and where the smallest batch makes no progress that shows.
 */
export function progressKept(branches: readonly BranchProgress[], level = 0.95): (Interval | null)[] {
  requireArguments("progressKept", { branches, level }, { branches: rules.branches, level: rules.level });
  const seeds = requireBranches(branches, USUAL_OVERHEAD);
  const [first] = branches;
  if (first!.progress.includes(null)) return branches.map(() => null);
  const t = studentTQuantile(level, seeds - 1);
  const ofFirst = of(first!);
  const isShown = ofFirst.mean > t * Math.sqrt(varianceOf(ofFirst.values) / seeds);
  return branches.map((branch) => {
    if (branch.progress.includes(null) || !isShown) return null;
    const own = of(branch);
    const without = (values: readonly number[], seed: number) => meanOf(values.filter((_, i) => i !== seed));
    const value = own.mean / ofFirst.mean;
    const parts = own.values.map(
      (_, i) => seeds * value - (seeds - 1) * (without(own.values, i) / without(ofFirst.values, i)),
    );
    const half = t * Math.sqrt(varianceOf(parts) / seeds);
    return { value, lower: value - half, upper: value + half };
  });
}

const rules = {
  branches: is.listOf("branches", is.object),
  overhead: is.number,
  level: is.number,
};

/** The number of seeds. */
function requireBranches(branches: readonly BranchProgress[], overhead: number): number {
  const seeds = branches[0]?.progress.length ?? 0;
  const sizes = branches.map(({ batchSize }) => batchSize);
  if (branches.length < 2 || sizes.some((size, i) => !(size > (sizes[i - 1] ?? 0))))
    throw new UsageError(
      `criticalBatch: expected two or more batch sizes that ascend, got ${sizes.join(", ") || "none"}; add some`,
    );
  if (seeds < 2 || branches.some(({ progress }) => progress.length !== seeds))
    throw new UsageError(
      `criticalBatch: expected the same two or more seeds of each batch size, got ${branches.map(({ progress }) => progress.length).join(", ")}; add some`,
    );
  if (!(overhead > 0 && Number.isFinite(overhead)))
    throw new UsageError(`criticalBatch: expected an overhead above 0, got ${overhead}; write for example 0.2`);
  return seeds;
}

interface Branch {
  readonly batchSize: number;
  readonly values: readonly number[];
  readonly mean: number;
}

function of({ batchSize, progress }: BranchProgress): Branch {
  const values = progress as readonly number[];
  return { batchSize, values, mean: meanOf(values) };
}

/** The mean progress against the batch size. */
interface Curve {
  /** Of the smallest batch. */
  readonly first: number;
  readonly at: (batchSize: number) => number;
}

/** Of all seeds, and of all but each. */
interface Curves {
  readonly all: Curve;
  readonly without: readonly Curve[];
}

function curvesOf(branches: readonly Branch[], seeds: number): Curves {
  const curve = (left: number | null): Curve => {
    const means = branches.map(({ values }) => meanOf(values.filter((_, seed) => seed !== left)));
    return {
      first: means[0]!,
      at: throughPoints(
        branches.map(({ batchSize }) => batchSize),
        means,
      ),
    };
  };
  return { all: curve(null), without: Array.from({ length: seeds }, (_, seed) => curve(seed)) };
}

/** Batches between those tried, in equal ratios, themselves included. */
function placesIn(branches: readonly Branch[]): number[] {
  const inner = branches.slice(1).flatMap((branch, i) => {
    const { batchSize: from } = branches[i]!;
    const ratio = (branch.batchSize / from) ** (1 / PLACES);
    return Array.from({ length: PLACES }, (_, k) => (k + 1 === PLACES ? branch.batchSize : from * ratio ** (k + 1)));
  });
  return [branches[0]!.batchSize, ...inner];
}

/** t of P(B) − P(B₁)/(1 + overhead) over the seeds, by the jackknife; infinite where they all agree. */
function tOfExcess({ all, without }: Curves, batchSize: number, overhead: number): number {
  const excessOf = (curve: Curve) => curve.at(batchSize) - curve.first / (1 + overhead);
  const excess = excessOf(all);
  const parts = without.map((curve) => (without.length - 1) * (excess - excessOf(curve)));
  return excess === 0 ? 0 : withoutSkewness(excess, parts);
}

/**
 * t of a mean whose sample is skewed, as losses over seeds are: Hall's transformation (1992, J. R. Statist. Soc. B 54),
 * q = w + γw²/3 + γ²w³/27 + γ/(6n) of w = mean/s, times √n. `deviations` from the mean, n of them.
 */
function withoutSkewness(mean: number, deviations: readonly number[]): number {
  const n = deviations.length;
  const s = Math.sqrt(varianceOf(deviations));
  if (s === 0) return Math.sign(mean) * Number.POSITIVE_INFINITY;
  const skewness = deviations.reduce((sum, one) => sum + one ** 3, 0) / n / s ** 3;
  const w = mean / s;
  return Math.sqrt(n) * (w + (skewness * w ** 2) / 3 + (skewness ** 2 * w ** 3) / 27 + skewness / (6 * n));
}

/** Between batches of which the larger makes less than half the progress, no curve says where it is lost. */
const COARSE = 0.5;

/** An end of the interval, moved to the next batch that was tried where only that one is known. */
function outward(branches: readonly Branch[], end: number, way: "up" | "down"): number {
  const above = branches.findIndex(({ batchSize }) => batchSize >= end);
  const [a, b] = [branches[above - 1], branches[above]!];
  if (a === undefined || (way === "up" && b.batchSize === end) || b.mean >= COARSE * a.mean) return end;
  return way === "up" || b.batchSize === end ? b.batchSize : a.batchSize;
}

/** Where the line between the last place above 0 and the first that is not crosses it. */
function between(places: readonly number[], scores: readonly number[], at: number): number {
  const [from, to] = [scores[at - 1]!, scores[at]!];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return places[at]!;
  return places[at - 1]! + (from / (from - to)) * (places[at]! - places[at - 1]!);
}
