import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { wholeNumber } from "../../session/numbers.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { openSweep } from "../../store/studies/sweep.ts";
import type { SweepStoreFlags } from "./listSweeps.ts";
import { jobsOf, type QueueFlags, queueFlagsOf } from "./queueFlags.ts";
import { runAndTell } from "./sweep.ts";

interface ResumeFlags extends SweepStoreFlags {
  readonly jobs?: string;
  readonly retries?: string;
  readonly queue?: QueueFlags["queue"];
  readonly queueName?: QueueFlags["queueName"];
}

/** The command `sweep resume`: goes on with a sweep, as the command that began it would. */
export async function resumeSweepCommand(name: string, flags: ResumeFlags): Promise<void> {
  const { dir, json = false, jobs, retries = "1", queue, queueName } = flags;
  const means = { jobs: jobsOf(jobs, queue), retries: wholeNumber("--retries", retries, 0) };
  const queueFlags = queueFlagsOf({ queue, queueName });
  const directory = resolve(storeDirectory(dir));
  const { file } = openSweep(directory, name);
  // Relative paths of its options begin where it did.
  if (existsSync(file.directory)) process.chdir(file.directory);
  const { id, specification, trials, seeds } = file;
  await runAndTell({ id, specification, trials, seeds }, { ...means, directory, json, queueFlags });
}
