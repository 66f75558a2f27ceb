import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { WeightAverage } from "../optimizer/averageWeights.ts";
import { resolveConfiguration } from "../session/configuration.ts";
import { ReportedError } from "../session/ends.ts";
import { optionsOfCopy } from "../session/options/swapCopy.ts";
import type { CopyScene } from "../session/run.ts";
import { exitCodeOfSignal } from "../session/stopSignals.ts";
import { listCheckpoints, readCheckpoint } from "../store/checkpoints.ts";
import { lockState } from "../store/lock.ts";
import { listRuns, type Run, readRun } from "../store/runs.ts";
import { DataError } from "../tensor/errors.ts";
import { addCopy, averageOfCopies, seedOfCopy } from "../training/copies.ts";
import type { AveragedEvent } from "../training/events.ts";
import { resumeTrial, runTrial, type TrialRun } from "./trial.ts";

/** A copy whose process was left without its parent ends after its update; so long is waited for it. */
const ORPHAN_MILLISECONDS = 10_000;

/**
 * Phases 2 and 3 of SWAP, where the run has ended phase 1: the copies train in processes of their own, as many at once
 * as the processor has room for, each a run below `copies/` that is gone on with where it was begun before; then their
 * weights are averaged. Undefined where the signal aborts. Throws `ReportedError` with the exit code of a copy that
 * fails, which has said why.
 */
export async function averageCopies(scene: CopyScene): Promise<AveragedEvent | undefined> {
  const { plan, prepared, run, signal } = scene;
  const beating = setInterval(() => run.heartbeat(), 1000);
  try {
    const waiting = Array.from({ length: plan.workers }, (_, i) => i + 1);
    const room = Math.max(1, Math.floor(availableParallelism() / prepared.options.threads));
    const lane = async () => {
      for (let copy = waiting.shift(); copy !== undefined && !signal.aborted; copy = waiting.shift())
        await trainCopy(scene, copy);
    };
    const lanes = await Promise.allSettled(Array.from({ length: room }, lane));
    const failed = lanes.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
    const averaged = signal.aborted ? undefined : await average(scene);
    return averaged && { kind: "averaged", ...averaged };
  } finally {
    clearInterval(beating);
  }
}

const folderOf = ({ path }: { readonly path: string }, copy: number) => join(path, "copies", String(copy));

/** The run of a copy, where one was begun. */
function runOfCopy(run: { readonly path: string }, copy: number): Run | undefined {
  return listRuns(folderOf(run, copy)).runs[0];
}

async function trainCopy({ prepared, plan, run, tell, signal }: CopyScene, copy: number): Promise<void> {
  const begun = runOfCopy(run, copy);
  if (begun?.status === "finished") return;
  const dir = folderOf(run, copy);
  for (let waited = 0; begun && isInUse(begun) && waited < ORPHAN_MILLISECONDS; waited += 100) await sleep(100);
  const initFrom = listCheckpoints(run).at(-1)!.path;
  const of = { kind: "copy", copy, copies: plan.workers } as const;
  tell({ ...of, state: begun ? "resumed" : "started" });
  const means = { store: dir, signal, seed: seedOfCopy(prepared.options.seed, copy) };
  const trained = await (begun
    ? resumeTrial(begun.path, means)
    : runTrial(resolveConfiguration(optionsOfCopy(prepared.configuration, plan, { copy, initFrom, dir }), {}), means));
  if (trained.kind === "finished") {
    const { validationLoss = Number.NaN, validationAccuracy } = trained.result.summary.last ?? {};
    tell({ ...of, state: "finished", validationLoss, validationAccuracy });
  } else if (trained.kind !== "paused" && !signal.aborted) {
    tell({ ...of, state: "failed", reason: reasonOf(trained) });
    throw failure(trained);
  }
}

function isInUse({ path }: Run): boolean {
  return lockState({ path }) === "held" || readRun(path)?.status === "running";
}

/** Nothing tells a copy to pause. */
type Failed = Exclude<TrialRun, { kind: "finished" | "paused" }>;

function reasonOf(trained: Failed): string {
  return trained.kind === "stopped" ? trained.signal : (trained.by ?? trained.lastWords);
}

/** A copy that somebody else stops has failed to give its weights. */
function failure(trained: Failed): ReportedError {
  return trained.kind === "stopped"
    ? new ReportedError(exitCodeOfSignal(trained.signal), null)
    : new ReportedError(trained.exitCode, trained.by);
}

/** The mean of the copies' last weights. */
async function average({ engine, prepared: { options }, plan, run, signal }: CopyScene) {
  let mean: WeightAverage | undefined;
  for (let copy = 1; copy <= plan.workers; copy++) {
    const last = listCheckpoints(runOfCopy(run, copy) ?? { path: folderOf(run, copy) }).at(-1);
    if (last === undefined)
      throw new DataError(
        `${folderOf(run, copy)}: expected a run that trained copy ${copy}, got none; remove the folder`,
      );
    mean = addCopy(mean, options, { bytes: readCheckpoint(last), file: last.path });
  }
  return averageOfCopies(engine, options, { window: [plan.batchSize] }, mean!, signal);
}
