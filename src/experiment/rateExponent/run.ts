import { furtherRates, RATIO } from "../../statistics/furtherRates.ts";
import {
  bestOf,
  type ExponentFit,
  learningRateExponent,
  lowestRate,
  type RateCurve,
} from "../../statistics/learningRateExponent.ts";
import { readStudy, type StudyBudget, studyPath } from "../../store/studies/study.ts";
import type { TrialMeans } from "../studies/makeTrials.ts";
import { type RanComparison, runComparison } from "../studies/runComparison.ts";
import type { TriedRate as TunedRate } from "../studies/tuning.ts";
import { type FirstRate, firstRate } from "./firstRate.ts";
import type { ExponentBatchPlan, ExponentPlan } from "./plan.ts";

/** What the trainings of one batch size came to. */
export interface TriedBatch {
  readonly batchSize: number;
  /** Of the seeds of which every training of every batch has ended. */
  readonly curve: RateCurve;
  readonly study: RanComparison;
  readonly trials: number;
  readonly ended: number;
  readonly failed: number;
  readonly diverged: number;
}

/** How the best learning rate followed the batch. */
export interface FoundExponent {
  readonly batches: readonly TriedBatch[];
  /** Null while trainings are missing, or where all but one seed failed. */
  readonly fit: ExponentFit | null;
  readonly seeds: readonly number[];
  readonly budget: StudyBudget;
}

/** What is told while it runs. */
export type ExponentEvent =
  /** Around which rate the smallest batch begins. */
  | ({ readonly kind: "first"; readonly batchSize: number } & FirstRate)
  /** Rates that are tried next, all of them. */
  | { readonly kind: "rates"; readonly batchSize: number; readonly learningRates: readonly number[] };

/** At first, and until a better one is known. */
const USUAL_EXPONENT = 0.5;
export const FIRST_RATES = 5;

/**
 * Trains every batch with the rates that show its best one, as far as that has not been done: the smallest batch first,
 * the others around the rate that those before foretell. Where the signal aborts, it gives what there is. Throws what
 * `runComparison` and a range test throw.
 */
export async function runExponent(
  plan: ExponentPlan,
  means: TrialMeans & { readonly tell?: ((event: ExponentEvent) => void) | undefined },
): Promise<FoundExponent> {
  const tried: { batch: ExponentBatchPlan; study: RanComparison }[] = [];
  for (const batch of plan.batches) {
    if (means.signal?.aborted) break;
    const begun = beginning(plan, batch, means.directory);
    const first = begun ?? gridAround(await guess(tried, batch, means));
    tried.push({ batch, study: await runBatch(plan, batch, first, means) });
  }
  return found(plan, tried);
}

type Means = Parameters<typeof runExponent>[1];

/** The rates given, and those that were tried before; null where there are none. */
function beginning({ learningRates }: ExponentPlan, { plan }: ExponentBatchPlan, directory: string): number[] | null {
  const before = readStudy(studyPath(directory, plan.id))?.file.specification.tuning?.values ?? [];
  const all = ascending([...(learningRates ?? []), ...before]);
  return all.length === 0 ? null : all;
}

async function runBatch(
  { seeds, mostRates }: ExponentPlan,
  { batchSize, plan }: ExponentBatchPlan,
  first: readonly number[],
  means: Means,
): Promise<RanComparison> {
  let learningRates = first;
  for (;;) {
    means.tell?.({ kind: "rates", batchSize, learningRates });
    const tuning = { option: "learningRate", values: learningRates, seeds };
    const study = await runComparison({ ...plan, specification: { ...plan.specification, tuning } }, means);
    const rates = triedOf(study);
    const own = study.file.specification.tuning!;
    const isWhole = rates.every(({ result }) => result.trials.length === own.seeds.length);
    const more = isWhole ? furtherRates(curveOf(batchSize, rates, own.seeds).rates, mostRates).map(rounded) : [];
    const next = ascending([...own.values, ...more]);
    if (next.length === own.values.length || means.signal?.aborted) return study;
    learningRates = next;
  }
}

/** Where the best rate of a batch may lie, by the batches before it. */
async function guess(
  tried: readonly { readonly batch: ExponentBatchPlan; readonly study: RanComparison }[],
  { batchSize, plan: own }: ExponentBatchPlan,
  { signal, tell }: Means,
): Promise<number> {
  const known = tried.flatMap(({ batch, study }) => {
    const rates = triedOf(study);
    const curve = curveOf(batch.batchSize, rates, study.file.specification.tuning!.seeds);
    const lowest = lowestRate(curve.rates);
    const { vertex } = bestOf(curve);
    if (vertex !== null) return [{ batchSize: batch.batchSize, learningRate: Math.exp(vertex.logRate) }];
    return lowest === null
      ? []
      : [{ batchSize: batch.batchSize, learningRate: curve.rates[lowest.place]!.learningRate }];
  });
  const last = known.at(-1);
  if (last === undefined) {
    const first = await firstRate(own.arms[0]!.configuration, signal);
    tell?.({ kind: "first", batchSize, ...first });
    return first.learningRate;
  }
  const before = known.at(-2);
  const exponent = before
    ? Math.log(last.learningRate / before.learningRate) / Math.log(last.batchSize / before.batchSize)
    : USUAL_EXPONENT;
  return last.learningRate * (batchSize / last.batchSize) ** Math.max(-1, Math.min(1, exponent));
}

function found(
  { budget }: ExponentPlan,
  tried: readonly { readonly batch: ExponentBatchPlan; readonly study: RanComparison }[],
): FoundExponent {
  const all = tried.map(({ batch, study }) => ({ batch, study, rates: triedOf(study) }));
  const seeds = seedsOf(all);
  const batches = all.map(({ batch: { batchSize }, study, rates }): TriedBatch => {
    const ofRates = (of: (rate: TunedRate) => number) => rates.reduce((sum, rate) => sum + of(rate), 0);
    return {
      batchSize,
      curve: curveOf(batchSize, rates, seeds),
      study,
      trials: rates.length * study.file.specification.tuning!.seeds.length,
      ended: ofRates(({ result }) => result.trials.length),
      failed: ofRates(({ result }) => result.failed.length),
      diverged: ofRates(({ result }) => result.diverged),
    };
  });
  const isWhole = batches.every(({ ended, failed, trials }) => ended + failed === trials);
  const fit = isWhole && seeds.length > 1 ? learningRateExponent(batches.map(({ curve }) => curve)) : null;
  return { batches, fit, seeds, budget };
}

/** The seeds of which every training has ended. */
function seedsOf(all: readonly { readonly study: RanComparison; readonly rates: readonly TunedRate[] }[]): number[] {
  const asked = all[0]?.study.file.specification.tuning?.seeds ?? [];
  const ended =
    (seed: number) =>
    ({ result }: TunedRate) =>
      result.trials.some((trial) => trial.seed === seed);
  return asked.filter((seed) => all.every(({ rates }) => rates.every(ended(seed))));
}

/** The rates of the one arm of a study. */
const triedOf = ({ tuned }: RanComparison): readonly TunedRate[] => tuned![0]!.tried;

function curveOf(batchSize: number, rates: readonly TunedRate[], seeds: readonly number[]): RateCurve {
  return {
    batchSize,
    rates: rates.map(({ value, result }) => ({
      learningRate: value,
      losses: seeds.map((seed) => {
        const trial = result.trials.find((one) => one.seed === seed);
        return trial?.whole && Number.isFinite(trial.finalLoss) ? trial.finalLoss : null;
      }),
    })),
  };
}

function gridAround(rate: number): number[] {
  return Array.from({ length: FIRST_RATES }, (_, i) => rounded(rate * RATIO ** (i - (FIRST_RATES - 1) / 2)));
}

const rounded = (rate: number) => Number(rate.toPrecision(3));
const ascending = (values: readonly number[]) => [...new Set(values)].toSorted((a, b) => a - b);
