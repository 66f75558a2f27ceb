import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { makeFolder } from "../../data/files/folders.ts";
import { lockRun } from "../../store/lock.ts";
import { studyPath } from "../../store/studies/study.ts";
import type { MachineEnd, Trial } from "../studies/schedule.ts";
import { type StudyPlace, trainTrial } from "../studies/trial.ts";

/** How often a lock is tried that another process holds. */
const TRY_MILLISECONDS = 1000;

const locksOf = ({ directory, id }: StudyPlace) => join(studyPath(directory, id), "locks");

/**
 * As `trainTrial`, for one of several workers: should two be given the same trial, the second waits and finds what the
 * first came to.
 */
export async function trainShared(study: StudyPlace, trial: Trial, signal: AbortSignal): Promise<MachineEnd> {
  const path = join(locksOf(study), trial.key);
  makeFolder(path);
  let lock = lockRun({ path });
  while (lock === null && !signal.aborted) {
    await setTimeout(TRY_MILLISECONDS, undefined, { signal }).catch(() => {});
    lock = lockRun({ path });
  }
  try {
    if (lock === null) return { state: "stopped", run: null, reason: "stopped while another worker trained it" };
    return await trainTrial(study, trial, signal);
  } finally {
    lock?.release();
  }
}

/** Of a study whose trials have all ended. */
export function removeLocks(study: StudyPlace): void {
  rmSync(locksOf(study), { recursive: true, force: true });
}
