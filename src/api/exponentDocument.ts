import { rateExponentVerdict } from "../advice/rateExponentVerdict.ts";
import type { FoundExponent, TriedBatch } from "../experiment/rateExponent/run.ts";
import { type BatchRate, fittedRate } from "../statistics/learningRateExponent.ts";
import type { Interval } from "../statistics/types.ts";
import type { StudyBudget } from "../store/studies/study.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** How the best learning rate follows the batch: η ∝ B^exponent. */
export interface MeasuredExponent {
  readonly answer: readonly StudyVerdict[];
  /** Null where too few batches have a best rate. */
  readonly exponent: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** By how much the exponent of the larger batches exceeds that of the smaller; without 0 no single power fits. */
  readonly bend: Interval | null;
  readonly batches: readonly ExponentBatch[];
  readonly seeds: readonly number[];
  /** Of each training. */
  readonly budget: StudyBudget;
  readonly files: readonly string[];
}

/** What the trainings of one batch size came to. */
export interface ExponentBatch {
  readonly batchSize: number;
  readonly state: BatchRate["state"] | "unfinished";
  /** The best one. */
  readonly learningRate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** What the fitted power gives. */
  readonly fitted: number | null;
  readonly rates: readonly {
    readonly learningRate: number;
    /** By seed; null where training diverged. */
    readonly losses: readonly (number | null)[];
  }[];
  readonly study: string;
}

/** What is said first of what the trainings came to. */
export function exponentAnswer({ batches, fit, seeds }: FoundExponent): StudyVerdict {
  const sum = (of: (batch: TriedBatch) => number) => batches.reduce((all, batch) => all + of(batch), 0);
  const count = {
    ended: sum(({ ended }) => ended),
    trials: sum(({ trials }) => trials),
    failed: sum(({ failed }) => failed),
  };
  return rateExponentVerdict({
    fit,
    seeds: seeds.length,
    rates: batches.map(({ curve }) => curve.rates.length),
    count,
  });
}

/** The document of `lr-exponent`. */
export function exponentDocument(found: FoundExponent, files: readonly string[]): MeasuredExponent {
  const { batches, fit, seeds, budget } = found;
  const { exponent = null, lower = null, upper = null, bend = null } = fit ?? {};
  return {
    answer: [exponentAnswer(found)],
    ...{ exponent, lower, upper, bend },
    batches: batches.map(({ batchSize, curve, study }): ExponentBatch => {
      const own = fit?.batches.find((one) => one.batchSize === batchSize);
      return {
        ...{ batchSize, state: own?.state ?? "unfinished" },
        learningRate: own?.learningRate?.value ?? null,
        lower: own?.learningRate?.lower ?? null,
        upper: own?.learningRate?.upper ?? null,
        fitted: fit && fittedRate(fit, batchSize),
        rates: curve.rates,
        study: study.path,
      };
    }),
    ...{ seeds, budget, files },
  };
}
