import { decayOfSameHalfLife } from "../../optimizer/batchScaling.ts";
import { type Machine, secondsOfUpdate, windowOf } from "../../statistics/recommend/machine.ts";
import type { Pilot, PilotTable } from "../../statistics/recommend/pilotTable.ts";
import { type Recommendation, recommend } from "../../statistics/recommend/recommendation.ts";
import { type BatchRule, rulesBeside } from "../../statistics/recommend/rules.ts";
import { type PilotSpace, searchPilots } from "../../statistics/recommend/searchPilots.ts";
import { sureTarget } from "../../statistics/recommend/sureTarget.ts";
import { type StudySpecification, takeStudy } from "../../store/studies/study.ts";
import { mendTrials } from "../../store/studies/trials.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import type { ProfileEvent } from "../profile.ts";
import { configurationOfArm, identityOf } from "../studies/identity.ts";
import type { TrialMeans } from "../studies/makeTrials.ts";
import type { TrialResult } from "../studies/trialResult.ts";
import { type MeasuredCost, measureCost, readCost } from "./cost.ts";
import { type PilotStudy, trainPilots, trainReference, updatesTo } from "./pilots.ts";
import type { RecommendPlan } from "./plan.ts";

/** What pilots came to. */
export interface FoundRecommendation {
  readonly plan: RecommendPlan;
  readonly cost: MeasuredCost;
  readonly machine: Machine;
  /** The validation loss to which pilots train. */
  readonly target: number;
  /** Updates of the present setting's pilots. */
  readonly referenceUpdates: number;
  readonly table: PilotTable;
  readonly recommendation: Recommendation<BatchRule>;
  /** Whether the search has come to its end. */
  readonly complete: boolean;
  /** The study's folder. */
  readonly path: string;
}

export type RecommendEvent =
  | { readonly kind: "measuring" }
  | { readonly kind: "profile"; readonly event: ProfileEvent }
  | { readonly kind: "target"; readonly loss: number; readonly updates: number; readonly of: number };

export interface RecommendMeans extends TrialMeans {
  readonly tell?: ((event: RecommendEvent) => void) | undefined;
}

/** Pilots that a search makes, about; and what each takes beside its updates, in seconds. */
export const PILOTS = 45;
const START_SECONDS = 1;
/** Fewer say nothing of where a training leads. */
const LEAST_UPDATES = 30;

/**
 * Measures what updates cost, trains pilots as far as that has not been done, and says what to take. Throws
 * `UsageError` where the present setting does not reach the target, and what `measureCost`, `takeStudy` and trials
 * throw.
 */
export async function runRecommendation(plan: RecommendPlan, means: RecommendMeans): Promise<FoundRecommendation> {
  const study = takeStudy(means.directory, plan.id, {
    specification: specificationOf(plan),
    seeds: plan.seeds,
    identityOf,
  });
  try {
    mendTrials(study);
    const { tell = () => {} } = means;
    const cost = readCost(study.path) ?? (await measured(plan, study.path, means));
    const machine = machineOf(plan, cost);
    const referenceUpdates = pilotUpdates(plan, machine);
    const own: PilotStudy = { plan, study, cost, means, referenceUpdates };
    const began = performance.now();
    const reference = await trainReference(own, plan.targetLoss);
    const target = targetOf(plan, reference);
    tell({ kind: "target", loss: target, updates: referenceUpdates, of: plan.updates });
    const before = reference.map((result): Pilot => {
      return { setting: plan.present, seed: result.seed, ...updatesTo(result, target) };
    });
    const isSpent = () => (performance.now() - began) / 1e3 > plan.seconds;
    const searched = await search(own, { machine, before, target, isSpent });
    const table = { goal: plan.goal, machine, pilots: searched.pilots };
    const { present, presentWindow } = plan;
    const rules = searched.rulesOf === null ? [] : rulesBeside(searched.rulesOf, sceneOf(plan, machine, cost));
    return {
      ...{ plan, cost, machine, target, referenceUpdates, table, path: study.path },
      recommendation: recommend(table, { present, presentWindow, rules }),
      complete: searched.rulesOf !== null,
    };
  } finally {
    study.lock.release();
  }
}

async function measured(plan: RecommendPlan, path: string, { tell = () => {}, signal }: RecommendMeans) {
  tell({ kind: "measuring" });
  return measureCost(plan, path, { signal, listen: (event) => tell({ kind: "profile", event }) });
}

export function machineOf({ devices, secondsPerSync }: RecommendPlan, cost: MeasuredCost): Machine {
  return { cost, largestMicroBatch: cost.largestMicroBatch, devices, secondsPerSync };
}

/** As long as the budget lets that many pilots be, and no longer than the training itself. */
export function pilotUpdates(plan: RecommendPlan, machine: Machine): number {
  const here = { ...machine, devices: 1 };
  const perUpdate = secondsOfUpdate(windowOf(plan.present.effectiveBatchSize, here), here);
  const affordable = Math.floor((plan.seconds / PILOTS - START_SECONDS) / perUpdate);
  return Math.min(plan.updates, Math.max(LEAST_UPDATES, affordable));
}

const sceneOf = ({ present, presentWindow, examples }: RecommendPlan, machine: Machine, cost: MeasuredCost) => ({
  ...{ present, presentWindow, machine, memoryBytes: cost.memoryBytes, examples },
});

/** The present setting stands for the study: what else is tried follows from what it comes to. */
function specificationOf({ configuration, fingerprints, present }: RecommendPlan): StudySpecification {
  const { effectiveBatchSize } = present;
  const arm = { name: "present", configuration: configurationOfArm(configuration), fingerprints, effectiveBatchSize };
  return { kind: "recommend", arms: [arm], budget: { kind: "own", value: 0 }, evaluateExamples: null, tuning: null };
}

/**
 * The loss asked for, or one that the present setting reaches with seeds to come, too (`sureTarget`). Throws
 * `UsageError` where they do not reach the one asked for, or diverge.
 */
export function targetOf(
  { targetLoss, configuration }: Pick<RecommendPlan, "targetLoss" | "configuration">,
  reference: readonly Pick<TrialResult, "evaluations" | "whole">[],
): number {
  const lowest = reference.map(({ evaluations }) => Math.min(...evaluations.map((one) => one.validationLoss)));
  const reached = Math.max(...lowest);
  if (reference.some(({ whole }) => !whole) || !Number.isFinite(reached))
    throw new UsageError(
      `${option("learningRate")}: expected a present setting that can be trained, got one that diverges at ${configuration.learningRate}; lower it`,
    );
  if (targetLoss === undefined) return sureTarget(lowest);
  if (reached <= targetLoss) return targetLoss;
  throw new UsageError(
    `${option("targetLoss")}: expected a validation loss that pilots of the present setting reach, got ${targetLoss}, where one came to ${reached.toPrecision(4)}; raise it, ${option("seconds")} or ${option("epochs")}`,
  );
}

interface Searching {
  readonly machine: Machine;
  readonly before: readonly Pilot[];
  readonly target: number;
  /** Whether the budget is spent. */
  readonly isSpent: () => boolean;
}

async function search(own: PilotStudy, { machine, before, target, isSpent }: Searching) {
  const { plan } = own;
  const { present, batchSizes, seeds, goal, exponent } = plan;
  const { beta2 } = present;
  const space: PilotSpace = {
    ...{ goal, machine, present, batchSizes, seeds, exponent },
    beta2At: beta2 === null ? null : (batch) => decayOfSameHalfLife(beta2, batch / present.effectiveBatchSize),
    rules: (best) => rulesBeside(best, sceneOf(plan, machine, own.cost)).map(({ setting }) => setting),
  };
  const searching = searchPilots(space, before);
  const made = [...before];
  let step = searching.next();
  while (!step.done) {
    if (isSpent()) return { pilots: made, rulesOf: null };
    const pilots = await trainPilots(own, step.value, target);
    made.push(...pilots);
    step = searching.next(pilots);
  }
  return step.value;
}
