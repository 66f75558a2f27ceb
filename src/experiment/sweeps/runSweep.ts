import { InterruptedError } from "../../session/ends.ts";
import { type StepValue, stopsByMedian } from "../../statistics/sweeps/earlyStopping.ts";
import { forgetStop, isAskedToStop, type OpenSweep, type SweepFile, takeSweep } from "../../store/studies/sweep.ts";
import { mendTrials, readTrialRecords, type TrialRecord } from "../../store/studies/trials.ts";
import type { TrialQueue } from "../queue/openedQueue.ts";
import { removeLocks } from "../queue/sharedTrial.ts";
import { identityOfSweep } from "../studies/identity.ts";
import type { HandOver } from "../studies/makeTrials.ts";
import { readOutcomes } from "../studies/outcome.ts";
import type { HearEvaluation, StartTrial, StudyEvent, Trial, TrialEnd } from "../studies/schedule.ts";
import { trialStarter } from "../studies/trialStarter.ts";
import { catchUp, type StandingSweep, type SweepScene, write } from "./catchUp.ts";
import { handSweep } from "./onCluster.ts";
import { type SweepPlan, sweepSettings } from "./planSweep.ts";
import {
  countTrainings,
  isComplete,
  metricOf,
  type NextTrial,
  newState,
  nextTrial,
  restart,
  type SweepState,
  smallerIsBetter,
  start,
  take,
} from "./sweepState.ts";

export interface SweepMeans {
  /** The store. */
  readonly directory: string;
  /** Trials at a time. */
  readonly jobs: number;
  /** How often a failed trial is tried again. */
  readonly retries: number;
  readonly signal?: AbortSignal | undefined;
  readonly listen?: ((event: StudyEvent) => void) | undefined;
  /** Whose workers train; default: processes of this machine. */
  readonly queue?: TrialQueue | null | undefined;
  /** Who trains in place of processes of this machine, which then end: of a sweep in which nothing stops early. */
  readonly handOver?: HandOver | undefined;
}

export interface RanSweep extends StandingSweep {
  /** Aborted where `askToStop` ended it. */
  readonly stopped: AbortSignal;
}

/** Milliseconds between looks for a stop that was asked for. */
const LOOK = 500;

/**
 * Makes the trials of a sweep that have not been made, and says where they stand. Where the signal aborts, or
 * `askToStop` asks for it, the trials that run end in order and it gives what there is. Throws what `takeSweep`,
 * `sweepSettings`, `start` and the writers throw.
 */
export async function runSweep(plan: SweepPlan, means: SweepMeans): Promise<RanSweep> {
  const { specification, seeds, trials } = plan;
  const asked = { specification, seeds, trials, directory: process.cwd(), identityOf: identityOfSweep };
  const sweep = takeSweep(means.directory, plan.id, asked);
  forgetStop(sweep);
  const stop = new AbortController();
  const watch = setInterval(() => {
    if (isAskedToStop(sweep)) stop.abort(new InterruptedError("SIGTERM"));
  }, LOOK);
  try {
    mendTrials(sweep);
    const state = await sweepState(sweep);
    const own = [stop.signal, ...(means.signal ? [means.signal] : [])];
    const start = trialStarter(means.queue ?? null, { id: plan.id, directory: means.directory });
    const { directory } = means;
    const curves = new Map<string, StepValue[]>();
    const scene = { sweep, state, directory, signal: AbortSignal.any(own), means, start, curves };
    catchUp(scene);
    recallCurves(scene);
    await (means.handOver ? handSweep(scene, means.handOver, means.retries) : trainAll(scene));
    if (isComplete(state)) removeLocks({ id: plan.id, directory: means.directory });
    return { path: sweep.path, file: sweep.file, state, complete: isComplete(state), stopped: stop.signal };
  } finally {
    clearInterval(watch);
    forgetStop(sweep);
    sweep.lock.release();
  }
}

/** Where the trials of a sweep that no process works on stand by its log, each as it is to be trained. */
export async function sweepState(sweep: {
  readonly path: string;
  readonly file: Pick<SweepFile, "specification" | "trials" | "seeds">;
}): Promise<SweepState> {
  const { specification, trials, seeds } = sweep.file;
  const state = newState(await sweepSettings(specification, trials, seeds), specification);
  for (const record of readTrialRecords(sweep)) take(state, record);
  restart(state);
  return state;
}

interface Scene extends SweepScene {
  readonly sweep: OpenSweep;
  readonly signal: AbortSignal;
  readonly means: SweepMeans;
  readonly start: StartTrial;
  /** What the trials of a sweep with median stopping were evaluated to, by their keys. */
  readonly curves: Map<string, StepValue[]>;
}

/** What the trials of a sweep with median stopping were evaluated to before. */
function recallCurves({ sweep, state, means, curves }: Scene): void {
  if (!sweep.file.specification.medianStopping) return;
  for (const { trial, run } of state.trials.values())
    if (run !== null) curves.set(trial.key, readOutcomes(means.directory, run).map(stepValue({ sweep })));
}

/**
 * Fills the slots until there is nothing to do or the signal aborts; a slot never waits for another while there is a
 * trial for it. Throws what an attempt throws, once all have ended.
 */
async function trainAll(scene: Scene): Promise<void> {
  const { state, means } = scene;
  const failure = new AbortController();
  const signal = AbortSignal.any([scene.signal, failure.signal]);
  const running = new Set<Promise<void>>();
  means.listen?.({ kind: "begin", ...countTrainings(state) });
  while (!signal.aborted) {
    const next = running.size < means.jobs ? nextTrial(state, means.retries) : null;
    if (next === null && running.size === 0) break;
    if (next === null) await Promise.race(running);
    else {
      const one: Promise<void> = attempt(next, { ...scene, signal })
        .catch((error) => failure.abort(error))
        .finally(() => running.delete(one));
      running.add(one);
    }
  }
  await Promise.all(running);
  if (failure.signal.aborted) throw failure.signal.reason;
}

async function attempt(next: NextTrial, scene: Scene): Promise<void> {
  const { trial, rung, attempt: number } = next;
  const { sweep, state, means, signal } = scene;
  start(state, next);
  const progress = state.trials.get(trial.key)!;
  const { listen = () => {}, retries } = means;
  let isBegun = false;
  const begun = () => {
    if (isBegun) return;
    isBegun = true;
    write(scene, trial, { state: "running", attempt: number, run: null, reason: null, rung });
    listen({ kind: "started", trial, attempt: number });
  };
  const median = new AbortController();
  const hear = sweep.file.specification.medianStopping ? watchMedian(scene, trial, () => median.abort()) : undefined;
  const ended = await scene.start(trial, AbortSignal.any([signal, median.signal]), begun, hear);
  // One that ended while it waited never ran.
  if (ended.state !== "stopped") begun();
  const isWorse = median.signal.aborted && ended.state === "stopped" && !signal.aborted;
  const end: TrialEnd = isWorse ? { ...ended, reason: null, early: "median" } : ended;
  write(scene, trial, { ...end, run: end.run ?? progress.run, attempt: number, rung });
  const again = end.state === "failed" && progress.failures <= retries && !signal.aborted;
  listen({ kind: "ended", trial, attempt: number, end, again });
}

const stepValue =
  ({ sweep }: Pick<Scene, "sweep">) =>
  (outcome: NonNullable<TrialRecord["result"]>): StepValue => ({
    step: outcome.examples,
    value: metricOf(outcome, sweep.file.specification.metric),
  });

/** Stops a trial as soon as it is worse than the median of those of the same seed. */
function watchMedian(scene: Scene, { key, seed }: Trial, stop: () => void): HearEvaluation {
  const { curves, state, sweep } = scene;
  const { setting } = state.trials.get(key)!;
  const isOther = (other: string) => {
    const progress = state.trials.get(other);
    return progress !== undefined && progress.trial.seed === seed && progress.setting !== setting;
  };
  return (outcome) => {
    const own = [
      ...(curves.get(key) ?? []).filter(({ step }) => step < outcome.examples),
      stepValue({ sweep })(outcome),
    ];
    curves.set(key, own);
    const others = [...curves].filter(([other]) => isOther(other)).map(([, values]) => values);
    if (stopsByMedian(own, others, smallerIsBetter(sweep.file.specification.metric))) stop();
  };
}
