import type { CriticalVerdict } from "../curvature/criticalPoint.ts";
import type { CriticalSharpness } from "../curvature/criticalSharpness.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** What `landscape` has measured, as far as the answer says it. */
export interface LandscapeFacts {
  readonly verdict: CriticalVerdict | null;
  /** Parameters. */
  readonly size: number;
  readonly loss: number;
  /** Before training. */
  readonly lossBefore: number | null;
  /** How far ASAM's neighbourhood raises the loss. */
  readonly asam: number | null;
  readonly critical: (CriticalSharpness & { readonly learningRate: number }) | null;
  readonly trace: number | null;
}

type Said = Extract<StudyVerdict, { readonly kind: "landscape" }>;

/**
 * A neighbourhood of ASAM that raises the loss by at most this share of what training lowered it is flat, by at least
 * the second sharp. No paper has such a limit: these are ours, so that the answer has a word for a number beside it.
 */
export const FLAT_SHARES = [0.1, 0.5] as const;

/** What is said first of a place of the loss. */
export function landscapeVerdict({ verdict, size, critical, trace, ...facts }: LandscapeFacts): Said {
  return {
    kind: "landscape",
    place: verdict && {
      ...{ kind: verdict.kind, index: verdict.index, of: size, exact: verdict.exact },
      gradientShare: verdict.reasons.find((reason) => reason.kind === "gradient")?.share ?? null,
    },
    flatness: flatnessOf(facts),
    update: critical && {
      ...{ kind: critical.kind, learningRate: critical.learningRate },
      criticalRate: critical.kind === "found" ? critical.criticalRate : null,
      stable: isStable(critical),
    },
    trace,
  };
}

/** Whether the next update lowers the loss. */
export function isStable({ kind, learningRate, criticalRate }: NonNullable<LandscapeFacts["critical"]>): boolean {
  return kind === "found" ? learningRate < criticalRate : kind === "flat";
}

function flatnessOf({
  asam,
  loss,
  lossBefore,
}: Pick<LandscapeFacts, "asam" | "loss" | "lossBefore">): Said["flatness"] {
  if (asam === null) return null;
  const learned = lossBefore === null ? Number.NaN : lossBefore - loss;
  if (!(learned > 0)) return { kind: "unknown", rise: asam, share: null };
  const share = asam / learned;
  const kind = share <= FLAT_SHARES[0] ? "flat" : share >= FLAT_SHARES[1] ? "sharp" : "between";
  return { kind, rise: asam, share };
}
