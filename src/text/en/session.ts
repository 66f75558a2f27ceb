import { trainingFindingsEnglish } from "./trainingFindings.ts";

/**
 * What is said of a run while it trains, in English. Numbers come in as text, already rounded, where they are measured.
 */
export const sessionEnglish = {
  found: trainingFindingsEnglish,
  copy: {
    starts: (copy: number, of: number) => `copy ${copy} of ${of} starts`,
    goesOn: (copy: number, of: number) => `copy ${copy} of ${of} goes on`,
    finished: (copy: number, of: number, loss: string, accuracy: string | null) =>
      `copy ${copy} of ${of}: validation loss ${loss}${accuracy === null ? "" : `, accuracy ${accuracy}`}`,
    failed: (copy: number, why: string) => `copy ${copy} failed: ${why}`,
  },
};

export type SessionText = typeof sessionEnglish;
