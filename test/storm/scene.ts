import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "vitest";
import { readMetrics } from "../../src/store/metricsReader.ts";
import type { RunRow } from "../../src/store/rowIndex.ts";
import { listRows } from "../../src/store/runIndex.ts";
import { type Outcome, type Started, start } from "../cli/harness.ts";

/** A study of so many tiny trials, two arms of which are paired by seed. */
export const tiny = (trials: number) => [
  ...["compare", "--model", "linear", "--data", "iris", "--gradient-accumulation-steps", "1,4"],
  ...["--seeds", `${trials / 2}`, "--budget", "examples=64", "--study", "s", "--dir", "store", "--json"],
];

/** The lines of a study's log of trials. */
export function trialLines(folder: string): { trial: string; state: string; run: string | null; attempt: number }[] {
  const path = join(folder, "store", "studies", "s", "trials.jsonl");
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line));
}

/** How often something is looked for: a storm has hundreds of trials, whose log each look reads. */
const LOOK_MILLISECONDS = 100;

/** Trials that are written down as ended. */
const ended = (folder: string) =>
  new Set(trialLines(folder).flatMap(({ trial, state }) => (state === "done" ? [trial] : [])));

/** Waits until something is so, however long that takes. */
export async function until(is: () => boolean): Promise<void> {
  while (!is()) await setTimeout(LOOK_MILLISECONDS);
}

export interface Persisting {
  /** Called after each kill. */
  readonly killed?: () => void;
  /** Called with the process number each time that the command begins. */
  readonly begun?: (pid: number) => void;
  /** Whether every second kill takes the processes of its trials too, as the loss of a machine does. */
  readonly withChildren?: boolean;
}

/**
 * Runs a command until it ends by itself; as soon as so many trials are written down as ended, it is killed, and given
 * again.
 */
export async function persisted(
  argv: readonly string[],
  folder: string,
  kills: readonly number[],
  { killed = () => {}, begun = () => {}, withChildren = false }: Persisting = {},
): Promise<Outcome> {
  for (const [i, at] of [...kills, Number.POSITIVE_INFINITY].entries()) {
    const { child, ended: end } = start(argv, { cwd: folder, detached: true });
    begun(child.pid!);
    await Promise.race([until(() => child.exitCode !== null || ended(folder).size >= at), end]);
    if (child.exitCode !== null) return end;
    process.kill(withChildren && i % 2 === 1 ? -child.pid! : child.pid!, "SIGKILL");
    await end;
    killed();
  }
  throw new Error("expected the command to end by itself, got its death");
}

/** The processes that a process began and that still run. Linux only. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** The runs of a study by the trial that each is of. */
export function runsByTrial(folder: string): Map<string, RunRow[]> {
  return Map.groupBy(listRows(join(folder, "store")).rows, ({ trialOf }) => trialOf?.split("/")[1] ?? "");
}

/** What a run recorded, but for times. */
export function numbersOf(folder: string, run: string): unknown {
  return readMetrics({ path: join(folder, "store", "runs", run) }).map((record) => {
    const kept = Object.entries(record).filter(([name]) => !/seconds|memory|at$|time/i.test(name));
    return Object.fromEntries(kept);
  });
}

/** Every trial has ended once, as one run that is whole, and no other run of it has. */
export function expectEachOnce(folder: string, trials: number): Map<string, string> {
  const done = trialLines(folder).filter(({ state }) => state === "done");
  expect(done).toHaveLength(trials);
  expect(new Set(done.map(({ trial }) => trial)).size).toBe(trials);
  expect(new Set(done.map(({ run }) => run)).size).toBe(trials);
  const runs = runsByTrial(folder);
  expect([...runs.keys()].toSorted()).toEqual(done.map(({ trial }) => trial).toSorted());
  for (const { trial, run } of done) {
    const whole = runs.get(trial)!.filter(({ status }) => status === "finished");
    expect(whole.map(({ id }) => id)).toEqual([run]);
  }
  return new Map(done.map(({ trial, run }) => [trial, run!]));
}

/** A worker that is started again whenever it was killed. */
export interface KeptWorker {
  current: Started;
  /** Kills it, with no word, and starts another in its place. */
  replace(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<Outcome>;
}

export function keepWorker(argv: readonly string[], folder: string, env: Record<string, string>): KeptWorker {
  const begin = () => start(argv, { cwd: folder, env });
  const kept: KeptWorker = {
    current: begin(),
    async replace() {
      kept.current.child.kill("SIGKILL");
      await kept.current.ended;
      kept.current = begin();
    },
    stop() {
      kept.current.child.kill("SIGTERM");
      return kept.current.ended;
    },
  };
  return kept;
}
