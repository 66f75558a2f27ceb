import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** The names of files that are being written. */

const TEMPORARY = /\.(?:([0-9a-f]{8})-)?(\d+)\.tmp$/;

/** The name under which process `pid` of this machine writes the file `path`, until it is whole. */
export function temporaryPath(path: string, pid: number = process.pid): string {
  return `${path}.${machine()}-${pid}.tmp`;
}

/** The name without what `temporaryPath` added, and whether that was there. */
export function finalName(name: string): { readonly name: string; readonly temporary: boolean } {
  const temporary = TEMPORARY.test(name);
  return { name: temporary ? name.replace(TEMPORARY, "") : name, temporary };
}

/**
 * Whether a file that is being written belongs to no process any more, as far as its name tells. Numbers of processes
 * are compared only where they are this machine's: another host or container may well be writing a file whose number
 * nobody has here.
 */
export function isLeftBehind(name: string): boolean {
  const [, on, pid] = TEMPORARY.exec(name) ?? [];
  return on === machine() && !isAlive(Number(pid));
}

/** Whether another process of this machine has the number. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

let known: string | undefined;

/**
 * What is the same where two numbers of processes can be compared: host, boot and, in containers, the numbers' own
 * space.
 */
function machine(): string {
  const about = () => [
    hostname(),
    attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")),
    attempt(() => readlinkSync("/proc/self/ns/pid")),
  ];
  known ??= createHash("sha256").update(JSON.stringify(about())).digest("hex").slice(0, 8);
  return known;
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    // Not on Linux.
    return "";
  }
}
