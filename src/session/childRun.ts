import { spawn } from "node:child_process";
import { once } from "node:events";
import type { RunResult } from "../cli/terminal/follow.ts";
import { recordDeath } from "../store/lost.ts";
import { kebab } from "../tensor/kebab.ts";
import { InterruptedError, ReportedError } from "./ends.ts";
import { exitCodeOfSignal, stopSignalOf, stopSignals } from "./stopSignals.ts";

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

/**
 * Trains once for each of these options, one after the other, each in a process of its own: the most memory that a
 * process ever held never falls again, so that of several runs in one process only the first could say what it took.
 * The results are collected with `json`; else each process prints its own. `directory` is the store. The first that fails ends it: throws
 * `ReportedError` with its exit code, or `InterruptedError`.
 */
export async function trainApart(
  runs: readonly Readonly<Record<string, unknown>>[],
  { json, directory }: { readonly json: boolean; readonly directory: string },
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (const flags of runs) {
    const printed = await trainInProcess(argumentsOf(flags), json, directory);
    if (json) results.push(JSON.parse(printed) as RunResult);
  }
  return results;
}

async function trainInProcess(options: readonly string[], json: boolean, directory: string): Promise<string> {
  // Over the channel a child learns that its parent is gone (`endWithParent`).
  const stdio = ["inherit", json ? "pipe" : "inherit", "inherit", "ipc"] as const;
  const argv = [...process.execArgv, process.argv[1]!, "train", ...options];
  const child = spawn(process.execPath, argv, { stdio: [...stdio] });
  let printed = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  // The command takes two signals that come together, from the terminal and from here, for one.
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const one of stopSignals) process.on(one, pass);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    const exit = code ?? exitCodeOfSignal(signal!);
    const stop = stopSignalOf(exit);
    if (stop !== undefined) throw new InterruptedError(stop);
    if (signal !== null) recordDeath(directory, child.pid, `ended by ${signal}`);
    if (exit !== 0) throw new ReportedError(exit, signal);
    return printed;
  } finally {
    for (const one of stopSignals) process.off(one, pass);
  }
}
