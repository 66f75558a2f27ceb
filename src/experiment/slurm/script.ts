import { commandLine } from "../../session/childRun.ts";
import { option, UsageError } from "../../tensor/errors.ts";

/** What an array of jobs is made from. */
export interface ArrayRequest {
  readonly study: string;
  /** The store, as an absolute path. */
  readonly directory: string;
  /** Where logs go, as an absolute path. */
  readonly logs: string;
  /** Ascending numbers of trials. */
  readonly tasks: readonly number[];
  /** Options of sbatch, each a word. */
  readonly options: readonly string[];
}

/** Seconds before the time limit at which a trial ends with a checkpoint. */
const WARNING_SECONDS = 60;

/** The exit code of a trial that ended by that warning, as the shell counts SIGUSR1 on Linux. */
const WARNED = 138;

/**
 * The script of an array of jobs, one for each trial. A trial that the time limit ends goes on in a job of its own, as
 * does one whose node fails or is given to others.
 */
export function arrayScript({ study, directory, logs, tasks, options }: ArrayRequest): string {
  const command = commandLine(["worker", "--dir", directory, "--trial"]);
  return `#!/bin/sh
#SBATCH --job-name=${jobName(study)}
#SBATCH --array=${ranges(tasks)}
#SBATCH --output=${logs}/%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@${WARNING_SECONDS}
${options.map((one) => `#SBATCH ${one}\n`).join("")}
# The warning before the time limit comes to this shell alone.
trap 'kill -USR1 "$child"' USR1
trap 'kill -TERM "$child"' TERM
${[process.execPath, ...command].map(quoted).join(" ")} "${study}/$SLURM_ARRAY_TASK_ID" &
child=$!
wait "$child"
code=$?
# A signal ends the waiting, not the trial.
while [ "$code" -gt 128 ] && kill -0 "$child" 2> /dev/null; do
  wait "$child"
  code=$?
done
[ "$code" -eq ${WARNED} ] && exec scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
exit "$code"
`;
}

export const jobName = (study: string) => `batchscope-${study}`;

/** `1-3,7` */
export function ranges(numbers: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const number of numbers) {
    const last = spans.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else spans.push([number, number]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/** As one word of sh. */
const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** The options of sbatch in a text, which are told apart by spaces: each begins with a hyphen. Throws `UsageError`. */
export function sbatchOptions(text: string): string[] {
  const words = text.split(/\s+/).filter(Boolean);
  const isSound = words.every((word) => /^-[^\s#]*$/.test(word));
  if (isSound && !/[\n\r]/.test(text)) return words;
  throw new UsageError(
    `${option("slurmOptions")}: expected options of sbatch with their values behind "=", as "--partition=gpu --time=1:00:00", got ${JSON.stringify(text)}; change it`,
  );
}
