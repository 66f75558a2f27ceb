import { fitStepCost } from "../statistics/stepCost.ts";
import type { Interval } from "../statistics/types.ts";
import type { TrialEnd } from "../store/findings.ts";
import type { CostModel, ProfiledSize, ProfileNote, TimedWindow } from "../store/profile.ts";
import type { TrialOutcome } from "./microBatchSearch.ts";
import { accumulatedWindows, type Peak, predictedPeak } from "./profilePlan.ts";
import type { StudyMeans } from "./study.ts";
import { type Stretch, type Timing, timingOf } from "./updateTimes.ts";

/** What is profiled. */
export interface ProfilePlan {
  /** Ascending, of at most `examples`. */
  readonly batchSizes: readonly number[];
  /** Of an epoch. */
  readonly examples: number;
  readonly rounds: number;
  /** That a training may take. */
  readonly limitBytes: number;
  readonly threads: number;
  /** The engine computes on the processor. */
  readonly onProcessor: boolean;
}

/** A batch size and its micro-batch. */
export type WindowSize = readonly [batchSize: number, microBatch: number];

/** What makes a measurement, each in a process of its own. */
export interface ProfileProcesses {
  readonly tryMemory: (batchSize: number) => Promise<TrialOutcome>;
  readonly timeWindow: (window: WindowSize) => Promise<readonly Stretch[] | TrialEnd>;
}

export type ProfileEvent =
  | { readonly kind: "tried"; readonly batchSize: number; readonly outcome: TrialOutcome }
  | {
      readonly kind: "timed";
      readonly window: WindowSize;
      readonly done: number;
      readonly all: number;
      readonly secondsLeft: number;
    };

export interface Profiled {
  readonly batchSizes: readonly ProfiledSize[];
  readonly accumulation: readonly TimedWindow[];
  readonly costModel: CostModel | null;
  readonly timing: Pick<Timing, "clock" | "disturbedShare" | "leftOut">;
  readonly notes: readonly ProfileNote[];
}

/**
 * The memory of each size, ascending, until one does not fit or is not to be expected to; then the times of those that
 * fit, in rounds that go up and down, so that what disturbs the machine falls on all of them. Throws the reason of
 * `signal` where it aborts.
 */
export async function profileSizes(
  plan: ProfilePlan,
  processes: ProfileProcesses,
  means: StudyMeans<ProfileEvent> = {},
): Promise<Profiled> {
  const { peaks, notes } = await memoryOf(plan, processes, means);
  const sizes = peaks.map(({ batchSize }) => batchSize);
  const windows: WindowSize[] = [...sizes.map((size) => [size, size] as const), ...accumulatedWindows(sizes)];
  const timed = await timesOf(windows, plan, processes, means);
  const kept = windows.flatMap((window, i) => (timed.rounds[i] ? [{ window, rounds: timed.rounds[i] }] : []));
  const timing = timingOf(
    kept.map(({ rounds }) => rounds),
    plan,
  );
  const all = kept.map(({ window }, i) => timedWindow(window, timing.secondsPerUpdate[i]!, plan.examples));
  const costModel = costOf(all);
  const peakOf = new Map(peaks.map(({ batchSize, peakBytes }) => [batchSize, peakBytes]));
  return {
    batchSizes: all
      .filter(({ batchSize, microBatch }) => batchSize === microBatch)
      .map((one) => ({ ...one, peakMemoryBytes: peakOf.get(one.batchSize)! })),
    accumulation: all.filter(({ batchSize, microBatch }) => batchSize !== microBatch),
    costModel,
    timing,
    notes: [...notes, ...timed.notes, ...clockNotes(timing), ...modelNotes(costModel, all.length)],
  };
}

/** Fewer windows would be fitted exactly, whatever they are. */
const LEAST_WINDOWS = 4;

/** Null of too few windows, and where all have one micro-batch: its cost is then not told from that of an update. */
function costOf(windows: readonly TimedWindow[]): CostModel | null {
  const accumulates = windows.some(({ batchSize, microBatch }) => microBatch < batchSize);
  if (windows.length < LEAST_WINDOWS || !accumulates) return null;
  const { perUpdate, perMicroBatch, perExample, points } = fitStepCost(
    windows.map(({ secondsPerUpdate: { value }, ...window }) => ({ ...window, seconds: [value] })),
  );
  const residuals = points.map(({ batchSize, microBatch, seconds: measured, residual }) => {
    const fitted = measured / (1 + residual);
    return { batchSize, microBatch, measured, fitted, relative: fitted / measured - 1 };
  });
  return { perUpdate, perMicroBatch: perMicroBatch!, perExample, residuals };
}

function timedWindow([batchSize, microBatch]: WindowSize, seconds: Interval, examples: number): TimedWindow {
  const { value, lower, upper } = seconds;
  const updates = examples / batchSize;
  return {
    ...{ batchSize, microBatch, secondsPerUpdate: seconds },
    secondsPerEpoch: { value: updates * value, lower: updates * lower, upper: updates * upper },
    examplesPerSecond: batchSize / value,
  };
}

async function memoryOf(
  { batchSizes, limitBytes }: ProfilePlan,
  { tryMemory }: ProfileProcesses,
  { listen = () => {} }: StudyMeans<ProfileEvent>,
): Promise<{ readonly peaks: readonly Peak[]; readonly notes: readonly ProfileNote[] }> {
  const peaks: Peak[] = [];
  for (const [i, batchSize] of batchSizes.entries()) {
    const rest = batchSizes.slice(i);
    const peakBytes = predictedPeak(peaks, batchSize);
    if (peakBytes > limitBytes)
      return { peaks, notes: [{ kind: "predictedPeak", batchSizes: rest, peakBytes, limitBytes }] };
    const outcome = await tryMemory(batchSize);
    listen({ kind: "tried", batchSize, outcome });
    if (outcome.kind !== "fits")
      return {
        peaks,
        notes: [{ kind: outcome.kind === "memory" ? "tooLarge" : "failed", batchSizes: rest, end: outcome.end }],
      };
    peaks.push({ batchSize, peakBytes: outcome.peakBytes });
  }
  return { peaks, notes: [] };
}

interface TimedRounds {
  /** Of each window; undefined where it failed. */
  readonly rounds: readonly (readonly (readonly Stretch[])[] | undefined)[];
  readonly notes: readonly ProfileNote[];
}

async function timesOf(
  windows: readonly WindowSize[],
  { rounds }: ProfilePlan,
  { timeWindow }: ProfileProcesses,
  { listen = () => {} }: StudyMeans<ProfileEvent>,
): Promise<TimedRounds> {
  const found = windows.map((): (readonly Stretch[])[] | undefined => []);
  const notes: ProfileNote[] = [];
  const all = rounds * windows.length;
  let done = 0;
  const began = performance.now();
  for (let round = 0; round < rounds; round++) {
    const order = windows.map((_, i) => (round % 2 === 0 ? i : windows.length - 1 - i));
    for (const i of order) {
      const window = windows[i]!;
      const result = found[i] && (await timeWindow(window));
      if (result && "kind" in result) {
        found[i] = undefined;
        notes.push({ kind: "failed", batchSizes: [window[0]], end: result });
      } else if (result) found[i]?.push(result);
      done++;
      const secondsLeft = ((performance.now() - began) / 1e3 / done) * (all - done);
      listen({ kind: "timed", window, done, all, secondsLeft });
    }
  }
  return { rounds: found, notes };
}

/** Of the stretches, a share that is worth a word. */
const WORTH_SAYING = 0.05;

function clockNotes({ clock, disturbedShare: share, leftOut }: Timing): ProfileNote[] {
  if (share < WORTH_SAYING) return [];
  return [{ kind: leftOut ? "disturbed" : clock === "processor" ? "processorTime" : "allDisturbed", share }];
}

/** A relative error of the model that is worth a word. */
const ROUGH = 0.2;

function modelNotes(model: CostModel | null, windows: number): ProfileNote[] {
  if (!model) return [{ kind: "noCostModel", windows }];
  const worst = model.residuals.reduce((a, b) => (Math.abs(b.relative) > Math.abs(a.relative) ? b : a));
  const { batchSize, relative } = worst;
  return Math.abs(relative) > ROUGH ? [{ kind: "roughModel", batchSize, relative }] : [];
}
