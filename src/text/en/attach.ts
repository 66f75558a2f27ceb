import type { BatchRegime, Measured } from "../../statistics/batchRegime.ts";
import type { ForeignGap } from "../../store/foreignGaps.ts";
import { intervalText, significant, whole } from "../format.ts";
import { ratioText } from "../scaleParts.ts";

export type NoiseUnit = "examples" | "tokens";

type Scale = Parameters<typeof intervalText>[0];

const units: Readonly<Record<NoiseUnit, string>> = { examples: "examples", tokens: "tokens" };

/** The words of `attach` in English. */
export const attachEnglish = {
  /** Facts in one line. */
  list: (facts: readonly string[]) => facts.join(", "),
  waiting: (folder: string) => `${folder}: no step yet`,
  /** Before all else; `ratio` is the batch over the noise scale. */
  answer: {
    noise: (batch: number, unit: NoiseUnit, ratio: Measured) =>
      `Noise rules: the batch of ${whole(batch)} ${units[unit]} is far below the noise scale (B/B_noise ${ratioText(ratio)}), so larger batches still pay.`,
    between: (batch: number, unit: NoiseUnit, ratio: Measured) =>
      `The batch of ${whole(batch)} ${units[unit]} is about the noise scale (B/B_noise ${ratioText(ratio)}): keep it.`,
    signal: (batch: number, unit: NoiseUnit, ratio: Measured) =>
      `Signal rules: the batch of ${whole(batch)} ${units[unit]} is far above the noise scale (B/B_noise ${ratioText(ratio)}), so larger batches hardly pay.`,
  } satisfies Record<BatchRegime, unknown>,
  open: (scale: number, unit: NoiseUnit) =>
    `The noise scale is at least ${significant(scale)} ${units[unit]}; more steps will bound it from above.`,
  unseen: "No noise is seen yet: every step had one micro-batch, or only a few steps came.",
  noiseScale: (scale: Scale, unit: NoiseUnit, measured: number) =>
    `noise scale ${intervalText(scale)} ${units[unit]}, from ${whole(measured)} steps`,
  share: (share: string) => `of the ${share} of the parameters whose single examples are seen`,
  steps: (steps: number, last: number) => `${whole(steps)} steps, the last is ${whole(last)}`,
  loss: (loss: number) => `loss ${significant(loss)}`,
  rate: (rate: number) => `learning rate ${significant(rate)}`,
  validation: (loss: number) => `validation loss ${significant(loss)}`,
  processes: (count: number) => `${whole(count)} processes wrote here: restarts, or two at once`,
  ended: "the loop has ended",
  missing: "not written:",
  gap: (what: string, line: string) => `${what}: ${line}`,
  gaps: {
    noise: "noise of steps with one micro-batch",
    loss: "losses",
    learningRate: "learning rates",
    optimizer: "the optimizer, for advice that fits it",
    evaluation: "validation losses, to tell overfitting from bias",
    cosines: "cosines of micro-batches, for conflicts",
    groups: "norms by layer",
  } satisfies Record<ForeignGap, string>,
};

export type AttachText = typeof attachEnglish;
