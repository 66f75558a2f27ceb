import type { FindingStrength, TrainingFinding, TrainingFindingKind } from "../../store/trainingFindings.ts";
import { evidenceOf, firstNames } from "../findingParts.ts";
import { significant } from "../format.ts";
import { counted } from "./counted.ts";

const value = (finding: TrainingFinding, name: string) => significant(evidenceOf(finding, name)?.value ?? Number.NaN);
const limit = (finding: TrainingFinding, name: string) =>
  significant(evidenceOf(finding, name)?.threshold ?? Number.NaN);
const names = (finding: TrainingFinding) => firstNames(finding.parameters ?? [], (more) => ` and ${more} more`);
const inNames = (finding: TrainingFinding) => (finding.parameters?.length ? ` in ${names(finding)}` : "");

/** What is found of a training, in English: a name for each kind and a sentence with its evidence. */
export const trainingFindingsEnglish = {
  strength: { note: "note", warning: "warning", fault: "fault" } satisfies Record<FindingStrength, string>,
  /** The heading of a list of them. */
  heading: "Found while training:",
  line: (step: number, strength: string, sentence: string) => `${strength} at update ${step}: ${sentence}`,
  titles: {
    "not-finite": "not finite",
    "exploding-gradients": "exploding gradients",
    "vanishing-gradients": "vanishing gradients",
    "dead-units": "dead units",
    "saturated-outputs": "saturated outputs",
    "learning-rate-too-high": "learning rate too high",
    "learning-rate-too-low": "learning rate too low",
    oscillation: "oscillation",
    plateau: "plateau",
    saddle: "saddle point",
    "noise-dominated": "dominated by noise",
    "model-too-small": "model too small",
    overfitting: "overfitting",
    mismatch: "training and test data differ",
    "label-noise": "label noise",
    "class-imbalance": "class imbalance",
    "unshuffled-data": "data not shuffled",
    "wrong-loss": "wrong loss",
    "batch-normalisation": "batch normalisation",
    "weight-decay-on-norms": "weight decay on norms and biases",
    "frozen-parameters": "parameters do not move",
    "moved-without-gradient": "parameters move without a gradient",
    "accumulation-divided-twice": "gradients divided wrongly",
    "gradients-carried-over": "gradients carried over",
    "update-inside-window": "update inside a window",
    "loss-scale": "loss scale",
    "update-mismatch": "another update than the optimizer's",
    "initial-loss": "loss at the beginning",
    "zero-input-gradient": "an input without a gradient",
    "optimizer-state": "optimizer state",
    "schedule-step": "schedule",
    "epoch-order": "order of the epoch",
    "resume-mismatch": "not what the checkpoint holds",
  } satisfies Record<TrainingFindingKind, string>,
  sentences: {
    "not-finite": (f) =>
      `the loss, the gradient or a parameter is no finite number at learning rate ${value(f, "learningRate")}; lower the rate or clip the gradient`,
    "exploding-gradients": (f) =>
      `the gradient norm is ${value(f, "gradientNorm")}, above ${limit(f, "gradientNorm")}, 100 times that of the first updates; clip it or lower the rate`,
    "vanishing-gradients": (f) =>
      `gradients${inNames(f)} are ${value(f, "shareOfLargest")} times the largest layer's; try normalisation, shortcuts or another activation`,
    "dead-units": (f) =>
      `a share of ${value(f, "silentShare")} of the units${inNames(f)} had no gradient in ${value(f, "windows")} windows; lower the rate or change the initial weights`,
    "saturated-outputs": (f) =>
      `a wrong answer costs ${value(f, "lossOfWrong")}, far more than the ${value(f, "constantLossOfWrong")} of an answer that knows nothing; lower the rate or smooth the labels`,
    "learning-rate-too-high": (f) =>
      evidenceOf(f, "rateTimesSharpness")
        ? `rate times critical sharpness is ${value(f, "rateTimesSharpness")}, above 2, where an update raises the loss; lower the rate`
        : `the loss is ${value(f, "loss")}, above the ${value(f, "initialLoss")} that it began with; lower the rate`,
    "learning-rate-too-low": (f) =>
      `an update moves the weights by a share of ${value(f, "updateShare")} of their size, and the loss fell by ${value(f, "lossFell")} only; raise the rate`,
    oscillation: (f) =>
      `updates land on the far side of the valley, as high as they came from or higher (α = ${value(f, "alpha")}); lower the rate`,
    plateau: (f) =>
      `the loss moved by a share of ${value(f, "change")} in the last ${value(f, "epochs")} epochs; try another rate, a schedule or a larger model`,
    saddle: (f) => `the curvature is negative in a direction (${value(f, "eigenvalue")}): a saddle point; train on`,
    "noise-dominated": (f) =>
      `the noise scale is at least ${value(f, "noiseScale")} examples beside a batch of ${value(f, "batchSize")}; accumulate more`,
    "model-too-small": () => "the model cannot learn the training data; try a larger one",
    overfitting: () => "training goes ahead of validation; more data, augmentation or weight decay help",
    mismatch: () => "training and test data are of two kinds; look at how they were drawn",
    "label-noise": () => "some labels contradict the others; see `batchscope inspect-data`",
    "class-imbalance": (f) =>
      `the commonest class has a share of ${value(f, "largestShare")} of the training data, the rarest ${value(f, "smallestShare")}; weigh the classes`,
    "unshuffled-data": (f) =>
      `neighbours are of one class in a share of ${value(f, "sameNeighbours")} of cases where a shuffled order has ${value(f, "expectedSame")}; shuffle the data`,
    "wrong-loss": () => "the loss does not fit the task",
    "batch-normalisation": (f) =>
      evidenceOf(f, "runningInEvaluation")
        ? "an evaluation moved the running statistics"
        : `running statistics did not move in a training step${inNames(f)}`,
    "weight-decay-on-norms": (f) =>
      `weight decay shrinks ${value(f, "parameters")} biases and scales of normalisation to a share of ${value(f, "left")} over the run; decay weights only`,
    "frozen-parameters": (f) => `an update left ${names(f)} as they were, although they have a gradient`,
    "moved-without-gradient": (f) => `${names(f)} moved outside an update or without a gradient`,
    "accumulation-divided-twice": (f) =>
      evidenceOf(f, "recordedLoss")
        ? `the recorded loss is ${value(f, "recordedLoss")} where the window's mean is ${limit(f, "recordedLoss")}`
        : `the sums of the window were divided by ${value(f, "dividedBy")} where its weight is ${limit(f, "dividedBy")}`,
    "gradients-carried-over": (f) => `the window began with gradients of the one before${inNames(f)}`,
    "update-inside-window": (f) => `parameters moved before the window was complete${inNames(f)}`,
    "loss-scale": (f) => `the factor of float16 was not taken out of the gradients once${inNames(f)}`,
    "update-mismatch": (f) =>
      `the update is ${value(f, "strideRatio")} times the optimizer's or of another kind${inNames(f)}`,
    "initial-loss": (f) =>
      `the loss begins at ${value(f, "initialLoss")} where an answer that knows nothing has ${value(f, "constantLoss")}; look at the scale of inputs and weights`,
    "zero-input-gradient": (f) =>
      `the loss does not depend on input "${f.evidence[0]?.name}": no gradient${inNames(f)}`,
    "optimizer-state": (f) =>
      evidenceOf(f, "optimizerSteps")
        ? `the optimizer took step ${value(f, "optimizerSteps")} where update ${limit(f, "optimizerSteps")} was due`
        : `the optimizer's arrays were lost or are not finite${inNames(f)}`,
    "schedule-step": (f) =>
      `the learning rate is that of update ${value(f, "scheduleUpdates")}, and ${limit(f, "scheduleUpdates")} were made`,
    "epoch-order": (f) =>
      evidenceOf(f, "examplesAgain")
        ? `${counted(evidenceOf(f, "examplesAgain")!.value, "example")} came again in the same epoch`
        : "the epoch did not take every example once",
    "resume-mismatch": (f) => `what training goes on from differs from the checkpoint in ${names(f)}`,
  } satisfies Record<TrainingFindingKind, (finding: TrainingFinding) => string>,
};

export type TrainingFindingsText = typeof trainingFindingsEnglish;
