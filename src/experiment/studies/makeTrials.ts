import { appendTrial, readTrials } from "../../store/studies/trials.ts";
import type { TrialQueue } from "../queue/trialQueue.ts";
import { hasEnded, runTrials, type StudyEvent, type Trial } from "./schedule.ts";
import { type StudyPlace, settled } from "./trial.ts";
import { trialStarter } from "./trialStarter.ts";

export interface TrialMeans {
  /** The store. */
  readonly directory: string;
  readonly jobs: number;
  /** Whose workers train; default: processes of this machine. */
  readonly queue?: TrialQueue | null;
  /** Takes the trials that are to be trained, of so many, in place of training them here. */
  readonly handOver?: ((study: StudyPlace, waiting: readonly Trial[], trials: number) => Promise<void>) | undefined;
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
  const places = readTrials(study, false);
  const waiting = trials.filter(({ key }) => !hasEnded(places.get(key)?.state));
  if (means.handOver) return means.handOver(means, waiting, trials.length);
  await runTrials(trials, places, {
    ...means,
    start: trialStarter(means.queue ?? null, means),
    record: (trial, what) => void appendTrial(study, { ...of(trial), ...what }),
  });
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
