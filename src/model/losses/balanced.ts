import { DataError } from "../../tensor/errors.ts";

/**
 * n / (C·n_c) for each class c with n_c of the n labels: the weights under which every class adds the same to Σ w, with
 * mean weight 1 over the labels. Scikit-learn's `class_weight="balanced"`, after King & Zeng 2001, "Logistic regression
 * in rare events data".
 *
 *   labels [n] in [0, C), negative ones of examples that have none
 *
 * Throws `DataError`, naming the classes, where one has no label: no weight would make up for it.
 */
export function balancedWeights(labels: Int32Array, classes: number): number[] {
  const counts = new Float64Array(classes);
  for (const label of labels) if (label >= 0) counts[label]!++;
  const labelled = counts.reduce((sum, count) => sum + count, 0);
  const absent = Array.from(counts.keys()).filter((label) => counts[label] === 0);
  if (absent.length > 0)
    throw new DataError(
      `balanced: expected examples of each of ${classes} classes, got none of ${absent.join(", ")}; use more examples or give the weights`,
    );
  return Array.from(counts, (count) => labelled / (classes * count));
}
