import { windowOf } from "./machine.ts";
import {
  bestOfBatch,
  isSame,
  keyOf,
  least,
  needOf,
  type Pilot,
  type PilotSetting,
  type PilotTable,
  pilotsOf,
  settingsOf,
  unitOf,
} from "./pilotTable.ts";

/** A pilot that is to be made, and after how many updates it is no longer worth going on. */
export interface PilotRequest {
  readonly setting: PilotSetting;
  readonly seed: number;
  readonly mostUpdates: number;
}

/** Among what is searched. */
export interface PilotSpace extends Pick<PilotTable, "goal" | "machine"> {
  /** Reaches the target with every seed. */
  readonly present: PilotSetting;
  /** Ascending, the present one among them; each about twice the one before. */
  readonly batchSizes: readonly number[];
  /** Of the first guess of a batch's rate, η ∝ B^exponent. */
  readonly exponent: number;
  /** β₂ of the same half-life in examples; null of an optimizer without. */
  readonly beta2At: ((effectiveBatchSize: number) => number) | null;
  /** That stand beside the best, and are tried too. */
  readonly rules: (best: PilotSetting) => readonly PilotSetting[];
  /** Two or more; all are spent on what may be the best. */
  readonly seeds: readonly number[];
}

/** One that takes so many times what the best does is ended: it can be neither the best nor worth an alternative. */
const ENDED_AT = 2;
/** Of a rule, whose costs are to be told, and in the end: one slow seed of many must not look like a missed target. */
const LATE_ENDED_AT = 4;
/** What takes no longer than that many times the best gets another seed. */
const NEAR = 1.3;
/** Batches beyond one that takes so many times the best are not tried. */
const FAR = 1.6;
/** Settings that are told apart with all seeds in the end. */
const FINALISTS = 4;
/** Factors between rates: coarse ones first. */
const [COARSE, FINE] = [4, 2] as const;
/** A batch's rate is moved no further than so many steps. */
const MOST_STEPS = 5;
const ROUNDS = 3;

/** Asks for pilots, is told what they came to, and gives all. */
type Search<Found> = Generator<readonly PilotRequest[], Found, readonly Pilot[]>;

export interface SearchedPilots {
  readonly pilots: readonly Pilot[];
  /** The best when rules were tried: those of it are among the pilots. */
  readonly rulesOf: PilotSetting;
}

/** What has been found so far. */
interface Found extends PilotTable {
  readonly space: PilotSpace;
  readonly pilots: Pilot[];
}

/**
 * A search for the batch and the learning rate that reach the target with least of the goal. From the present setting
 * on, rates are moved by factors of 4 while that helps, batch by batch outwards, then by factors of 2 around the best.
 * Every pilot is ended at twice what the best has taken (adaptive capping, Hutter et al. 2009, ParamILS); a setting
 * near the best gets a second seed, the last four get all, and the best as many new ones, ended at four times. Rules
 * and β₂ by its half-life are tried as well. `before`: the pilots of the present setting, one of each seed.
 */
export function* searchPilots(space: PilotSpace, before: readonly Pilot[]): Search<SearchedPilots> {
  const { present, batchSizes, seeds, rules, goal, machine } = space;
  const found: Found = { space, goal, machine, pilots: [...before] };
  yield* climb(found, present, { factor: COARSE });
  for (const direction of [1, -1]) yield* outwards(found, direction);
  for (let round = 0; round < ROUNDS; round++) {
    const best = bestOf(found);
    const place = batchSizes.indexOf(best.effectiveBatchSize);
    yield* climb(found, best, { factor: FINE, most: 1 });
    for (const i of [place - 1, place + 1])
      if (batchSizes[i] !== undefined) yield* climb(found, guessOf(found, best, batchSizes[i]), { factor: FINE });
    if (isSame(bestOf(found), best)) break;
  }
  yield* halfLives(found);
  yield* measure(found, finalists(found), { seeds, endedAt: LATE_ENDED_AT });
  yield* confirm(found);
  const best = bestOf(found);
  yield* measure(found, rules(best), { seeds: seeds.slice(0, 2), endedAt: LATE_ENDED_AT });
  yield* measure(found, finalists(found), { seeds, endedAt: LATE_ENDED_AT });
  yield* confirm(found);
  return { pilots: found.pilots, rulesOf: best };
}

/**
 * The best of many was chosen by luck in part, and one that seldom misses the target may have reached it with every
 * seed so far: as many seeds that chose nothing decide whether it stays the best, else the next one is asked.
 */
function* confirm(found: Found): Search<void> {
  const { seeds } = found.space;
  const last = Math.max(...seeds);
  const fresh = seeds.map((_, i) => last + 1 + i);
  for (let asked = 0; asked < FINALISTS; asked++) {
    const best = bestOf(found);
    yield* measure(found, [best], { seeds: fresh, endedAt: LATE_ENDED_AT });
    if (isSame(bestOf(found), best)) return;
  }
}

const bestOf = (found: Found) => least(found, settingsOf(found));

function* outwards(found: Found, direction: number): Search<void> {
  const { present, batchSizes } = found.space;
  const start = batchSizes.indexOf(present.effectiveBatchSize);
  let from = bestOfBatch(found, present.effectiveBatchSize) ?? present;
  for (let i = start + 2 * direction; ; i += 2 * direction) {
    // The last step may be half as long.
    const at = batchSizes[i] ?? batchSizes[i - direction];
    if (at === undefined || at === from.effectiveBatchSize) return;
    yield* climb(found, guessOf(found, from, at), { factor: COARSE });
    const best = bestOfBatch(found, at);
    if (best === null || needOf(found, best) > FAR * needOf(found, bestOf(found))) return;
    from = best;
  }
}

/** What Marek et al. 2025 (2507.07101) advise: no accumulation, and the half-life of β₂ kept in examples. */
function* halfLives(found: Found): Search<void> {
  const { beta2At, machine, present } = found.space;
  if (beta2At === null) return;
  const alone = settingsOf(found).filter((one) => windowOf(one.effectiveBatchSize, machine).accumulationSteps === 1);
  const likely = alone.length === 0 ? [bestOf(found)] : [least(found, alone), bestOf(found)];
  const tried = likely
    .filter(({ effectiveBatchSize }) => effectiveBatchSize !== present.effectiveBatchSize)
    .map((one) => ({ ...one, beta2: beta2At(one.effectiveBatchSize) }));
  yield* measureNear(found, tried);
}

/** Those near the best, as far as they are to be told apart in the end, and the present one. */
function finalists(found: Found): PilotSetting[] {
  const limit = NEAR * needOf(found, bestOf(found));
  const near = settingsOf(found).filter((one) => needOf(found, one) <= limit);
  const sorted = near.toSorted((a, b) => needOf(found, a) - needOf(found, b));
  return [...sorted.slice(0, FINALISTS), found.space.present];
}

/** The same with another batch, at the rate nearest to the rule's among those that are searched. */
function guessOf({ space }: Found, from: PilotSetting, effectiveBatchSize: number): PilotSetting {
  const { present, exponent } = space;
  const rate = from.learningRate * (effectiveBatchSize / from.effectiveBatchSize) ** exponent;
  const steps = Math.round(Math.log2(rate / present.learningRate));
  return { ...from, effectiveBatchSize, learningRate: present.learningRate * 2 ** steps };
}

/** Moves the rate up and down by `factor` while that helps, at most so many steps. */
function* climb(
  found: Found,
  from: PilotSetting,
  { factor, most = MOST_STEPS }: { readonly factor: number; readonly most?: number },
): Search<void> {
  const at = (steps: number): PilotSetting => ({ ...from, learningRate: from.learningRate * factor ** steps });
  yield* measureNear(found, [from]);
  yield* measureNear(found, [at(1), at(-1)]);
  for (const direction of [1, -1])
    for (let i = 1; i < most; i++) {
      const [inner, outer] = [i - 1, i].map((steps) => needOf(found, at(steps * direction)));
      // Where neither reached the target, a smaller rate still may.
      const isLost = inner === Number.POSITIVE_INFINITY && outer === Number.POSITIVE_INFINITY;
      if (isLost ? direction > 0 || i > 1 : outer! >= inner!) break;
      yield* measureNear(found, [at((i + 1) * direction)]);
    }
}

/** With the first seed, and those near the best with the second. */
function* measureNear(found: Found, settings: readonly PilotSetting[]): Search<void> {
  const [first, second] = found.space.seeds;
  yield* measure(found, settings, { seeds: [first!] });
  const limit = NEAR * needOf(found, bestOf(found));
  const near = settings.filter((one) => needOf(found, one) <= limit);
  yield* measure(found, near, { seeds: [second!] });
}

/** With these seeds, as far as that has not been done; what once did not reach the target is not tried again. */
function* measure(
  found: Found,
  settings: readonly PilotSetting[],
  { seeds, endedAt = ENDED_AT }: { readonly seeds: readonly number[]; readonly endedAt?: number },
): Search<void> {
  const { goal, machine } = found;
  const best = needOf(found, bestOf(found));
  const requests = new Map<string, PilotRequest>();
  for (const seed of seeds)
    for (const setting of settings) {
      const own = pilotsOf(found, setting);
      if (own.some((one) => one.seed === seed || !one.reached)) continue;
      const mostUpdates = Math.ceil((endedAt * best) / unitOf(goal, setting.effectiveBatchSize, machine));
      requests.set(`${keyOf(setting)} ${seed}`, { setting, seed, mostUpdates });
    }
  if (requests.size > 0) found.pilots.push(...(yield [...requests.values()]));
}
