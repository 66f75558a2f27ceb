import { significant, whole } from "../format.ts";
import { counted } from "./counted.ts";

/** The words of `lr-exponent` in English. */
export const rateExponentEnglish = {
  title: (model: string, data: string) => `Learning rate against batch size: ${model} on ${data}`,
  first: ({ batchSize, learningRate, suggested }: { batchSize: number; learningRate: number; suggested: boolean }) =>
    suggested
      ? `batch ${whole(batchSize)} begins around ${significant(learningRate)}, twice what range tests suggest`
      : `batch ${whole(batchSize)} begins around ${significant(learningRate)}, as range tests suggest no rate`,
  rates: (batchSize: number, rates: readonly number[]) =>
    `batch ${whole(batchSize)}: learning rates ${rates.map(significant).join(", ")}`,
  plan: ({ batches, seeds, first, most }: { batches: number; seeds: number; first: number; most: number }) =>
    `would train ${whole(batches)} batch sizes with ${whole(first)} to ${whole(most)} learning rates and ${counted(seeds, "seed")} each`,
  length: (kind: "examples" | "updates", value: number) => `each training: ${whole(value)} ${kind}`,
  estimate: (least: string, most: string) => `from ${least} to ${most}, by a probe of each batch size`,
  columns: {
    batchSize: "batch",
    best: "best learning rate",
    fitted: "by the fit",
    loss: "lowest loss",
    at: "at rate",
    rates: "rates tried",
    diverged: "diverged",
    state: "note",
  },
  losses: (batchSize: number) => `Validation loss at batch ${whole(batchSize)}`,
  lossColumns: { learningRate: "learning rate", loss: "validation loss", seeds: "seeds" },
  batches: "Best learning rate of each batch",
  states: {
    found: "",
    smallest: "at the smallest rate or below",
    largest: "at the largest rate or above",
    flat: "flat: rates are not told apart",
  },
  diverged: (diverged: number, seeds: number) => `${whole(diverged)} of ${whole(seeds)} diverged`,
  rules: "What other rules would give, from the smallest batch's best rate",
  ruleColumns: { batchSize: "batch", measured: "measured", sqrt: "√", linear: "linear", none: "unchanged" },
  notes: {
    title: "How to read it",
    examples: (value: number) =>
      `Every training sees ${whole(value)} examples, so that a larger batch makes fewer updates.`,
    updates: (value: number) =>
      `Every training makes ${whole(value)} updates, so that a larger batch sees more examples.`,
    lines: [
      "A seed gives all trainings the same initial weights and the same examples in the same order.",
      "The best rate is the lowest point of a smooth curve through the mean losses, not the best of those tried.",
      "A rate at which a seed diverged counts as worse than all others.",
      "The exponent holds for this length of training. A longer one can have another.",
    ],
  },
  report: "report",
  exponentFile: "exponent",
  use: "use it",
  chart: {
    losses: {
      title: "Loss against learning rate",
      caption:
        "Means over seeds at each batch size; the large mark is the best rate of the smoothed curve. Rates at which a seed diverged are left out, and losses far above the best lie beyond the top.",
      batch: (batchSize: number) => `batch ${whole(batchSize)}`,
      rate: "learning rate",
      loss: "validation loss",
      empty: "no training has ended",
    },
    rates: {
      title: "Best learning rate against batch size",
      caption:
        "With 95 % intervals over seeds, on logarithmic axes. Solid: the fitted power. Dashed and dotted: √ and linear through the same centre.",
      found: "best rate",
      fit: (exponent: number) => `fit, power ${significant(exponent)}`,
      sqrt: "√, power 0.5",
      linear: "linear, power 1",
      batch: "batch size (examples)",
      rate: "best learning rate",
      empty: "no best rate is known",
    },
  },
};

export type RateExponentText = typeof rateExponentEnglish;
