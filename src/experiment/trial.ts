import type { SessionEvent } from "../session/events.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { besides, runTask, type TaskChild, type TaskEnd } from "../session/ownProcess.ts";
import type { RunResult } from "../session/result.ts";
import { exitCodeOfSignal, type StopSignal, stopSignalOf } from "../session/stopSignals.ts";
import type { Surroundings } from "../store/describeEnvironment.ts";
import { recordDeath } from "../store/lost.ts";

/** What a trial does: a new training, or one that was begun before and is gone on with. */
export type TrialWork =
  | {
      readonly kind: "new";
      readonly configuration: TrainConfiguration;
      readonly surroundings: Surroundings | undefined;
      readonly seed: number | undefined;
      /** Of what it is to be trained with. */
      readonly fingerprints: Readonly<Record<string, string>> | undefined;
    }
  | { readonly kind: "resume"; readonly store: string; readonly run: string };

type Untold = "step" | "scores" | "checkpoint" | "averaged";

/** What a session tells (`SessionEvent`), but for its steps, which are in the run, and for what is large. */
export type TrialEvent =
  | Exclude<SessionEvent, { readonly kind: Untold | "opened" }>
  | { readonly kind: "opened"; readonly run: string; readonly path: string };

/** What the process of a trial tells where it cannot begin for want of data or files that it is to be trained with. */
export interface Lacking {
  readonly kind: "lacking";
}

export interface TrialOptions {
  /** The store's directory that the run is written into. */
  readonly store: string;
  /**
   * What the run writes down of machine, programs and repository (`describeSurroundings`), for trials that share them:
   * the trial looks for itself where they are not given, which may take longer than all else before training. Unread by
   * `resumeTrial`.
   */
  readonly surroundings?: Surroundings | undefined;
  /**
   * Of the data and files that it is to be trained with (`fingerprintsOf`): with others it fails. Unread by
   * `resumeTrial`.
   */
  readonly fingerprints?: Readonly<Record<string, string>> | undefined;
  /** Of its random numbers; as `prepareTraining` makes it of the configuration's where left out. */
  readonly seed?: number | undefined;
  /** Stops the trial in order where it aborts: its run ends as "interrupted" and can be gone on with. */
  readonly signal?: AbortSignal | undefined;
  /** Is told what happens; progress at most every 50 ms. What it throws stops the trial and is thrown. */
  readonly listen?: ((event: TrialEvent) => void) | undefined;
  /** Called as the process begins, with means to look at it and to kill it; gives what is called at its end. */
  readonly attend?: ((child: TaskChild) => () => void) | undefined;
  /** Examples after whose evaluation the trial pauses: its run ends as "interrupted" and can be gone on with. */
  readonly until?: number | undefined;
}

/** What became of a trial. Its run, where there is one, is in the store however it ended. */
export type TrialRun =
  /** Also where the training stopped early, as it was asked to. */
  | { readonly kind: "finished"; readonly result: RunResult }
  /** After the examples that it was told. */
  | { readonly kind: "paused"; readonly result: RunResult }
  /** In order, by the `signal` of the options (SIGTERM) or by one of the system; undefined where no run was begun. */
  | { readonly kind: "stopped"; readonly signal: StopSignal; readonly result: RunResult | undefined }
  /**
   * `exitCode` as that of the command line: 3 where the training diverged. `by` is the signal that killed the process,
   * `result` what the run had come to where it could still say so, `lastWords` one line that may be empty. `isLacking`:
   * it could not begin, as this machine has not the data or files that it is to be trained with.
   */
  | {
      readonly kind: "failed";
      readonly exitCode: number;
      readonly by: NodeJS.Signals | null;
      readonly lastWords: string;
      readonly result: RunResult | undefined;
      readonly isLacking: boolean;
    };

/**
 * Trains in a process of its own: the most memory that a process ever held never falls again, so that of several runs
 * in one process only the first could say what it took (`result.summary.peakMemoryBytes`). This is how studies train.
 *
 * `configuration` is one that `resolveConfiguration` gave, which is not checked again; what else can be wrong with it
 * (data that are not there, a window larger than an epoch) is found by the trial and ends it as failed, exit code 1, 2
 * or 4, without a run. The run is an ordinary one, written into `store` in place of the configuration's `dir`, and the
 * result is what `train --json` prints of it, its numbers unrounded. Copies of SWAP are trained too.
 *
 * Nothing is printed and no signal of the system is listened to here. The trial ends in order where `signal` aborts, or
 * where this process is gone, however it ended; where the trial is killed, its run in `store` gets to know by what.
 */
export function runTrial(configuration: TrainConfiguration, options: TrialOptions): Promise<TrialRun> {
  const { store, surroundings, seed, fingerprints } = options;
  const own = { ...configuration, dir: store };
  return trialOf({ kind: "new", configuration: own, surroundings, seed, fingerprints }, options);
}

/** As `runTrial`, and goes on with the run of the store that `run` names, an id or a path, as `train --resume`. */
export function resumeTrial(run: string, options: TrialOptions): Promise<TrialRun> {
  return trialOf({ kind: "resume", store: options.store, run }, options);
}

async function trialOf(work: TrialWork, { store, listen, signal, attend, until }: TrialOptions): Promise<TrialRun> {
  let closed: RunResult | undefined;
  let isLacking = false;
  const hear = (event: TrialEvent | Lacking) => {
    if (event.kind === "lacking") {
      isLacking = true;
      return;
    }
    if (event.kind === "closed") closed = event.result;
    listen?.(event);
  };
  const module = besides(import.meta.url, "trialTask");
  const argument = { work, isHeard: listen !== undefined, until };
  const end = await runTask<RunResult, TrialEvent | Lacking>({ module, argument }, { signal, attend, listen: hear });
  if (end.by !== null) recordDeath(store, end.pid, `ended by ${end.by}`);
  return outcomeOf(end, end.result ?? closed, isLacking);
}

function outcomeOf(
  { code, by, lastWords }: TaskEnd<RunResult>,
  result: RunResult | undefined,
  isLacking: boolean,
): TrialRun {
  // A signal that comes after the last update interrupts nothing.
  if (result?.status === "finished" && by === null) return { kind: "finished", result };
  if (result?.status === "interrupted" && code === 0) return { kind: "paused", result };
  const exitCode = code ?? exitCodeOfSignal(by!);
  const signal = stopSignalOf(exitCode);
  if (signal !== undefined) return { kind: "stopped", signal, result };
  return { kind: "failed", exitCode, by, lastWords, result, isLacking };
}
