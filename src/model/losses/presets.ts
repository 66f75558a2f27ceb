import type { LossName, LossOptions } from "../loss.ts";

/** Options as they are asked for: weights of classes may be left to the data. */
export interface LossRequest extends Omit<LossOptions, "classWeights" | "focalAlpha"> {
  readonly classWeights?: readonly number[] | "balanced" | undefined;
  readonly focalAlpha?: readonly number[] | "balanced" | undefined;
}

export interface LossPreset {
  /** What it is for, in one line of help. */
  readonly about: string;
  readonly loss: LossName;
  readonly options: LossRequest;
}

/**
 * Losses and options by the names that the option `lossPreset` takes; docs/losses.md says why each holds what it holds.
 */
export const lossPresets = {
  /**
   * For classes that look alike, as similar faults of heating, ventilation and air conditioning do. A one-hot target
   * asks for an infinite margin between any two classes, and two that can hardly be told apart pay for it with
   * overconfident mistakes; smoothing ends the demand at a finite one. ε = 0.1 as in Szegedy et al. 2016
   * (arXiv:1512.00567, §7). The guide that the name comes from says what the preset is for and combines it with label
   * smoothing, but prints no numbers: these are ours.
   */
  hvac_similar_optimized: {
    about: "classes that look alike: label smoothing 0.1",
    loss: "cross_entropy",
    options: { labelSmoothing: 0.1 },
  },
  /** Every class adds as much to the loss as any other, however few examples it has (King & Zeng 2001). */
  imbalanced: {
    about: "rare classes: weights inverse to their frequency",
    loss: "cross_entropy",
    options: { classWeights: "balanced" },
  },
  /**
   * Rare classes among very many easy examples: γ = 2 of Lin et al. 2017 (arXiv:1708.02002), α by inverse frequency as
   * in their §3.1.
   */
  focal_imbalanced: {
    about: "rare classes among many easy examples: focal loss, γ 2, α inverse to frequency",
    loss: "focal",
    options: { focalGamma: 2, focalAlpha: "balanced" },
  },
} as const satisfies Record<string, LossPreset>;

export type LossPresetName = keyof typeof lossPresets;

export const lossPresetNames = Object.keys(lossPresets) as LossPresetName[];
