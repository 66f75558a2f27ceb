import type { NoiseScale } from "../statistics/types.ts";

/**
 * The noise scale of an update as the optimizer makes it; `statistics.noiseScale` is that of a step along the gradient.
 */
export interface OptimizerNoise {
  readonly optimizer: string;
  readonly kind: OptimizerNoiseKind;
  /** In examples; null of the kinds that have none. */
  readonly noiseScale: NoiseScale | null;
  /** Of the finite data set; null where the kind has none. */
  readonly datasetNoiseScale: NoiseScale | null;
  /** Numbers of frozen parameters, which take no part. */
  readonly frozen: number;
  /** Numbers of which the optimizer keeps no second moment yet: no gradient has come there. They take no part. */
  readonly unknown: number;
}

/**
 * "scaled": trDΣ/GᵀDG, D = diag(1/(√v̂ + ε)) as the checkpoint has it. "sign": (‖σ‖₁/‖G‖₁)². "plain": the update is
 * along the gradient. Without a noise scale: "norms", as the length of a layer's step follows from the norm of its own
 * gradient; "noState", as the checkpoint keeps nothing of the optimizer; "notBegun", before the first step.
 */
export const optimizerNoiseKinds = ["scaled", "sign", "plain", "norms", "noState", "notBegun"] as const;
export type OptimizerNoiseKind = (typeof optimizerNoiseKinds)[number];
