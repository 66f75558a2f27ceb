import { is, requireArguments } from "../tensor/arguments.ts";
import type { LossesAlong } from "./losses.ts";

/** Forward passes in all, the one at θ included. */
const MOST_PASSES = 9;
/** The bracket [a, b] of η_c is narrow enough when b ≤ (1 + TOLERANCE) a. */
const TOLERANCE = 0.01;
/** Growth of the rate from one pass to the next while no bracket is known, at least and at most. */
const GROWTH = [1.5, 8] as const;
/** The same where nothing tells how far it is. */
const BLIND_GROWTH = 4;
/** A loss difference below this share of the loss is rounding of float32 sums and says nothing. */
const ROUNDING = 3e-7;

/**
 * `found`: `value` is 2/η_c. `ascent`: the loss rises at every rate that was tried, down to one where it no longer
 * changes: the update does not go downhill. `flat`: it falls even at the largest rate that was tried, so that the
 * sharpness is below `upper`. `still`: the update is zero, or moves no loss.
 */
export interface CriticalSharpness {
  readonly kind: "found" | "ascent" | "flat" | "still";
  /** λ_c = 2/η_c, 1/rate; NaN unless found. */
  readonly value: number;
  /** What the passes prove: the loss is lower at rate 2/upper than at 0 and not lower at 2/lower. NaN where unknown. */
  readonly lower: number;
  readonly upper: number;
  /** η_c, the rate at which the loss along the update is back where it was; NaN unless found. */
  readonly criticalRate: number;
  /** Loss at θ. */
  readonly loss: number;
  /** Every pass after the first: rate and loss. */
  readonly tried: readonly { readonly rate: number; readonly loss: number }[];
}

/**
 * Critical sharpness of the loss L at θ along an update Δ (θ ← θ − η Δ): λ_c = 2/η_c, where η_c is the smallest rate
 * found at which L(θ − η Δ) ≥ L(θ) (Kalra et al. 2026, arXiv:2601.16979). On a quadratic it is ΔᵀHΔ/(gᵀΔ), for a
 * gradient step gᵀHg/|g|² ≤ λ_max: the sharpness along one direction and no eigenvalue. `rate` is where the search
 * begins, best the learning rate of the run: below η_c means that this update lowers the loss.
 *
 * At most nine forward passes: the rate grows or shrinks until η_c is enclosed, then the bracket is narrowed by regula
 * falsi (Illinois) on the mean slope (L(θ − ηΔ) − L(θ))/η, which is linear in η on a quadratic, until it is 1 % wide. A
 * loss that falls, rises above L(θ) and falls again between two rates tried is not noticed.
 */
export async function criticalSharpness(
  lossesAlong: LossesAlong,
  parameters: Float64Array,
  update: Float64Array,
  rate: number,
): Promise<CriticalSharpness> {
  requireArguments(
    "criticalSharpness",
    { lossesAlong, parameters, update, rate },
    { lossesAlong: is.function, parameters: is.numbers, update: is.numbers, rate: is.above0 },
  );
  const downhill = update.map((x) => -x);
  const lossAt = async (eta: number) => (await lossesAlong(parameters, [downhill], [[eta]]))[0]!;
  const loss = await lossAt(0);
  const tried: { rate: number; loss: number }[] = [];
  if (!Number.isFinite(loss) || update.every((x) => x === 0)) return outcome("still", loss, tried);
  let state: Search = { below: [], above: [], width: Number.POSITIVE_INFINITY, idle: 0 };
  let next: number | undefined = rate;
  while (next !== undefined && tried.length + 1 < MOST_PASSES) {
    const after = await lossAt(next);
    tried.push({ rate: next, loss: after });
    state = taken(state, { rate: next, rise: risen(after, loss) });
    next = nextRate(state, ROUNDING * Math.abs(loss));
  }
  return concluded(state, loss, tried);
}

/** A rate and how far the loss rises there. */
interface Probe {
  readonly rate: number;
  readonly rise: number;
}

/** What is known of η_c: it lies above every rate of `below`, not above any of `above`; the latest is the nearest. */
interface Search {
  readonly below: readonly Probe[];
  readonly above: readonly Probe[];
  /** ln(above/below), and for how many passes it was not halved. */
  readonly width: number;
  readonly idle: number;
}

function taken(state: Search, probe: Probe): Search {
  const below = probe.rise < 0 ? [...state.below, probe] : state.below;
  const above = probe.rise < 0 ? state.above : [...state.above, probe];
  const width = Math.log((above.at(-1)?.rate ?? Number.POSITIVE_INFINITY) / (below.at(-1)?.rate ?? 0));
  return { below, above, width, idle: width <= state.width / 2 ? 0 : state.idle + 1 };
}

/** The next rate to try; undefined where no pass would say more. */
function nextRate({ below, above, width, idle }: Search, rounding: number): number | undefined {
  const [low, high] = [below.at(-1), above.at(-1)];
  if (low && high) {
    if (width <= Math.log(1 + TOLERANCE)) return undefined;
    const middle = Math.sqrt(low.rate * high.rate);
    if (idle >= 2) return middle;
    const root = rootBetween(low, high) ?? middle;
    // The root is nearly exact on a quadratic: a step beyond it encloses η_c from the other side.
    if (root < low.rate * (1 + TOLERANCE / 2)) return Math.min(middle, low.rate * (1 + TOLERANCE));
    if (root > high.rate / (1 + TOLERANCE / 2)) return Math.max(middle, high.rate / (1 + TOLERANCE));
    return root;
  }
  if (low) return low.rate * factor(rootBetween(below.at(-2), low), low.rate);
  if (high!.rise <= rounding && above.length > 1) return undefined;
  return high!.rate / factor(rootBetween(above.at(-2), high), high!.rate);
}

/** How far to go where η_c is on one side only: to where the mean slope is expected to vanish, within bounds. */
function factor(root: number | undefined, rate: number): number {
  if (root === undefined || root <= 0) return BLIND_GROWTH;
  const ratio = Math.max(root / rate, rate / root);
  return Math.min(GROWTH[1], Math.max(GROWTH[0], ratio * (1 + TOLERANCE / 2)));
}

/** Where the line through the mean slopes rise/rate of two probes is zero; undefined without two finite ones. */
function rootBetween(a: Probe | undefined, b: Probe | undefined): number | undefined {
  if (!a || !b || !Number.isFinite(a.rise) || !Number.isFinite(b.rise)) return undefined;
  const [slopeA, slopeB] = [a.rise / a.rate, b.rise / b.rate];
  const root = a.rate - (slopeA * (b.rate - a.rate)) / (slopeB - slopeA);
  return Number.isFinite(root) ? root : undefined;
}

function concluded({ below, above }: Search, loss: number, tried: CriticalSharpness["tried"]): CriticalSharpness {
  const [low, high] = [below.at(-1), above.at(-1)];
  if (low && high) {
    const root = rootBetween(low, high) ?? Math.sqrt(low.rate * high.rate);
    const criticalRate = Math.min(high.rate, Math.max(low.rate, root));
    return { ...outcome("found", loss, tried, [low.rate, high.rate]), value: 2 / criticalRate, criticalRate };
  }
  if (low) return outcome("flat", loss, tried, [low.rate, Number.NaN]);
  const isStill = above.every(({ rise }) => rise === 0);
  return outcome(isStill ? "still" : "ascent", loss, tried);
}

/** L(θ − ηΔ) − L(θ); Infinity for a loss that is no number. */
const risen = (after: number, before: number) => (Number.isFinite(after) ? after - before : Number.POSITIVE_INFINITY);

function outcome(
  kind: CriticalSharpness["kind"],
  loss: number,
  tried: CriticalSharpness["tried"],
  [below, above]: readonly [number, number] = [Number.NaN, Number.NaN],
): CriticalSharpness {
  return { kind, value: Number.NaN, lower: 2 / above, upper: 2 / below, criticalRate: Number.NaN, loss, tried };
}
