import type { EarlyStop, TrialOutcome, TrialPlace, TrialStage, TrialState } from "../../store/studies/trials.ts";

/** One training of a study, to be made once. */
export interface Trial {
  /** The hash of its specification. */
  readonly key: string;
  readonly arm: string;
  readonly seed: number;
  readonly stage: TrialStage;
  /** As `train` takes it. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Of the data and files that it is to be trained with, as `fingerprintsOf`: with others it is refused. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Examples after whose evaluation it pauses, so that it can be gone on with. Default: it trains to its end. */
  readonly until?: number | undefined;
}

/** What became of an attempt. */
export interface TrialEnd {
  readonly state: Exclude<TrialState, "waiting" | "running">;
  readonly run: string | null;
  readonly reason: string | null;
  /** "rung": paused where `until` told it to. */
  readonly early?: EarlyStop | undefined;
  readonly result?: TrialOutcome | undefined;
}

/** Of one machine of several: failed, as it has not the data or files of the trial, which another may have. */
export interface MachineEnd extends TrialEnd {
  readonly isLacking?: boolean;
}

/** What a study tells its listener while it runs. */
export type StudyEvent =
  /** So many trials are there, of which so many had ended before. */
  | { readonly kind: "begin"; readonly trials: number; readonly ended: number }
  | { readonly kind: "started"; readonly trial: Trial; readonly attempt: number }
  | {
      readonly kind: "ended";
      readonly trial: Trial;
      readonly attempt: number;
      readonly end: TrialEnd;
      readonly again: boolean;
    };

/** Is told the evaluations of a trial while it trains. */
export type HearEvaluation = (outcome: TrialOutcome) => void;

/**
 * Trains, and says when that begins; throws only where the whole study has to end. What trains elsewhere need not tell
 * its evaluations.
 */
export type StartTrial = (
  trial: Trial,
  signal: AbortSignal,
  begun: () => void,
  hear?: HearEvaluation,
) => Promise<TrialEnd>;

export interface ScheduleMeans {
  /** Trials at a time. */
  readonly jobs: number;
  /** How often a failed trial is tried again. */
  readonly retries: number;
  /** Before those that wait, as nothing can be said without it. Default: after them. */
  readonly retryFirst?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly listen?: ((event: StudyEvent) => void) | undefined;
  readonly start: StartTrial;
  /** Writes down what became of a trial. */
  readonly record: (trial: Trial, what: Recorded) => void;
}

export interface Recorded {
  readonly state: Exclude<TrialState, "waiting">;
  readonly attempt: number;
  readonly run: string | null;
  readonly reason: string | null;
}

interface Queued {
  readonly trial: Trial;
  /** Attempts of this call that have failed. */
  readonly failures: number;
  /** The number of the next attempt. */
  readonly attempt: number;
}

/** Whether a trial needs no further attempt. */
export function hasEnded(state: TrialState | undefined): boolean {
  return state === "done" || state === "diverged";
}

/**
 * Makes every trial that has not ended before, `jobs` at a time, in their order: the next starts when a slot is free,
 * whatever the others do. A failed one is tried again after those that wait. Where the signal aborts, no other starts,
 * the running ones are told, and it ends with them. Throws what `start` and `record` throw, once all have ended.
 */
export async function runTrials(
  trials: readonly Trial[],
  before: ReadonlyMap<string, Pick<TrialPlace, "state" | "attempt">>,
  means: ScheduleMeans,
): Promise<void> {
  const queue: Queued[] = trials
    .filter(({ key }) => !hasEnded(before.get(key)?.state))
    .map((trial) => ({ trial, failures: 0, attempt: (before.get(trial.key)?.attempt ?? 0) + 1 }));
  const { listen = () => {}, signal, jobs } = means;
  listen({ kind: "begin", trials: trials.length, ended: trials.length - queue.length });
  const failure = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const slot = async () => {
    for (let next = queue.shift(); next !== undefined && !stop.aborted; next = queue.shift()) {
      const again = await attempt(next, means, stop).catch((error) => {
        failure.abort(error);
        throw error;
      });
      if (again) means.retryFirst ? queue.unshift(again) : queue.push(again);
    }
  };
  const slots = await Promise.allSettled(Array.from({ length: jobs }, slot));
  const failed = slots.find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
}

/** One attempt; the next one where it is to be tried again. */
async function attempt(queued: Queued, means: ScheduleMeans, signal: AbortSignal): Promise<Queued | undefined> {
  const { trial, failures, attempt: number } = queued;
  const { record, start, listen = () => {}, retries } = means;
  let isBegun = false;
  const begun = () => {
    if (isBegun) return;
    isBegun = true;
    record(trial, { state: "running", attempt: number, run: null, reason: null });
    listen({ kind: "started", trial, attempt: number });
  };
  const end = await start(trial, signal, begun);
  // One that ended while it waited never ran.
  if (end.state !== "stopped") begun();
  record(trial, { ...end, attempt: number });
  const again = end.state === "failed" && failures < retries && !signal.aborted;
  listen({ kind: "ended", trial, attempt: number, end, again });
  return again ? { trial, failures: failures + 1, attempt: number + 1 } : undefined;
}
