import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answer, Ask } from "./child.ts";
import type { FaultKind, Verdict } from "./format.ts";
import type { Phase } from "./judge.ts";
import { type Limits, usageOf } from "./limits.ts";
import { CASE } from "./prepare.ts";

/** Files that one process reads before another takes its place, so that what it leaks says nothing of the next file. */
const FILES = 400;
const LOOK_MILLISECONDS = 50;
/** Of the process itself, which ends with its error where the watcher does not see it grow. */
const HEAP_MEBIBYTES = 1536;

export interface Judged {
  readonly verdict: Verdict;
  /** Second readers that are not on this machine. */
  readonly missing: readonly string[];
  /** Why the second reader gave no answer, where it was what the process died of. */
  readonly referenceFailed?: string;
}

export interface Worker {
  judge(ask: Ask): Promise<Judged>;
  stop(): void;
}

/**
 * A process that reads file after file in a folder of `root`, each within `limits`, of the `formats` that `module`
 * exports. One that dies is replaced, and its death is the verdict on the file that it was reading.
 */
export function startWorker(root: string, module: URL, limits: Limits): Worker {
  mkdirSync(root, { recursive: true });
  let child: ChildProcess | undefined;
  let left = 0;
  return {
    async judge(ask) {
      if (child === undefined || left === 0 || child.exitCode !== null || child.signalCode !== null) {
        child?.kill();
        [child, left] = [startChild(root, module), FILES];
      }
      left--;
      const judged = await ended(child, ask, limits);
      // What a fault leaves behind is no part of the next file.
      if (judged.verdict.kind === "fault") left = 0;
      return judged;
    },
    stop: () => child?.kill(),
  };
}

function startChild(root: string, module: URL): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !/^(BATCHSCOPE_|LC_|LANG|NODE_OPTIONS|VITEST)/.test(name));
  return fork(fileURLToPath(new URL("child.ts", import.meta.url)), [join(root, CASE), module.href], {
    cwd: root,
    env: {
      ...Object.fromEntries(own),
      LANG: "C.UTF-8",
      XDG_CACHE_HOME: join(root, "cache"),
      ORT_DISABLE_TELEMETRY: "1",
    },
    execArgv: [`--max-old-space-size=${HEAP_MEBIBYTES}`],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
  });
}

/** The verdict of the process, or on it. */
async function ended(child: ChildProcess, ask: Ask, limits: Limits): Promise<Judged> {
  const state: { phase: Phase; answer?: Judged; stopped?: FaultKind; said: string } = { phase: "making", said: "" };
  const hear = (text: Buffer) => {
    state.said = `${state.said}${text}`.slice(-4000);
  };
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", hear);
  const watching = watch(child, limits, (fault) => {
    state.stopped = fault;
    child.kill("SIGKILL");
  });
  await new Promise<void>((resolve) => {
    child.on("message", (answer: Answer) => {
      if ("phase" in answer) {
        state.phase = answer.phase;
        if (answer.phase === "making") watching.begin();
      } else {
        state.answer = answer;
        resolve();
      }
    });
    // After "exit" its last words may still be on their way.
    child.on("close", resolve);
    child.send(ask, () => {});
  });
  watching.stop();
  child.removeAllListeners();
  for (const stream of [child.stdout!, child.stderr!]) stream.off("data", hear);
  return state.answer ?? died(child, state.phase, state.stopped, state.said);
}

function died(
  { exitCode, signalCode }: ChildProcess,
  phase: Phase,
  stopped: FaultKind | undefined,
  said: string,
): Judged {
  const fault = stopped ?? (said.includes("heap out of memory") ? "memory" : "crash");
  const message = `${phase}: ended by ${signalCode ?? `exit code ${exitCode}`}: ${said.trim().slice(0, 600)}`;
  // The product has taken the file; that another program cannot read it is not our fault, and not its word either.
  if (phase === "comparing")
    return { verdict: { kind: "taken" }, missing: [], referenceFailed: `${fault}: ${message}` };
  return { verdict: { kind: "fault", fault, message }, missing: [] };
}

interface Watch {
  /** What was taken so far is no part of the file: the process has only now begun with it. */
  begin(): void;
  stop(): void;
}

/** Looks at what the process takes until it is told to stop; where the system does not tell, nothing is limited. */
function watch({ pid }: ChildProcess, limits: Limits, exceeded: (fault: FaultKind) => void): Watch {
  let [first, asleepSince] = [usageOf(pid!)?.seconds ?? 0, performance.now()];
  const look = () => {
    const usage = usageOf(pid!);
    if (usage === null) return;
    if (!usage.asleep) asleepSince = performance.now();
    if (usage.bytes > limits.bytes) exceeded("memory");
    else if (usage.seconds - first > limits.seconds || performance.now() - asleepSince > 1000 * limits.idleSeconds)
      exceeded("hang");
  };
  const watching = setInterval(look, LOOK_MILLISECONDS);
  return {
    begin() {
      [first, asleepSince] = [usageOf(pid!)?.seconds ?? first, performance.now()];
    },
    stop: () => clearInterval(watching),
  };
}
