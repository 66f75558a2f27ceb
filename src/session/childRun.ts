import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { recordDeath } from "../store/lost.ts";
import { kebab } from "../tensor/kebab.ts";
import { InterruptedError, ReportedError } from "./ends.ts";
import type { RunResult } from "./result.ts";
import { exitCodeOfSignal, type StopSignal, stopSignalOf } from "./stopSignals.ts";

/** A process that runs. */
export interface Child {
  readonly pid: number | undefined;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** What it has written so far, where that is collected. */
  readonly written: { readonly stdout: string; readonly stderr: string };
}

export interface ChildOptions {
  /** Default Node. */
  readonly program?: string;
  /** The streams of this process that the child writes to; the others are collected. Default none. */
  readonly shared?: readonly ("stdout" | "stderr")[];
  /** What the child is told over its channel, as structured clones are made. */
  readonly message?: object | undefined;
  /** Is told what the child says over its channel. */
  readonly hear?: ((message: unknown) => void) | undefined;
  /** Asks the child to end where it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Called as the child begins; gives what is called once it has ended. */
  readonly attend?: (child: Child) => () => void;
}

/** How a process ended: with an exit code, or `by` a signal. */
export interface ChildEnd {
  readonly pid: number | undefined;
  readonly code: number | null;
  readonly by: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end. Over a channel the child learns that this process is gone; its input is this one's, which
 * may say that a terminal's end is to be ignored. Throws what the system says where the program cannot be started.
 */
export async function runChild(
  argv: readonly string[],
  { program = process.execPath, shared = [], message, hear, signal, attend = () => () => {} }: ChildOptions = {},
): Promise<ChildEnd> {
  const output = (name: "stdout" | "stderr") => (shared.includes(name) ? "inherit" : "pipe");
  const stdio = ["inherit", output("stdout"), output("stderr"), "ipc"] as const;
  // JSON, the default, has no NaN.
  const child = spawn(program, argv, { stdio: [...stdio], serialization: message ? "advanced" : "json" });
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  if (hear) child.on("message", hear);
  // One that has ended already is told nothing.
  if (message) child.send(message, () => {});
  const stop = () => void child.kill("SIGTERM");
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  const leave = attend({ pid: child.pid, kill: (one) => void child.kill(one), written });
  try {
    const [code, by] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { pid: child.pid, code, by, ...written };
  } finally {
    signal?.removeEventListener("abort", stop);
    leave();
  }
}

/** Node's arguments that run this program's command line with these. */
export function commandLine(argv: readonly string[]): string[] {
  return [...inherited(process.execArgv), fileURLToPath(new URL("../../bin/batchscope.js", import.meta.url)), ...argv];
}

/** What Node is started with in place of a file, and where that stands in an argument of its own. */
const inPlaceOfFile = /^(-p?e|-p|--eval|--print|--input-type)(=.*)?$/;

/**
 * The arguments of this Node for one that runs another file: a program that this one was given as text would be run
 * again, and start itself without end.
 */
export function inherited(execArgv: readonly string[]): string[] {
  return execArgv.filter((argument, i) => {
    const before = inPlaceOfFile.exec(execArgv[i - 1] ?? "");
    return !inPlaceOfFile.test(argument) && (before === null || before[2] !== undefined);
  });
}

/**
 * The options again as arguments: `flags` are commander's, by their names in camel case.
 *
 *     argumentsOf({ batchSize: "4", tensorboard: true, tag: ["a", "b"] })
 *     // ["--batch-size=4", "--tensorboard", "--tag=a", "--tag=b"]
 */
export function argumentsOf(flags: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    const flag = kebab(name);
    if (value === undefined) return [];
    if (typeof value === "boolean") return [value ? `--${flag}` : `--no-${flag}`];
    return (Array.isArray(value) ? value : [value]).map((one) => `--${flag}=${one}`);
  });
}

/** What became of a run in a process of its own. */
export type ChildRun =
  /** The result is null where it was printed instead of collected. */
  | { readonly kind: "finished"; readonly result: RunResult | null }
  /** In order, as a signal asked it to. */
  | { readonly kind: "stopped"; readonly signal: StopSignal }
  /** Its last words are empty where they were printed instead of collected. */
  | {
      readonly kind: "failed";
      readonly exitCode: number;
      readonly by: NodeJS.Signals | null;
      readonly lastWords: string;
    };

/**
 * Trains in a process of its own, with the options of `train` by their names: the most memory that a process ever held
 * never falls again, so that of several runs in one process only the first could say what it took. Where the child is
 * killed, its run in `store` gets to know by what.
 */
export async function childRun(
  flags: Readonly<Record<string, unknown>>,
  { store, ...options }: ChildOptions & { readonly store: string },
): Promise<ChildRun> {
  const end = await runChild(commandLine(["train", ...argumentsOf(flags)]), options);
  const { pid, code, by, stdout, stderr } = end;
  if (code === 0) return { kind: "finished", result: flags.json ? (JSON.parse(stdout) as RunResult) : null };
  const exitCode = code ?? exitCodeOfSignal(by!);
  const signal = stopSignalOf(exitCode);
  if (by !== null) recordDeath(store, pid, `ended by ${by}`);
  if (signal !== undefined) return { kind: "stopped", signal };
  return { kind: "failed", exitCode, by, lastWords: stderr.trim().split("\n").at(-1)! };
}

/**
 * Trains once for each of these options, one after the other. The results are collected with `json`; else each process
 * prints its own. `store` is where they are written. The first that fails ends it: throws `ReportedError` with its exit
 * code, or `InterruptedError`.
 */
export async function trainApart(
  runs: readonly Readonly<Record<string, unknown>>[],
  { json, ...options }: { readonly json: boolean; readonly store: string } & Pick<ChildOptions, "signal" | "attend">,
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (const flags of runs) {
    const shared = json ? (["stderr"] as const) : (["stdout", "stderr"] as const);
    const run = await childRun(json ? { ...flags, json } : flags, { ...options, shared });
    if (run.kind === "stopped") throw new InterruptedError(run.signal);
    if (run.kind === "failed") throw new ReportedError(run.exitCode, run.by);
    if (run.result) results.push(run.result);
  }
  return results;
}
