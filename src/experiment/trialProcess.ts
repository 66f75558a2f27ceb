import { writeFileSync } from "node:fs";
import { peakMemory } from "../session/memory.ts";
import { inTrainFlags } from "../session/options/flags.ts";
import { besides, runTask, type TaskChild, type TaskEnd, type TaskOptions } from "../session/ownProcess.ts";
import type { TrialEnd } from "../store/findings.ts";
import type { TrialOutcome } from "./microBatchSearch.ts";
import type { MicroBatchWork, TrialReport, UpdateTimes } from "./microBatchTask.ts";
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

type Means = Pick<TaskOptions<never>, "signal" | "argv" | "program">;

const module = besides(import.meta.url, "microBatchTask");

/**
 * Makes one trial (`tryMicroBatch`) in a process of its own, and says what became of it. A process that holds more than
 * `limitBytes` is killed on the way, which is an answer, as is a crash for want of memory. Where memory of another
 * process cannot be looked at (Linux only), its own report decides. `signal` ends the process, for which its reason is
 * thrown.
 */
export async function runTrialProcess(
  work: Extract<MicroBatchWork, { kind: "trial" }>,
  limitBytes: number,
  means: Means = {},
): Promise<TrialOutcome> {
  let killedAt = Number.NaN;
  const attend = (child: TaskChild) => guardMemory(child, limitBytes, (peak) => (killedAt = peak));
  const end = await runTask<Partial<TrialReport>>({ module, argument: work }, { ...means, attend });
  means.signal?.throwIfAborted();
  return outcomeOf(end, { killedAt, limitBytes });
}

/** Kills a child that holds more than the limit before it has said how much it takes. */
function guardMemory(child: TaskChild, limitBytes: number, tell: (peak: number) => void): () => void {
  preferToKill(child.pid);
  const timer = setInterval(() => {
    const peak = child.pid === undefined || child.hasAnswered() ? Number.NaN : peakMemory(child.pid);
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
  { code, by, result, stderr, lastWords }: TaskEnd<Partial<TrialReport>>,
  { killedAt, limitBytes }: { readonly killedAt: number; readonly limitBytes: number },
): TrialOutcome {
  if (!Number.isNaN(killedAt)) return { kind: "memory", peakBytes: killedAt, end: { kind: "stopped" } };
  const last = lastWords.slice(-WORDS);
  if (code === 0) {
    const { peakBytes } = result ?? {};
    if (peakBytes === undefined) return { kind: "failed", end: { kind: "noTrial", output: lastWords.slice(0, 200) } };
    return peakBytes <= limitBytes
      ? { kind: "fits", peakBytes }
      : { kind: "memory", peakBytes, end: { kind: "overLimit" } };
  }
  if (by !== null && KILLED.has(by))
    return { kind: "memory", peakBytes: Number.NaN, end: { kind: "signal", signal: by } };
  // A shell or a launcher in between turns a signal into 128 + its number.
  if (code === 137 || code === 134 || OUT_OF_MEMORY.test(stderr) || OUT_OF_MEMORY.test(last))
    return { kind: "memory", peakBytes: Number.NaN, end: endOf(last, code, by) };
  return { kind: "failed", end: endOf(last, code, by) };
}

/** Its last words, else how it ended. */
function endOf(last: string, code: number | null, by: NodeJS.Signals | null): TrialEnd {
  if (last) return { kind: "said", words: inTrainFlags(last) };
  return by === null ? { kind: "exit", code: code! } : { kind: "signal", signal: by };
}

/**
 * Times micro-batches (`timeMicroBatches`) in a process of its own; how that ended where it did not. `signal` ends the
 * process, for which its reason is thrown.
 */
export async function runTimingProcess(
  work: Extract<MicroBatchWork, { kind: "times" }>,
  means: Means = {},
): Promise<MicroBatchTimes | TrialEnd> {
  return resultOf<MicroBatchTimes>(work, means);
}

/** The same for whole updates of a window (`timeUpdates`). */
export async function runUpdatesProcess(
  work: Extract<MicroBatchWork, { kind: "updates" }>,
  means: Means = {},
): Promise<UpdateTimes | TrialEnd> {
  return resultOf<UpdateTimes>(work, means);
}

async function resultOf<Result>(work: MicroBatchWork, means: Means): Promise<Result | TrialEnd> {
  const { code, by, result, lastWords } = await runTask<Result>({ module, argument: work }, means);
  means.signal?.throwIfAborted();
  return result ?? endOf(lastWords.slice(-WORDS), code, by);
}
