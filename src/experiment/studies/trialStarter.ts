import type { TrialQueue } from "../queue/openedQueue.ts";
import type { StartTrial } from "./schedule.ts";
import { type StudyPlace, trainTrial } from "./trial.ts";

/** How the trials of a study are trained: by the workers of a queue, or each in a process of its own here. */
export function trialStarter(queue: TrialQueue | null, study: StudyPlace): StartTrial {
  if (queue) return queue.starter(study);
  return async (trial, signal, begun, hear) => {
    begun();
    // There is no other machine.
    const { isLacking: _, ...end } = await trainTrial(study, trial, signal, hear);
    return end;
  };
}
