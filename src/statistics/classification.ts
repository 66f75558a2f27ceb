import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Interval } from "./types.ts";
import { wilsonInterval } from "./wilsonInterval.ts";

/** How one class fares. Ratios are shares 0–1, and NaN where they are not defined: 0 would be a verdict on nothing. */
export interface ClassScores {
  /** Labels of this class, and predictions of it. */
  readonly support: number;
  readonly predicted: number;
  /** Right among those predicted; NaN where the class is never predicted. */
  readonly precision: number;
  /** Found among the labels, with its 95 % Wilson interval; NaN where there is no label. */
  readonly recall: Interval;
  /** 2·TP / (2·TP + FP + FN), the harmonic mean of both; NaN where the class is neither a label nor predicted. */
  readonly f1: number;
}

export interface ClassificationScores {
  /** confusion[label][prediction] = how often. */
  readonly confusion: readonly (readonly number[])[];
  readonly labels: number;
  readonly accuracy: Interval;
  readonly classes: readonly ClassScores[];
  /**
   * Unweighted means over the classes that are labels or predicted; precision is NaN where one of them is never
   * predicted.
   */
  readonly macroPrecision: number;
  readonly macroF1: number;
  /** Mean recall of the classes that have labels (Brodersen et al. 2010, doi:10.1109/ICPR.2010.764). */
  readonly balancedAccuracy: number;
  /** F1 of the sums over classes; with one label and one prediction each it is the accuracy. */
  readonly microF1: number;
  /** F1 weighted by the labels of each class. */
  readonly weightedF1: number;
  /** The accuracy of always answering the commonest class. */
  readonly majorityShare: number;
}

/**
 * What a confusion matrix says, for any number of classes. Throws `ShapeError` unless it is square. All ratios are NaN
 * where there is no label.
 *
 *   confusion [C][C], confusion[label][prediction] ≥ 0
 */
export function classificationScores(confusion: readonly (readonly number[])[]): ClassificationScores {
  requireArguments("classificationScores", { confusion }, { confusion: is.listOf("rows of counts", is.list) });
  const odd = confusion.findIndex((row) => row.length !== confusion.length);
  if (odd >= 0)
    throw new ShapeError(
      `classificationScores: expected a square matrix, got ${confusion[odd]!.length} columns in row ${odd} of ${confusion.length}; count every class`,
    );
  const classes = confusion.map((_, c) => scoresOf(confusion, c));
  const labels = sum(classes.map(({ support }) => support));
  const right = sum(confusion.map((row, c) => row[c]!));
  const present = classes.filter(({ support, predicted }) => support + predicted > 0);
  const labelled = classes.filter(({ support }) => support > 0);
  return {
    confusion,
    labels,
    accuracy: wilsonInterval(right, labels),
    classes,
    macroPrecision: mean(present.map(({ precision }) => precision)),
    macroF1: mean(present.map(({ f1 }) => f1)),
    balancedAccuracy: mean(labelled.map(({ recall }) => recall.value)),
    // FP and FN are the same errors, counted once by prediction and once by label.
    microF1: right / labels,
    weightedF1: sum(labelled.map(({ f1, support }) => f1 * support)) / labels,
    majorityShare: Math.max(...classes.map(({ support }) => support)) / labels,
  };
}

function scoresOf(confusion: readonly (readonly number[])[], c: number): ClassScores {
  const right = confusion[c]![c]!;
  const support = sum(confusion[c]!);
  const predicted = sum(confusion.map((row) => row[c]!));
  return {
    support,
    predicted,
    precision: right / predicted,
    recall: wilsonInterval(right, support),
    f1: (2 * right) / (support + predicted),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
