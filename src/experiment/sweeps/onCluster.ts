import { lockStudy } from "../../store/studies/study.ts";
import { openSweep } from "../../store/studies/sweep.ts";
import { mendTrials, readTrials } from "../../store/studies/trials.ts";
import { takeFailures, tasksOf, type WriteEnd } from "../slurm/tasks.ts";
import { type HandOver, openSince } from "../studies/makeTrials.ts";
import { hasEnded } from "../studies/schedule.ts";
import { catchUp, type StandingSweep, type SweepScene, write } from "./catchUp.ts";
import { recordedState } from "./recordedState.ts";
import { isComplete } from "./sweepState.ts";

/** Hands what is to be trained to a cluster, where all trials are known before: nothing stops early. */
export async function handSweep(scene: SweepScene, handOver: HandOver, retries: number): Promise<void> {
  const { sweep, state, directory } = scene;
  const place = { id: sweep.file.id, directory };
  const all = [...state.trials.values()];
  const known = all.map(({ trial }) => trial);
  await handOver.gather(place, endWriter(scene), () => openSince(known, readTrials(sweep, false)));
  const places = readTrials(sweep, false);
  for (const progress of all) if (places.get(progress.trial.key)?.state === "failed") progress.state = "failed";
  const waiting = all.filter((one) => !hasEnded(one.state) && !(one.state === "failed" && one.attempt > retries));
  const trials = waiting.map(({ trial }) => trial);
  return handOver.take(place, trials, all.length);
}

/** Writes down that a task of a cluster failed or was stopped, unless its trial has ended. */
function endWriter(scene: SweepScene): WriteEnd {
  return ({ key }, { state, reason }) => {
    const progress = scene.state.trials.get(key);
    if (!progress || hasEnded(progress.state)) return;
    const attempt = progress.attempt + Number(state === "failed");
    write(scene, progress.trial, { state, attempt, run: null, reason, rung: 0 });
  };
}

/**
 * Writes down what the tasks of a cluster came to, by what they wrote into the store, and says where the sweep stands.
 * Trains and submits nothing, and needs neither its data nor the cluster. Throws `NotFoundError` where there is no such
 * sweep, `UsageError` while another process holds it, and what the writers throw.
 */
export function collectSweep(directory: string, id: string): StandingSweep {
  const sweep = openSweep(directory, id);
  const lock = lockStudy(sweep.path, id);
  try {
    mendTrials(sweep);
    const scene = { sweep, state: recordedState(sweep, false, tasksOf({ id, directory })), directory };
    catchUp(scene);
    takeFailures({ id, directory }, endWriter(scene));
    const { path, file } = sweep;
    const state = recordedState(sweep, false, tasksOf({ id, directory }));
    return { path, file, state, complete: isComplete(state) };
  } finally {
    lock.release();
  }
}
