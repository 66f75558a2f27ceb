import { is, requireArguments } from "../tensor/arguments.ts";
import { freedomOf, LEVEL } from "./noiseInterval.ts";
import { type Jackknifed, type SignRows, type SignSums, signSums } from "./signSums.ts";
import { studentTQuantile } from "./studentT.ts";
import type { NoiseScale } from "./types.ts";

/**
 * B_sign = (‖σ‖₁/‖G‖₁)², the noise scale of steps along the sign of the gradient, in examples; σ_j is the deviation of
 * coordinate j of one example's gradient. Naganuma et al. 2026 (arXiv:2602.03001) measure noise in the norm dual to
 * that of the step, ℓ₁; this form, whose noise of B examples is ‖σ‖₁/√B, is derived in docs/statistics.md.
 *
 * Nothing estimates ‖G‖₁ without bias (Cai & Low 2011, doi:10.1214/10-AOS849), so that the interval, of
 * θ = ‖G‖₁/‖σ‖₁ = B_sign^−½, reaches from an estimate that is too small to one that is too large:
 *
 *   low    mean over rows of Σ_j h_kj·g_kj, less t standard errors, with h_kj in [−1, 1] from the other rows alone: the
 *          sign of their mean, smaller where that lies within one deviation of 0. Whatever h, it is no more than ‖G‖₁
 *   high   the smaller of Σ|ḡ_j|/‖σ‖₁ and √(Σ_j (G_j²/σ_j)/‖σ‖₁), each plus t standard errors: noise only raises the
 *          first, and the second is at least θ by Jensen's inequality and has an estimate without bias
 *
 * Standard errors are jackknifes over rows, with t of `freedomOf` degrees of freedom; where coordinates stand for
 * others the variance of that choice is added. The value lies `SHARE` of the way up from the low estimate to the high
 * one. NaN where the interval has no upper end, which is then `unresolved`; [0, ∞] for fewer than four rows.
 */
export function signNoiseScale(given: SignRows): NoiseScale {
  requireArguments("signNoiseScale", { rows: given }, { rows: is.object });
  const { groups } = given;
  const form = { level: LEVEL, unit: "examples" } as const;
  const unknown = { value: Number.NaN, lower: 0, upper: Number.POSITIVE_INFINITY, resolved: false, ...form };
  const sums = signSums(given);
  if (groups < 4) return unknown;
  if (sums.sigma.value === 0)
    return sums.plain.value > 0 ? { ...unknown, value: 0, upper: 0, resolved: true } : unknown;
  const low = crossedShare(sums, groups);
  const t = studentTQuantile(LEVEL, freedomOf(low.replicates));
  const plain = share(sums, "plain", groups);
  const square = share(sums, "square", groups);
  const [lowest, highest] = [low.value - biasOf(low) - t * low.error, plain.value + t * plain.error];
  const jensen = Math.sqrt(Math.max(0, square.value + t * square.error));
  const value = low.value + SHARE * (plain.value - low.value);
  const most = Math.max(Math.min(highest, jensen), lowest);
  const resolved = lowest > 0;
  return {
    value: resolved ? Math.min(Math.max(value, lowest), most) ** -2 : Number.NaN,
    lower: most > 0 ? most ** -2 : Number.POSITIVE_INFINITY,
    upper: resolved ? lowest ** -2 : Number.POSITIVE_INFINITY,
    resolved,
    ...form,
  };
}

/**
 * Of normal means ḡ_j with deviation s, x = |G_j|/s, the low estimate of |G_j| is too small by x(1 − E clip(x + N))·s
 * and the high one too large by (√(2/π)·exp(−x²/2) − 2xΦ(−x))·s. So far between the two the bias is at most 0.23 s, up
 * at x = 0 and down near 1.
 */
const SHARE = 0.29;

/** Rows that missed a heavy tail show too small a ‖σ‖₁ (as in `endsOf`, Quenouille 1956). */
function biasOf({ value, replicates }: { readonly value: number; readonly replicates: readonly number[] }): number {
  const rows = replicates.length;
  return Math.max(0, (rows - 1) * (replicates.reduce((sum, x) => sum + x, 0) / rows - value));
}

interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** A sum over ‖σ‖₁, by the jackknife. */
function share(sums: SignSums, name: "plain" | "square", groups: number): Estimate {
  const [of, { sigma }] = [sums[name] as Jackknifed, sums];
  const value = of.value / sigma.value;
  const without = of.without.map((x, k) => x / sigma.without[k]!);
  const mean = without.reduce((sum, x) => sum + x, 0) / groups;
  const variance = ((groups - 1) / groups) * without.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { value, error: Math.sqrt(variance + chosen(sums, name, value)) };
}

/**
 * The mean of the crossed sums over ‖σ‖₁. Rows enter the signs of one another, which the spread of their sums does not
 * show: where the gradient is lost it is half the variance, as of any mean over pairs, and nothing where all signs are
 * sure, so that the variance is multiplied by 2 less the share of Σ|ḡ_j| that the crossed sums keep.
 */
function crossedShare(sums: SignSums, groups: number): Estimate & { readonly replicates: readonly number[] } {
  const { crossed, sigma, plain } = sums;
  const mean = crossed.reduce((sum, x) => sum + x, 0) / groups;
  const value = mean / sigma.value;
  const without = Array.from(crossed, (x, k) => (mean - (x - mean) / (groups - 1)) / sigma.without[k]!);
  const middle = without.reduce((sum, x) => sum + x, 0) / groups;
  const spread = ((groups - 1) / groups) * without.reduce((sum, x) => sum + (x - middle) ** 2, 0);
  const pairs = 2 - Math.min(1, Math.max(0, mean / plain.value));
  return { value, error: Math.sqrt(pairs * spread + chosen(sums, "crossed", value)), replicates: without };
}

/** Variance of a sum over ‖σ‖₁ that comes from looking at some coordinates only, each part a sample of its own. */
function chosen({ each, sigma: { value: all } }: SignSums, name: "plain" | "square" | "crossed", theta: number) {
  let variance = 0;
  for (const { size, scale, sigma, ...of } of each) {
    const m = sigma.length;
    if (m >= size || m < 2) continue;
    const rest = of[name].map((x, j) => x - theta * sigma[j]!);
    const mean = rest.reduce((sum, x) => sum + x, 0) / m;
    const squares = rest.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (m - 1);
    variance += ((scale * size) ** 2 * (1 - m / size) * squares) / m;
  }
  return variance / all ** 2;
}
