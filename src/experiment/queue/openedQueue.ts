import type { StartTrial } from "../studies/schedule.ts";
import type { StudyPlace } from "../studies/trial.ts";

/** A queue that workers take trials from; apart from what opens one, as types of the library need no Redis. */
export interface TrialQueue {
  /** Puts trials of a study into the queue; what it gives waits for their ends. */
  readonly starter: (study: StudyPlace) => StartTrial;
  close(): Promise<void>;
}
