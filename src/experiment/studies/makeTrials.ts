import { appendTrial, readTrials, type TrialPlace } from "../../store/studies/trials.ts";
import type { TrialQueue } from "../queue/openedQueue.ts";
import { hasEnded, runTrials, type StudyEvent, type Trial } from "./schedule.ts";
import { type StudyPlace, settled } from "./trial.ts";
import { trialStarter } from "./trialStarter.ts";

/** A cluster that trials are handed to. */
export interface HandOver {
  /**
   * Gives `write` what trials came to there since it was asked last that say nothing of it themselves. `open`: of each
   * trial that has not ended, when something was last written of it.
   */
  readonly gather: (
    study: StudyPlace,
    write: (trial: Trial, end: { readonly state: "failed" | "stopped"; readonly reason: string | null }) => void,
    open: () => ReadonlyMap<string, string>,
  ) => Promise<void>;
  /** Takes those that are to be trained, of so many. */
  readonly take: (study: StudyPlace, waiting: readonly Trial[], trials: number) => Promise<void>;
}

export interface TrialMeans {
  /** The store. */
  readonly directory: string;
  readonly jobs: number;
  /** Whose workers train; default: processes of this machine. */
  readonly queue?: TrialQueue | null;
  /** Who trains in place of processes of this machine, which then end. */
  readonly handOver?: HandOver | undefined;
  readonly retries: number;
  /** Whether a failed trial is tried again before those that wait. Default: after them. */
  readonly retryFirst?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly listen?: ((event: StudyEvent) => void) | undefined;
}

/**
 * Makes those of a study's trials that have not ended before, and writes down what becomes of each. For who holds the
 * study's lock. Throws what `runTrials` and `appendTrial` throw.
 */
export async function makeTrials(
  study: { readonly path: string },
  trials: readonly Trial[],
  means: TrialMeans & { readonly id: string },
): Promise<void> {
  settleTrials(study, trials, means);
  if (means.handOver) return hand(study, trials, { ...means, handOver: means.handOver });
  const places = readTrials(study, false);
  await runTrials(trials, places, {
    ...means,
    start: trialStarter(means.queue ?? null, means),
    record: (trial, what) => void appendTrial(study, { ...of(trial), ...what }),
  });
}

async function hand(
  study: { readonly path: string },
  trials: readonly Trial[],
  { handOver, retries, ...means }: StudyPlace & { readonly handOver: HandOver; readonly retries: number },
): Promise<void> {
  const { id, directory } = means;
  await handOver.gather(
    { id, directory },
    (trial, { state, reason }) => {
      const place = readTrials(study, false).get(trial.key);
      if (hasEnded(place?.state)) return;
      const attempt = (place?.attempt ?? 0) + Number(state === "failed");
      appendTrial(study, { ...of(trial), state, attempt, run: null, reason });
    },
    () => openSince(trials, readTrials(study, false)),
  );
  const places = readTrials(study, false);
  const isOpen = ({ key }: Trial) => {
    const place = places.get(key);
    return !hasEnded(place?.state) && !(place?.state === "failed" && place.attempt > retries);
  };
  return handOver.take({ id, directory }, trials.filter(isOpen), trials.length);
}

/** Of each trial that has not ended, when something was last written of it. */
export function openSince(
  trials: readonly Trial[],
  places: ReadonlyMap<string, TrialPlace>,
): ReadonlyMap<string, string> {
  const open = trials.filter(({ key }) => !hasEnded(places.get(key)?.state));
  return new Map(open.map(({ key }) => [key, places.get(key)?.at ?? ""]));
}

/** Writes down what became of trials while nobody could, as `settled`. */
export function settleTrials(
  study: { readonly path: string },
  trials: readonly Trial[],
  means: { readonly id: string; readonly directory: string },
): void {
  for (const { trial, end, attempt } of settled(means, trials, readTrials(study, false)))
    appendTrial(study, { ...of(trial), ...end, attempt });
}

const of = ({ key, arm, seed, stage }: Trial) => ({ trial: key, arm, seed, stage });
