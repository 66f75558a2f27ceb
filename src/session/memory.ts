import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import type { MemorySource } from "../store/findings.ts";
import { option, UsageError } from "../tensor/errors.ts";

export interface MemoryLimit {
  readonly bytes: number;
  readonly source: MemorySource;
}

/** Of what the system has, the share that training may take: the rest is for what it does beside. */
const SHARE = 0.9;

const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * The limit that `text` asks for: bytes, or a number with a unit (2GiB, 500MB); "auto" is nine tenths of the smallest
 * of what the machine has, what its control group allows, and what is free at present. Throws `UsageError` for other
 * words and for less than one byte, of the option `name`.
 */
export function memoryLimit(
  text: string,
  system: SystemMemory = systemMemory(),
  name: "memoryLimit" | "memory" = "memoryLimit",
): MemoryLimit {
  if (text.toLowerCase() === "auto") return automaticLimit(system);
  const [, number, unit] = /^(\d+(?:\.\d+)?) *([a-z]*)$/i.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit?.toLowerCase() ?? "?") ? units[unit!.toLowerCase()] : undefined;
  const bytes = Math.floor(Number(number) * (factor ?? Number.NaN));
  if (!(bytes >= 1))
    throw new UsageError(
      `${option(name)}: expected bytes, a number with a unit as 2GiB or 500MB, or auto, got "${text}"; change it`,
    );
  return { bytes, source: { kind: "asked", text } };
}

/** In bytes. */
export interface SystemMemory {
  readonly physical: number;
  /** Of the control group; null where there is none. */
  readonly allowed: number | null;
  readonly free: number;
}

function systemMemory(): SystemMemory {
  const physical = totalmem();
  const allowed = process.constrainedMemory();
  return { physical, allowed: allowed > 0 && allowed < physical ? allowed : null, free: process.availableMemory() };
}

function automaticLimit({ physical, allowed, free }: SystemMemory): MemoryLimit {
  const [bytes, kind] = [
    [physical, "machine"] as const,
    ...(allowed === null ? [] : [[allowed, "controlGroup"] as const]),
    [free, "free"] as const,
  ].reduce((least, one) => (one[0] < least[0] ? one : least));
  return { bytes: Math.floor(SHARE * bytes), source: { kind, share: SHARE } };
}

/**
 * Most memory that a process has ever held, in bytes; NaN where the system does not tell, or the process has ended.
 * Linux only for another process. Not `ru_maxrss`, which a child process inherits from its parent.
 */
export function peakMemory(pid: number | "self" = "self"): number {
  try {
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kibibytes ?? Number.NaN) * 1024;
  } catch {
    return pid === "self" ? process.resourceUsage().maxRSS * 1024 : Number.NaN;
  }
}
