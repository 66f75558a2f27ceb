import { z } from "zod";
import { type BatchVerdict, batchVerdict } from "./batchVerdicts.ts";
import { comparisonVerdicts } from "./comparisonVerdicts.ts";
import { criticalBatchTopics, criticalBatchVerdicts } from "./criticalBatchVerdicts.ts";
import { evaluationVerdict } from "./evaluationVerdicts.ts";
import { type GradientVerdict, gradientTopics, gradientVerdict } from "./gradientVerdicts.ts";
import { judgementVerdicts } from "./judgementVerdicts.ts";
import { landscapeTopics, landscapeVerdicts } from "./landscapeVerdicts.ts";
import { rateExponentTopics, rateExponentVerdicts } from "./rateExponentVerdicts.ts";
import { recommendTopics, recommendVerdicts } from "./recommendVerdicts.ts";
import { count, number, type Schema, text } from "./records.ts";
import { interval } from "./statisticRecords.ts";
import { verdict } from "./verdictRecord.ts";

/**
 * The answers that come before all else: what to do with the batch, whether training went well, what the data are like,
 * and what a study found; as data, from which `text/` makes a line each. Batch sizes, noise scales and numbers of
 * examples are in examples; accuracies and shares are 0–1; losses are in the unit of the loss.
 */

const ofRun = { run: text };

/** Of the epoch or the step at which something was. */
const place = z.object({ epoch: count, step: count, inside: z.boolean() });
const losses = { trainLoss: number, validationLoss: number };
const accuracies = { trainAccuracy: number.optional(), validationAccuracy: number.optional() };
const state = { ...losses, ...accuracies };

/** How long training went: the steps too where it ended before an epoch did. */
const lasted = { epochs: count, steps: count.optional() };

/** The length to resume with, in what the run counts. */
const goLonger = { more: count, unit: z.enum(["epochs", "steps"]) };

/** What the loss does for rare classes, or that data were left out, which may hold more of them. */
const rareClassesTried = z.enum(["nothing", "weights", "focal", "limited"]);
export type RareClassesTried = z.infer<typeof rareClassesTried>;

const trainingVerdict = z.discriminatedUnion("kind", [
  verdict("nothingRecorded", {}),
  /** Two evaluations at least show a course. */
  verdict("tooShort", { ...ofRun, ...state, ...lasted, ...goLonger }),
  verdict("diverged", { step: count, learningRate: number }),
  /** Few micro-batches were to be learned by heart, which shows that the model can learn at all. */
  verdict("byHeart", {
    ...ofRun,
    microBatches: count,
    trainLoss: number,
    trainAccuracy: number.optional(),
    ...lasted,
    learned: z.boolean(),
    ...goLonger,
  }),
  /** Training and validation losses above that of the first update: steps overshoot. */
  verdict("overshooting", { firstLoss: number, ...losses, learningRate: number }),
  /** Validation no better than one answer for all: the commonest class, or the mean. */
  verdict("noSkill", {
    ...state,
    /** The commonest class. Absent in documents of earlier versions. */
    common: text.optional(),
    majorityShare: number.nullable(),
    rSquared: number.nullable(),
  }),
  /** The training loss is within a twentieth of the first. */
  verdict("notLearning", { firstLoss: number, lastLoss: number, epochs: count }),
  /** A class that is never answered rightly. */
  verdict("classNeverFound", {
    name: text,
    support: count,
    labels: count,
    accuracy: number,
    tried: rareClassesTried,
  }),
  /** `since`: where the validation loss was lowest; null where it still fell while training ran ahead of it. */
  verdict("overfitting", {
    ...state,
    accuracy: interval.nullable(),
    since: place.nullable(),
    bestValidationLoss: number,
    tries: z.array(z.enum(["patience", "weightDecay", "augment", "moreData"])),
  }),
  /** Neither the training loss falls any more, nor is it low. */
  verdict("underfitting", { ...state, epochs: count }),
  /** The last evaluation is the best, by a hundredth or more of the loss. */
  verdict("improving", { ...ofRun, ...state, ...lasted, ...goLonger }),
  verdict("healthy", { ...state, accuracy: interval.nullable(), best: place, ...lasted }),
]);

/** What is said beside: that it was stopped after so many evaluations without a better one, or has learned nothing. */
const stopVerdict = z.discriminatedUnion("kind", [
  verdict("stoppedEarly", { evaluations: count, best: place.nullable() }),
  /** Of classes: as many are right where all are answered by the commonest; of numbers: by the mean. */
  verdict("noBetterThanOneAnswer", {
    common: text.nullable(),
    accuracy: number.nullable(),
    majorityShare: number.nullable(),
    rSquared: number.nullable(),
  }),
]);

const worstPair = { first: text, second: text, cosine: number };

const dataVerdict = z.discriminatedUnion("kind", [
  verdict("dataUnexamined", { ...ofRun, analyzable: z.boolean().optional() }),
  verdict("opposedBatches", { ...ofRun, found: count, batches: count, cosine: number, p: number }),
  verdict("opposedGroups", { ...worstPair, by: text, found: count, pairs: count }),
  /** Those of a softmax oppose each other from the first step on, by `usual` on average; `beyondUsual`: far more so. */
  verdict("opposedClasses", { ...worstPair, classes: count, usual: number, beyondUsual: z.boolean() }),
  /** More negative cosines than chance gives. */
  verdict("opposedPairs", { ...ofRun, share: number, limit: number }),
  /** Some classes are so rare that the accuracy hardly counts them. */
  verdict("unequalClasses", {
    common: text,
    majorityShare: number,
    accuracy: number,
    rare: count,
    tried: rareClassesTried,
  }),
  verdict("noConflictSeen", { batches: count, groups: text.nullable() }),
]);

/** Share of labels that the models contradict, where it is more than seem wrong: the verdict is less sure then. */
const ofModels = { contradicted: number.optional() };

const inspectionVerdict = z.discriminatedUnion("kind", [
  /** `page`: where they can be looked at; `command`: what makes such a page. */
  verdict("labelsDoubted", {
    ...ofModels,
    doubted: count,
    judged: count,
    estimatedNoise: number,
    page: text.nullable(),
    command: text,
  }),
  /** No single label, though not all are right. */
  verdict("labelsNoisy", { ...ofModels, judged: count, estimatedNoise: number }),
  verdict("noLabelDoubted", { ...ofModels, judged: count, noticeable: number.nullable().optional() }),
  verdict("labelsUnjudged", { examples: count }),
  /** Groups of equal or nearly equal examples. */
  verdict("contraryDuplicates", { groups: count }),
  verdict("sharedExamples", { groups: count }),
]);

/** `tries`: flags of `lr-find` with what to pass. Both are absent in documents of earlier versions. */
const whyNoRate = {
  because: z.enum(["noise", "earlyRise", "fallsToTheEnd", "disagree"]).optional(),
  tries: z.array(z.object({ flag: z.enum(["batchSize", "from", "to", "repeats"]), value: number })).optional(),
};

const studyVerdict = z.discriminatedUnion("kind", [
  verdict("rateFound", { rate: number, lower: number, upper: number, seeds: count }),
  verdict("rateNotFound", { tenthOfMinimum: number.nullable(), ...whyNoRate }),
  /** `timed`: it is the fastest; else the largest, where no time was told apart. */
  verdict("microBatchFound", {
    microBatch: count,
    timed: z.boolean(),
    largest: count,
    limitBytes: number,
    target: count.nullable(),
  }),
  verdict("microBatchNotFound", { limitBytes: number }),
  ...comparisonVerdicts,
  ...judgementVerdicts,
  ...criticalBatchVerdicts,
  ...recommendVerdicts,
  ...rateExponentVerdicts,
  ...landscapeVerdicts,
  /**
   * The smallest that trains an epoch within a share of the fastest. `stillFalls`: it is the largest that was measured
   * and none is nearly as fast, so that a larger one may be faster. `bounded`: data or memory have no larger one.
   * `alike`: the smallest whose rounds overlap with those of the fastest, where it is smaller still.
   */
  verdict("batchSizeProfiled", {
    batchSize: count,
    epochSeconds: interval,
    within: number,
    alike: count.nullable(),
    stillFalls: z.boolean(),
    bounded: z.boolean(),
  }),
  verdict("accumulationEqual", { window: z.array(count), examples: count, difference: number, tolerance: number }),
  verdict("accumulationDiffers", {
    window: z.array(count),
    examples: count,
    difference: number,
    tolerance: number,
    mixing: z.array(text),
  }),
]);

export type TrainingVerdict = z.infer<typeof trainingVerdict>;
export type StopVerdict = z.infer<typeof stopVerdict>;
export type DataVerdict = z.infer<typeof dataVerdict>;
export type InspectionVerdict = z.infer<typeof inspectionVerdict>;
export type StudyVerdict = z.infer<typeof studyVerdict>;
export type EvaluationVerdict = z.infer<typeof evaluationVerdict>;
export type Verdict = RunVerdict | InspectionVerdict | StudyVerdict | EvaluationVerdict | GradientVerdict;

/** The answers of a run, in the order in which they are said. */
export type RunVerdict = BatchVerdict | TrainingVerdict | StopVerdict | DataVerdict;

export type VerdictTopic =
  | "batch"
  | "training"
  | "data"
  | "labels"
  | "duplicates"
  | "learningRate"
  | "microBatch"
  | "time"
  | "accumulation"
  | "doubt"
  | "comparison"
  | "judgement"
  | "landscape"
  | "evaluation";

/** What each is about. */
export const verdictTopics: Readonly<Record<Verdict["kind"], VerdictTopic>> = {
  noiseUnmeasured: "batch",
  noSignal: "batch",
  noNoise: "batch",
  batchLearned: "batch",
  enlargeBatch: "batch",
  keepBatch: "batch",
  shrinkBatch: "batch",
  boundNoiseScale: "batch",
  nothingRecorded: "training",
  tooShort: "training",
  diverged: "training",
  byHeart: "training",
  overshooting: "training",
  noSkill: "training",
  notLearning: "training",
  classNeverFound: "training",
  overfitting: "training",
  underfitting: "training",
  improving: "training",
  healthy: "training",
  stoppedEarly: "training",
  noBetterThanOneAnswer: "training",
  dataUnexamined: "data",
  opposedBatches: "data",
  opposedGroups: "data",
  opposedClasses: "data",
  opposedPairs: "data",
  unequalClasses: "data",
  noConflictSeen: "data",
  labelsDoubted: "labels",
  labelsNoisy: "labels",
  noLabelDoubted: "labels",
  labelsUnjudged: "labels",
  contraryDuplicates: "duplicates",
  sharedExamples: "duplicates",
  rateFound: "learningRate",
  rateNotFound: "learningRate",
  microBatchFound: "microBatch",
  microBatchNotFound: "microBatch",
  batchSizeProfiled: "time",
  accumulationEqual: "accumulation",
  armsCompared: "comparison",
  armsUntested: "comparison",
  targetCompared: "comparison",
  targetUntested: "comparison",
  armsUnfinished: "comparison",
  judged: "judgement",
  judgedAlike: "judgement",
  judgedOpen: "judgement",
  judgedItself: "judgement",
  ...criticalBatchTopics,
  ...recommendTopics,
  paretoCriticalBatch: "batch",
  paretoUnfit: "batch",
  paretoUnknown: "batch",
  ...rateExponentTopics,
  ...landscapeTopics,
  ...gradientTopics,
  accumulationDiffers: "accumulation",
  accuracyMeasured: "evaluation",
  errorsMeasured: "evaluation",
  lossMeasured: "evaluation",
};

/** A document's `answer`. */
export const verdicts: Schema<readonly Verdict[]> = z.array(
  z.union([
    batchVerdict,
    trainingVerdict,
    stopVerdict,
    dataVerdict,
    inspectionVerdict,
    studyVerdict,
    evaluationVerdict,
    gradientVerdict,
  ]),
);
