import { is, requireArguments } from "../tensor/arguments.ts";
import type { Spectrum } from "./certified.ts";
import { type Escape, escapeAlong } from "./escape.ts";
import { eigenvaluesOf, type SpectrumOptions } from "./spectrum.ts";
import type { LossSurface } from "./surface.ts";
import { dot, norm } from "./vectors.ts";

/** What a place of a loss surface is. */
export type CriticalKind = "minimum" | "maximum" | "saddle" | "degenerate" | "not critical" | "undecided";

/** What speaks for a verdict; numbers in the units of the loss and the parameters. */
export type CriticalReason =
  /** The gradient over all examples against the largest of its own history. */
  | { readonly kind: "gradient"; readonly size: Size; readonly norm: number; readonly share: number }
  /** Without a history: what a step down the gradient would gain, as a share of the loss. */
  | { readonly kind: "gain"; readonly size: Size; readonly norm: number; readonly share: number }
  /** So many eigenvalues are surely below or above 0, of all; at least, unless exact. */
  | {
      readonly kind: "signs";
      readonly negative: number;
      readonly positive: number;
      readonly of: number;
      readonly exact: boolean;
    }
  /** An eigenvalue is 0 as far as the precision shows: the second-order test says nothing. */
  | { readonly kind: "flat"; readonly value: number; readonly tolerance: number }
  /** Eigenvalues below this one are not excluded. */
  | { readonly kind: "open"; readonly lower: number; readonly upper: number }
  /** The Hessian has a way down that the loss does not go: it is of one smooth piece, which ends too near. */
  | { readonly kind: "kinked"; readonly eigenvalue: number };

/** Small enough for a critical point, too large for one, or neither. */
export type Size = "small" | "large" | "between";

/** The verdict on a place, and what it rests on. */
export interface CriticalVerdict {
  readonly kind: CriticalKind;
  /** Eigenvalues that are surely negative; of a saddle its index where `exact`. */
  readonly index: number;
  readonly exact: boolean;
  readonly reasons: readonly CriticalReason[];
}

/** What is known of a place. */
export interface CriticalEvidence {
  readonly loss: number;
  readonly gradientNorm: number;
  /** gᵀHg/‖g‖²; NaN where the gradient is 0. */
  readonly curvatureAlong: number;
  /** ‖θ‖. */
  readonly parameterNorm: number;
  /** Norms of the gradient over the same examples at other places of the training; may be empty. */
  readonly history: readonly number[];
  readonly spectrum: Spectrum;
  /** Numbers in θ. */
  readonly size: number;
  /** Below this share of the largest |eigenvalue| one counts as 0. */
  readonly flatness: number;
}

/** A gradient of at most this share of its largest is that of a critical point, of at least the second is not. */
const SHARES = [0.01, 0.1] as const;
/** The same of what a step would gain, as a share of the loss. */
const GAINS = [1e-4, 1e-2] as const;
/** A step of less than this share of ‖θ‖ leads nowhere. */
const NO_STEP = 1e-6;

/**
 * Judges a place by its gradient over all examples and by the ends of the spectrum. A saddle has an eigenvalue surely
 * below and one surely above 0; a minimum none that may be below, and so on; what the bounds do not settle is
 * "undecided". Kinds as in every course on optimisation, with "degenerate" for a Hessian that is singular to precision,
 * of which the second-order test says nothing.
 */
export function judgeCriticalPoint(evidence: CriticalEvidence): CriticalVerdict {
  const { spectrum, size, flatness } = evidence;
  const gradient = gradientReason(evidence);
  const exact = spectrum.complete !== null;
  const signs = { kind: "signs", negative: spectrum.negative, positive: spectrum.positive, of: size, exact } as const;
  const common = { index: spectrum.negative, exact };
  if (gradient.size === "large") return { kind: "not critical", ...common, reasons: [gradient, signs] };
  const { kind, reason } = bySpectrum(spectrum, flatness);
  const reasons = [gradient, signs, ...(reason ? [reason] : [])];
  return { kind: gradient.size === "between" ? "undecided" : kind, ...common, reasons };
}

function gradientReason(evidence: CriticalEvidence): CriticalReason & { readonly size: Size } {
  const { gradientNorm, history, loss, curvatureAlong, parameterNorm } = evidence;
  const sized = (share: number, [small, large]: readonly [number, number]): Size =>
    share <= small ? "small" : share >= large ? "large" : "between";
  const most = Math.max(...history, 0);
  if (most > 0) {
    const share = gradientNorm / Math.max(most, gradientNorm);
    return { kind: "gradient", size: sized(share, SHARES), norm: gradientNorm, share };
  }
  const step = gradientNorm / Math.abs(curvatureAlong);
  const share = (gradientNorm * step) / 2 / Math.abs(loss);
  const isNowhere = gradientNorm === 0 || step <= NO_STEP * parameterNorm;
  if (isNowhere) return { kind: "gain", size: "small", norm: gradientNorm, share: gradientNorm === 0 ? 0 : share };
  return { kind: "gain", size: Number.isNaN(share) ? "between" : sized(share, GAINS), norm: gradientNorm, share };
}

function bySpectrum(
  { largest, smallest, enclosure, complete, rounding }: Spectrum,
  flatness: number,
): { readonly kind: CriticalKind; readonly reason?: CriticalReason } {
  const [lowest, highest] = [smallest[0]!.value, largest[0]!.value];
  const tolerance = flatness * Math.max(Math.abs(lowest), Math.abs(highest));
  // A Rayleigh quotient is never outside the spectrum, whatever its residual.
  const isBelow = lowest + rounding < -tolerance;
  const isAbove = highest - rounding > tolerance;
  if (isBelow && isAbove) return { kind: "saddle" };
  if (enclosure.lower > tolerance) return { kind: "minimum" };
  if (enclosure.upper < -tolerance) return { kind: "maximum" };
  const isOneSided = enclosure.lower >= -tolerance || enclosure.upper <= tolerance;
  const flat = flatValue([...smallest, ...largest], complete, rounding, tolerance);
  if (isOneSided && flat !== undefined) return { kind: "degenerate", reason: { kind: "flat", value: flat, tolerance } };
  return { kind: "undecided", reason: { kind: "open", ...enclosure } };
}

/** An eigenvalue that surely lies in ±tolerance. */
function flatValue(
  ends: Spectrum["largest"],
  complete: Spectrum["complete"],
  rounding: number,
  tolerance: number,
): number | undefined {
  const end = ends.find(({ lower, upper }) => lower >= -tolerance && upper <= tolerance);
  return end?.value ?? complete?.find((value) => Math.abs(value) + rounding <= tolerance);
}

/** A place with its verdict, its spectrum and the way out of it. */
export interface CriticalPoint {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly spectrum: Spectrum;
  readonly verdict: CriticalVerdict;
  /** Along the eigenvector of the most negative eigenvalue; null where none is surely negative. */
  readonly escape: Escape | null;
}

/** How a place is judged. */
export interface CriticalPointOptions {
  /** Norms of the gradient over the same examples at other places of the training. */
  readonly history?: readonly number[] | undefined;
  /** Default 10⁻⁸ where the surface computes in float64, else 10⁻⁴. */
  readonly flatness?: number | undefined;
  readonly spectrum?: SpectrumOptions | undefined;
}

/**
 * What the place `at` of a loss surface is: minimum, maximum, saddle, degenerate, not critical or undecided, by the
 * full gradient and certified eigenvalues; where an eigenvalue is surely negative, its direction is followed and the
 * loss along it stands beside its second-order Taylor model. Where the loss falls to neither side, no saddle is
 * claimed. Throws as `eigenvaluesOf` and as the surface does.
 */
export async function criticalPoint(
  surface: LossSurface,
  at: Float64Array,
  options: CriticalPointOptions = {},
): Promise<CriticalPoint> {
  requireArguments(
    "criticalPoint",
    { surface, at, options },
    { surface: is.surface, at: is.numbers, options: is.object },
  );
  const { loss, gradient } = await surface.gradientAt(at);
  const operator = {
    size: surface.size,
    apply: (vector: Float64Array) => surface.productAt(at, vector),
    rounding: surface.roundingAt && ((vector: Float64Array) => surface.roundingAt!(at, vector)),
  };
  const spectrum = await eigenvaluesOf(operator, options.spectrum);
  const gradientNorm = norm(gradient);
  const curved = gradientNorm > 0 ? dot(gradient, await operator.apply(gradient)) / gradientNorm ** 2 : Number.NaN;
  const { history = [], flatness = surface.precision === "float64" ? 1e-8 : 1e-4 } = options;
  const parameterNorm = norm(at);
  const known = { loss, gradientNorm, curvatureAlong: curved, parameterNorm, history, spectrum, flatness };
  const verdict = judgeCriticalPoint({ ...known, size: surface.size });
  const way = spectrum.negative > 0 ? await escapeAlong(surface, at, { loss, gradient }, spectrum.smallest[0]!) : null;
  return { loss, gradientNorm, spectrum, verdict: way ? held(verdict, way) : verdict, escape: way };
}

/** Rectified units have kinks, between which the Hessian says nothing of the loss: a saddle must have its way down. */
function held(verdict: CriticalVerdict, { lowers, eigenvalue }: Escape): CriticalVerdict {
  if (verdict.kind !== "saddle" || lowers) return verdict;
  return { ...verdict, kind: "undecided", reasons: [...verdict.reasons, { kind: "kinked", eigenvalue }] };
}
