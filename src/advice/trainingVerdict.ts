import type { EpochRecord, EvaluationFile, EvaluationRecord, JudgedRecord, StepRecord } from "../store/schema.ts";
import type { RareClassesTried, StopVerdict, TrainingVerdict } from "../store/verdicts.ts";
import { isLearned } from "./learned.ts";
import { commonestName } from "./oneAnswer.ts";

/** What a verdict on a training is made from. */
export interface TrainingFacts {
  readonly run: string;
  readonly status: JudgedRecord["status"];
  /** In order of steps. */
  readonly steps: readonly Pick<StepRecord, "step" | "loss" | "learningRate">[];
  readonly epochs: readonly EpochRecord[];
  readonly evaluations: readonly EvaluationRecord[];
  /** The last evaluation in full. */
  readonly evaluation: EvaluationFile | null;
  /** Optimizer steps that the run was to make; null where epochs count. */
  readonly stepsAsked: number | null;
  readonly patience: number | null;
  /** The monitor's patience came to its end. */
  readonly stoppedEarly: boolean;
  readonly rareClasses: RareClassesTried;
  /** Against overfitting: what is in use, or would be of no use. */
  readonly cannotAugment: boolean;
  readonly limited: boolean;
  /** Micro-batches that were to be learned by heart; null where the run trained on all of its data. */
  readonly overfitBatches: number | null;
}

type Evaluated = EpochRecord | EvaluationRecord;

/** A twentieth of the first loss is the least that counts as learning; see `notLearning`. */
const LEARNING = 0.95;
/**
 * Training ahead of validation by as much accuracy is overfitting; of numbers, half of the loss and as much of the
 * first.
 */
const ACCURACY_GAP = 0.05;
const LOSS_GAP = 2;
/** A validation loss that rose by a tenth over two evaluations or more is no ripple. */
const RISE = 1.1;
const RISE_EVALUATIONS = 2;
/** Epochs after which every example was seen more than once. */
const SEEN_AGAIN = 2;
/** Losses that end above the first update's by half are not the noise of its mini-batch. */
const OVERSHOOT = 1.5;
/** Less than a hundredth is no change of a loss. */
const CHANGE = 0.01;
/** A mean of the recalls within a tenth of that of one answer for all. */
const NO_SKILL = 1.1;
/** Nothing is left to improve on. */
const PERFECT = 0.9995;
/** Of a training that may have levelled off. */
const LEAST_EPOCHS = 4;
const LOW_ACCURACY = 0.9;

/**
 * Whether the training went well, from the losses and scores that it recorded: of the rules the first that holds, the
 * gravest first. A training loss is a mean over its epoch, while weights moved and dropout was on, so that the distance
 * to validation is rather too small than too large.
 */
export function trainingVerdict(facts: TrainingFacts): TrainingVerdict {
  const { status, steps } = facts;
  const all = [...facts.epochs, ...facts.evaluations].sort((a, b) => a.step - b.step);
  const evaluated = all.filter(({ validationLoss }) => !Number.isNaN(validationLoss));
  const [lastStep, last] = [steps.at(-1), evaluated.at(-1)];
  if (status === "diverged")
    return { kind: "diverged", step: lastStep?.step ?? 0, learningRate: lastStep?.learningRate ?? Number.NaN };
  if (!last) return { kind: "nothingRecorded" };
  if (facts.overfitBatches !== null) return byHeart(facts, facts.overfitBatches, last);
  return (
    overshooting(facts, last) ??
    notLearning(facts) ??
    classNeverFound(facts) ??
    (evaluated.length < 2 ? tooShort(facts, last) : null) ??
    noSkill(facts, last) ??
    overfitting(facts, evaluated, last) ??
    improving(facts, evaluated, last) ??
    underfitting(facts, last) ??
    healthy(facts, evaluated, last)
  );
}

/** There is no validation: every number of such a run is of the examples that it learns. */
function byHeart({ run, epochs, ...facts }: TrainingFacts, microBatches: number, last: Evaluated): TrainingVerdict {
  const { trainLoss, trainAccuracy } = last;
  const accuracy = trainAccuracy === undefined ? {} : { trainAccuracy };
  const found = { run, microBatches, trainLoss, ...accuracy, ...lasted(epochs, last) };
  const learned = isLearned(last) || (trainAccuracy ?? 0) >= PERFECT;
  return { kind: "byHeart", ...found, learned, ...longer({ run, epochs, ...facts }, Math.max(20, 3 * epochs.length)) };
}

function tooShort(facts: TrainingFacts, last: Evaluated): TrainingVerdict {
  const more = longer(facts, Math.max(5, 3 * facts.epochs.length));
  return { kind: "tooShort", run: facts.run, ...stateOf(last), ...lasted(facts.epochs, last), ...more };
}

function lasted({ length }: TrainingFacts["epochs"], { step }: Evaluated) {
  return { epochs: length, ...(length === 0 && { steps: step }) };
}

/** To so many epochs; a run that counts steps goes on in proportion, to at least three times as many after none. */
function longer({ stepsAsked, epochs: { length } }: TrainingFacts, epochs: number) {
  if (stepsAsked === null) return { more: epochs, unit: "epochs" as const };
  return { more: Math.ceil(stepsAsked * (length === 0 ? 3 : epochs / length)), unit: "steps" as const };
}

/** Numbers begin where a mini-batch of them happens to lie; what classes cost at first is nearly the same for all. */
function overshooting({ steps, evaluation }: TrainingFacts, last: Evaluated): TrainingVerdict | null {
  const [first, lastStep] = [steps[0], steps.at(-1)];
  if (!first || !lastStep || !evaluation?.classification) return null;
  const { trainLoss, validationLoss } = last;
  if (!(Math.min(trainLoss, validationLoss) > OVERSHOOT * first.loss)) return null;
  const learningRate = Math.max(first.learningRate, lastStep.learningRate);
  return { kind: "overshooting", firstLoss: first.loss, trainLoss, validationLoss, learningRate };
}

/** Of classes also by the mean of the recalls, as a rare class that is found hardly moves the accuracy. */
function noSkill({ evaluation }: TrainingFacts, last: Evaluated): TrainingVerdict | null {
  if (evaluation === null || evaluation.step !== last.step) return null;
  const { classification: scores, regression } = evaluation;
  const found = { kind: "noSkill", ...stateOf(last), majorityShare: null, rSquared: null } as const;
  if (regression && regression.rSquared <= 0) return { ...found, rSquared: regression.rSquared };
  if (!scores || scores.accuracy.lower > scores.majorityShare) return null;
  const present = scores.classes.filter(({ support }) => support > 0);
  const recall = present.reduce((sum, one) => sum + one.recall.value, 0) / present.length;
  if (!(recall <= NO_SKILL / present.length)) return null;
  return { ...found, common: commonestName(evaluation), majorityShare: scores.majorityShare };
}

/** Null where the run was not stopped for want of better evaluations. */
export function stopVerdict({ stoppedEarly, patience, epochs, evaluations }: TrainingFacts): StopVerdict | null {
  if (!stoppedEarly || patience === null) return null;
  const all = [...epochs, ...evaluations].filter(({ validationLoss }) => !Number.isNaN(validationLoss));
  return { kind: "stoppedEarly", evaluations: patience, best: all.length > 0 ? placeOf(bestOf(all)) : null };
}

function stateOf({ trainLoss, trainAccuracy, validationLoss, validationAccuracy }: Evaluated) {
  return {
    trainLoss,
    validationLoss,
    ...(trainAccuracy !== undefined && { trainAccuracy }),
    ...(validationAccuracy !== undefined && { validationAccuracy }),
  };
}

const placeOf = ({ kind, epoch, step }: Evaluated) => ({ epoch, step, inside: kind === "evaluation" });

function bestOf(evaluated: readonly Evaluated[]): Evaluated {
  return evaluated.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a));
}

function intervalAt({ evaluation }: TrainingFacts, { step }: Evaluated) {
  return evaluation?.step === step ? (evaluation.classification?.accuracy ?? null) : null;
}

/** Neither below the first update's loss nor below the first epoch's, nor better than always the commonest class. */
function notLearning({ steps, epochs, evaluation }: TrainingFacts): TrainingVerdict | null {
  const [first, last] = [epochs[0], epochs.at(-1)];
  if (!first || !last || epochs.length < 2) return null;
  const firstLoss = Math.max(steps[0]?.loss ?? first.trainLoss, first.trainLoss);
  if (!(last.trainLoss > LEARNING * firstLoss)) return null;
  const { accuracy, majorityShare } = evaluation?.classification ?? {};
  if (accuracy && majorityShare !== undefined && accuracy.lower > majorityShare) return null;
  return { kind: "notLearning", firstLoss, lastLoss: last.trainLoss, epochs: epochs.length };
}

/** Rarer than half of its share among equals; of several the one with the most labels. */
function classNeverFound({ evaluation, rareClasses: tried }: TrainingFacts): TrainingVerdict | null {
  const scores = evaluation?.classification;
  if (!scores) return null;
  const { classes, labels, accuracy } = scores;
  const missed = [...classes.entries()]
    .filter(([, { support, recall }]) => support > 0 && recall.value === 0 && support < (0.5 * labels) / classes.length)
    .sort(([, a], [, b]) => b.support - a.support)[0];
  if (!missed) return null;
  const [c, { support }] = missed;
  const name = evaluation.classNames[c] ?? String(c);
  return { kind: "classNeverFound", name, support, labels, accuracy: accuracy.value, tried };
}

function overfitting(facts: TrainingFacts, evaluated: readonly Evaluated[], last: Evaluated): TrainingVerdict | null {
  const best = bestOf(evaluated);
  const after = evaluated.length - 1 - evaluated.indexOf(best);
  const rose =
    after >= RISE_EVALUATIONS && last.validationLoss > RISE * best.validationLoss && last.trainLoss < best.trainLoss;
  const accuracy = intervalAt(facts, last);
  // Of examples that are seen for the first time nothing is known by heart.
  if (facts.epochs.length < SEEN_AGAIN) return null;
  if (!rose && !runsAhead(last, accuracy, facts.epochs[0]?.trainLoss ?? last.trainLoss)) return null;
  const { patience, cannotAugment, limited } = facts;
  const tries = [
    ...(rose && patience === null ? (["patience"] as const) : []),
    ...(cannotAugment ? [] : (["augment"] as const)),
    ...(limited ? (["moreData"] as const) : []),
    "weightDecay" as const,
  ].slice(0, 2);
  const since = rose ? placeOf(best) : null;
  return {
    kind: "overfitting",
    ...stateOf(last),
    accuracy,
    since,
    bestValidationLoss: best.validationLoss,
    tries,
  };
}

function runsAhead(
  { trainLoss, trainAccuracy, validationLoss, validationAccuracy }: Evaluated,
  interval: { readonly upper: number } | null,
  firstLoss: number,
): boolean {
  if (trainAccuracy === undefined || validationAccuracy === undefined)
    return validationLoss > LOSS_GAP * trainLoss && validationLoss - trainLoss > ACCURACY_GAP * firstLoss;
  return trainAccuracy - validationAccuracy >= ACCURACY_GAP && trainAccuracy > (interval?.upper ?? 0);
}

function improving(facts: TrainingFacts, evaluated: readonly Evaluated[], last: Evaluated): TrainingVerdict | null {
  const before = bestOf(evaluated.slice(0, -1));
  if ((last.validationAccuracy ?? 0) >= PERFECT) return null;
  if (!(last.validationLoss < (1 - CHANGE) * before.validationLoss)) return null;
  const more = longer(facts, Math.ceil(1.5 * Math.max(facts.epochs.length, 2)));
  return { kind: "improving", run: facts.run, ...stateOf(last), ...lasted(facts.epochs, last), ...more };
}

/** Over the last quarter of the epochs the training loss fell by less than a hundredth. */
function underfitting({ epochs }: TrainingFacts, last: Evaluated): TrainingVerdict | null {
  const [quarter, end] = [epochs[Math.floor(0.75 * (epochs.length - 1))], epochs.at(-1)];
  if (epochs.length < LEAST_EPOCHS || !quarter || !end || quarter === end) return null;
  const isLow =
    end.trainAccuracy === undefined ? end.trainLoss > 0.5 * epochs[0]!.trainLoss : end.trainAccuracy < LOW_ACCURACY;
  if (!isLow || end.trainLoss < (1 - CHANGE) * quarter.trainLoss) return null;
  return { kind: "underfitting", ...stateOf(last), epochs: epochs.length };
}

function healthy(facts: TrainingFacts, evaluated: readonly Evaluated[], last: Evaluated): TrainingVerdict {
  const best = placeOf(bestOf(evaluated));
  const accuracy = intervalAt(facts, last);
  return { kind: "healthy", ...stateOf(last), accuracy, best, ...lasted(facts.epochs, last) };
}
