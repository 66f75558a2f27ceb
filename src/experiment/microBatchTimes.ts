import type { Engine } from "../runtime/engine.ts";
import { prepare, release } from "../training/loop.ts";
import type { TrainingOptions } from "../training/options.ts";

/** Median and quartiles, in seconds per example. */
export interface ExampleTime {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  /** Stretches of micro-batches that were timed. */
  readonly runs: number;
}

export interface MicroBatchTimes {
  readonly times: readonly { readonly microBatch: number; readonly secondsPerExample: ExampleTime }[];
  /**
   * Of the processor where one thread of it trains, so that what else the machine does is not counted; else what the
   * clock on the wall shows.
   */
  readonly clock: "processor" | "wall";
  /** Processor time over time on the wall: below 1 the process waited for the machine. NaN for more than one thread. */
  readonly share: number;
}

const WARM_UP = 2;

/** How much is timed. */
export interface TimingEffort {
  /** Of each size, between the others, so that what disturbs the machine falls on all of them. */
  readonly rounds: number;
  /** Of a round at most, and the seconds after which it ends with fewer. */
  readonly stretches: number;
  readonly seconds: number;
  /** A stretch holds as many micro-batches as make this long, so that the clock's grain does not show. */
  readonly stretchSeconds: number;
}

const usual: TimingEffort = { rounds: 4, stretches: 5, seconds: 0.3, stretchSeconds: 0.02 };

export interface TimedSizes {
  readonly sizes: readonly number[];
  /** The engine computes on the processor. */
  readonly onProcessor: boolean;
  readonly effort?: TimingEffort;
}

/** The time of a micro-batch's gradients per example, for each of these sizes. Throws what `prepare` throws. */
export async function timeMicroBatches(
  engine: Engine,
  options: TrainingOptions,
  { sizes, onProcessor, effort = usual }: TimedSizes,
): Promise<MicroBatchTimes> {
  const clock = onProcessor && options.threads === 1 ? "processor" : "wall";
  const taken = new Map(sizes.map((size) => [size, [] as Stretch[]]));
  for (let round = 0; round < effort.rounds; round++)
    for (const size of round % 2 === 0 ? sizes : sizes.toReversed())
      taken.get(size)!.push(...(await timeOne(engine, { ...options, window: [size] }, effort)));
  const all = [...taken.values()].flat();
  const total = (pick: keyof Stretch) => all.reduce((sum, one) => sum + one[pick], 0);
  return {
    clock,
    share: options.threads === 1 && onProcessor ? total("processor") / total("wall") : Number.NaN,
    times: sizes.map((microBatch) => ({ microBatch, secondsPerExample: spreadOf(taken.get(microBatch)!, clock) })),
  };
}

/** Seconds, and the examples that were trained on. */
interface Stretch {
  readonly processor: number;
  readonly wall: number;
  readonly examples: number;
}

async function timeOne(engine: Engine, options: TrainingOptions, effort: TimingEffort): Promise<Stretch[]> {
  const { train: data, window } = options;
  const size = window[0]!;
  const loop = await prepare(engine, options);
  let next = 0;
  const microBatch = async () => {
    const indices = Uint32Array.from({ length: size }, (_, i) => (next + i) % data.size);
    next += size;
    await loop.gradients.run(data, indices, true);
    return size;
  };
  try {
    for (let run = 0; run < WARM_UP; run++) await microBatch();
    const begin = performance.now();
    const stretches = [await stretchOf(microBatch, effort.stretchSeconds)];
    while (stretches.length < effort.stretches && performance.now() - begin < 1000 * effort.seconds)
      stretches.push(await stretchOf(microBatch, effort.stretchSeconds));
    return stretches;
  } finally {
    release(loop);
  }
}

/** Micro-batches for so many seconds of the processor, or ten times as many on the wall: at least one. */
async function stretchOf(microBatch: () => Promise<number>, length: number): Promise<Stretch> {
  const [before, began] = [process.cpuUsage(), performance.now()];
  const seconds = () => {
    const { user, system } = process.cpuUsage(before);
    return { processor: (user + system) / 1e6, wall: (performance.now() - began) / 1e3 };
  };
  let examples = 0;
  do examples += await microBatch();
  while (seconds().processor < length && seconds().wall < 10 * length);
  return { ...seconds(), examples };
}

function spreadOf(stretches: readonly Stretch[], clock: MicroBatchTimes["clock"]): ExampleTime {
  const sorted = stretches.map((one) => one[clock] / one.examples).toSorted((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return { median: quantile(0.5), lower: quantile(0.25), upper: quantile(0.75), runs: sorted.length };
}
