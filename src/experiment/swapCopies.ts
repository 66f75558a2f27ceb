import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunResult } from "../cli/terminal/follow.ts";
import { averageWeights, type WeightAverage } from "../optimizer/averageWeights.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Engine } from "../runtime/engine.ts";
import { argumentsOf } from "../session/childRun.ts";
import { ReportedError } from "../session/ends.ts";
import { optionsOfCopy, type SwapPlan } from "../session/options/swapPlan.ts";
import type { Prepared } from "../session/prepared.ts";
import { exitCodeOfSignal, stopSignalOf } from "../session/stopSignals.ts";
import { listCheckpoints, readCheckpoint } from "../store/checkpoints.ts";
import { lockState } from "../store/lock.ts";
import { recordDeath } from "../store/lost.ts";
import { listRuns, type Run, readRun } from "../store/runs.ts";
import type { RunWriter } from "../store/writer.ts";
import { DataError } from "../tensor/errors.ts";
import { averagedModel } from "../training/averagedModel.ts";
import { restoreModel } from "../training/checkpoint.ts";
import type { AveragedEvent } from "../training/events.ts";
import { newTrainingState } from "../training/state.ts";
import { unlessAborted } from "../training/unlessAborted.ts";

/** A copy whose process was left without its parent ends after its update; so long is waited for it. */
const ORPHAN_MILLISECONDS = 10_000;

interface Scene {
  readonly engine: Engine;
  readonly prepared: Prepared;
  readonly plan: SwapPlan;
  readonly run: RunWriter;
  /** A line for the log and the terminal. */
  readonly say: (line: string) => void;
  readonly aborted: AbortSignal;
}

/**
 * Phases 2 and 3 of SWAP, where the run has ended phase 1: the copies train in processes of their own, as many at once as the processor
 * has room for, each a run below `copies/` that is gone on with where it was begun before; then their weights are averaged. Undefined
 * where the signal aborts. Throws `ReportedError` with the exit code of a copy that fails, which has said why.
 */
export async function averageCopies(scene: Scene): Promise<AveragedEvent | undefined> {
  const { plan, prepared, run, aborted } = scene;
  const beating = setInterval(() => run.heartbeat(), 1000);
  try {
    const waiting = Array.from({ length: plan.workers }, (_, i) => i + 1);
    const room = Math.max(1, Math.floor(availableParallelism() / prepared.options.threads));
    const lane = async () => {
      for (let copy = waiting.shift(); copy !== undefined && !aborted.aborted; copy = waiting.shift())
        await trainCopy(scene, copy);
    };
    const lanes = await Promise.allSettled(Array.from({ length: room }, lane));
    const failed = lanes.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
    const averaged = aborted.aborted ? undefined : await unlessAborted(aborted, average(scene));
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

async function trainCopy(scene: Scene, copy: number): Promise<void> {
  const { prepared, plan, run, say } = scene;
  const begun = runOfCopy(run, copy);
  if (begun?.status === "finished") return;
  const dir = folderOf(run, copy);
  for (let waited = 0; begun && isInUse(begun) && waited < ORPHAN_MILLISECONDS; waited += 100) await sleep(100);
  const initFrom = listCheckpoints(run).at(-1)!.path;
  const options = begun ? { resume: begun.path } : optionsOfCopy(prepared.configuration, plan, { copy, initFrom, dir });
  say(`copy ${copy} of ${plan.workers} ${begun ? "goes on" : "starts"}`);
  const result = await trainAside(scene, copy, argumentsOf({ ...options, progress: "none", json: true }));
  if (result === undefined) return;
  const { last } = result.summary;
  const accuracy =
    last?.validationAccuracy === undefined ? "" : `, accuracy ${(100 * last.validationAccuracy).toFixed(1)} %`;
  say(`copy ${copy} of ${plan.workers}: validation loss ${last?.validationLoss.toFixed(4)}${accuracy}`);
}

function isInUse({ path }: Run): boolean {
  return lockState({ path }) === "held" || readRun(path)?.status === "running";
}

/** The result of a process that trains a copy; undefined where it was stopped. Its validations are said as it goes. */
async function trainAside({ say, aborted, run }: Scene, copy: number, options: readonly string[]) {
  const argv = [...process.execArgv, process.argv[1]!, "train", ...options];
  // Over the channel a child learns that its parent is gone (`endWithParent`); its input may say that a terminal's end is ignored.
  const stdio = ["inherit", "pipe", "pipe", "ipc"] as const;
  const child = spawn(process.execPath, argv, { stdio: [...stdio] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]!.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  const stop = () => void child.kill("SIGTERM");
  aborted.addEventListener("abort", stop);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    if (code === 0) return JSON.parse(texts.stdout) as RunResult;
    if (aborted.aborted) return undefined;
    if (signal !== null) recordDeath(folderOf(run, copy), child.pid, `ended by ${signal}`);
    const last = texts.stderr.trim().split("\n").at(-1);
    say(`copy ${copy} failed: ${signal ?? stopSignalOf(code!) ?? last}`);
    throw new ReportedError(code ?? exitCodeOfSignal(signal!), signal);
  } finally {
    aborted.removeEventListener("abort", stop);
  }
}

/** The mean of the copies' last weights, in their order, with running statistics of its own. */
async function average({ engine, prepared, plan, run, aborted }: Scene) {
  const { options } = prepared;
  const state = newTrainingState(options.model, sgd());
  let mean: WeightAverage | undefined;
  for (let copy = 1; copy <= plan.workers; copy++) {
    const last = listCheckpoints(runOfCopy(run, copy) ?? { path: folderOf(run, copy) }).at(-1);
    if (last === undefined)
      throw new DataError(
        `${folderOf(run, copy)}: expected a run that trained copy ${copy}, got none; remove the folder`,
      );
    restoreModel(readCheckpoint(last), last.path, state);
    mean = averageWeights(mean, state.parameters);
  }
  return averagedModel(engine, { ...options, window: [plan.batchSize] }, mean!, aborted);
}
