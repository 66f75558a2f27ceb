import { limit } from "../data/dataset.ts";
import type { TrainingOptions } from "./options.ts";

/**
 * The same training on its first `microBatches` micro-batches alone, in their own order, without random versions of
 * examples and without dropout, evaluated on the very same examples: what can learn at all learns them by heart. Every
 * number is then of training data.
 */
export function overfit(options: TrainingOptions, microBatches: number): TrainingOptions {
  const few = limit(options.train, microBatches * options.window[0]!);
  return { ...options, train: few, validation: few, shuffle: false, augmentation: false, dropout: 0 };
}
