import { type Machine, windowOf } from "../statistics/recommend/machine.ts";
import {
  type Goal,
  isSame,
  type PilotSetting,
  type PilotTable,
  settingsOf,
} from "../statistics/recommend/pilotTable.ts";
import { type PricedSetting, priceOf, type Recommendation } from "../statistics/recommend/recommendation.ts";
import type { RecommendReason } from "../store/recommendReasons.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** What pilots came to, and of what they were. */
export interface Advised {
  readonly plan: {
    readonly goal: Goal;
    readonly present: PilotSetting;
    readonly presentWindow: { readonly batchSize: number; readonly accumulationSteps: number };
    readonly batchSizes: readonly number[];
    readonly updates: number;
    readonly seconds: number;
    readonly mixing: readonly string[];
    readonly schedule: string | null;
  };
  readonly cost: { readonly memoryBinds: boolean; readonly deviation: number };
  readonly machine: Machine;
  readonly target: number;
  readonly referenceUpdates: number;
  readonly table: PilotTable;
  readonly recommendation: Recommendation<string>;
  readonly complete: boolean;
}

/** The advised setting is the present one, cut as it is now. */
export function isPresent({ plan, recommendation: { advice } }: Pick<Advised, "plan" | "recommendation">): boolean {
  const { batchSize, accumulationSteps } = plan.presentWindow;
  const isSameCut = advice.batchSize === batchSize && advice.accumulationSteps === accumulationSteps;
  return isSameCut && isSame(advice, plan.present);
}

/** Updates to a target below which settings are hardly told apart. */
const FEW = 10;

/** Which setting to take, and whether to accumulate. */
export function recommendVerdicts(found: Advised): StudyVerdict[] {
  const { plan, cost, machine, recommendation, complete } = found;
  const { advice, saving, accumulation } = recommendation;
  const { batchSize, accumulationSteps, effectiveBatchSize, learningRate, beta2 } = advice;
  const { accumulate, savesNothing, alone } = accumulation;
  const { devices } = machine;
  const { goal } = plan;
  return [
    {
      ...{
        kind: "settingAdvised",
        batchSize,
        accumulationSteps,
        devices,
        effectiveBatchSize,
        learningRate,
        beta2,
        goal,
      },
      ...{ saving, isPresent: isPresent(found), complete },
    },
    {
      ...{ kind: "accumulationAdvised", accumulate, savesNothing, goal, batchSize, accumulationSteps, devices },
      memoryBinds: cost.memoryBinds,
      saves: accumulate && alone !== null ? 1 - advice.seconds.value / alone.seconds.value : null,
    },
    // docs/recommend.md: pilots of a quarter of the length led more than ten times astray in every second case.
    ...(found.referenceUpdates < plan.updates
      ? [
          {
            kind: "pilotsShort" as const,
            updates: found.referenceUpdates,
            of: plan.updates,
            near: advice.updates.value < FEW,
          },
        ]
      : []),
  ];
}

/** Why, in the order in which it is told. */
export function recommendReasons(found: Advised): RecommendReason[] {
  const { plan, cost, machine, target, referenceUpdates, table, recommendation, complete } = found;
  const { advice, present, saving, accumulation, spread } = recommendation;
  const ratio = (of: (one: PricedSetting) => number) => of(advice) / of(present);
  const { devices, secondsPerSync } = machine;
  const isNow = isPresent(found);
  return [
    { kind: "target", loss: target, updates: referenceUpdates, of: plan.updates },
    ...(isNow
      ? []
      : [
          {
            kind: "takes" as const,
            seconds: ratio(({ seconds }) => seconds.value),
            examples: ratio(({ examples }) => examples.value),
            updates: ratio(({ updates }) => updates.value),
          },
        ]),
    ...(!isNow && saving.lower <= 0 ? [{ kind: "alike" as const, saving }] : []),
    // Other cuts of a batch whose examples are mixed learn otherwise.
    ...(accumulation.cut === null || plan.mixing.length > 0 ? [] : [{ kind: "cut" as const, ...accumulation.cut }]),
    { kind: "memory", largestMicroBatch: machine.largestMicroBatch, binds: cost.memoryBinds },
    ...(devices > 1 ? [{ kind: "sync" as const, devices, share: secondsPerSync / advice.secondsPerUpdate }] : []),
    ...halfLifeReason(found),
    ...edgeReason(found),
    { kind: "pilots", pilots: table.pilots.length, settings: settingsOf(table).length, spread },
    { kind: "costs", error: cost.deviation },
    ...mixingReason(found),
    ...(plan.schedule === null ? [] : [{ kind: "constantRate" as const, schedule: plan.schedule }]),
    ...(complete ? [] : [{ kind: "unfinished" as const, seconds: plan.seconds }]),
  ];
}

/** Of the best that keeps the half-life of β₂ in examples without accumulation; none of an optimizer without β₂. */
function halfLifeReason({ plan, table, recommendation: { advice } }: Advised): RecommendReason[] {
  const { present } = plan;
  if (present.beta2 === null) return [];
  const tried = settingsOf(table)
    .filter(({ beta2 }) => beta2 !== present.beta2)
    .map((one) => priceOf(table, one))
    .filter(({ accumulationSteps, reached }) => accumulationSteps === 1 && reached)
    .toSorted((a, b) => a.seconds.value - b.seconds.value);
  const best = tried[0];
  // That of the present batch is the present one.
  if (best === undefined) {
    const { effectiveBatchSize: batchSize, beta2 } = present;
    return advice.accumulationSteps > 1 || advice.effectiveBatchSize !== batchSize
      ? []
      : [{ kind: "halfLife", batchSize, beta2, ratio: null, advised: false }];
  }
  const { effectiveBatchSize: batchSize, beta2, ratio } = best;
  return [{ kind: "halfLife", batchSize, beta2: beta2!, ratio, advised: isSame(best, advice) }];
}

function edgeReason({ plan, recommendation: { advice } }: Advised): RecommendReason[] {
  const { effectiveBatchSize: batchSize } = advice;
  const [smallest, largest] = [plan.batchSizes[0]!, plan.batchSizes.at(-1)!];
  // No smaller one than a single example is there to be tried.
  if (batchSize === largest) return [{ kind: "edge", end: "largest", batchSize }];
  return batchSize === smallest && batchSize > 1 ? [{ kind: "edge", end: "smallest", batchSize }] : [];
}

/** Pilots are cut as one device cuts them, whatever number of devices is meant. */
function mixingReason({ plan: { mixing }, machine, recommendation: { advice } }: Advised): RecommendReason[] {
  if (mixing.length === 0) return [];
  const { batchSize } = windowOf(advice.effectiveBatchSize, { ...machine, devices: 1 });
  return [{ kind: "mixing", layer: mixing[0]!, more: mixing.length - 1, batchSize }];
}
