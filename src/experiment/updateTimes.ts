import type { Engine } from "../runtime/engine.ts";
import { medianOf } from "../statistics/comparison/sample.ts";
import type { Interval } from "../statistics/types.ts";
import { note, prepare, release, type TrainingLoop } from "../training/loop.ts";
import type { TrainingOptions } from "../training/options.ts";
import { openWindow } from "../training/window.ts";
import { atRest } from "./microBatchTrial.ts";

/** Updates that were timed together. */
export interface Stretch {
  /** Seconds on the wall, and of the processor. */
  readonly wall: number;
  readonly processor: number;
  readonly updates: number;
}

/** How much a process times. */
export interface UpdateEffort {
  readonly warmUp: number;
  /** At most, and the seconds after which it ends with fewer: with one at least. */
  readonly stretches: number;
  readonly seconds: number;
  /** A stretch holds as many updates as take so much of the processor, or ten times as much on the wall. */
  readonly stretchSeconds: number;
}

export const usualEffort: UpdateEffort = { warmUp: 2, stretches: 12, seconds: 0.6, stretchSeconds: 0.03 };

/**
 * Times whole updates of `options.window` as `train` makes them: reading, gradients, the optimizer's step. The learning
 * rate is 0, so that nothing diverges. Throws what `prepare` throws.
 */
export async function timeUpdates(
  engine: Engine,
  options: TrainingOptions,
  effort: UpdateEffort = usualEffort,
): Promise<Stretch[]> {
  const loop = await prepare(engine, {
    ...options,
    schedule: atRest,
    accumulation: undefined,
    averaging: undefined,
    epochs: Number.POSITIVE_INFINITY,
    steps: undefined,
    logEvery: Number.MAX_SAFE_INTEGER,
  });
  try {
    const windows = fullWindows(loop);
    const update = async () => {
      const open = openWindow(loop, options.window.length, 0);
      for (const indices of windows.next().value) await open.add(indices);
      await open.close();
    };
    for (let i = 0; i < effort.warmUp; i++) await update();
    const begin = performance.now();
    const stretches = [await stretchOf(update, effort.stretchSeconds)];
    while (stretches.length < effort.stretches && performance.now() - begin < 1000 * effort.seconds)
      stretches.push(await stretchOf(update, effort.stretchSeconds));
    return stretches;
  } finally {
    release(loop);
  }
}

/** Of one epoch after the other, without those that the data end cuts short. */
function* fullWindows(loop: TrainingLoop): Generator<readonly Uint32Array[], never> {
  const examples = loop.options.window.reduce((sum, size) => sum + size, 0);
  for (let epoch = 0; ; epoch++) {
    note(loop, { epoch });
    for (const window of loop.sampler.epoch())
      if (window.reduce((sum, { length }) => sum + length, 0) === examples) yield window;
  }
}

async function stretchOf(update: () => Promise<void>, length: number): Promise<Stretch> {
  const [before, began] = [process.cpuUsage(), performance.now()];
  const seconds = () => {
    const { user, system } = process.cpuUsage(before);
    return { processor: (user + system) / 1e6, wall: (performance.now() - began) / 1e3 };
  };
  let updates = 0;
  let taken = seconds();
  do {
    await update();
    updates++;
    taken = seconds();
  } while (taken.processor < length && taken.wall < 10 * length);
  return { ...taken, updates };
}

/** Rounds of stretches of one window. */
export type Rounds = readonly (readonly Stretch[])[];

/** What the clocks say of all windows together. */
export interface Timing {
  readonly clock: "wall" | "processor";
  /** The share of stretches that were disturbed. */
  readonly disturbedShare: number;
  /** Whether they are left out; not where too few others remain. */
  readonly leftOut: boolean;
  /** Of each window, in order: the median over all rounds, and the lowest and highest median of a round. */
  readonly secondsPerUpdate: readonly Interval[];
  /** Of each window the median of each round. */
  readonly byRound: readonly (readonly number[])[];
}

/** Of the processor's time that is to be expected, a stretch that got less was disturbed. */
const UNDISTURBED = 0.9;
/** Of a window's stretches that must remain for the others to be left out. */
const ENOUGH = 0.25;

/**
 * A stretch is disturbed where it had less of the processor than a nine tenth of what is to be expected: with one
 * thread all of the time on the wall, with several the largest share of the same window. They are left out, unless too
 * few remain of some window: then the processor's own time is taken, or with several threads all stretches.
 */
export function timingOf(
  windows: readonly Rounds[],
  { threads, onProcessor }: { readonly threads: number; readonly onProcessor: boolean },
): Timing {
  const isDisturbed = windows.map((rounds) => {
    const expected = threads === 1 ? 1 : Math.max(...rounds.flat().map(share));
    return (one: Stretch) => onProcessor && share(one) < UNDISTURBED * expected;
  });
  const all = windows.flatMap((rounds, i) => rounds.flat().map(isDisturbed[i]!));
  const enough = windows.every((rounds, i) => {
    const stretches = rounds.flat();
    return stretches.filter((one) => !isDisturbed[i]!(one)).length >= ENOUGH * stretches.length;
  });
  const clock = enough || threads > 1 ? "wall" : "processor";
  const kept = windows.map((rounds, i) =>
    enough ? rounds.map((round) => round.filter((one) => !isDisturbed[i]!(one))) : rounds,
  );
  const seconds = (one: Stretch) => one[clock] / one.updates;
  const byRound = kept.map((rounds) =>
    rounds.filter(({ length }) => length > 0).map((round) => medianOf(round.map(seconds))),
  );
  return {
    clock,
    disturbedShare: all.length === 0 ? 0 : all.filter(Boolean).length / all.length,
    leftOut: enough,
    byRound,
    secondsPerUpdate: kept.map((rounds, i) => ({
      value: medianOf(rounds.flat().map(seconds)),
      lower: Math.min(...byRound[i]!),
      upper: Math.max(...byRound[i]!),
    })),
  };
}

const share = ({ processor, wall }: Stretch) => processor / wall;
