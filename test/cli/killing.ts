import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { watch } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { batchscope, type Outcome, runsIn, start } from "./harness.ts";

/** What of a summary is the machine's and not the training's. */
const measured = ["seconds", "microBatchesPerSecond", "peakMemoryBytes"];

export type Artefacts = ReturnType<typeof artefacts>;

/**
 * What a run leaves that must not depend on interruptions: its metrics and its summary but for what the machine's speed
 * decides, each checkpoint's bytes by name, with what best.json and last.json name, and the average of the weights
 * where there is one.
 */
export function artefacts(run: string) {
  const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  const folder = join(run, "checkpoints");
  const average = join(run, "averaged.safetensors");
  const summary = JSON.parse(readFileSync(join(run, "summary.json"), "utf8"), (key, value) =>
    measured.includes(key) ? undefined : value,
  );
  return {
    summary,
    metrics: readFileSync(join(run, "metrics.jsonl"), "utf8").replaceAll(/"seconds":[-\d.e+]+/g, '"seconds":0'),
    checkpoints: readdirSync(folder)
      .sort()
      .map((name) => [name, digest(join(folder, name))]),
    average: existsSync(average) ? digest(average) : null,
  };
}

interface Scene {
  readonly cwd: string;
  readonly store: string;
  /** The arguments of `train`, without --dir. */
  readonly argv: readonly string[];
}

export interface Stop {
  readonly signal: NodeJS.Signals;
  /** To all of the run's processes, and not to the first alone. */
  readonly group?: boolean;
  /** So long after training began, or as soon as a checkpoint is being written. */
  readonly after: number | "writing";
}

const idsIn = (store: string) => runsIn(store).filter((id) => existsSync(join(store, "runs", id, "run.json")));

/** Begins the run, or goes on with it, and stops it unless it ends before. */
async function attempt({ cwd, store, argv }: Scene, { signal, group, after }: Stop): Promise<Outcome> {
  const [id] = idsIn(store);
  const started = start(
    id === undefined ? [...argv, "--dir", store] : ["train", "--resume", id, "--progress", "none", "--dir", store],
    { cwd, detached: true },
  );
  const enough = new AbortController();
  const stopping = (async () => {
    await started.said("radient accumulation");
    if (after === "writing") await writingBegins(join(store, "runs", idsIn(store)[0]!), enough.signal);
    else await sleep(after, undefined, { signal: enough.signal });
    if (group) process.kill(-started.child.pid!, signal);
    else started.child.kill(signal);
    // Ending before the stop is no failure.
  })().catch(() => {});
  const outcome = await started.ended;
  enough.abort();
  await stopping;
  return outcome;
}

async function writingBegins(run: string, signal: AbortSignal): Promise<void> {
  const folder = join(run, "checkpoints");
  mkdirSync(folder, { recursive: true });
  for await (const { filename } of watch(folder, { signal })) if (filename?.includes(".safetensors.")) return;
}

/**
 * Begins the run and stops it. How long a run lasts is the machine's affair: where it ended before the stop, it is
 * begun anew and stopped sooner.
 */
async function stopFirst(scene: Scene, stop: Stop, tries = 20): Promise<Outcome> {
  const outcome = await attempt(scene, stop);
  if (outcome.code !== 0 || tries === 1) return outcome;
  rmSync(scene.store, { recursive: true });
  return stopFirst(scene, { ...stop, after: stop.after === "writing" ? 0 : stop.after / 2 }, tries - 1);
}

/**
 * Stops a run each time that it was begun or gone on with, and lets it end at last. How often it was stopped, and left
 * half a file.
 */
export async function trainThroughStops(scene: Scene, stops: readonly Stop[]) {
  let [stopped, torn] = [0, 0];
  for (const [i, stop] of stops.entries()) {
    const { code } = await (i === 0 ? stopFirst : attempt)(scene, stop);
    if (code === 0) break;
    stopped++;
    const [id] = idsIn(scene.store);
    const files = id === undefined ? [] : readdirSync(join(scene.store, "runs", id), { recursive: true });
    if (files.some((name) => String(name).endsWith(".tmp"))) torn++;
  }
  const [id] = idsIn(scene.store);
  const finished =
    id !== undefined &&
    JSON.parse(readFileSync(join(scene.store, "runs", id, "run.json"), "utf8")).status === "finished";
  if (!finished) {
    const argv = id === undefined ? scene.argv : ["train", "--resume", id];
    const { code, stderr } = await batchscope([...argv, "--dir", scene.store], { cwd: scene.cwd });
    if (code !== 0) throw new Error(`expected the run to end, got ${code}: ${stderr}`);
  }
  return { stopped, torn, run: join(scene.store, "runs", idsIn(scene.store)[0]!) };
}
