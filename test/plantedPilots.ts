import type { Machine } from "../src/statistics/recommend/machine.ts";
import { type Pilot, type PilotSetting, type PilotTable, unitOf } from "../src/statistics/recommend/pilotTable.ts";
import { type PilotRequest, type PilotSpace, searchPilots } from "../src/statistics/recommend/searchPilots.ts";
import { random } from "../src/tensor/random.ts";

/** Trainings whose updates to the target are known: S = S_min (1 + N/B), times what a rate that is off costs. */
export interface Planted {
  readonly noiseScale: number;
  readonly fewestUpdates: number;
  /** Of a batch far above the noise scale; at B that over 1 + N/B (McCandlish et al. 2018, eq. 2.6). */
  readonly bestRate: number;
  /** Of the logarithm of updates, over seeds. */
  readonly deviation: number;
}

/** A rate this far above the best one diverges. */
const DIVERGES = 3;

/** Updates to the target without the chance of seeds; ∞ where the rate is too large. */
export function expectedUpdates(planted: Planted, { effectiveBatchSize, learningRate }: PilotSetting): number {
  const noise = 1 + planted.noiseScale / effectiveBatchSize;
  const off = learningRate / (planted.bestRate / noise);
  if (off > DIVERGES) return Number.POSITIVE_INFINITY;
  // With η of η*, progress goes as 2x − x².
  const progress = off < 1 ? 2 * off - off ** 2 : Math.max(0.02, 1 - (off - 1) ** 2 / 4);
  return (planted.fewestUpdates * noise) / progress;
}

/** What a pilot with this seed comes to; a seed disturbs all settings by numbers of its own. */
export function trainPlanted(planted: Planted, { setting, seed, mostUpdates }: PilotRequest, draw = 0): Pilot {
  const { effectiveBatchSize, learningRate } = setting;
  const own = Math.round(997 * Math.log2(effectiveBatchSize) + 8191 * Math.log2(learningRate));
  const chance = Math.exp(planted.deviation * random(1e6 * (seed + 64 * draw) + own + 5e5).normal());
  const updates = expectedUpdates(planted, setting) * chance;
  const reached = updates <= mostUpdates;
  return { setting, seed, updates: reached ? updates : mostUpdates, reached };
}

/** All pilots that a search asks for. */
export function searched(planted: Planted, space: PilotSpace, draw = 0): PilotTable {
  const before = space.seeds.map((seed) =>
    trainPlanted(planted, { setting: space.present, seed, mostUpdates: Number.POSITIVE_INFINITY }, draw),
  );
  const search = searchPilots(space, before);
  let step = search.next();
  while (!step.done) step = search.next(step.value.map((request) => trainPlanted(planted, request, draw)));
  return { goal: space.goal, machine: space.machine, pilots: step.value.pilots };
}

/** What the best of a fine grid needs. */
export function leastNeed(planted: Planted, space: PilotSpace): number {
  const rates = Array.from({ length: 200 }, (_, i) => 1e-4 * 1.1 ** i);
  const all = space.batchSizes.flatMap((effectiveBatchSize) =>
    rates.map((learningRate) => needPlanted(planted, { effectiveBatchSize, learningRate, beta2: null }, space)),
  );
  return Math.min(...all);
}

/** What a setting needs of the goal, without chance. */
export function needPlanted(
  planted: Planted,
  setting: PilotSetting,
  { goal, machine }: { readonly goal: PilotSpace["goal"]; readonly machine: Machine },
): number {
  return expectedUpdates(planted, setting) * unitOf(goal, setting.effectiveBatchSize, machine);
}
