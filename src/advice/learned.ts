import type { EpochRecord, EvaluationRecord } from "../store/schema.ts";

/** Of the training data, in a thousand: so few wrong answers, or so small a loss, leave no gradient to speak of. */
const LEARNED_ACCURACY = 0.9995;
const LEARNED_LOSS = 1e-3;

/**
 * Whether nearly all training examples are answered rightly, or the loss is nearly zero. The gradient vanishes then,
 * and the noise scale grows without telling a useful batch.
 */
export function isLearned(record: EpochRecord | EvaluationRecord | null | undefined): boolean {
  if (!record) return false;
  return record.trainLoss <= LEARNED_LOSS || (record.trainAccuracy ?? 0) >= LEARNED_ACCURACY;
}
