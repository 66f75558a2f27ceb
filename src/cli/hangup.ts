import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** Ancestors that are asked. */
const GENERATIONS = 16;
/** SIGHUP is the first signal, and the lowest bit of a mask of signals. */
const HANGUP = 1n;
/**
 * Of open flags: the two that say whether a file is read, written or both, and their value for a file that is only
 * written.
 */
const [ACCESS, WRITE_ONLY] = [3, 1];

/**
 * Whether the end of the terminal is to be ignored, as `nohup` and `trap '' HUP` ask. Node forgets at its start what
 * the program before it ignored, so that only traces tell: the shell's variable of what it started, the input that
 * `nohup` leaves, or a parent of the same job that ignores it or was itself started by `nohup`, as `npx` may be. False
 * on systems where nothing can be found out.
 */
export function ignoresHangup(environment: NodeJS.ProcessEnv): boolean {
  return isNohup(environment._ ?? "") || orFalse(inputIsOfNohup) || orFalse(jobIgnores);
}

let isIgnored = false;

/** From now on the end of the terminal ends nothing. */
export function ignoreHangup(): void {
  if (isIgnored) return;
  isIgnored = true;
  process.on("SIGHUP", () => {});
}

export function hangupIsIgnored(): boolean {
  return isIgnored;
}

function isNohup(program: string): boolean {
  return basename(program) === "nohup";
}

function orFalse(find: () => boolean): boolean {
  try {
    return find();
  } catch {
    return false;
  }
}

/** In the place of a terminal it leaves the null device, opened in such a way that reading it fails. */
function inputIsOfNohup(): boolean {
  if (readlinkSync("/proc/self/fd/0") !== "/dev/null") return false;
  const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync("/proc/self/fdinfo/0", "utf8"))?.[1] ?? "0";
  return (Number.parseInt(flags, 8) & ACCESS) === WRITE_ONLY;
}

function jobIgnores(): boolean {
  const own = statOf(process.pid);
  let { parent } = own;
  for (let i = 0; i < GENERATIONS && parent > 1; i++) {
    const stat = statOf(parent);
    if (stat.group !== own.group) return false;
    const ignored = /^SigIgn:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${parent}/status`, "utf8"))?.[1] ?? "0";
    if ((BigInt(`0x${ignored}`) & HANGUP) !== 0n || startedByNohup(parent)) return true;
    parent = stat.parent;
  }
  return false;
}

/** By the variables with which a process began, whatever it gives to those that it starts. */
function startedByNohup(pid: number): boolean {
  const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return variables.some((one) => one.startsWith("_=") && isNohup(one.slice(2)));
}

/** The name stands in parentheses and may hold any character; state, parent and process group follow it. */
function statOf(pid: number): { readonly parent: number; readonly group: number } {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [, parent, group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(parent), group: Number(group) };
}
