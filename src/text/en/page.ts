import { counted } from "./counted.ts";
import { at } from "./place.ts";
import { statusesEnglish } from "./statuses.ts";
/** The words of the report around its figures in English. */
export const pageEnglish = {
  htmlLanguage: "en",
  documentTitle: (name: string) => `${name} – Batchscope report`,
  run: ({ id, started, host, ended }: Record<"id" | "started" | "host" | "ended", string>) =>
    `run ${id}, started ${started} on ${host}, ${ended}`,
  status: statusesEnglish,
  model: "Model",
  data: "Data",
  batch: "Batch × accumulation",
  exactBatch: ({ product, effective }: Batch) => `${product} = ${counted(effective, "example")}`,
  raggedBatch: ({ product, effective }: Batch) => `${product}, the last smaller: ${effective} examples`,
  optimizer: "Optimizer",
  learningRate: "Learning rate",
  scheduled: (rate: string, schedule: string) => `${rate}, ${schedule}`,
  seed: "Seed",
  result: "Result",
  noSummary: "the run wrote no summary",
  trained: "Trained",
  trainedFor: (epochs: string, steps: string) => `${counted(epochs, "epoch")}, ${counted(steps, "step")}`,
  time: "Time",
  memory: "Peak memory",
  factsTitle: "Configuration and result",
  noiseScale: "Noise scale",
  noiseWhileTraining: "Noise scale while training",
  /** `apart`: "limit" where one is only a lower limit, how many times they differ, or null where intervals meet. */
  twoNoiseScales: (apart: "limit" | string | null) =>
    "The noise scale is of one checkpoint: weights that stand still, dropout off, batches drawn for it. While training it is an " +
    "average over the last steps: weights that move, dropout and augmentation on, the gradients of the updates themselves; it lags behind. " +
    (apart === null
      ? ""
      : apart === "limit"
        ? "A limit (≥) does not contradict the other. "
        : `Here the two are a factor of ${apart} apart, as the gradient has changed since or differs between the two modes. `) +
    "Choose a batch by the first.",
  noiseScaleValue: (value: string) => `${value} examples`,
  bestAccuracy: "Best validation accuracy",
  bestLoss: "Best validation loss",
  lastAccuracy: "Last validation accuracy",
  lastLoss: "Last validation loss",
  atEpoch: (value: string, epoch: number) => `${value} (epoch ${epoch})`,
  atStep: (value: string, step: string) => `${value} (step ${step})`,
  seconds: (value: string) => `${value} s`,
  minutes: (minutes: number, seconds: number) => `${minutes} min ${seconds} s`,
  hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
  zoom: { select: "drag over a stretch of steps", back: "back", restore: "all steps" },
  readingTitle: "What it says",
  noiseTitle: "Gradient noise",
  notAnalyzed: "No checkpoint of this run has been analyzed yet; <code>batchscope analyze</code> does it.",
  checkpointTable: (count: number) => `Numbers of ${count} checkpoints`,
  checkpointTitle: "Batch gradients at one checkpoint",
  gradientsTitle: "Batch gradients",
  checkpoint: "Checkpoint",
  place: at,
  pointAtCell: "Point at a cell to read its cosine.",
  readout: "batch {i} and batch {j}: cosine {value}",
  undefinedCosine: "undefined (a batch without a gradient)",
  trainingTitle: "Training",
  landscapeTitle: "The loss around the parameters",
  evaluationTitle: "Validation",
  ofClass: "class",
  precision: "precision",
  recall: "recall",
  interval: "95 % interval",
  labels: "labels",
  predicted: "predicted",
  macroF1: "Macro F1",
  balancedAccuracy: "Balanced accuracy",
  accuracy: "Accuracy",
  alwaysCommonest: "Always the commonest class",
  rocAuc: "ROC AUC",
  averagePrecision: "Average precision",
  rSquared: "R²",
  rmse: "RMSE",
  mae: "MAE",
  errorUnit:
    "RMSE and MAE are in the target's own unit. Tables and series have their targets standardised: their loss is of standard deviations.",
  accumulationTitle: "Changes of the batch",
  step: "step",
  microBatches: "micro-batches",
  examples: "examples",
  noiseFollowed: "noise scale followed",
  commandsTitle: "Do it again",
  glossaryTitle: "Terms and caveats",
  columns: {
    epoch: "epoch",
    step: "step",
    validation: "validation",
    accuracy: "accuracy",
    loss: "loss",
    noiseScale: "noise scale [95 %]",
    ofOptimizer: (name: string) => `of ${name} [95 %]`,
    examples: "examples",
    noiseRatio: "noise ratio",
    atBatch: (sizes: string) => `at B = ${sizes}`,
    perExample: "per example",
    meanCosine: "mean cosine",
    expected: "expected",
    none: "This analysis has no checkpoints.",
  },
  glossary: [
    [
      "|G|²",
      "Squared length of the true gradient, estimated without bias; it can come out negative where noise dominates.",
    ],
    ["tr Σ", "Total variance of the gradient of one example, estimated without bias."],
    [
      "Noise scale (examples)",
      "tr Σ/|G|². Well below it, a larger batch saves almost proportionally many updates; well above it, almost none. It grows as training converges.",
    ],
    [
      "Noise ratio (no unit)",
      "Noise scale divided by the batch size. Two ratios can be compared only at one batch size.",
    ],
    ["95 % interval", "Delete-one jackknife over the batches; “≥” where the batches give a lower limit only."],
    [
      "Expected cosine",
      "1/(1 + noise scale/B): what independent batches of B examples have on average, however healthy the training.",
    ],
    [
      "Caveat",
      "The theory takes examples as independent and curvature as equal in all directions; use the values as orders of magnitude, and tune the learning rate again when the batch size changes.",
    ],
  ] as readonly (readonly [string, string])[],
};

export type PageText = typeof pageEnglish;

type Batch = Record<"product" | "effective", string>;
