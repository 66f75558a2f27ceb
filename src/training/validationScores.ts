import type { Dataset } from "../data/dataset.ts";
import type { Loss, LossOptions } from "../model/loss.ts";
import { type ClassificationScores, classificationScores } from "../statistics/classification.ts";
import { type PrecisionRecall, precisionRecall } from "../statistics/precisionRecall.ts";
import { type RankingScores, rankingScores } from "../statistics/ranking.ts";
import { type RegressionScores, regressionScores } from "../statistics/regression.ts";
import type { ValidationScores } from "../store/schema.ts";
import { IGNORED_LABEL } from "../tensor/ignoredLabel.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { meanLoss, type PassResult, type Totals } from "./microBatch.ts";

/** More classes than these make a matrix that nobody reads: a vocabulary has 10⁴ of them. */
const MOST_CLASSES = 1000;

/** What is found out about predictions beside the loss and the accuracy; nothing of it changes training. */
export interface PredictionScores {
  /** Where each example has one class. */
  readonly classification?: ClassificationScores;
  /** Of class 1 before class 0, where there are two. */
  readonly ranking?: RankingScores;
  readonly precisionRecall?: PrecisionRecall;
  /** Where numbers are predicted. */
  readonly regression?: RegressionScores;
}

/** Gathers the predictions of an evaluation, batch by batch. */
export interface PredictionGatherer {
  add(result: PassResult): void;
  scores(): PredictionScores;
}

export function gatherPredictions(data: Dataset, loss: Loss): PredictionGatherer {
  const ofClasses = data.target.type === "int64" && data.target.shape.length === 0;
  if (ofClasses && data.classes <= MOST_CLASSES) return gatherClasses(data.classes, loss.options);
  return data.target.type === "float32" ? gatherNumbers(data.targetScale) : { add: () => {}, scores: () => ({}) };
}

function gatherClasses(classes: number, { ignoreIndex = IGNORED_LABEL }: LossOptions): PredictionGatherer {
  const confusion = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  const [ranked, positive]: [number[], boolean[]] = [[], []];
  return {
    add({ batch, predictions, scores }) {
      if (!predictions) return;
      const [predicted, ranks] = [toNumbers(predictions), scores && toNumbers(scores)];
      toNumbers(batch.y!).forEach((label, i) => {
        if (label === ignoreIndex) return;
        // A foreign model may know more classes than the data have.
        for (let size = confusion.length; size <= predicted[i]!; size++) grow(confusion);
        confusion[label]![predicted[i]!]!++;
        if (!ranks) return;
        ranked.push(ranks[i]!);
        positive.push(label === 1);
      });
    },
    scores() {
      const classification = classificationScores(confusion);
      if (classification.labels === 0) return {};
      if (ranked.length === 0) return { classification };
      const curve = precisionRecall(ranked, positive);
      return { classification, ranking: rankingScores(ranked, positive), precisionRecall: curve };
    },
  };
}

function grow(matrix: number[][]): void {
  for (const row of matrix) row.push(0);
  matrix.push(Array<number>(matrix.length + 1).fill(0));
}

/** In the target's own unit: errors in standard deviations are nobody's. */
function gatherNumbers({ mean, deviation } = { mean: 0, deviation: 1 }): PredictionGatherer {
  const [predicted, targets]: [number[], number[]] = [[], []];
  let outputs = 1;
  return {
    add({ batch, predictions }) {
      if (!predictions) return;
      const { shape } = batch.y!;
      outputs = shape.slice(1).reduce((product, size) => product * size, 1);
      for (const number of toNumbers(predictions)) predicted.push(number * deviation + mean);
      for (const number of toNumbers(batch.y!)) targets.push(number * deviation + mean);
    },
    scores: () => (targets.length === 0 ? {} : { regression: regressionScores(predicted, targets, outputs) }),
  };
}

/** The scores that are one number each, for the record of an evaluation; undefined where there are none. */
export function inNumbers(
  { classification, ranking, regression }: PredictionScores,
  data: Dataset,
  loss: Loss,
  totals: Totals,
): ValidationScores | undefined {
  const numbers = {
    ...(classification && { macroF1: classification.macroF1, balancedAccuracy: classification.balancedAccuracy }),
    ...ranking,
    ...(regression && { rSquared: regression.rSquared, rmse: regression.rmse, mae: regression.mae }),
    ...(isLikelihood(loss) && data.target.shape.length > 0 && { perplexity: Math.exp(meanLoss(loss, totals)) }),
  };
  return Object.keys(numbers).length > 0 ? numbers : undefined;
}

/** Whether the mean loss is that of −ln p alone: smoothed or weighted, it is nobody's perplexity. */
function isLikelihood({ name, options }: Loss): boolean {
  return name === "cross_entropy" && Object.keys(options).every((option) => option === "ignoreIndex");
}
