import { existsSync, statSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { join } from "node:path";
import { lockState } from "./lock.ts";
import type { RunRecord } from "./schema.ts";

/** Many times what passes between two heartbeats, and more than clocks of one cluster differ. */
const STALE_MILLISECONDS = 10 * 60_000;

/**
 * Whether the process of a run that says "running" is gone. A lock that is held tells that it is not, wherever it is;
 * on this host also a busy one that has not beaten for long counts as alive. Else its signs of life are what there is.
 */
export function isGone(path: string, record: RunRecord): boolean {
  const state = existsSync(join(path, "lock")) ? lockState({ path }) : "unknown";
  if (state === "held") return false;
  // On another host a lock may be one that this one does not see.
  if (record.host !== hostname()) return isSilent(path, record);
  if (!isProcess(record.pid)) return true;
  // In a container that was started again the same number is another process.
  if (state === "free") return true;
  return isSilent(path, record) || isBeforeStart(record);
}

/**
 * Whether no sign of life is younger than ten minutes: neither the time in the record, which is that of the run's host,
 * nor the time at which the record was written, which on a network is that of the server. A clock that was set wrong
 * spoils one of them, and a time that lies ahead is no sign of life for longer than ten minutes either.
 */
function isSilent(path: string, { heartbeatAt }: RunRecord): boolean {
  const now = Date.now();
  const times = [Date.parse(heartbeatAt), statSync(join(path, "run.json")).mtimeMs];
  return times.every((time) => !(Math.abs(now - time) <= STALE_MILLISECONDS));
}

/** After a reboot the number may belong to another process. */
function isBeforeStart({ heartbeatAt }: RunRecord): boolean {
  return Date.now() - Date.parse(heartbeatAt) > uptime() * 1000;
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
