import { writeFileSync } from "node:fs";
import { type Child, type ChildEnd, runChild } from "../session/childRun.ts";
import { peakMemory } from "../session/memory.ts";
import type { TrialEnd } from "../store/findings.ts";
import type { TrialOutcome } from "./microBatchSearch.ts";
import type { MicroBatchTimes } from "./microBatchTimes.ts";

/** How often a trial's memory is looked at, so that one that grows without bounds takes no other process with it. */
const LOOK_MILLISECONDS = 20;
/** Characters of a failed process's last words. */
const WORDS = 2000;
/** What engines, Node and the C library say when memory is not to be had. */
const OUT_OF_MEMORY =
  /bad_alloc|out of memory|alloc(ation|ate)? ?.{0,40}fail|fail.{0,40}alloc|Array buffer allocation/i;
/** How a process ends that the system kills, or that aborts because memory is not to be had. */
const KILLED: ReadonlySet<string> = new Set(["SIGKILL", "SIGABRT", "SIGSEGV", "SIGBUS", "SIGTRAP"]);

/** What a trial's process writes: a line of JSON. */
export interface TrialReport {
  readonly peakBytes: number;
}

/** Writes what a process of its own found, a trial or the times. */
export function writeReport(write: (text: string) => void, report: TrialReport | MicroBatchTimes): void {
  write(`${JSON.stringify(report)}\n`);
}

/**
 * Runs a program that makes one trial (`tryMicroBatch`) and writes it with `writeReport`, and says what became of it. A
 * process that holds more than `limitBytes` is killed on the way, which is an answer, as is a crash for want of memory.
 * Where memory of another process cannot be looked at (Linux only), its own report decides. `signal` ends the process,
 * for which its reason is thrown.
 */
export async function runTrialProcess(
  program: string,
  argv: readonly string[],
  limitBytes: number,
  signal?: AbortSignal,
): Promise<TrialOutcome> {
  let killedAt = Number.NaN;
  const attend = (child: Child) => guardMemory(child, limitBytes, (peak) => (killedAt = peak));
  const end = await runChild(argv, { program, signal, attend });
  signal?.throwIfAborted();
  return outcomeOf(end, { killedAt, limitBytes });
}

/** Kills a child that holds more than the limit before it has said how much it takes. */
function guardMemory(child: Child, limitBytes: number, tell: (peak: number) => void): () => void {
  preferToKill(child.pid);
  const timer = setInterval(() => {
    const peak = child.pid === undefined || child.written.stdout.includes("\n") ? Number.NaN : peakMemory(child.pid);
    if (!(peak > limitBytes)) return;
    tell(peak);
    child.kill("SIGKILL");
    clearInterval(timer);
  }, LOOK_MILLISECONDS);
  return () => clearInterval(timer);
}

/** Where the system itself runs out of memory, it is to end the trial and nothing else. */
function preferToKill(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, "1000");
  } catch {
    // Other systems choose in other ways; the guard remains.
  }
}

function outcomeOf(
  { code, by, stdout, stderr }: ChildEnd,
  { killedAt, limitBytes }: { readonly killedAt: number; readonly limitBytes: number },
): TrialOutcome {
  if (!Number.isNaN(killedAt)) return { kind: "memory", peakBytes: killedAt, end: { kind: "stopped" } };
  const last = lastWords(stderr);
  if (code === 0) {
    const trial = parsed<TrialReport>(stdout);
    if (typeof trial?.peakBytes !== "number")
      return { kind: "failed", end: { kind: "noTrial", output: stdout.slice(0, 200) } };
    return trial.peakBytes <= limitBytes
      ? { kind: "fits", peakBytes: trial.peakBytes }
      : { kind: "memory", peakBytes: trial.peakBytes, end: { kind: "overLimit" } };
  }
  if (by !== null && KILLED.has(by))
    return { kind: "memory", peakBytes: Number.NaN, end: { kind: "signal", signal: by } };
  // A shell or a launcher in between turns a signal into 128 + its number.
  if (code === 137 || code === 134 || OUT_OF_MEMORY.test(stderr))
    return { kind: "memory", peakBytes: Number.NaN, end: endOf(last, code, by) };
  return { kind: "failed", end: endOf(last, code, by) };
}

/** Its last words, else how it ended. */
function endOf(last: string, code: number | null, by: NodeJS.Signals | null): TrialEnd {
  if (last) return { kind: "said", words: last };
  return by === null ? { kind: "exit", code: code! } : { kind: "signal", signal: by };
}

/**
 * Runs a program that times micro-batches (`timeMicroBatches`) and writes it with `writeReport`; how it ended where it
 * did not. `signal` ends the process, for which its reason is thrown.
 */
export async function runTimingProcess(
  program: string,
  argv: readonly string[],
  signal?: AbortSignal,
): Promise<MicroBatchTimes | TrialEnd> {
  const { code, by, stdout, stderr } = await runChild(argv, { program, signal });
  signal?.throwIfAborted();
  if (code !== 0) return endOf(lastWords(stderr), code, by);
  const found = parsed<Omit<MicroBatchTimes, "share"> & { readonly share: number | null }>(stdout);
  const { times, clock = "wall", share } = found ?? {};
  if (!times) return { kind: "noTrial", output: stdout.slice(0, 200) };
  // JSON has no NaN.
  return { times, clock, share: share ?? Number.NaN };
}

function lastWords(stderr: string): string {
  const last = stderr.trim().split("\n").at(-1) ?? "";
  return last.replace(/^batchscope: error: /, "").slice(-WORDS);
}

function parsed<T>(text: string): Partial<T> | undefined {
  try {
    return JSON.parse(text) as Partial<T>;
  } catch {
    return undefined;
  }
}
