import type { Accumulation } from "../../session/options/accumulation.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { windowOf } from "../../statistics/recommend/machine.ts";
import { keyOf, type Pilot, type PilotSetting } from "../../statistics/recommend/pilotTable.ts";
import type { PilotRequest } from "../../statistics/recommend/searchPilots.ts";
import type { OpenStudy, StudyArm } from "../../store/studies/study.ts";
import { readTrials } from "../../store/studies/trials.ts";
import { UnsupportedError } from "../../tensor/errors.ts";
import { examplesAfter } from "../studies/budget.ts";
import { configurationOfArm } from "../studies/identity.ts";
import { makeTrials, type TrialMeans } from "../studies/makeTrials.ts";
import { trialsOf } from "../studies/plan.ts";
import type { Trial } from "../studies/schedule.ts";
import { readTrial, type TrialResult } from "../studies/trialResult.ts";
import type { MeasuredCost } from "./cost.ts";
import type { RecommendPlan } from "./plan.ts";

/** A search never asks for so many times the updates of the present setting's pilots. */
const MOST = 10;

/** The study in which pilots are trained. */
export interface PilotStudy {
  readonly plan: RecommendPlan;
  readonly study: OpenStudy;
  readonly cost: MeasuredCost;
  readonly means: TrialMeans;
  /** Updates of the present setting's pilots. */
  readonly referenceUpdates: number;
}

/** Examples between evaluations: forty to a pilot of the present setting, fewer where they cost more than it. */
export function pilotGrid({ present, validationExamples }: RecommendPlan, updates: number): number {
  const examples = updates * present.effectiveBatchSize;
  // An evaluation of an example costs about a third of training on it.
  const affordable = Math.floor((3 * examples) / validationExamples);
  return Math.max(1, Math.round(examples / Math.min(40, Math.max(12, affordable))));
}

/** The configuration that trains so many examples an update here, whatever number of devices is meant. */
function armOf(
  { plan, cost, referenceUpdates }: PilotStudy,
  setting: PilotSetting,
  own: Partial<TrainConfiguration>,
): StudyArm {
  const machine = { cost, largestMicroBatch: cost.largestMicroBatch, devices: 1, secondsPerSync: 0 };
  const { batchSize, accumulationSteps } = windowOf(setting.effectiveBatchSize, machine);
  const { effectiveBatchSize, learningRate, beta2 } = setting;
  const configuration = {
    ...plan.configuration,
    ...{ batchSize, gradientAccumulationSteps: accumulationSteps, targetBatchSize: undefined },
    ...{ enableAutoGradientAccumulation: false, learningRate, ...(beta2 !== null && { beta2 }) },
    ...{ evaluateExamples: pilotGrid(plan, referenceUpdates), evaluateSteps: undefined, evaluateEvery: 2 ** 31 - 1 },
    ...own,
  };
  return {
    name: keyOf(setting).trim().replaceAll(" ", "_"),
    configuration: configurationOfArm(configuration),
    fingerprints: plan.fingerprints,
    effectiveBatchSize,
  };
}

/** The present setting's pilots, of so many updates, or until a loss. */
export function referenceArm(of: PilotStudy, stopLoss: number | undefined): StudyArm {
  return armOf(of, of.plan.present, { steps: of.referenceUpdates, stopLoss });
}

const seedsOf = (arm: StudyArm, seeds: readonly number[]) =>
  trialsOf([arm], seeds, { stage: "comparison", counted: new Set() });

/** What trials recorded, in their order. Throws `UnsupportedError` for one that could not be made. */
export async function trained(of: PilotStudy, trials: readonly Trial[]): Promise<TrialResult[]> {
  const { study, means } = of;
  const { id } = study.file;
  await makeTrials(study, trials, { ...means, id });
  means.signal?.throwIfAborted();
  const places = readTrials(study, false);
  return trials.map(({ key, seed, arm }) => {
    const place = places.get(key);
    if (place?.run == null || place.state === "failed")
      throw new UnsupportedError(
        `recommend: expected a pilot of ${arm} with seed ${seed}, got ${place?.reason ?? "none"}; the same command tries it again`,
      );
    return readTrial(means.directory, place.run, seed, place.state === "done");
  });
}

export const trainReference = (of: PilotStudy, stopLoss: number | undefined) =>
  trained(of, seedsOf(referenceArm(of, stopLoss), of.plan.seeds));

/** Trains pilots towards the target, each to its end. */
export async function trainPilots(of: PilotStudy, requests: readonly PilotRequest[], target: number): Promise<Pilot[]> {
  const { plan, referenceUpdates } = of;
  const trials = requests.map(({ setting, seed, mostUpdates }): Trial => {
    const { effectiveBatchSize } = setting;
    const steps = Math.ceil((MOST * referenceUpdates * plan.present.effectiveBatchSize) / effectiveBatchSize);
    const [trial] = seedsOf(armOf(of, setting, { steps, stopLoss: target }), [seed]);
    const accumulation = { effectiveBatchSize } as Accumulation;
    const until = examplesAfter(Math.min(mostUpdates, steps), { examples: plan.examples, accumulation });
    return { ...trial!, until };
  });
  const results = await trained(of, trials);
  return requests.map(({ setting, seed }, i) => ({ setting, seed, ...updatesTo(results[i]!, target) }));
}

/** Updates to the target, on the line between the evaluations around; where it was not reached, those made. */
export function updatesTo(
  { evaluations }: Pick<TrialResult, "evaluations">,
  target: number,
): Pick<Pilot, "updates" | "reached"> {
  const at = evaluations.findIndex(({ validationLoss }) => validationLoss <= target);
  const [a, b] = [evaluations[at - 1], evaluations[at]];
  if (b === undefined) return { updates: evaluations.at(-1)?.step ?? 0, reached: false };
  if (a === undefined) return { updates: b.step, reached: true };
  const share = (a.validationLoss - target) / (a.validationLoss - b.validationLoss);
  return { updates: a.step + share * (b.step - a.step), reached: true };
}
