import { planExponent } from "../experiment/rateExponent/plan.ts";
import { runExponent } from "../experiment/rateExponent/run.ts";
import { writeAnswer } from "../store/studies/answer.ts";
import { seedsOf } from "./compare.ts";
import { exponentAnswer, exponentDocument, type MeasuredExponent } from "./exponentDocument.ts";
import { budgetOf, configurationOf, type StudyMeans, studyScene } from "./studyOptions.ts";
import { type RunOptions, requireRunOptions } from "./trainToRun.ts";

/** Options of a training, and what is tried. Its batch, learning rate, rule, length and seed are the study's. */
export type LrExponentOptions = RunOptions & {
  /** Ascending, at least three, in examples of an update. Default: 8, 32 and 128. */
  readonly batchSizes?: readonly number[] | undefined;
  /** The first of every batch. Default: five around what a range test suggests. */
  readonly learningRates?: readonly number[] | undefined;
  /** How many, or which; at least two. Default: 3. */
  readonly seeds?: number | readonly number[] | undefined;
  /** Of each training. Default: as many examples as 64 updates of the largest batch. */
  readonly budget?: { readonly kind: "updates" | "examples"; readonly value: number } | undefined;
  /** Larger batches are accumulated from micro-batches of so many. Default: a batch is one micro-batch. */
  readonly microBatch?: number | undefined;
  /** Of each batch. Default: 12. */
  readonly mostRates?: number | undefined;
};

export const EXPONENT_BATCHES = [8, 32, 128] as const;
export const EXPONENT_SEEDS = 3;
export const MOST_RATES = 12;

const own = ["batchSizes", "learningRates", "seeds", "budget", "microBatch", "mostRates"] as const;

/**
 * Measures how the best learning rate follows the batch as `batchscope lr-exponent` does: short trainings at several
 * batch sizes, rates and seeds, each a process, and further rates until the best one of every batch is known; the same
 * call goes on. Gives what `lr-exponent --json` prints. Throws `UsageError`, before anything is trained, for what
 * cannot be meant; a training that fails or diverges is counted.
 */
export async function lrExponent(options: LrExponentOptions, means: StudyMeans = {}): Promise<MeasuredExponent> {
  requireRunOptions("lrExponent", options, own);
  const { batchSizes, learningRates, seeds, budget, microBatch, mostRates, ...shared } = options;
  const scene = studyScene(options.dir, means);
  const plan = await planExponent({
    configuration: await configurationOf(shared, {}, scene.directory),
    batchSizes: batchSizes ?? EXPONENT_BATCHES,
    learningRates,
    seeds: seedsOf(seeds ?? EXPONENT_SEEDS),
    budget: budgetOf(budget),
    microBatch,
    mostRates: mostRates ?? MOST_RATES,
  });
  const found = await runExponent(plan, scene);
  for (const { study } of found.batches) writeAnswer(study, [exponentAnswer(found)]);
  return exponentDocument(found, []);
}
