import { option } from "../../tensor/errors.ts";
import { percent, significant, whole } from "../format.ts";
import {
  batches,
  constantTexts,
  measuredText,
  ratioText,
  type ScalingRemark,
  type ScheduleRemark,
  savedShare,
} from "../scaleParts.ts";
import type { Words } from "../words.ts";

const names: Readonly<Record<string, string>> = {
  learningRate: "learning rate",
  beta1: "β₁",
  beta2: "β₂",
  alpha: "α",
  epsilon: "ε",
  weightDecay: "weight decay",
};

const warmup = (updates: string, examples: number) =>
  examples === 0 ? "no warm-up" : `warm-up ${updates} updates (${examples} examples)`;

/** What is told of constants that follow the batch. */
export const scalingEnglish: Words<ScalingRemark> = {
  scaledUpdates: (scaled) => {
    const { rule, exponent, values, batchSize } = scaled;
    const constants = constantTexts(scaled).map(({ name, text }) =>
      name === "warmupSteps" ? warmup(text, values.warmupSteps! * batchSize) : `${names[name]} ${text}`,
    );
    const by = exponent === null ? `rule ${rule}` : `rule ${rule} with exponent ${measuredText(exponent)}`;
    return `${rule === "none" ? "" : `${by}, `}examples an update ${batches(scaled)}: ${constants.join(", ")}`;
  },
  missedPremise: ({ rule, premise, optimizer }) =>
    ({
      proportional: `the rule ${rule} is for updates as long as the gradient, as sgd makes them; ${optimizer} makes them of a length of their own: try sqrt, or measure the exponent`,
      squares: `the rule ${rule} is about the decay of squared gradients; ${option("beta2")} of ${optimizer} is that of its momentum`,
      adamw: `the rule ${rule} was found with adamw; whether it holds for ${optimizer} its source does not say`,
    })[premise],
  batchRegime: ({ rule, assumed, batchSize, source, regime, ratio, watched, plainOf }) => {
    const plain = plainOf === null ? "" : `, of a step along the gradient and not of ${plainOf}'s`;
    const measured = source === "training" ? `measured in this run${plain}: ` : "";
    if (regime === null)
      return (
        `no noise scale is known, so whether noise rules at ${batchSize} examples is open${assumed ? `, which ${rule} takes for granted` : ""}; ` +
        `${option("baseNoiseScale")} takes one${watched ? ", and the end of this log says what the run measured" : ""}`
      );
    const ratioOf = `B/B_noise ${ratioText(ratio!)}`;
    if (regime === "noise")
      return `${measured}noise-dominated: ${ratioOf} at ${batchSize} examples${assumed ? `, as ${rule} takes for granted` : ""}`;
    if (regime === "signal")
      return `${measured}signal-dominated: ${ratioOf} at ${batchSize} examples; here a larger batch hardly allows a larger rate, whatever the rule`;
    return `${measured}neither noise nor signal clearly rules: ${ratioOf} at ${batchSize} examples${assumed ? `; ${rule} takes noise for granted, so that its rate is a guess` : ""}`;
  },
};

const sameWork =
  "on one machine this saves no time but that of the updates themselves: it computes as many micro-batches";

/** What is told of a batch that changes while training. */
export const batchSchedulesEnglish: Words<ScheduleRemark> = {
  plannedBatches: ({ first, from }) =>
    `${whole(first)} examples an update` +
    (from.length === 0
      ? " throughout"
      : `, ${from.map(([examples, batch]) => `${whole(batch)} once ${whole(examples)} were seen`).join(", ")}`),
  seesaw: ({ exponent, first, largest }) =>
    "seesaw: where the schedule cuts the rate by a factor, the rate is cut by its square root, and the batch grows by its inverse" +
    `${exponent === 0.5 ? "" : ` to the power of ${significant(0.5 / exponent)}`}, from ${whole(first)} to at most ${whole(largest)} examples`,
  updatesSaved: (saved) => {
    const { updates, constantBatchUpdates, batchSize } = saved;
    const share = savedShare(saved);
    const against = `${whole(updates)} updates, and ${whole(constantBatchUpdates)} with the batch of ${whole(batchSize)} throughout`;
    if (share === 0) return `the batch schedule saved no update: ${against}`;
    if (share < 0) return `${percent(-share)} more updates for the same examples: ${against}`;
    return `${percent(share)} fewer updates for the same examples: ${against}; ${sameWork}`;
  },
};
