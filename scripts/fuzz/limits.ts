import { readdirSync, readFileSync } from "node:fs";

/** What reading one file may take. */
export interface Limits {
  /** Of processor time, whatever else the machine does. */
  readonly seconds: number;
  readonly bytes: number;
  /** That all its threads sleep: it waits for something that does not come. */
  readonly idleSeconds: number;
}

export const defaultLimits: Limits = { seconds: 30, bytes: 1.5 * 2 ** 30, idleSeconds: 120 };

/** Linux counts processor time in ticks of this length, in seconds. */
const TICK = 0.01;
const PAGE = 4096;

export interface Usage {
  readonly seconds: number;
  readonly bytes: number;
  /** Whether every thread sleeps: one that wants to run and may not, on a busy machine, does not wait for anything. */
  readonly asleep: boolean;
}

/** What a process has taken; null where the system does not tell, or it is gone. */
export function usageOf(pid: number): Usage | null {
  try {
    const [, ...fields] = statOf(`/proc/${pid}/stat`);
    const [user, system, resident] = [11, 12, 21].map((field) => Number(fields[field - 1]));
    const asleep = readdirSync(`/proc/${pid}/task`).every(
      (thread) => statOf(`/proc/${pid}/task/${thread}/stat`)[0] === "S",
    );
    return { seconds: (user! + system!) * TICK, bytes: resident! * PAGE, asleep };
  } catch {
    return null;
  }
}

/** The fields behind the name, which stands in parentheses and may hold spaces. */
function statOf(path: string): string[] {
  return readFileSync(path, "latin1")
    .replace(/^.*\) /s, "")
    .split(" ");
}
